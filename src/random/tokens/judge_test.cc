// Verdicts: what refutes, what warns, what decides nothing.
#include "random/tokens/judge.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "base/bytes.h"
#include "base/error.h"
#include "data/json.h"

using namespace lintel;
using namespace lintel::random::tokens;

namespace {

constexpr std::int64_t kStart = 1'795'248'543'719'814;

// Identifiers as one generator makes them, half a millisecond apart.
std::vector<Issued> sample(std::size_t count, const std::function<std::string(std::mt19937_64&, std::size_t)>& next, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);  // reseeded for each identifier below where it has to be strong
  std::vector<Issued> ids;
  for (std::size_t i = 0; i < count; ++i) ids.push_back({next(random, i), kStart + static_cast<std::int64_t>(i) * 500});
  return ids;
}

// A strong source for tests: the system's, which no attack foretells.
std::string strong(std::size_t length, std::string_view digits) {
  static std::random_device device;
  std::uniform_int_distribution<std::size_t> one(0, digits.size() - 1);
  std::string text;
  while (text.size() < length) text += digits[one(device)];
  return text;
}

constexpr std::string_view kHexDigits = "0123456789abcdef", kLetters62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

Judgement judged(const std::vector<Issued>& ids) { return judge(ids, {Depth::quick, nullptr}); }

const Finding* finding(const Judgement& judgement, std::string_view attack) {
  const auto found = std::find_if(judgement.findings.begin(), judgement.findings.end(), [&](const Finding& one) { return one.attack == attack; });
  return found == judgement.findings.end() ? nullptr : &*found;
}

std::string uuid_with(char version, const std::string& digits) {
  std::string text = digits;
  text[12] = version;
  text[16] = '8';
  for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, "-");
  return text;
}

}  // namespace

TEST_CASE("strong identifiers are not refuted, and the bound that their number shows is told") {
  for (const auto& [length, digits] : {std::pair<std::size_t, std::string_view>{32, kHexDigits}, {16, kHexDigits}, {22, kLetters62}, {26, "0123456789abcdefghijklmnopqrstuv"}, {20, "0123456789"}}) {
    CAPTURE(digits);
    const Judgement found = judged(sample(2000, [&, length = length, digits = digits](auto&, std::size_t) { return strong(length, digits); }));
    CHECK(found.verdict == Verdict::not_refuted);
    CHECK(found.findings.empty());
    CHECK(found.at_least_bits.value_or(0) == doctest::Approx(std::log2(2000.0 * 1999 / 6)));
    CHECK(found.at_most_bits >= 64);
    CHECK(found.reason.empty());
  }
}

TEST_CASE("counters and clocks: refuted where they are all, a warning beside 64 random bits") {
  const Judgement counter = judged(sample(300, [](auto&, std::size_t i) { return fmt::format("{:016x}", 7000 + i); }));
  CHECK(counter.verdict == Verdict::refuted);
  CHECK(counter.at_most_bits < 3);
  CHECK_FALSE(counter.at_least_bits);
  const Judgement clock = judged(sample(300, [](auto&, std::size_t i) { return fmt::format("{:011x}{}", (kStart + static_cast<std::int64_t>(i) * 500) / 1000, strong(5, kHexDigits)); }));
  CHECK(clock.verdict == Verdict::refuted);
  REQUIRE(finding(clock, "timestamp") != nullptr);
  CHECK(finding(clock, "timestamp")->view == "characters 1 to 11");
  const Judgement uuid7 = judged(sample(2000, [](auto&, std::size_t i) { return uuid_with('7', fmt::format("{:012x}", (kStart + static_cast<std::int64_t>(i) * 500) / 1000) + strong(20, kHexDigits)); }));
  CHECK(uuid7.verdict == Verdict::warned);
  CHECK(finding(uuid7, "timestamp") != nullptr);
  CHECK(uuid7.at_most_bits > 64);
  // Read as base64, the low bits of a ULID's clock look like a shift register's.
  constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  for (int step : {500, 1100, 3000}) {
    const Judgement ulid = judged(sample(2000, [&](auto&, std::size_t i) {
      std::string text;
      for (std::int64_t ms = (kStart + static_cast<std::int64_t>(i) * step) / 1000, k = 0; k < 10; ++k, ms /= 32) text.insert(0, 1, kCrockford[static_cast<std::size_t>(ms % 32)]);
      return text + strong(16, kCrockford);
    }));
    CHECK(ulid.layout.format == Format::ulid);
    CHECK(ulid.verdict == Verdict::warned);
    CHECK(ulid.findings.size() == 1);
    CHECK(finding(ulid, "timestamp") != nullptr);
  }
  // A counter of a few identifiers is proven all the same.
  CHECK(judged(sample(30, [](auto&, std::size_t i) { return fmt::format("{:012}", 7000 + i); })).verdict == Verdict::refuted);
}

TEST_CASE("too little: few digits, repeats, copies, a heavy bias") {
  const Judgement few = judged(sample(500, [](auto&, std::size_t) { return strong(8, kHexDigits); }));
  CHECK(few.verdict == Verdict::refuted);
  CHECK(finding(few, "short") != nullptr);
  std::vector<std::string> pool;
  for (int i = 0; i < 500; ++i) pool.push_back(strong(32, kHexDigits));
  const Judgement repeats = judged(sample(600, [&](auto&, std::size_t i) { return pool[i * 7919 % 500]; }));
  CHECK(repeats.verdict == Verdict::refuted);
  CHECK(finding(repeats, "duplicates") != nullptr);
  const Judgement twice = judged(sample(500, [](auto&, std::size_t) {
    const std::string half = strong(8, kHexDigits);
    return half + half;
  }));
  CHECK(twice.verdict == Verdict::refuted);
  CHECK(finding(twice, "linear-dependency") != nullptr);
  const Judgement heavy = judged(sample(2000, [](std::mt19937_64& random, std::size_t) {
    std::string text;
    for (int i = 0; i < 32; ++i) text += kHexDigits[(random() | random()) & 15U];
    return text;
  }));
  CHECK(heavy.verdict == Verdict::refuted);
  REQUIRE(finding(heavy, "bias") != nullptr);
  CHECK(heavy.at_most_bits == doctest::Approx(53.1).epsilon(0.06));
}

TEST_CASE("a bias that leaves enough only warns, however significant") {
  const Judgement mod62 = judged(sample(2000, [](auto&, std::size_t) {
    std::string text;
    static std::random_device device;
    while (text.size() < 22) text += kLetters62[(device() & 255U) % 62];
    return text;
  }));
  CHECK(mod62.verdict == Verdict::warned);
  REQUIRE(finding(mod62, "uneven") != nullptr);
  CHECK(finding(mod62, "uneven")->p.value_or(1) < 1e-6);
  CHECK(mod62.at_most_bits > 120);
}

TEST_CASE("an identifier that tells of the next one") {
  std::string last = strong(16, kHexDigits);
  const Judgement sticky = judged(sample(2000, [&](std::mt19937_64&, std::size_t) {
    const std::string fresh = strong(16, kHexDigits), keep = strong(16, kHexDigits);
    for (std::size_t i = 0; i < last.size(); ++i)
      if (keep[i] > '1') last[i] = fresh[i];
    return last;
  }));
  CHECK(sticky.verdict == Verdict::refuted);
  REQUIRE(finding(sticky, "serial-correlation") != nullptr);
  CHECK(finding(sticky, "serial-correlation")->predicted_bits >= 64);
  // A node's name that mostly stays is no fault of the rest.
  const Judgement node = judged(sample(2000, [](auto&, std::size_t i) { return strong(32, kHexDigits) + (i / 50 % 2 == 0 ? ".a1" : ".b2"); }));
  CHECK(node.verdict != Verdict::refuted);
}

TEST_CASE("what a server signed or sealed") {
  const auto base64 = [](const std::string& text) {
    std::string encoded = to_base64(as_bytes(text));
    while (encoded.ends_with('=')) encoded.pop_back();
    return encoded;
  };
  const std::string header = base64(R"({"alg":"HS256","typ":"JWT"})");
  const auto jwt = [&](const std::string& payload) { return header + "." + base64(payload) + "." + strong(43, kLetters62); };
  // Foretold, but not forged.
  CHECK(judged(sample(300, [&](auto&, std::size_t i) { return jwt(fmt::format(R"({{"uid":{},"iat":{}}})", 5000 + i, 1'795'248'543 + i / 20)); })).verdict == Verdict::warned);
  CHECK(judged(sample(300, [&](auto&, std::size_t i) { return jwt(fmt::format(R"({{"jti":"{}","iat":{}}})", strong(32, kHexDigits), 1'795'248'543 + i / 20)); })).verdict == Verdict::not_refuted);
  const Judgement none = judged(sample(300, [&](auto&, std::size_t i) { return base64(R"({"alg":"none"})") + "." + base64(fmt::format(R"({{"uid":{}}})", 5000 + i)) + "."; }));
  CHECK(none.verdict == Verdict::refuted);
  CHECK(finding(none, "jwt none") != nullptr);
  // The signature does not make a counter an identifier that was drawn.
  const Judgement express = judged(sample(300, [&](auto&, std::size_t i) { return fmt::format("s%3A{:08}.{}", 7000 + i, strong(43, kLetters62)); }));
  CHECK(express.layout.format == Format::signed_id);
  CHECK(express.verdict == Verdict::refuted);
  const Judgement times = judged(sample(300, [&](auto&, std::size_t i) { return base64(fmt::format(R"({{"v":1,"until":{}}})", 1'795'248'543'719 + i / 2)); }));
  CHECK(times.verdict == Verdict::undecided);
  CHECK(times.reason == "state");
  CHECK(times.findings.empty());
  const Judgement sealed = judged(sample(300, [&](auto&, std::size_t) { return "Fe26.2**" + strong(64, kHexDigits); }));
  CHECK(sealed.verdict == Verdict::undecided);
  CHECK(sealed.reason == "sealed");
}

TEST_CASE("a part from a weak generator beside enough that is strong") {
  // MINSTD, whose whole state shows.
  const auto beside = [](std::size_t length) {
    std::uint64_t state = 12345;
    return judged(sample(500, [&, length](auto&, std::size_t) {
      state = state * 48271 % 2147483647;
      return fmt::format("{:08x}.{}", state, strong(length, kHexDigits));
    }));
  };
  const Judgement enough = beside(32), little = beside(8);
  CHECK(enough.verdict == Verdict::warned);
  REQUIRE_FALSE(enough.findings.empty());
  CHECK(enough.at_most_bits >= 127);
  CHECK(little.verdict == Verdict::refuted);
}

TEST_CASE("too little to say") {
  const Judgement few = judged(sample(50, [](auto&, std::size_t) { return strong(32, kHexDigits); }));
  CHECK(few.verdict == Verdict::undecided);
  CHECK(few.reason == "too_few");
  CHECK(judged(sample(1, [](auto&, std::size_t) { return std::string("x"); })).reason == "one_value");
  CHECK(judged(sample(300, [](auto&, std::size_t) { return std::string(32, 'a'); })).reason == "one_value");
  const Json json = to_json(few);
  CHECK(text_or(json, "verdict") == "undecided");
  CHECK_FALSE(json["bits"].contains("at_most"));
}

TEST_CASE("no false alarm: strong identifiers in many forms, no finding at all") {
  std::size_t sets = 0;
  for (const std::string_view digits : {std::string_view("01"), std::string_view("0123456789"), kHexDigits, std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), std::string_view("0123456789abcdefghijklmnopqrstuvwxyz"), kLetters62,
                                        std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")})
    for (const char* form : {"{}", "sess_{}", "{}.node1", "v1:{}:x"}) {
      const auto length = static_cast<std::size_t>(std::ceil(100 / std::log2(static_cast<double>(digits.size()))));
      const Judgement found = judged(sample(500, [&](auto&, std::size_t) { return fmt::format(fmt::runtime(form), strong(length, digits)); }));
      CAPTURE(form);
      CAPTURE(digits);
      CAPTURE(found.findings.size() == 0 ? "" : found.findings.front().attack);
      CHECK(found.verdict == Verdict::not_refuted);
      ++sets;
    }
  CHECK(sets == 28);
}
