// What a sample of identifiers proves. A black box can refute a generator, never confirm it: the best verdict is "not refuted", with the number of identifiers
// and what their number alone shows. Called by the probe session_ids and by `lintel random judge`. Pure; 2,000 identifiers take some tenths of a second of processor time.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "data/json_fwd.h"
#include "random/attacks/attack.h"
#include "random/tokens/clock.h"
#include "random/tokens/layout.h"
#include "random/tokens/sample.h"
#include "random/tokens/significance.h"
#include "random/tokens/statistics.h"

namespace lintel::random::tokens {

enum class Verdict {
  refuted,      // predicted, repeated, or less than 64 bits are unpredictable
  warned,       // a structure or bias shows, and at least 64 bits remain
  not_refuted,  // nothing was found
  undecided,    // too little to see; `reason` says what
};
const char* name_of(Verdict verdict);

enum class Weight { refutes, warns, notes };
const char* name_of(Weight weight);

struct Finding {
  Weight weight = Weight::notes;
  std::string attack;     // class, for machines: "mt19937", "sequential", "short"
  std::string generator;  // for people, of a predictor: "Mersenne Twister (MT19937)"
  std::string view;       // what was read: "words of 32 bits, highest byte first"; "characters 1 to 8"
  std::uint64_t predicted_bits = 0, checked = 0, right = 0;  // of a predictor
  std::optional<double> bits_left;                           // at most so many are unpredictable after this
  std::optional<double> p;                                   // of a statistical finding, adjusted
};

struct Judgement {
  Verdict verdict = Verdict::undecided;
  std::string reason;  // of undecided: too_few, one_value, sealed, state
  Layout layout;
  Statistics statistics;                 // of layout.core
  std::size_t count = 0;
  double nominal_bits = 0, at_most_bits = 0;
  std::optional<double> at_least_bits;   // by the absence of repeats, if identifiers are independent; absent when refuted or when one repeats
  std::vector<Finding> findings;         // heaviest first
  std::vector<Test> tests;
  bool searched = false;                 // seeds were searched too (Depth::deep)
  bool sample_again = false;             // the smallest adjusted p lies between kFound and kSampleAgain, and nothing heavier was found
  std::size_t streams = 0, attacks = 0;  // numbers read, attacks run
};

enum class Depth { quick, deep };  // without searches through seeds; with them: up to a minute
struct JudgeOptions {
  Depth depth = Depth::quick;
  const Cancel* cancel = nullptr;
};

inline constexpr std::size_t kMostJudged = 100'000;  // identifiers; of more, the first ones

// Requires: at least one identifier.
Judgement judge(const std::vector<Issued>& ids, const JudgeOptions& options);

Json to_json(const Judgement& judgement);

}  // namespace lintel::random::tokens
