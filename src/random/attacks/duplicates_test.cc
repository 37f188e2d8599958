#include "random/attacks/duplicates.h"

#include <doctest/doctest.h>

#include "random/attacks/test_tokens.h"

using namespace lintel;
using namespace lintel::random;

TEST_CASE("few different identifiers behind a long text") {
  const auto hit = search_duplicates(tokens_of(2000, [](std::int64_t) { return digest_text(crypto::DigestAlgorithm::md5, std::to_string(from_system() % 32'768)); }), {});
  REQUIRE(hit);
  CHECK(hit->attack == "duplicates");
  CHECK(hit->right > 10);
  CHECK(hit->bits_per_value == doctest::Approx(113).epsilon(0.03));
}

TEST_CASE("what chance repeats is no hit") {
  CHECK_FALSE(search_duplicates(strong_tokens(2000, 16), {}));
  CHECK_FALSE(search_duplicates(tokens_of(2000, [](std::int64_t) { return strong_bytes(2); }), {}));  // 30 pairs are due
  std::vector<Token> digits;
  for (int i = 0; i < 2000; ++i) digits.push_back({std::to_string(100'000 + from_system() % 900'000), {}, {}});
  CHECK_FALSE(search_duplicates(digits, {}));
  CHECK_FALSE(search_duplicates({}, {}));
}
