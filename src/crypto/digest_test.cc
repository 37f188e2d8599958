// Known answers for digests and HMAC.
#include "crypto/digest.h"

#include <doctest/doctest.h>

using namespace lintel;
using namespace lintel::crypto;

static std::string hex(const Result<Bytes>& value) { return value ? to_hex(*value) : value.error().message; }

TEST_CASE("known answers of every digest") {
  struct Row {
    DigestAlgorithm algorithm;
    std::string_view message, expected;
  };
  using enum DigestAlgorithm;
  const Row rows[] = {
      {sm3, "abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
      {sm3, "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd", "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"},
      {sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {sha384, "abc", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
      {sha512, "abc",
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
      {sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {md5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
  };
  for (const Row& row : rows) {
    CHECK_MESSAGE(hex(digest(row.algorithm, as_bytes(row.message))) == row.expected, name_of(row.algorithm));
    CHECK(size_bytes(row.algorithm) * 2 == row.expected.size());
  }
}

TEST_CASE("several digests in one pass equal each alone, however the bytes are cut") {
  std::string message;
  for (int i = 0; i < 1000; ++i) message += static_cast<char>(i * 7);
  const DigestAlgorithm wanted[] = {DigestAlgorithm::sm3, DigestAlgorithm::sha256, DigestAlgorithm::sm3, DigestAlgorithm::md5};
  auto digester = Digester::create(wanted);
  REQUIRE(digester);
  for (std::size_t at = 0; at < message.size(); at += 37) REQUIRE(digester->update(as_bytes(std::string_view(message).substr(at, 37))));
  const auto values = digester->finish();
  REQUIRE(values);
  REQUIRE(values->size() == 3);
  for (const auto& [algorithm, value] : *values) CHECK(to_hex(value) == hex(digest(algorithm, as_bytes(message))));
  auto nothing = Digester::create({});
  REQUIRE(nothing);
  CHECK(nothing->finish()->empty());
}

TEST_CASE("HMAC as in RFC 4231") {
  struct Row {
    std::string key, message, expected;
  };
  const Row rows[] = {
      {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
  };
  for (const Row& row : rows) CHECK(hex(hmac(DigestAlgorithm::sha256, as_bytes(row.key), as_bytes(row.message))) == row.expected);
  CHECK(hex(hmac(DigestAlgorithm::sha256, {}, {})) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK(hex(hmac(DigestAlgorithm::sm3, as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))) ==
        "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882");
}

TEST_CASE("names") {
  CHECK(digest_named("SHA-256") == DigestAlgorithm::sha256);
  CHECK(digest_named("sm3") == DigestAlgorithm::sm3);
  CHECK_FALSE(digest_named("sha3-256"));
  CHECK_FALSE(digest_named(""));
  CHECK(is_strong(DigestAlgorithm::sm3));
  CHECK_FALSE(is_strong(DigestAlgorithm::md5));
  CHECK(equal_constant_time(as_bytes("ab"), as_bytes("ab")));
  CHECK_FALSE(equal_constant_time(as_bytes("ab"), as_bytes("ac")));
  CHECK_FALSE(equal_constant_time(as_bytes("ab"), as_bytes("abc")));
}
