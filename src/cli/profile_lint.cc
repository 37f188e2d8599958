// lintel profile lint, lintel target lint: mistakes in documents, with their places. Sends nothing.
#include "cli/assessments.h"
#include "cli/commands.h"
#include "cli/customer.h"
#include "cli/data_folder.h"
#include "cli/json_output.h"
#include "cli/probes.h"
#include "data/json.h"
#include "rules/loader.h"

namespace lintel::cli {

int run_command(const ProfileLintCommand& command, const Console& console) {
  const auto path = find_profile(command.profile, {});
  if (!path) {
    print_error(path.error().message);
    return kUsageError;
  }
  const auto loaded = rules::load_profile(*path, probe_catalog());
  if (console.json) {
    print_json(diagnostics_json(path->string(), loaded.diagnostics));
    return has_errors(loaded.diagnostics) ? kUsageError : 0;
  }
  print_diagnostics(loaded.diagnostics);
  if (has_errors(loaded.diagnostics)) return kUsageError;
  if (!console.quiet)
    fmt::print("{}: {} {}, {} {}, {} {}\n", path->string(), loaded.profile.id, loaded.profile.version, loaded.profile.clauses.size(),
               choose(console, "条条款", "clauses"), loaded.checks.size(), choose(console, "个检查项", "checks"));
  return 0;
}

int run_command(const TargetLintCommand& command, const Console& console) {
  const auto target = rules::load_target(command.target);
  if (console.json) print_json(diagnostics_json(command.target, target.diagnostics));
  print_diagnostics(target.diagnostics);
  if (has_errors(target.diagnostics)) return kUsageError;
  const auto path = find_profile(target.target.profile, target.target.folder);
  if (!path) {
    print_error(path.error().message);
    return kUsageError;
  }
  const auto profile = rules::load_profile(*path, probe_catalog());
  print_diagnostics(profile.diagnostics);
  if (has_errors(profile.diagnostics)) return kUsageError;
  const auto& named = target.target;
  const bool answers = load_assessments(beside_target(named, named.attestations), beside_target(named, named.waivers), profile.profile, named).has_value();
  if (!load_customer_documents(named, profile.profile) || !answers) return kUsageError;
  std::size_t items = 0;
  for (const auto& asset : named.assets) items += asset.items.size();
  if (!console.quiet && !console.json) fmt::print("{}: {} {}, {} {}\n", command.target, named.assets.size(), choose(console, "个资产", named.assets.size() == 1 ? "asset" : "assets"), items,
               choose(console, "个检测对象", items == 1 ? "item to look at" : "items to look at"));
  return 0;
}

}  // namespace lintel::cli
