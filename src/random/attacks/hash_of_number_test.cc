#include "random/attacks/hash_of_number.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include "random/attacks/test_tokens.h"

using namespace lintel;
using namespace lintel::random;
using crypto::DigestAlgorithm;

namespace {

std::vector<Token> hashed(DigestAlgorithm algorithm, const std::function<std::string()>& message, std::size_t count = 400) {
  return tokens_of(count, [&](std::int64_t) { return digest_text(algorithm, message()); });
}

}  // namespace

TEST_CASE("digests of counters, alone and beside a word") {
  std::uint64_t n = from_system() % 100'000;
  for (const auto& [algorithm, word] : {std::pair(DigestAlgorithm::md5, ""), std::pair(DigestAlgorithm::sha1, "session"), std::pair(DigestAlgorithm::sha256, "")}) {
    const auto hit = search_hash_of_number(hashed(algorithm, [&] { return fmt::format("{}{}", word, n++); }), {});
    REQUIRE(hit);
    CHECK(hit->attack == "hash-preimage");
    CHECK(hit->right == hit->checked);
    CHECK(hit->predicted_bits >= 64);
  }
  const auto bytes = search_hash_of_number(hashed(DigestAlgorithm::md5, [&] { return big_endian_word(static_cast<std::uint32_t>(n++)); }), {});
  REQUIRE(bytes);
  CHECK(bytes->generator == "MD5 of a number of 4 bytes, highest first that counts up");
}

TEST_CASE("UUIDs of version 3 and 5 over a counter") {
  const auto space = from_hex("6ba7b8109dad11d180b400c04fd430c8");
  REQUIRE(space);
  std::uint64_t n = from_system() % 100'000;
  for (const unsigned version : {3U, 5U}) {
    auto tokens = hashed(version == 3 ? DigestAlgorithm::md5 : DigestAlgorithm::sha1, [&] { return std::string(as_text(*space)) + std::to_string(n++); });
    for (Token& token : tokens) {
      token.digest.resize(16);
      token.digest[6] = static_cast<char>((static_cast<unsigned char>(token.digest[6]) & 0x0FU) | version << 4);
      token.digest[8] = static_cast<char>((static_cast<unsigned char>(token.digest[8]) & 0x3FU) | 0x80U);
      const std::string hex = to_hex(as_bytes(token.digest));
      token.value = hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" + hex.substr(20);
    }
    const auto hit = search_hash_of_number(tokens, {});
    REQUIRE(hit);
    CHECK(hit->right == hit->checked);
    CHECK(hit->view == fmt::format("UUID version {}", version));
  }
}

TEST_CASE("digests of small numbers drawn by chance; wide ones take the deep search") {
  const auto small = search_hash_of_number(hashed(DigestAlgorithm::sha256, [] { return std::to_string(from_system() % 65'536); }), {});
  REQUIRE(small);
  CHECK(small->attack == "seed-bruteforce");
  // With 16,000 identifiers one in 134,000 guesses at 31 bits meets one.
  const auto wide = hashed(DigestAlgorithm::md5, [] { return std::to_string(from_system() >> 33); }, 16'000);
  Budget budget;
  budget.trials = 1U << 22;
  const auto met = search_hash_of_any_number(wide, budget);
  REQUIRE(met);
  CHECK(met->attack == "seed-bruteforce");
  CHECK(met->predicted_bits >= 64);
}

TEST_CASE("no number in chance nor in keyed digests") {
  Budget small;
  small.trials = 1U << 14;
  for (const std::size_t bytes : {std::size_t{16}, std::size_t{20}, std::size_t{32}, std::size_t{40}}) {
    const auto tokens = strong_tokens(400, bytes);
    CHECK_FALSE(search_hash_of_number(tokens, {}));
    CHECK_FALSE(search_hash_of_any_number(tokens, small));
  }
  const std::string key = strong_bytes(16);
  std::uint64_t n = 0;
  CHECK_FALSE(search_hash_of_number(hashed(DigestAlgorithm::sha256, [&] { return key + std::to_string(n++); }), {}));
  CHECK_FALSE(search_hash_of_number({}, {}));
}
