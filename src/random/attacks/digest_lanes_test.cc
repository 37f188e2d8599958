#include "random/attacks/digest_lanes.h"

#include <doctest/doctest.h>

#include <string>

using namespace lintel;
using namespace lintel::random;

TEST_CASE("the lanes agree with the library on messages of every length") {
  for (const auto algorithm : {crypto::DigestAlgorithm::md5, crypto::DigestAlgorithm::sha1, crypto::DigestAlgorithm::sha256})
    for (std::size_t length = 0; length + 3 <= kMostMessage; ++length) {
      const std::string messages[kLanes] = {std::string(length, 'a'), std::string(length + 1, 'b'), std::string(length + 2, '\xFF'), std::string(length + 3, '0')};
      const auto starts = digest_starts(algorithm, {messages[0], messages[1], messages[2], messages[3]});
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const auto expected = crypto::digest(algorithm, as_bytes(messages[lane]));
        REQUIRE(expected);
        std::uint64_t start = 0;
        for (std::size_t i = 0; i < 8; ++i) start = start << 8 | (*expected)[i];
        CHECK(starts[lane] == start);
      }
    }
}
