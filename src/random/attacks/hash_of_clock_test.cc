#include "random/attacks/hash_of_clock.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <ctime>

#include "random/attacks/test_tokens.h"

using namespace lintel;
using namespace lintel::random;
using crypto::DigestAlgorithm;

namespace {

void check_hit(DigestAlgorithm algorithm, std::string_view what, const std::function<std::string(std::int64_t us)>& message, std::size_t cut = 64) {
  CAPTURE(std::string(what));
  const auto tokens = tokens_of(100, [&](std::int64_t us) { return digest_text(algorithm, message(us)).substr(0, cut); });
  const auto hit = search_hash_of_clock(tokens, {});
  REQUIRE(hit);
  CHECK(hit->attack == "hash-preimage");
  CHECK(hit->generator.find(what) != std::string::npos);
  CHECK(hit->right * 10 >= hit->checked * 9);
  CHECK(hit->predicted_bits >= 64);
}

}  // namespace

TEST_CASE("digests of the time, however it is written") {
  check_hit(DigestAlgorithm::md5, "MD5 of the time in seconds", [](std::int64_t us) { return fmt::format("{}", us / 1'000'000); });
  check_hit(DigestAlgorithm::md5, "MD5 of the time in milliseconds", [](std::int64_t us) { return fmt::format("{}", us / 1000); });
  check_hit(DigestAlgorithm::sha256, "SHA-256 of the time in microseconds", [](std::int64_t us) { return fmt::format("{}", us); });
  check_hit(DigestAlgorithm::md5, "MD5 of uniqid()", [](std::int64_t us) { return fmt::format("{:08x}{:05x}", us / 1'000'000, us % 1'000'000); });
  check_hit(DigestAlgorithm::md5, "MD5 of microtime()", [](std::int64_t us) { return fmt::format("{:.8f} {}", static_cast<double>(us % 1'000'000) / 1e6, us / 1'000'000); });
  check_hit(DigestAlgorithm::sha1, "SHA-1 of microtime(true)", [](std::int64_t us) { return fmt::format("{:.14g}", static_cast<double>(us) / 1e6); });
  check_hit(DigestAlgorithm::sha1, "SHA-1 of the time as a float", [](std::int64_t us) { return fmt::format("{}", static_cast<double>(us) / 1e6 + static_cast<double>(from_system() % 4) / 4194304.0); });
  check_hit(DigestAlgorithm::md5, "MD5 of the date and time in ISO 8601", [](std::int64_t us) {
    const std::time_t seconds = us / 1'000'000;
    char text[40];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", std::gmtime(&seconds));
    return fmt::format("{}.{:03}Z", text, us / 1000 % 1000);
  });
}

TEST_CASE("digests of the time beside a word, and cut ones") {
  check_hit(DigestAlgorithm::md5, "'admin:' and the time in seconds", [](std::int64_t us) { return fmt::format("admin:{}", us / 1'000'000); });
  check_hit(DigestAlgorithm::sha256, "the time in milliseconds and '-salt'", [](std::int64_t us) { return fmt::format("{}-salt", us / 1000); });
  check_hit(DigestAlgorithm::sha256, "SHA-256 of the time in milliseconds", [](std::int64_t us) { return fmt::format("{}", us / 1000); }, 16);
}

TEST_CASE("no time in chance, in keyed digests, or without times of arrival") {
  for (const std::size_t bytes : {std::size_t{16}, std::size_t{20}, std::size_t{32}, std::size_t{40}}) CHECK_FALSE(search_hash_of_clock(strong_tokens(100, bytes), {}));
  const std::string key = strong_bytes(16);
  CHECK_FALSE(search_hash_of_clock(tokens_of(100, [&](std::int64_t us) { return digest_text(DigestAlgorithm::md5, key + std::to_string(us)); }), {}));
  auto unknown = tokens_of(100, [](std::int64_t us) { return digest_text(DigestAlgorithm::md5, std::to_string(us)); });
  for (Token& token : unknown) token.unix_us.reset();
  CHECK_FALSE(search_hash_of_clock(unknown, {}));
  CHECK_FALSE(search_hash_of_clock({}, {}));
}
