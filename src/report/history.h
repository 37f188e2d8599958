// The trend of many runs of one target, for periodic surveillance: what each came to, and what was new and closed against the one before.
// Pure; the caller loads runs, two at a time, so that a hundred big ones do not stand in memory together.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/json_fwd.h"
#include "model/run.h"
#include "report/terminal.h"

namespace lintel::report {

// Against the run before; as lintel diff counts. Clauses on assets for `incomparable`, findings for the others.
struct Step {
  int appeared = 0, closed = 0, changed = 0, incomparable = 0;
  bool worse = false;
};

struct Moment {
  std::string file, id, number, target, profile, profile_version, tool_version;
  model::Text target_name;
  WallTime started{};
  bool complete = false;
  bool judged = false;
  WallTime judged_at{};
  std::string verdicts_sha256;  // of all verdicts without their moment: whether two files of one run say the same
  std::map<std::string, int> counts;  // verdict name → clauses
  std::vector<model::Grade> grades;
  model::Gate gate = model::Gate::nothing_tested;
  std::optional<Step> step;  // absent: the first
};

struct Skipped {
  std::string file;
  std::string why;     // a word of the catalogue's section "skipped"
  std::string detail;  // the other target, the file it repeats, the error's message
};

struct History {
  std::vector<Moment> runs;  // in the order of time
  std::vector<Skipped> skipped;
};

Moment moment_of(const std::string& file, const model::Run& run);
// Errors: as compare().
Result<Step> step_between(const model::Run& then, const model::Run& now);
// The runs of one target, the wanted one or, when that is empty, the one that most runs are of (of the latest when equal), in the order of time; the
// rest is skipped with its reason: another target or standard, no verdicts, the same run twice. Of several files of one run the one judged last counts.
History arrange(std::vector<Moment> moments, std::vector<Skipped> skipped, const std::string& wanted_target);

// {"lintel": "history/1", ...}
Json to_json(const History& history);
// Require at least one run. Errors: internal only.
Result<std::string> render_history(const History& history, const TerminalOptions& options);
Result<std::string> render_history_html(const History& history, Language language);

// Stacked bars of clauses by verdict as inline SVG: at most the last 60 runs. Told apart by pattern and number, too, not by colour only.
class Words;
std::string history_chart(const History& history, const Words& words);

}  // namespace lintel::report
