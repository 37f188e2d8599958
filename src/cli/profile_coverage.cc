// lintel profile coverage: for each clause of the standard's own list, what the profile has to decide it. Fails when a clause is missing,
// stands in the profile without being in the list, or differs from it.
#include <algorithm>
#include <array>

#include "cli/commands.h"
#include "cli/data_folder.h"
#include "cli/json_output.h"
#include "cli/probes.h"
#include "data/json.h"
#include "rules/loader.h"

namespace lintel::cli {
namespace {

using model::By;

// What decides the clause today, beside what can decide it in the end (`by`).
model::Text now_decided(const rules::CoverageRow& row) {
  if (!row.in_profile) return {"缺失", "MISSING"};
  if (row.derived) return {"推导", "derived"};
  if (row.checks > 0 && row.question) return {"检查项和问题", "checks and question"};
  if (row.checks > 0) return {"检查项", "checks"};
  if (row.question && (row.by == By::automatic || row.by == By::refute)) return {"问题，尚无检查项", "question, still without check"};
  if (row.question) return {"问题", "question"};
  return {"无", "NOTHING"};
}

}  // namespace

int run_command(const ProfileCoverageCommand& command, const Console& console) {
  const auto path = find_profile(command.profile, {});
  if (!path) {
    print_error(path.error().message);
    return kUsageError;
  }
  const auto loaded = rules::load_profile(*path, probe_catalog());
  print_diagnostics(loaded.diagnostics);
  if (loaded.coverage.empty()) {
    if (!has_errors(loaded.diagnostics)) print_error(fmt::format("{} names no standard.yaml to be covered", path->string()));
    return kUsageError;
  }
  constexpr std::array<By, 5> kWays{By::automatic, By::refute, By::evidence, By::manual, By::derived};
  std::array<std::size_t, kWays.size()> total{};
  std::size_t without_check = 0, missing = 0;
  Json list = Json::array();
  const bool table = !console.quiet && !console.json, english = console.language == "en";
  // fmt counts a Chinese character as two columns, as terminals do.
  if (table) fmt::print("{:<10} {:<6} {:<6} {:<8} {:<6} {:<7}  {}\n", choose(console, "条款", "clause"), choose(console, "自动", "auto"), choose(console, "可否定", "refute"), choose(console, "凭证据", "evidence"), choose(console, "人工", "manual"), choose(console, "推导", "derived"), choose(console, "现由何者判定", "decided today by"));
  for (const auto& row : loaded.coverage) {
    const auto way = static_cast<std::size_t>(std::find(kWays.begin(), kWays.end(), row.by) - kWays.begin());
    ++total[way];
    const bool open = row.in_profile && !row.derived && row.checks == 0 && (row.by == By::automatic || row.by == By::refute);
    without_check += open ? 1 : 0;
    missing += row.in_profile ? 0 : 1;
    list.push_back({{"clause", row.id}, {"by", model::name_of(row.by)}, {"in_profile", row.in_profile}, {"checks", row.checks}, {"question", row.question}, {"decided_by", now_decided(row).en}});
    if (!table) continue;
    const auto mark = [&](std::size_t column) { return column == way ? "x" : ""; };
    fmt::print("{:<10} {:<6} {:<6} {:<8} {:<6} {:<7}  {}\n", row.id, mark(0), mark(1), mark(2), mark(3), mark(4), english ? now_decided(row).en : now_decided(row).zh);
  }
  if (console.json) print_json({{"clauses", std::move(list)}, {"without_check", without_check}, {"missing", missing}, {"differs", has_errors(loaded.diagnostics)}});
  else fmt::print(fmt::runtime(choose(console, "{} 条：自动 {}，可否定 {}，凭证据 {}，人工 {}，推导 {}；尚无检查项 {}，缺失 {}\n",
                                      "{} clauses: {} auto, {} refute, {} evidence, {} manual, {} derived; {} still without check, {} missing\n")),
             loaded.coverage.size(), total[0], total[1], total[2], total[3], total[4], without_check, missing);
  const bool differs = has_errors(loaded.diagnostics);
  return missing > 0 || differs ? 1 : 0;
}

}  // namespace lintel::cli
