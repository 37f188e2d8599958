#include "report/gating.h"

#include "report/lines.h"

namespace lintel::report {
namespace {

using model::Verdict;

bool recommended(model::Obligation obligation) { return obligation == model::Obligation::should || obligation == model::Obligation::may; }
bool is_open(Verdict verdict) { return verdict == Verdict::inconclusive || verdict == Verdict::not_tested; }

bool counts(const Line& line, const Gating& gating) { return !gating.worse || gating.worse->contains(line.row.clause->id); }
bool lost(const Line& line, const Gating& gating) { return gating.incomparable.contains(line.row.clause->id); }
bool binding(const Line& line) { return !line.row.verdict->advisory && mandatory(*line.row.clause); }

}  // namespace

Effect effect_of_case(const Line& line, const Gating& gating) {
  if (gating.nothing || (!binding(line) && !gating.recommendations)) return Effect::none;
  const bool lifted = line.row.verdict->waiver.has_value();
  const Verdict verdict = line.asset != nullptr ? line.asset->verdict : line.row.verdict->verdict;
  bool fails = !lifted && ((verdict == Verdict::fail && counts(line, gating)) || lost(line, gating));
  bool open = !lifted && is_open(verdict);
  if (gating.recommendations && line.asset != nullptr && line.waiver == nullptr)
    for (const auto& check : line.asset->checks) {
      if (!recommended(check.obligation)) continue;
      fails = fails || (check.verdict == Verdict::fail && counts(line, gating));
      open = open || is_open(check.verdict);
    }
  return fails ? Effect::fails : open && !gating.open_is_fine ? Effect::open : Effect::none;
}

bool fails_gate(const Line& line, const Gating& gating) {
  return line.verdict == Verdict::fail && !gating.nothing && line.waiver == nullptr && (!line.advisory || gating.recommendations) &&
         (counts(line, gating) || lost(line, gating));
}

bool is_known(const Line& line, const Gating& gating) { return line.verdict == Verdict::fail && !counts(line, gating) && !lost(line, gating); }

}  // namespace lintel::report
