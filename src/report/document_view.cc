// The report without its clauses: cover, statement, summary matrix, device levels, and the lists.
#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "data/json.h"
#include "report/values.h"
#include "report/view.h"
#include "report/view_parts.h"

namespace lintel::report {
namespace {

using model::Verdict;

// The order of columns everywhere.
constexpr std::array kVerdicts = {Verdict::pass, Verdict::fail, Verdict::inconclusive, Verdict::not_tested,
                                  Verdict::not_applicable};

struct Tally {
  std::array<int, kVerdicts.size()> mandatory{};
  std::array<int, kVerdicts.size()> advisory{};
  int waived = 0;

  void add(const ClauseRow& row) {
    const auto at = static_cast<std::size_t>(
        std::find(kVerdicts.begin(), kVerdicts.end(), row.verdict->verdict) - kVerdicts.begin());
    ++(row.verdict->advisory || !report::mandatory(*row.clause) ? advisory : mandatory)[at];
    if (row.verdict->waiver && !row.verdict->waiver_expired) ++waived;
  }
};

int sum(const std::array<int, kVerdicts.size()>& counts) {
  int total = 0;
  for (const int count : counts) total += count;
  return total;
}

Json tally_value(const RunIndex& index, const Tally& tally) {
  Json cells = Json::array();
  for (std::size_t i = 0; i < kVerdicts.size(); ++i) {
    const int all = tally.mandatory[i] + tally.advisory[i];
    cells.push_back({{"verdict", index.words.entry("verdict", model::name_of(kVerdicts[i]))},
                     {"all", format_count(all)},
                     {"mandatory", format_count(tally.mandatory[i])},
                     {"advisory", tally.advisory[i] > 0 ? Json(format_count(tally.advisory[i])) : Json()},
                     {"weight", std::to_string(all)},
                     {"zero", all == 0}});
  }
  const int mandatory = sum(tally.mandatory);
  const int advisory = sum(tally.advisory);
  return Json{{"cells", std::move(cells)},
              {"total", format_count(mandatory + advisory)},
              {"mandatory", format_count(mandatory)},
              {"advisory", advisory > 0 ? Json(format_count(advisory)) : Json()},
              {"waived", tally.waived > 0 ? Json(format_count(tally.waived)) : Json()}};
}

Json chapters_value(const RunIndex& index) {
  std::vector<std::string> order;
  std::map<std::string, Tally> tallies;
  for (const ClauseRow& row : index.clauses()) {
    if (!tallies.contains(row.clause->chapter)) order.push_back(row.clause->chapter);
    tallies[row.clause->chapter].add(row);
  }
  Json list = Json::array();
  for (const auto& id : order) {
    Json value = tally_value(index, tallies[id]);
    const model::Chapter* chapter = index.chapter(id);
    value["id"] = plain(id, 100);
    value["anchor"] = anchor("", id);
    value["title"] = display(chapter != nullptr ? chapter->title : index.words.text("ui", "unlisted"));
    list.push_back(std::move(value));
  }
  return list;
}

Json subjects_value(const RunIndex& index) {
  std::vector<model::Subject> seen;
  for (const ClauseRow& row : index.clauses())
    if (std::find(seen.begin(), seen.end(), row.clause->subject) == seen.end()) seen.push_back(row.clause->subject);
  Json list = Json::array();
  for (const auto subject : seen) list.push_back(index.words.entry("subject", model::name_of(subject)));
  return list;
}

Json addresses(const model::Asset& asset) {
  std::vector<std::string> found;
  const auto add = [&](const std::string& address) {
    if (!address.empty() && std::find(found.begin(), found.end(), address) == found.end()) found.push_back(address);
  };
  for (const auto& item : asset.items) {
    add(text_or(item.data, "address"));
    if (item.kind == model::ItemKind::session) add(text_or(item.data, "url", text_or(item.data, "file")));
  }
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min<std::size_t>(found.size(), 20); ++i) list.push_back(one_line(found[i], 200));
  if (found.size() > 20) list.push_back("… +" + std::to_string(found.size() - 20));
  return list;
}

Json assets_value(const RunIndex& index) {
  Json list = Json::array();
  for (const auto& asset : index.run.target.assets) {
    const bool levelled = asset.role == model::Role::device || asset.role == model::Role::gateway;
    Json items = Json::array();
    for (std::size_t i = 0; i < std::min<std::size_t>(asset.items.size(), 20); ++i)
      items.push_back({{"kind", index.words.entry("kind", model::name_of(asset.items[i].kind))},
                       {"id", plain(asset.items[i].id, 200)}});
    list.push_back({{"id", plain(asset.id, 200)},
                    {"name", display(asset.name == model::Text{} ? model::Text{asset.id, asset.id} : asset.name)},
                    {"role", index.words.entry("role", model::name_of(asset.role))},
                    {"level", levelled ? Json(std::to_string(asset.level)) : Json()},
                    {"addresses", addresses(asset)},
                    {"items", std::move(items)},
                    {"more_items", more(asset.items.size(), 20)}});
  }
  return list;
}

Json grades_value(const RunIndex& index) {
  Json list = Json::array();
  for (const auto& grade : index.run.verdicts.grades) {
    Json steps = Json::array();
    for (int level = 1; level <= 3; ++level)
      steps.push_back({{"level", std::to_string(level)}, {"done", level <= grade.reached}, {"claimed", level == grade.claimed}});
    const std::size_t shown = 60;
    std::vector<std::string> missing(grade.missing.begin(),
                                     grade.missing.begin() + static_cast<std::ptrdiff_t>(std::min(grade.missing.size(), shown)));
    list.push_back({{"asset", asset_value(index, grade.asset)},
                    {"claimed", std::to_string(grade.claimed)},
                    {"reached", grade.reached > 0 ? Json(std::to_string(grade.reached)) : Json()},
                    {"short", grade.reached < grade.claimed},
                    {"steps", std::move(steps)},
                    {"missing", links(missing)},
                    {"has_missing", !grade.missing.empty()},
                    {"more_missing", more(grade.missing.size(), shown)}});
  }
  return list;
}

Json cover_value(const RunIndex& index) {
  const model::Run& run = index.run;
  std::size_t done = 0;
  std::set<std::string_view> seen;
  for (const auto& observation : run.observations) seen.insert(observation.job.key);
  for (const auto& job : run.jobs) done += seen.contains(job.key) ? 1u : 0u;
  const auto& name = run.target.name;
  return Json{{"number", shown_number(run)},
              {"run", plain(run.id, 64)},
              {"target_id", plain(run.target.id, 200)},
              {"target", display(name == model::Text{} ? model::Text{run.target.id, run.target.id} : name)},
              {"profile", {{"id", plain(run.profile.id, 200)},
                           {"version", plain(run.profile.version, 100)},
                           {"title", display(run.profile.title)},
                           {"sha256", plain(run.profile_sha256, 64)}}},
              {"tool", plain(run.tool_version, 100)},
              {"host", plain(run.host, 200)},
              {"started", format_when(run.started)},
              {"finished", format_when(run.finished)},
              {"day", format_day(run.finished)},
              {"judged", format_when(run.verdicts.judged_at)},
              {"duration", format_duration(run.finished - run.started)},
              {"complete", run.complete},
              {"intrusive", run.target.intrusive},
              {"jobs_done", format_count(static_cast<std::int64_t>(done))},
              {"jobs_planned", format_count(static_cast<std::int64_t>(run.jobs.size()))}};
}

}  // namespace

Json document_view(const RunIndex& index) {
  Tally all;
  for (const ClauseRow& row : index.clauses()) all.add(row);
  Json gate = index.words.entry("gate", model::name_of(index.run.verdicts.gate));
  if (!gate.contains("why")) gate["why"] = display({});
  gate["why"]["two"] = true;
  if (!gate.contains("tone")) gate["tone"] = "inconclusive";
  Json view = cover_value(index);
  view["gate"] = std::move(gate);
  view["assets"] = assets_value(index);
  view["totals"] = tally_value(index, all);
  view["chapters"] = chapters_value(index);
  view["subjects"] = subjects_value(index);
  view["grades"] = grades_value(index);
  view["failures"] = undecided(index, Verdict::fail);
  view["inconclusive"] = undecided(index, Verdict::inconclusive);
  view["not_tested"] = undecided(index, Verdict::not_tested);
  view["questions"] = open_questions(index);
  view["waivers"] = waiver_list(index);
  view["evidence"] = evidence_register(index);
  view["customer"] = customer_value(index);
  for (const char* key : {"grades", "failures", "inconclusive", "not_tested", "questions", "waivers", "evidence"})
    view[std::string("has_") + key] = !view[key].empty();
  view["more_evidence"] = more(index.evidence().size(), index.limits.register_rows);
  return view;
}

}  // namespace lintel::report
