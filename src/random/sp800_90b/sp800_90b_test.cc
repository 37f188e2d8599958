// Known answers. Reference: NIST's ea_non_iid 1.1.7 with -i -a -vv, on 100,000 binary digits of e and pi in several shapes. tests/suites has a million.
#include "random/sp800_90b/sp800_90b.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "random/sp800_90b/suffixes.h"
#include "random/statistics/test_constants.h"

using namespace lintel::random;
using namespace lintel::random::sp800_90b;

namespace {

struct KnownRow {
  bool bitstring;
  std::string_view estimator;
  double entropy;
};
struct Known {
  double assessed;
  std::vector<KnownRow> rows;
};

const Known kBytes = {6.130413548416365, {
    {false, "most_common_value", 7.094076768755148},
    {false, "t_tuple", 7.094076768755148},
    {false, "longest_repeated_substring", 7.567584586303774},
    {false, "multi_mcw", 7.536348405537675},
    {false, "lag", 7.858517820440933},
    {false, "multi_mmc", 7.826435689710581},
    {false, "lz78y", 7.82470390995909},
    {true, "most_common_value", 0.9810732947507166},
    {true, "collision", 0.8979057546867031},
    {true, "markov", 0.9958471502084525},
    {true, "compression", 0.7663016935520456},
    {true, "t_tuple", 0.9153596449026804},
    {true, "longest_repeated_substring", 0.9640675889822005},
    {true, "multi_mcw", 0.9849884590242028},
    {true, "lag", 0.9915195280943898},
    {true, "multi_mmc", 0.985750938506759},
    {true, "lz78y", 0.9849640945087114},
}};
const Known kNibbles = {2.937688009045528, {
    {false, "most_common_value", 3.867280564391914},
    {false, "t_tuple", 3.7280094186827135},
    {false, "longest_repeated_substring", 3.722524737914596},
    {false, "multi_mcw", 3.914816861864761},
    {false, "lag", 3.8978794127827747},
    {false, "multi_mmc", 3.9704886537562785},
    {false, "lz78y", 3.961260844704046},
    {true, "most_common_value", 0.9860368333640617},
    {true, "collision", 0.8359566495189873},
    {true, "markov", 0.9916031146263138},
    {true, "compression", 0.734422002261382},
    {true, "t_tuple", 0.9207811052372162},
    {true, "longest_repeated_substring", 0.9883152108845581},
    {true, "multi_mcw", 0.9824762689141782},
    {true, "lag", 0.986251087905243},
    {true, "multi_mmc", 0.9938305811563135},
    {true, "lz78y", 0.9871934367068521},
}};
const Known kBits = {0.7663016935520456, {
    {false, "most_common_value", 0.9810732947507166},
    {false, "collision", 0.8979057546867031},
    {false, "markov", 0.9958471502084525},
    {false, "compression", 0.7663016935520456},
    {false, "t_tuple", 0.9153596449026804},
    {false, "longest_repeated_substring", 0.9640675889822005},
    {false, "multi_mcw", 0.9849884590242028},
    {false, "lag", 0.9915195280943898},
    {false, "multi_mmc", 0.985750938506759},
    {false, "lz78y", 0.9849640945087114},
}};
const Known kAnd = {0.24858117549320738, {
    {false, "most_common_value", 0.4120085465835893},
    {false, "collision", 0.4091559779994731},
    {false, "markov", 0.41941099414937005},
    {false, "compression", 0.24858117549320738},
    {false, "t_tuple", 0.40733143717365805},
    {false, "longest_repeated_substring", 0.6415313930829514},
    {false, "multi_mcw", 0.4120804633731853},
    {false, "lag", 0.6763271832607088},
    {false, "multi_mmc", 0.4120181069500732},
    {false, "lz78y", 0.41205160326817636},
}};
const Known kThrees = {0.7307954915933429, {
    {false, "most_common_value", 0.9764757464357047},
    {false, "t_tuple", 0.97619616028},
    {false, "longest_repeated_substring", 1.3948487785064905},
    {false, "multi_mcw", 0.9824090324856202},
    {false, "lag", 1.3762528607852034},
    {false, "multi_mmc", 0.9768726099120858},
    {false, "lz78y", 0.9766693712302974},
    {true, "most_common_value", 0.6043121532931452},
    {true, "collision", 0.6345161745036016},
    {true, "markov", 0.4382770546566686},
    {true, "compression", 0.15539262733838757},
    {true, "t_tuple", 0.1635994748827284},
    {true, "longest_repeated_substring", 0.2041714558774173},
    {true, "multi_mcw", 0.604310074455017},
    {true, "lag", 0.6012453661851134},
    {true, "multi_mmc", 0.09134943644916786},
    {true, "lz78y", 0.6026967164899247},
}};

// `width` digits a symbol.
std::vector<std::uint8_t> symbols_of(const bits::Bits& bits, std::size_t width) {
  std::vector<std::uint8_t> symbols;
  for (std::size_t i = 0; i < bits.size; i += width) symbols.push_back(static_cast<std::uint8_t>(bits::window(bits.words, i) >> (64 - width)));
  return symbols;
}

void check(const std::vector<std::uint8_t>& symbols, const Known& known) {
  const Entropy found = assess(symbols);
  CHECK(std::fabs(found.assessed - known.assessed) < 1e-9);
  std::size_t estimates = found.original.estimates.size() + (found.bitstring ? found.bitstring->estimates.size() : 0);
  CHECK(estimates == known.rows.size());
  for (const KnownRow& row : known.rows) {
    CAPTURE(row.bitstring);
    CAPTURE(row.estimator);
    const auto& list = row.bitstring ? found.bitstring->estimates : found.original.estimates;
    const auto at = std::ranges::find(list, row.estimator, &Estimate::estimator);
    REQUIRE(at != list.end());
    CHECK(std::fabs(at->entropy.value_or(-1) - row.entropy) < 1e-9);
  }
}

// By comparing every pair of neighbours in a plainly sorted list.
std::vector<std::uint32_t> plain_prefixes(const std::vector<std::uint8_t>& symbols) {
  std::vector<std::size_t> order(symbols.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return std::ranges::lexicographical_compare(symbols.begin() + static_cast<long>(a), symbols.end(), symbols.begin() + static_cast<long>(b), symbols.end()); });
  std::vector<std::uint32_t> common(order.size(), 0);
  for (std::size_t i = 1; i < order.size(); ++i)
    while (std::max(order[i], order[i - 1]) + common[i] < symbols.size() && symbols[order[i] + common[i]] == symbols[order[i - 1] + common[i]]) ++common[i];
  return common;
}

}  // namespace

TEST_CASE("a hundred thousand digits in five shapes") {
  const bits::Bits e = statistics::bits_of_e(100000), pi = statistics::bits_of_pi(100000);
  bits::Bits both = e;
  for (std::size_t i = 0; i < both.words.size(); ++i) both.words[i] &= pi.words[i];
  std::vector<std::uint8_t> threes = symbols_of(pi, 2);
  for (std::uint8_t& symbol : threes) symbol = symbol == 1 ? 40 : symbol == 2 ? 200 : 7;
  check(symbols_of(e, 8), kBytes);
  check(symbols_of(pi, 4), kNibbles);
  check(symbols_of(e, 1), kBits);
  check(symbols_of(both, 1), kAnd);
  check(threes, kThrees);
}

TEST_CASE("common prefixes, by windows and by suffixes") {
  for (const unsigned kinds : {2U, 3U, 16U, 100U, 256U})
    for (const std::size_t size : {100UL, 257UL, 2000UL}) {
      std::vector<std::uint8_t> symbols = symbols_of(statistics::scrambled_bits(8 * size, kinds + size), 8);
      for (std::uint8_t& symbol : symbols) symbol = static_cast<std::uint8_t>(symbol % kinds);
      for (std::size_t zeros = 0; zeros < 4; ++zeros) {  // at the end, where windows are filled with zeros
        CHECK(common_prefixes(symbols, kinds) == plain_prefixes(symbols));
        symbols[size - 1 - zeros] = 0;
      }
      std::copy(symbols.begin(), symbols.begin() + 90, symbols.end() - 90);  // longer than a window
      CHECK(common_prefixes(symbols, kinds) == plain_prefixes(symbols));
    }
}

TEST_CASE("sources that are hardly any") {
  const Entropy one = assess(std::vector<std::uint8_t>{7});
  CHECK(one.assessed == 0);
  CHECK(one.original.estimates.empty());
  const Entropy constant = assess(std::vector<std::uint8_t>(5000, 255));
  CHECK(constant.assessed == 0);
  CHECK(constant.original.kinds == 1);
  std::vector<std::uint8_t> turning(20000);
  for (std::size_t i = 0; i < turning.size(); ++i) turning[i] = i % 2;
  CHECK(assess(turning).assessed < 0.001);
  for (std::size_t size = 2; size < 40; ++size) {
    const std::vector<std::uint8_t> some = symbols_of(statistics::scrambled_bits(8 * size, size), 8);
    const Entropy few = assess(some);
    CHECK(few.assessed >= 0);
    CHECK(few.assessed <= few.width);
    for (const Estimate& estimate : few.original.estimates)
      if (!estimate.entropy && estimate.needed > 0) CHECK(estimate.needed > size);
  }
}

TEST_CASE("no more than the first 2^24 bits are looked at") {
  const Entropy found = assess(std::vector<std::uint8_t>(kMostBits + 5, 1));
  CHECK(found.cut);
  CHECK(found.original.symbols == kMostBits);
}
