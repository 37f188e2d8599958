// lintel profile test: the rows of every check, facts → verdict, through the same code that judges a scan. (x_test.cc is the name of a unit test.)
#include "base/text.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "cli/json_output.h"
#include "cli/probes.h"
#include "data/json.h"
#include "report/messages.h"
#include "rules/judge_check.h"
#include "rules/loader.h"

namespace lintel::cli {
namespace {

// What one row gives. An item or asset that the row leaves out is empty: everything about it is unknown.
model::Instance judge_row(const rules::ReadyCheck& ready, const model::CheckRow& row) {
  model::Asset asset;
  asset.id = text_or(row.asset, "id");
  asset.role = model::parse<model::Role>(text_or(row.asset, "role")).value_or(model::Role::device);
  asset.level = static_cast<int>(integer_or(row.asset, "level", 1));
  model::Observation observation;
  observation.job.probe = ready.check->probe;
  observation.job.params = ready.check->with;
  observation.status = row.status;
  observation.facts = row.facts.is_object() ? row.facts : Json::object();
  return rules::judge_observation(ready, asset, row.item.is_object() ? row.item : Json::object(), observation);
}

std::string why(const model::Instance& instance, bool english) {
  std::vector<std::string> parts;
  if (!instance.message.empty()) parts.push_back(english ? instance.message : report::in_chinese(instance.message));
  for (const auto& assertion : instance.assertions)
    parts.push_back(fmt::format("{} {}: {}", name_of(assertion.holds), *assertion.source, english ? assertion.observed->en : assertion.observed->zh));
  return join(parts, "\n      ");
}

}  // namespace

int run_command(const ProfileTestCommand& command, const Console& console) {
  const auto path = find_profile(command.profile, {});
  if (!path) {
    print_error(path.error().message);
    return kUsageError;
  }
  const auto loaded = rules::load_profile(*path, probe_catalog());
  print_diagnostics(loaded.diagnostics);
  if (has_errors(loaded.diagnostics)) return kUsageError;
  std::size_t rows = 0, wrong = 0;
  Json list = Json::array();
  for (const auto& check : loaded.checks) {
    const rules::ReadyCheck ready = rules::make_ready(check, facts_schema(check.probe));
    for (const auto& row : check.rows) {
      ++rows;
      const model::Instance instance = judge_row(ready, row);
      if (instance.verdict == row.expect) continue;
      ++wrong;
      list.push_back({{"check", check.id}, {"row", row.name}, {"gives", name_of(instance.verdict)}, {"expected", name_of(row.expect)}});
      if (!console.json) fmt::print(fmt::runtime(choose(console, "{}：“{}”得出 {}，应为 {}\n      {}\n", "{}: \"{}\" gives {}, expected {}\n      {}\n")), check.id, row.name,
                                    name_of(instance.verdict), name_of(row.expect), why(instance, console.language == "en"));
    }
  }
  if (console.json) print_json({{"checks", loaded.checks.size()}, {"rows", rows}, {"wrong", std::move(list)}});
  else if (!console.quiet || wrong > 0) fmt::print("{} {}, {} {}, {} {}\n", loaded.checks.size(), choose(console, "个检查项", "checks"), rows, choose(console, "行", "rows"), wrong, choose(console, "行不符", "wrong"));
  return wrong > 0 || rows == 0 ? 1 : 0;
}

}  // namespace lintel::cli
