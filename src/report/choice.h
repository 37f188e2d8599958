// What of a run a report shows and in which language. The run's statement and matrix are never recomputed for a part of it: a report that leaves
// things out says on its cover what, and that the statement is about the whole.
#pragma once
#include <optional>
#include <set>
#include <string>

#include "model/run.h"
#include "report/words.h"

namespace lintel::report {

// summary: two pages for who decides. manager: also what fails and what is open, with remedy and who must act. lab: everything.
enum class Depth { summary, manager, lab };

// What a sealed run file says of its seal. Whether it holds is `lintel verify`'s to say, and reports tell so.
struct SealNote {
  WallTime sealed{};
  std::string signer;              // subject of the certificate
  std::string certificate_sha256;
  std::string manifest_sha256;     // what was signed
  bool stamped = false;            // by a time stamping authority
  std::string problem;             // why the signature does not hold, or the seal can't be read; empty: nothing seen
};

struct ReportChoice {
  Depth depth = Depth::lab;
  std::set<model::Verdict> only{};  // clauses with these verdicts; empty: all
  std::string asset{};              // id of the one asset to show; empty: all
  Language language = Language::both;
  std::optional<SealNote> seal{};  // of the run file; nullopt: not sealed
};

// The run as far as it is about one asset: its items, observations, grade, and the clauses that were decided on it, each with the verdict it has
// there. Gate and counts stay those of the whole run.
model::Run only_asset(const model::Run& run, const std::string& asset);

// What the report leaves out, for its cover: [{label, value}]; empty when it leaves out nothing.
Json left_out(const ReportChoice& choice, const Words& words);

// Leaves one language in every display value ({"zh", "en", "two"}) of a view. Language::both leaves all as it is.
void keep_language(Json& view, Language language);

}  // namespace lintel::report
