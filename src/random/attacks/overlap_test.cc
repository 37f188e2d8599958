#include "random/attacks/overlap.h"

#include <doctest/doctest.h>

#include "random/attacks/test_tokens.h"

using namespace lintel;
using namespace lintel::random;

namespace {

std::vector<Token> windows(std::size_t shift, bool left) {
  const std::string buffer = to_hex(as_bytes(strong_bytes(2000)));
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < 100; ++i) tokens.push_back({buffer.substr((left ? i : 100 - i) * shift, 24), {}, {}});
  return tokens;
}

}  // namespace

TEST_CASE("a window that slides over a buffer, either way") {
  for (const std::size_t shift : {std::size_t{1}, std::size_t{2}, std::size_t{8}})
    for (const bool left : {true, false}) {
      const auto hit = search_overlap(windows(shift, left), {});
      REQUIRE(hit);
      CHECK(hit->attack == "overlap");
      CHECK(hit->generator == "a window that moves by " + std::to_string(shift) + " of 24 characters");
      CHECK(hit->right == 99);
    }
}

TEST_CASE("no window in chance, constant parts, clocks or repeated identifiers") {
  CHECK_FALSE(search_overlap(strong_tokens(500, 16), {}));
  CHECK_FALSE(search_overlap(strong_tokens(500, 6), {}));
  CHECK_FALSE(search_overlap(tokens_of(500, [](std::int64_t us) { return digest_text(crypto::DigestAlgorithm::md5, std::to_string(us / 50'000)); }), {}));
  std::vector<Token> constant, clock, same;
  for (int i = 0; i < 500; ++i) {
    constant.push_back({"aaaaaaaaaaaaaaaa" + to_hex(as_bytes(strong_bytes(8))), {}, {}});
    clock.push_back({"17952485437" + std::to_string(10'000 + 7 * i) + to_hex(as_bytes(strong_bytes(8))), {}, {}});
    same.push_back({"0123456789abcdef", {}, {}});
  }
  CHECK_FALSE(search_overlap(constant, {}));
  CHECK_FALSE(search_overlap(clock, {}));
  CHECK_FALSE(search_overlap(same, {}));
  CHECK_FALSE(search_overlap({}, {}));
}
