// Known answers of the tests, and samples of identifiers: weak ones must come out weak, strong ones never.
#include "random/tokens/statistics.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <random>

#include "base/files.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "data/json.h"
#include "random/tokens/bit_tests.h"
#include "random/tokens/sample.h"
#include "random/tokens/special.h"

using namespace lintel;
using namespace lintel::random::tokens;

namespace {

Bits bits_of(std::string_view text) {
  Bits bits;
  for (const char c : text) bits.push_back(c == '1');
  return bits;
}

// The first bits of e, integer part included: the sum of 1/k! in fixed point.
Bits bits_of_e(std::size_t count) {
  const std::size_t words = count / 32 + 4;
  std::vector<std::uint32_t> sum(words, 0), term(words, 0);
  term[0] = 1;
  for (std::uint64_t k = 1; std::any_of(term.begin(), term.end(), [](std::uint32_t word) { return word != 0; }); ++k) {
    std::uint64_t carry = 0;
    for (std::size_t i = words; i-- > 0;) {
      carry += std::uint64_t{sum[i]} + term[i];
      sum[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    std::uint64_t rest = 0;
    for (std::uint32_t& word : term) {
      rest = rest << 32 | word;
      word = static_cast<std::uint32_t>(rest / k);
      rest %= k;
    }
  }
  Bits bits{1, 0};  // the 2
  for (std::size_t i = 32; bits.size() < count; ++i) bits.push_back(sum[i / 32] >> (31 - i % 32) & 1);
  return bits;
}

// Identifiers of evenly spread characters. The generator is no secret one, but nothing here can tell.
std::vector<std::string> strong(std::size_t count, std::size_t length, std::string_view digits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::size_t> pick(0, digits.size() - 1);
  std::vector<std::string> ids(count);
  for (std::string& id : ids)
    for (std::size_t i = 0; i < length; ++i) id += digits[pick(random)];
  return ids;
}

template <class Make>
std::vector<std::string> sample(std::size_t count, Make make) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < count; ++i) ids.push_back(make(i));
  return ids;
}

bool refuted(const Statistics& found) {
  return found.duplicates > 0 || found.monotone || found.effective_bits < kStrongBits || found.smallest_p.value_or(1) < 1e-9;
}

constexpr std::string_view kHex = "0123456789abcdef", kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", kDecimal = "0123456789",
                           kBase36 = "0123456789abcdefghijklmnopqrstuvwxyz", kBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                           kBase64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

TEST_CASE("upper gamma against values with a closed form") {
  for (const double x : {0.01, 0.5, 1.0, 3.0, 10.0, 50.0}) {
    CHECK(upper_gamma(1, x) == doctest::Approx(std::exp(-x)).epsilon(1e-12));
    CHECK(upper_gamma(0.5, x) == doctest::Approx(std::erfc(std::sqrt(x))).epsilon(1e-11));
    CHECK(upper_gamma(3, x) == doctest::Approx(std::exp(-x) * (1 + x + x * x / 2)).epsilon(1e-12));
  }
  CHECK(upper_gamma(2, 0) == 1);
  CHECK(upper_gamma(64, 1e6) == 0);
}

TEST_CASE("bit tests: the worked examples of SP 800-22 and 20,000 bits of e") {
  const Bits pi = bits_of("1100100100001111110110101010001000100001011010001100001000110100110001001100011001100010100010111000");
  REQUIRE(pi.size() == 100);
  CHECK(*monobit(pi) == doctest::Approx(0.109599).epsilon(1e-5));
  CHECK(*runs(pi) == doctest::Approx(0.500798).epsilon(1e-5));
  const Bits e = bits_of_e(20'000);
  CHECK(std::fabs(*monobit(e) - 0.7025817814529873) < 1e-9);
  CHECK(std::fabs(*runs(e) - 0.30237556703309426) < 1e-9);
  CHECK(std::fabs(serial(e, 3)->first - 0.38193481096961573) < 1e-9);
  CHECK(std::fabs(serial(e, 3)->second - 0.22981055117973564) < 1e-9);
  CHECK(std::fabs(serial(e, 5)->first - 0.7171500944985922) < 1e-9);
  CHECK(std::fabs(serial(e, 5)->second - 0.5860885165613872) < 1e-9);
  CHECK_FALSE(monobit(Bits(99)));
  CHECK_FALSE(runs(Bits(99)));
  CHECK_FALSE(serial(Bits(2047), 8));
  CHECK(*monobit(Bits(1000, 1)) < 1e-200);
  CHECK_FALSE(runs(Bits(1000, 1)));  // too lopsided for runs to mean anything: the monobit test says so
}

TEST_CASE("alphabets") {
  const auto named = [](std::string_view digits, std::size_t count = 300) { return examine(strong(count, 22, digits, 7)).alphabet; };
  CHECK(named(kDecimal).name == "decimal");
  CHECK(named(kHex).name == "hex");
  CHECK(named("0123456789ABCDEF").name == "HEX");
  CHECK(named(kBase32).name == "base32");
  CHECK(named(kBase36).name == "base36");
  CHECK(named(kBase62).name == "base62");
  CHECK(named(kBase64url).name == "base64url");
  CHECK(named("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/").name == "base64");
  CHECK(named("abc!$&").name == "other");
  CHECK(named("0123456789abcdefghijklmnopqrstuv").size() == 32);  // PHP writes five bits a character so
  CHECK(named(kBase62, 4).size() == 62);                          // unseen by chance: the class stays whole
}

TEST_CASE("the bound of a share") {
  CHECK(lower_probability(0, 100, 1e-9) == 0);
  CHECK(lower_probability(2, 2, 1e-9) < 1.0 / 16);
  CHECK(lower_probability(2000, 2000, 1e-9) == doctest::Approx(std::pow(1e-9, 1.0 / 2000)).epsilon(1e-6));
  CHECK(lower_probability(1000, 2000, 1e-9) > 0.4);
  CHECK(lower_probability(1000, 2000, 1e-9) < 0.5);
}

TEST_CASE("strong identifiers are never called weak, at any sample size") {
  struct Row {
    std::string_view digits;
    std::size_t length;
  };
  const Row rows[] = {{kHex, 16}, {kHex, 32}, {kBase32, 26}, {kDecimal, 20}, {kBase36, 25}, {kBase62, 22}, {kBase64url, 22}};
  const auto sizes = {2, 8, 50, 200, 500, 1000};
  for (const Row& row : rows) {
    const double nominal = static_cast<double>(row.length) * std::log2(static_cast<double>(row.digits.size()));
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      const auto count = static_cast<std::size_t>(sizes.begin()[seed % sizes.size()]);
      const Statistics found = examine(strong(count, row.length, row.digits, seed * 1000 + row.length));
      CAPTURE(row.digits);
      CAPTURE(seed);
      CHECK(found.duplicates == 0);
      CHECK_FALSE(found.monotone);
      CHECK(found.sequences.empty());
      if (count >= 50) CHECK(found.effective_bits == doctest::Approx(nominal).epsilon(1e-9));
      CHECK(found.smallest_p.value_or(1) > 1e-9);
    }
  }
}

TEST_CASE("UUIDs and identifiers with fixed parts keep what is random in them") {
  const auto random = strong(1000, 32, kHex, 3);
  const auto uuid = sample(1000, [&](std::size_t i) {
    const std::string& r = random[i];
    return r.substr(0, 8) + "-" + r.substr(8, 4) + "-4" + r.substr(13, 3) + "-" + "89ab"[static_cast<std::size_t>(r[16]) % 4] + r.substr(17, 3) + "-" + r.substr(20, 12);
  });
  const Statistics found = examine(uuid);
  CHECK(found.alphabet.name == "hex");
  CHECK(found.constant_positions == 5);
  CHECK(found.nominal_bits == 128);
  CHECK(found.effective_bits == doctest::Approx(122).epsilon(1e-9));
  CHECK(found.smallest_p.has_value());
  CHECK_FALSE(refuted(found));
}

TEST_CASE("counters and clocks leave next to nothing") {
  const auto tail = strong(2000, 24, kHex, 11);
  struct Row {
    const char* name;
    std::vector<std::string> ids;
    bool weak;
  };
  const auto fixed = [](std::size_t count, auto make) { return sample(count, make); };
  const Row rows[] = {
      {"zero-padded hex", fixed(2000, [](std::size_t i) { return fmt::format("{:032x}", i); }), true},
      {"decimal", fixed(2000, [](std::size_t i) { return fmt::format("{}", i + 95); }), true},
      {"falling", fixed(2000, [](std::size_t i) { return fmt::format("{:020}", 10'000 - i); }), true},
      {"a handful", fixed(16, [](std::size_t i) { return fmt::format("{:032x}", i); }), true},
      {"stride over 64 bits", fixed(2000, [](std::size_t i) { return fmt::format("{:016x}", i * 0x9E3779B97F4A7C15U); }), true},
      {"microseconds", fixed(2000, [&](std::size_t i) { return fmt::format("{}", 1795248543719814 + i * 700 + static_cast<unsigned char>(tail[i][0])); }), true},
      {"clock before 96 random bits", fixed(2000, [&](std::size_t i) { return fmt::format("{:012x}", 0x18f2a000000 + i * 3) + tail[i]; }), false},
      {"counter after 96 random bits", fixed(2000, [&](std::size_t i) { return tail[i] + fmt::format("{:08x}", i); }), false},
      {"clock before 40 random bits", fixed(2000, [&](std::size_t i) { return fmt::format("{:012x}", 0x18f2a000000 + i * 3) + tail[i].substr(0, 10); }), true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Statistics found = examine(row.ids);
    CHECK_FALSE(found.sequences.empty());
    CHECK(found.monotone == row.weak);
    CHECK((found.effective_bits < kStrongBits) == row.weak);
    if (!row.weak) CHECK(found.effective_bits >= 96);
    if (!row.weak) CHECK(found.effective_bits < 99);
  }
  CHECK(examine(rows[0].ids).effective_bits == doctest::Approx(0));
  CHECK(examine(rows[4].ids).effective_bits == doctest::Approx(0));
}

TEST_CASE("few different values") {
  const auto eight = strong(2000, 8, kDecimal, 5);
  CHECK(examine(eight).effective_bits < 27);
  const auto repeated = sample(2000, [&](std::size_t i) { return eight[i % 4]; });
  const Statistics found = examine(repeated);
  CHECK(found.unique == 4);
  CHECK(found.duplicates == 1996);
  CHECK(found.effective_bits < 2.1);
  auto once = strong(2000, 32, kHex, 6);
  once[700] = once[20];
  CHECK(examine(once).duplicates == 1);
  CHECK(examine(once).effective_bits < kStrongBits);
  CHECK(examine(sample(2000, [](std::size_t) { return std::string(32, 'a'); })).effective_bits == 0);
  CHECK(examine({}).count == 0);
  CHECK(examine({"x"}).unique == 1);
  CHECK(examine({"", ""}).duplicates == 1);
}

TEST_CASE("a bias shows in the tests, not as a lack of bits") {
  std::mt19937_64 random(9);
  std::bernoulli_distribution biased(0.55);
  const auto ids = sample(2000, [&](std::size_t) {
    std::string id;
    for (int i = 0; i < 32; ++i) {
      unsigned value = 0;
      for (int k = 0; k < 4; ++k) value = value << 1 | (biased(random) ? 1U : 0U);
      id += kHex[value];
    }
    return id;
  });
  const Statistics found = examine(ids);
  CHECK(*found.monobit < 1e-9);
  CHECK(found.effective_bits > 100);
}

TEST_CASE("the collected samples: strong ones stay, the number of weak ones found is printed") {
  const std::filesystem::path corpus = std::filesystem::path(LINTEL_SOURCE_DIR) / "../shared/corpus/random";
  for (const char* folder : {"ids", "real-ids"}) {
    const auto manifest = lintel::read_file(corpus / folder / "manifest.json", 10'000'000);
    if (!manifest) {
      std::cout << "skipped: no samples in " << folder << " beside the project\n";
      continue;
    }
    const auto list = parse_json(*manifest);
    REQUIRE(list);
    std::size_t weak = 0, weak_found = 0, strong_sets = 0;
    std::string missed, warned;
    for (const auto& [name, entry] : list->items()) {
      const auto text = lintel::read_file(corpus / folder / (name + ".tsv"), 100'000'000);
      REQUIRE(text);
      std::vector<std::string> ids;
      for (const std::string_view line : split(*text, '\n'))
        if (const std::size_t tab = line.find('\t'); tab != std::string_view::npos) ids.push_back(percent_decoded(trim(line.substr(tab + 1))));
      const Statistics found = examine(ids);
      const std::string verdict = text_or(entry, "verdict");
      CAPTURE(name);
      CAPTURE(found.effective_bits);
      CAPTURE(found.monotone);
      CAPTURE(found.smallest_p.value_or(1));
      if (verdict == "pass") {
        ++strong_sets;
        CHECK_FALSE(refuted(found));
      } else if (verdict == "fail") {
        ++weak;
        weak_found += refuted(found);
        if (!refuted(found)) missed += " " + name;
      } else if (refuted(found)) {
        warned += fmt::format(" {} ({:.1f} bits, monotone {}, p {:.1g})", name, found.effective_bits, found.monotone, found.smallest_p.value_or(1));
      }
    }
    CHECK(strong_sets > 0);
    CHECK(weak_found * 3 > weak);
    std::cout << folder << ": " << weak_found << " of " << weak << " weak samples refuted, 0 of " << strong_sets << " strong ones allowed\n  not seen from outside yet:" << missed
              << "\n  in between and refuted:" << warned << "\n";
  }
}
