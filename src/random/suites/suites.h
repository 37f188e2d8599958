// Suites of tests over the sequences of a sample, the rules of each suite, and what all p-values together allow to say. Called by `lintel random
// test`. Statistics can refute a generator and never vouch for one: the best there is to say is that nothing was found.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/json_fwd.h"
#include "random/bits/load.h"
#include "random/sp800_90b/sp800_90b.h"
#include "random/statistics/outcome.h"

namespace lintel::random::suites {

enum class Suite { sp800_22, gmt_0005, sp800_90b };
inline constexpr Suite kSuites[] = {Suite::sp800_22, Suite::gmt_0005, Suite::sp800_90b};
std::string_view name_of(Suite suite);   // "sp800-22": of the option and in JSON
std::string_view title_of(Suite suite);  // for people, with whose constants it is

// One p-value of a suite over all sequences.
struct Row {
  std::string test, part;
  statistics::NotRun not_run = statistics::NotRun::none;  // none when it ran on one sequence at least
  std::uint64_t needed = 0, found = 0;
  std::vector<double> p, q;  // of the sequences on which it ran, in their order
  std::vector<double> evidence;  // p, or 1 where the suite's rule alone made it 0
  std::size_t passed = 0;    // p of at least 0.01
  // With several sequences: whether as many pass as the suite asks for, and whether the values spread evenly. nullopt: the suite has no such rule
  // for so few.
  std::optional<bool> enough_pass, even;
  std::optional<double> uniformity;
  double smallest_adjusted = 1;  // the smallest p-value among all of the sample's, by Holm
};

struct SuiteResult {
  Suite suite = Suite::sp800_22;
  std::vector<Row> rows;
  std::optional<bool> own_rule;  // whether several sequences together pass, where the suite has a rule for that (SP 800-22 leaves it to the reader)
};

enum class Conclusion { nothing_found, sample_again, structure_found, measured, not_run };  // measured: entropy alone was asked for
std::string_view name_of(Conclusion conclusion);

inline constexpr double kLevel = 0.01;                // of the suites, for one p-value
inline constexpr double kFound = 1e-6, kAgain = 1e-3;  // of the smallest p-value by Holm
// In shorter sequences chi-square is a rough picture of the counts: of 200,000 fair ones of 64 bits 8 went below kFound. Sampling again is
// the most that is said of them.
inline constexpr std::size_t kFewestBits = 1000;

struct Assessment {
  std::size_t sequences = 0, bits = 0;  // of each sequence
  std::vector<SuiteResult> suites;             // of those that give p-values
  std::optional<sp800_90b::Entropy> entropy;   // of all sequences as one
  std::size_t values = 0, below_level = 0;  // p-values in all, and those below kLevel
  double smallest_adjusted = 1;
  Conclusion conclusion = Conclusion::not_run;
};

// Cuts the first sequences * bits bits into sequences. Requires: both positive, their product at most bits.size. `progress` is called before each
// sequence, with its number,
// and ends the run early when it gives false.
std::optional<Assessment> assess(const bits::Bits& whole, bits::Format format, std::size_t sequences, std::size_t bits, const std::vector<Suite>& suites, const std::function<bool(std::size_t)>& progress);

// docs/schemas/random-test.schema.json, without what only the command knows (file, format).
Json to_json(const Assessment& assessment);

}  // namespace lintel::random::suites
