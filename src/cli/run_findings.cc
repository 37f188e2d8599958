#include "cli/run_findings.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "cli/probes.h"
#include "data/json.h"
#include "report/messages.h"
#include "rules/judge.h"
#include "store/run_file.h"

namespace lintel::cli {
namespace {

// What the row of a name like "row verdict 12" is about; empty when the run does not tell.
std::string subject_of(std::string_view table, std::string_view key, const model::Run& run) {
  const auto position = parse_unsigned<std::size_t>(key).value_or(~std::size_t{0});
  const auto job_words = [](const model::Job& job) { return fmt::format("probe {} on {} {}", job.probe, job.asset, job.item); };
  if (table == "verdict" && position < run.verdicts.clauses.size()) return "clause " + run.verdicts.clauses[position].clause;
  if (table == "job" && position < run.jobs.size()) return job_words(run.jobs[position]);
  if (table == "attestation" && position < run.attestations.size()) return "answer to clause " + run.attestations[position].clause;
  if (table == "waiver" && position < run.waivers.size()) return "waiver of clause " + run.waivers[position].clause;
  if (table == "observation")
    for (const model::Job& job : run.jobs)
      if (store::escape_key(job.key) == key) return job_words(job);
  if (table != "blob") return "";
  for (const auto& observation : run.observations)
    for (const auto& evidence : observation.evidence)
      if (evidence.sha256 == key) return fmt::format("evidence {} of {}", evidence.name, job_words(observation.job));
  for (const auto& attestation : run.attestations)
    for (const auto& evidence : attestation.evidence)
      if (evidence.sha256 == key) return fmt::format("evidence {} of the answer to clause {}", evidence.name, attestation.clause);
  return "";
}

Place row_place(const store::Difference& difference, const model::Run& run) {
  const auto words = split(difference.name, ' ');  // row TABLE KEY
  const std::string_view table = words.size() == 3 ? words[1] : std::string_view(), key = words.size() == 3 ? words[2] : std::string_view();
  const std::string subject = subject_of(table, key, run);
  const std::string behind = subject.empty() ? "" : fmt::format(" ({})", subject);
  return {fmt::format("表 {}，行 {}{}", table, key, behind), fmt::format("table {}, row {}{}", table, key, behind), difference.expected, difference.found};
}

Place byte_place(const store::Difference& difference, std::uint64_t database_bytes) {
  if (!difference.name.starts_with("page ")) {
    const bool size = difference.name == "database-bytes";
    return {size ? "数据库大小（字节）" : "整个数据库", size ? "size of the database in bytes" : "the database as a whole", difference.expected, difference.found};
  }
  const std::uint64_t number = parse_unsigned<std::uint64_t>(std::string_view(difference.name).substr(5)).value_or(1);
  const std::uint64_t begin = (number - 1) * store::kPieceBytes, end = std::min(begin + store::kPieceBytes, std::max(database_bytes, begin + 1)) - 1;
  return {fmt::format("第 {} 页，文件的第 {} 至 {} 字节", number, begin, end), fmt::format("page {}, bytes {} to {} of the file", number, begin, end), difference.expected, difference.found};
}

Finding result(const char* check, const char* code, std::vector<Place> places, const char* good_zh, const char* good_en, const char* bad_zh, const char* bad_en) {
  const bool good = places.empty();
  return {check, good ? State::good : State::bad, good ? "equal" : code, good ? good_zh : bad_zh, good ? good_en : bad_en, std::move(places)};
}

Finding unreadable(const char* check, const std::string& message) {
  return {check, State::bad, "unreadable", "无法读取：" + report::in_chinese(message), "can't be read: " + message, {}};
}

Finding examine_rows(const std::vector<std::string>& found, const store::Manifest& manifest, const model::Run& run) {
  std::vector<std::string> sealed;
  for (const std::string& line : manifest.content)
    if (line.starts_with("row ")) sealed.push_back(line);
  std::vector<Place> places;
  for (const auto& difference : store::compare(sealed, found)) places.push_back(row_place(difference, run));
  return result("rows", "changed", std::move(places), "各表各行与封存时一致", "every row is as it was sealed", "有行与封存时不同", "rows differ from what was sealed");
}

Finding examine_evidence(store::RunFile& file, const model::Run& run) {
  std::map<std::string, std::string> names;
  for (const auto& observation : run.observations)
    for (const auto& one : observation.evidence) names.emplace(one.sha256, one.name);
  for (const auto& attestation : run.attestations)
    for (const auto& one : attestation.evidence)
      if (one.kept) names.emplace(one.sha256, one.name);
  if (run.lab) {
    names.emplace(run.lab->source.sha256, run.lab->source.name);
    for (const model::Evidence* picture : model::pictures(*run.lab)) names.emplace(picture->sha256, picture->name);
  }
  if (run.ics) names.emplace(run.ics->source.sha256, run.ics->source.name);
  if (run.ixit) names.emplace(run.ixit->source.sha256, run.ixit->source.name);
  std::vector<Place> places;
  for (const auto& [sha256, name] : names)
    if (const auto bytes = file.read_evidence(sha256); !bytes) places.push_back({"证据 " + name, "evidence " + name, sha256, bytes.error().message});
  return result("evidence", "changed", std::move(places), "证据内容与其 SHA-256 一致", "every piece has its SHA-256", "有证据与其 SHA-256 不符", "pieces don't have their SHA-256");
}

Finding examine_verdicts(const model::Run& run) {
  return result("verdicts", "differ", other_verdicts(run), "由所存事实重新判定，结论一致", "judging the stored facts again gives the same verdicts",
                "由所存事实重新判定，结论不同", "judging the stored facts again gives other verdicts");
}

// A decision without its sentences.
Json decision_of(const model::ClauseVerdict& clause) {
  Json assets = Json::array();
  for (const auto& asset : clause.assets) {
    Json checks = Json::array();
    for (const auto& check : asset.checks) {
      Json instances = Json::array();
      for (const auto& one : check.instances) instances.push_back({one.item, model::name_of(one.verdict), model::name_of(one.reason)});
      checks.push_back({check.check, model::name_of(check.verdict), model::name_of(check.reason), std::move(instances)});
    }
    assets.push_back({asset.asset, model::name_of(asset.verdict), model::name_of(asset.reason), std::move(checks)});
  }
  return {clause.clause, model::name_of(clause.verdict), model::name_of(clause.reason), clause.advisory, clause.waiver.has_value(), clause.waiver_expired, std::move(assets)};
}

std::string words_of(const model::ClauseVerdict& clause) {
  const std::string verdict(model::name_of(clause.verdict));
  return clause.reason == model::Reason::none ? verdict : verdict + " (" + std::string(model::name_of(clause.reason)) + ")";
}

}  // namespace

std::vector<Place> other_verdicts(const model::Run& run) {
  const model::Verdicts again = rules::judge(run, run.verdicts.judged_at);
  std::map<std::string, const model::ClauseVerdict*> kept;
  for (const auto& clause : run.verdicts.clauses) kept.emplace(clause.clause, &clause);
  std::vector<Place> places;
  const auto add = [&](const std::string& what_zh, const std::string& what_en, const std::string& expected, const std::string& found) {
    places.push_back({what_zh, what_en, expected, found});
  };
  for (const auto& clause : again.clauses) {
    const auto at = kept.find(clause.clause);
    if (at == kept.end()) {
      add("条款 " + clause.clause, "clause " + clause.clause, "", words_of(clause));
      continue;
    }
    if (decision_of(*at->second) != decision_of(clause)) add("条款 " + clause.clause, "clause " + clause.clause, words_of(*at->second), words_of(clause));
    kept.erase(at);
  }
  for (const auto& [id, clause] : kept) add("条款 " + id, "clause " + id, words_of(*clause), "");
  if (again.gate != run.verdicts.gate) add("总体结论", "overall verdict", std::string(name_of(run.verdicts.gate)), std::string(name_of(again.gate)));
  if (again.counts != run.verdicts.counts) add("结论计数", "counts of verdicts", dump_json(Json(run.verdicts.counts)), dump_json(Json(again.counts)));
  const auto grades = [](const model::Verdicts& verdicts) {
    std::string text;
    for (const auto& grade : verdicts.grades) text += fmt::format("{}{} {}/{}", text.empty() ? "" : ", ", grade.asset, grade.reached, grade.claimed);
    return text;
  };
  const auto contradictions = [](const model::Verdicts& verdicts) {
    std::string text;
    for (const auto& one : verdicts.contradictions) text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", one.clause, one.asset, name_of(one.kind));
    return text;
  };
  if (contradictions(again) != contradictions(run.verdicts))
    add("与声明的矛盾", "contradictions", contradictions(run.verdicts), contradictions(again));
  if (grades(again) != grades(run.verdicts)) add("设备等级", "grades of devices", grades(run.verdicts), grades(again));
  return places;
}

// What names rows in a run that can't be loaded: the plan and the clauses.
static model::Run names_only(store::RunFile& file) {
  model::Run run;
  if (auto jobs = file.load_jobs()) run.jobs = std::move(*jobs);
  const auto clauses = file.verdict_clauses();
  if (!clauses) return run;
  for (const auto& [position, clause] : *clauses) {
    if (position != static_cast<std::int64_t>(run.verdicts.clauses.size())) break;
    run.verdicts.clauses.emplace_back().clause = clause;
  }
  return run;
}

// Every row is as it was sealed: what differs lies in SQLite's own structure, in unused space or in free pages.
static void say_outside_rows(Finding& of_bytes) {
  for (Place& place : of_bytes.places) {
    if (!place.en.starts_with("page ")) continue;
    place.zh += "，不属于任何一行";
    place.en += ", outside any row";
  }
}

std::vector<Finding> examine_content(const std::filesystem::path& path, std::uint64_t database_bytes, const store::Manifest& manifest) {
  std::vector<Finding> findings;
  const auto bytes = store::database_lines(path, database_bytes);
  if (!bytes) {
    findings.push_back(unreadable("file", bytes.error().message));
    return findings;
  }
  std::vector<std::string> sealed;
  for (const std::string& line : manifest.content)
    if (!line.starts_with("row ")) sealed.push_back(line);
  std::vector<Place> places;
  for (const auto& difference : store::compare(sealed, *bytes)) places.push_back(byte_place(difference, database_bytes));
  findings.push_back(result("file", "changed", std::move(places), "文件逐字节与封存时一致", "every byte is as it was sealed", "文件的字节与封存时不同", "bytes differ from what was sealed"));
  auto file = store::RunFile::open(path, store::Access::read);
  if (!file) {
    findings.push_back(unreadable("rows", file.error().message));
    return findings;
  }
  const auto run = file->load();
  const auto rows = file->row_lines();
  if (rows) {
    findings.push_back(examine_rows(*rows, manifest, run ? *run : names_only(*file)));
    if (findings.back().state == State::good) say_outside_rows(findings.front());
  } else {
    findings.push_back(unreadable("rows", rows.error().message));
  }
  if (!run) {
    findings.push_back(unreadable("verdicts", run.error().message));
    return findings;
  }
  findings.push_back(examine_evidence(*file, *run));
  findings.push_back(examine_verdicts(*run));
  return findings;
}

}  // namespace lintel::cli
