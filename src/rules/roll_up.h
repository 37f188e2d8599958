// Verdicts combined: fail wins, then inconclusive, then not_tested, then pass; not_applicable is neutral.
#pragma once
#include <optional>
#include <vector>

#include "model/enums.h"

namespace lintel::rules {

struct Outcome {
  model::Verdict verdict = model::Verdict::not_tested;
  model::Reason reason = model::Reason::none;
};

// The worst of the parts with its reason; the first of equals decides. Only not_applicable parts: not_applicable.
// No part at all: nullopt, so that "nothing was there" can't become a verdict unseen.
std::optional<Outcome> roll_up(const std::vector<Outcome>& parts);

// The reason that stands for a probe's status word.
model::Reason reason_of(model::Status status);

}  // namespace lintel::rules
