// lintel ics: a skeleton of the customer's conformance statement, and what is missing in one or contradicts a run. Sends nothing.
#include <algorithm>

#include "base/files.h"
#include "base/text.h"
#include "cli/assess_template.h"
#include "cli/assessments.h"
#include "cli/commands.h"
#include "cli/customer.h"
#include "cli/data_folder.h"
#include "cli/json_output.h"
#include "cli/probes.h"
#include "data/json.h"
#include "report/values.h"
#include "report/words.h"
#include "rules/judge.h"
#include "rules/loader.h"
#include "rules/statements.h"
#include "store/run_file.h"

namespace lintel::cli {
namespace {

namespace fs = std::filesystem;

struct Loaded {
  model::Target target;
  model::Profile profile;
};

// Prints what is wrong; nullopt then.
std::optional<Loaded> load_both(const std::string& path) {
  auto target = rules::load_target(path);
  print_diagnostics(target.diagnostics);
  if (has_errors(target.diagnostics)) return std::nullopt;
  const auto profile_path = find_profile(target.target.profile, target.target.folder);
  if (!profile_path) {
    print_error(profile_path.error().message);
    return std::nullopt;
  }
  auto profile = rules::load_profile(*profile_path, probe_catalog());
  print_diagnostics(profile.diagnostics);
  if (has_errors(profile.diagnostics)) return std::nullopt;
  return Loaded{std::move(target.target), std::move(profile.profile)};
}

// The assets on which a statement is due. Derived clauses follow others; a level above the claimed one binds nobody.
std::vector<const model::Asset*> bound_assets(const model::Clause& clause, const model::Target& target) {
  std::vector<const model::Asset*> bound;
  if (!clause.derived_from.empty()) return bound;
  const bool levelled = clause.subject == model::Subject::device || clause.subject == model::Subject::line;
  for (const model::Asset& asset : target.assets)
    if (binds(clause.subject, asset.role) && (!levelled || clause.level <= asset.level)) bound.push_back(&asset);
  return bound;
}

Result<void> write_fresh(const fs::path& path, const std::string& text) {
  if (std::error_code ignored; fs::exists(path, ignored)) return fail(ErrorCode::invalid_input, "{} exists; --out names another file", path.string());
  return write_file(path, text);
}

std::string both(const Console& console, const model::Text& text) { return choose(console, text.zh + " / " + text.en, text.en + " / " + text.zh); }

std::string ics_skeleton(const Loaded& loaded, const report::Words& words, const Console& console) {
  std::string text = comment("", "实现一致性声明（ICS），由委托方填写 / Implementation conformance statement, filled in by the customer");
  text += comment("", "support: yes 支持 supported | no 不支持 not supported | not_applicable 不适用 (justification: 必填 required) | open 未声明 not stated yet");
  text += comment("", "一行适用于所列全部资产；某个资产不同时，另加一行并写明 asset / A row is for all the assets it lists; add a row with asset: ID where one differs");
  text += "lintel: ics/1\nsupplied_by:                       # 公司与填写人 / company and person\nsupplied_on:                       # 2026-11-21T10:00:00+08:00\nrows:\n";
  for (const model::Clause& clause : loaded.profile.clauses) {
    std::vector<std::string> ids;
    for (const model::Asset* asset : bound_assets(clause, loaded.target)) ids.push_back(asset->id);
    if (ids.empty()) continue;
    text += comment("", clause.id + " · " + both(console, clause.text) + " (" + both(console, words.text("obligation", name_of(clause.obligation))) + ") · " + join(ids, ", "));
    text += fmt::format("- clause: \"{}\"\n  support: open\n", clause.id);
  }
  return text;
}

constexpr const char* kIxitSkeleton = R"(# 实现附加信息（IXIT），由委托方填写 / Implementation extra information, filled in by the customer
# clauses: 该项对应的条款，不得与 ICS 相反 / clauses that a row serves; the ICS must not deny them
# implemented: false 表示交付产品中没有 / it is not in the product as delivered
lintel: ixit/1
supplied_by:                       # 公司与填写人 / company and person
supplied_on:                       # 2026-11-21T10:00:00+08:00
tables:
- id: AuthMech
  title: {zh: 认证机制, en: Authentication mechanisms}
  rows: []
#  - id: AuthMech-1
#    asset: cloud
#    clauses: []
#    values: {purpose: "", factor: "", credentials: "", brute-force protection: ""}
- id: UpdMech
  title: {zh: 升级机制, en: Update mechanisms}
  rows: []
#  - id: UpdMech-1
#    values: {component: "", channel: "", integrity: "", authenticity: "", trigger: ""}
- id: Intf
  title: {zh: 接口, en: Interfaces}
  rows: []
#  - id: Intf-1
#    values: {kind: "", protocol: "", state as delivered: "", purpose: ""}
- id: PersData
  title: {zh: 个人信息, en: Personal data}
  rows: []
#  - id: PersData-1
#    values: {data: "", purpose: "", stored at: "", retention: "", consent: ""}
)";

// Assets without a statement, by clause.
Json missing_statements(const Loaded& loaded, const model::Run& run) {
  const rules::Statements statements(run);
  Json missing = Json::array();
  for (const model::Clause& clause : loaded.profile.clauses)
    for (const model::Asset* asset : bound_assets(clause, loaded.target))
      if (statements.find(clause.id, asset->id) == nullptr) missing.push_back({{"clause", clause.id}, {"asset", asset->id}});
  return missing;
}

// The run judged with the target's documents in place of its own.
Result<model::Run> judge_with(const IcsCheckCommand& command, const Loaded& loaded, CustomerDocuments documents) {
  store::RunFile file = TRY(store::RunFile::open(command.run, store::Access::read));
  model::Run run = TRY(file.load());
  if (run.target.id != loaded.target.id)
    return fail(ErrorCode::invalid_input, "{} is a run of the target {}, not of {}", command.run, run.target.id, loaded.target.id);
  run.ics = std::move(documents.ics);
  run.ixit = std::move(documents.ixit);
  run.verdicts = rules::judge(run, run.verdicts.judged_at);
  return run;
}

void show_check(const Json& missing, const model::Run& run, const report::Words& words, const Console& console) {
  const auto say = [&](std::string_view section, std::string_view name) {
    const model::Text text = words.text(section, name);
    return choose(console, text.zh, text.en);
  };
  if (console.quiet) return;
  fmt::print("{}: {}, {} · {} {}\n", say("ui", "ics"), report::one_line(run.ics->supplied_by), report::format_when(run.ics->supplied_on), run.ics->rows.size(),
             choose(console, "行", "rows"));
  fmt::print("{}: {}\n", say("support", "open"), missing.size());
  for (const Json& each : missing) fmt::print("  {} {}\n", text_or(each, "clause"), text_or(each, "asset"));
  fmt::print("{}: {}\n", say("ui", "contradictions"), run.verdicts.contradictions.size());
  for (const auto& each : run.verdicts.contradictions) {
    const std::string against = join(each.kind == model::ContradictionKind::ixit_disagrees ? each.ixit : each.checks, ", ");
    fmt::print("  {} {}: {}{}\n", report::one_line(each.clause), report::one_line(each.asset), say("contradiction", name_of(each.kind)),
               against.empty() ? "" : " · " + report::one_line(against));
  }
}

}  // namespace

int run_command(const IcsInitCommand& command, const Console& console) {
  const auto loaded = load_both(command.target);
  if (!loaded) return kUsageError;
  const auto write = [&]() -> Result<void> {
    const report::Words words = TRY(report::Words::load());
    const fs::path out = command.out.empty() ? fs::path(command.target).parent_path() / "ics.yaml" : fs::path(command.out);
    TRY(write_fresh(out, ics_skeleton(*loaded, words, console)));
    if (!command.ixit.empty()) TRY(write_fresh(command.ixit, kIxitSkeleton));
    std::vector<std::string> files{out.string()};
    if (!command.ixit.empty()) files.push_back(command.ixit);
    if (console.json) {
      print_json({{"files", files}});
      return {};
    }
    for (const std::string& file : files) fmt::print("{}\n", file);
    if (!console.quiet)
      fmt::print("{}\n", choose(console, fmt::format("填写后在 {} 中加入 ics: {}，再执行 lintel ics check。", command.target, out.filename().string()),
                                fmt::format("Fill it in, add `ics: {}` to {}, then run `lintel ics check`.", out.filename().string(), command.target)));
    return {};
  };
  const auto written = write();
  if (written) return 0;
  print_error(written.error().message);
  return kUsageError;
}

int run_command(const IcsCheckCommand& command, const Console& console) {
  const auto loaded = load_both(command.target);
  if (!loaded) return kUsageError;
  auto documents = load_customer_documents(loaded->target, loaded->profile);
  if (!documents) return kUsageError;
  const auto check = [&]() -> Result<int> {
    if (!documents->ics) return fail(ErrorCode::not_found, "{} names no ICS; `lintel ics init {}` writes a skeleton, then add `ics: ics.yaml`", command.target, command.target);
    const report::Words words = TRY(report::Words::load());
    model::Run run;
    if (command.run.empty()) {  // what the documents say of one another shows without a run
      run.target = loaded->target;
      run.profile = loaded->profile;
      run.ics = std::move(documents->ics);
      run.ixit = std::move(documents->ixit);
      run.verdicts = rules::judge(run, {});
    } else {
      run = TRY(judge_with(command, *loaded, *std::move(documents)));
    }
    const Json missing = missing_statements(*loaded, run);
    if (console.json) {
      const Json verdicts = run.verdicts;
      print_json({{"rows", run.ics->rows.size()}, {"missing", missing}, {"contradictions", verdicts.value("contradictions", Json::array())}});
    } else {
      show_check(missing, run, words, console);
    }
    return !run.verdicts.contradictions.empty() ? 1 : missing.empty() ? 0 : 3;
  };
  const auto code = check();
  if (code) return *code;
  print_error(code.error().message);
  return kUsageError;
}

}  // namespace lintel::cli
