// Every value that a rendered comparison shows.
#include <algorithm>

#include "base/text.h"
#include "report/compare_report.h"
#include "report/values.h"
#include "report/view.h"
#include "report/view_parts.h"

namespace lintel::report {
namespace {

using model::Verdict;

constexpr std::size_t kRows = 300, kDetails = 30, kFacts = 400, kNames = 300, kSentence = 600;

class CompareView {
 public:
  CompareView(const Comparison& comparison, Words words)
      : comparison_(comparison), then_(*comparison.then, words, ViewLimits{}), now_(*comparison.now, std::move(words), ViewLimits{}) {
    for (const auto* index : {&now_, &then_})
      for (const auto& row : index->clauses()) clauses_.emplace(row.clause->id, row.clause);
  }
  Json make() const;

 private:
  Json head(const RunIndex& index) const;
  Json totals() const;
  Json groups() const;
  Json clause(const std::string& id) const;
  Json asset(const std::string& id) const { return asset_value(now_.asset(id) != nullptr ? now_ : then_, id); }
  Json verdict(const std::optional<Verdict>& verdict) const {
    Json entry = verdict ? now_.words.entry("verdict", model::name_of(*verdict)) : now_.words.entry("ui", "absent");
    if (!verdict) entry["mark"] = "·";
    return entry;
  }
  Json row(const Row& row) const;
  Json brief(const Row& row) const;
  Json detail(const Detail& detail) const;
  Json standing() const;
  Json facts() const;
  Json grades() const;

  const Comparison& comparison_;
  const RunIndex then_, now_;
  std::map<std::string, const model::Clause*> clauses_;
};

Json CompareView::head(const RunIndex& index) const {
  const model::Run& run = index.run;
  Json counts = Json::array();
  for (const Verdict each : {Verdict::pass, Verdict::fail, Verdict::inconclusive, Verdict::not_tested, Verdict::not_applicable}) {
    const auto found = run.verdicts.counts.find(std::string(model::name_of(each)));
    counts.push_back({{"verdict", verdict(each)}, {"count", format_count(found == run.verdicts.counts.end() ? 0 : found->second)}});
  }
  Json gate = index.words.entry("gate", model::name_of(run.verdicts.gate));
  if (!gate.contains("tone")) gate["tone"] = "inconclusive";
  return Json{{"number", report_number(run)}, {"run", plain(run.id, 64)}, {"started", format_when(run.started)}, {"tool", plain(run.tool_version, 100)},
              {"profile", plain(run.profile.id, 200) + " " + plain(run.profile.version, 100)}, {"sha256", plain(run.profile_sha256, 64)}, {"sha_short", plain(run.profile_sha256.substr(0, 12), 64)},
              {"complete", run.complete}, {"gate", std::move(gate)}, {"counts", std::move(counts)}};
}

Json CompareView::totals() const {
  Json list = Json::array();
  for (const Change change : {Change::appeared, Change::incomparable, Change::changed, Change::closed, Change::unchanged}) {
    const auto found = comparison_.findings.find(change);
    const int count = found == comparison_.findings.end() ? 0 : found->second;
    list.push_back({{"change", now_.words.entry("change", name_of(change))}, {"count", format_count(count)}, {"zero", count == 0}});
  }
  return list;
}

Json CompareView::clause(const std::string& id) const {
  const auto found = clauses_.find(id);
  return Json{{"id", plain(id, 100)}, {"text", display(found == clauses_.end() ? model::Text{id, id} : found->second->text)}};
}

Json sentence(const model::Text& text) {
  if (text == model::Text{}) return nullptr;
  return display({one_line(text.zh, kSentence), one_line(text.en, kSentence)});
}

Json CompareView::detail(const Detail& detail) const {
  const model::Check* check = now_.check(detail.check) != nullptr ? now_.check(detail.check) : then_.check(detail.check);
  model::Text title = detail.title;
  if (title == model::Text{}) title = detail.check.empty() ? now_.words.text("ui", "attestation") : check != nullptr ? check->title : model::Text{detail.check, detail.check};
  return Json{{"change", now_.words.entry("change", name_of(detail.change))},
              {"title", sentence(title)},
              {"check", plain(detail.check, 200)},
              {"item", one_line(detail.item, 200)},
              {"why", detail.why == Why::none ? Json() : now_.words.entry("why", name_of(detail.why))},
              {"advisory", detail.advisory},
              {"worse", detail.worse},
              {"expected", sentence(detail.expected)},
              {"then", sentence(detail.observed_then)},
              {"now", sentence(detail.observed_now)},
              {"fingerprint", detail.finding ? Json(detail.fingerprint.substr(0, 16)) : Json()}};
}

Json CompareView::row(const Row& row) const {
  Json details = Json::array();
  std::vector<const Detail*> told;
  for (const Detail& each : row.details)
    if (each.change != Change::unchanged) told.push_back(&each);
  std::stable_sort(told.begin(), told.end(), [](const auto* a, const auto* b) { return a->worse > b->worse; });
  for (std::size_t i = 0; i < std::min(told.size(), kDetails); ++i) details.push_back(detail(*told[i]));
  const bool reasons = row.then == row.now && row.reason_then != row.reason_now;
  return Json{{"clause", clause(row.clause)}, {"asset", asset(row.asset)}, {"then", verdict(row.then)}, {"now", verdict(row.now)},
              {"advisory", row.advisory}, {"worse", row.worse}, {"waived", row.waived}, {"waiver_expired", row.waiver_expired},
              {"why", row.why == Why::none ? Json() : now_.words.entry("why", name_of(row.why))},
              {"reason_then", reasons ? reason_value(now_, row.reason_then) : Json()},
              {"reason_now", reasons || row.why == Why::open ? reason_value(now_, row.reason_now) : Json()},
              {"answer_changed", row.answer_changed}, {"details", std::move(details)}, {"more", more(told.size(), kDetails)}};
}

// What several rows without details share, so that they stand in one line.
Json CompareView::brief(const Row& row) const {
  return Json{{"asset", asset(row.asset)}, {"then", verdict(row.then)}, {"now", verdict(row.now)}, {"answer_changed", row.answer_changed},
              {"waived", row.waived}, {"waiver_expired", row.waiver_expired},
              {"why", row.why == Why::none ? Json() : now_.words.entry("why", name_of(row.why))},
              {"reason", row.why == Why::asset_missing || row.why == Why::profile_version ? Json() : reason_value(now_, row.reason_now)}};
}

// Nothing but another sentence or value behind a pass: the table of facts tells it.
bool only_values(const Row& row) {
  return row.move == Move::inside && row.now == Verdict::pass && !row.worse && !row.answer_changed && row.reason_then == row.reason_now &&
         std::all_of(row.details.begin(), row.details.end(), [](const Detail& d) { return d.then == d.now && !d.finding; });
}

Json CompareView::groups() const {
  Json list = Json::array();
  for (const Move move : {Move::worse, Move::incomparable, Move::inside, Move::better, Move::moved}) {
    Json rows = Json::array();
    std::size_t count = 0, detailed = 0;
    std::vector<std::pair<Json, std::vector<std::string>>> briefs;
    for (const Row& each : comparison_.rows) {
      if (each.move != move || only_values(each)) continue;
      ++count;
      const bool told = std::any_of(each.details.begin(), each.details.end(), [](const Detail& d) { return d.change != Change::unchanged; });
      if (told && detailed++ < kRows) rows.push_back(row(each));
      if (told) continue;
      Json key = brief(each);
      auto found = std::find_if(briefs.begin(), briefs.end(), [&](const auto& pair) { return pair.first == key; });
      if (found == briefs.end()) {
        briefs.emplace_back(std::move(key), std::vector<std::string>());
        found = briefs.end() - 1;
      }
      found->second.push_back(plain(each.clause, 100));
    }
    if (count == 0) continue;
    Json lines = Json::array();
    for (auto& [key, clauses] : briefs) {
      const std::size_t all = clauses.size();
      if (all > kNames) clauses.resize(kNames);
      key["clauses"] = join(clauses, "  ");
      key["more"] = more(all, kNames);
      lines.push_back(std::move(key));
    }
    list.push_back({{"name", name_of(move)}, {"title", now_.words.entry("move", name_of(move))}, {"count", format_count(static_cast<std::int64_t>(count))},
                    {"rows", std::move(rows)}, {"briefs", std::move(lines)}, {"more", more(detailed, kRows)}});
  }
  return list;
}

Json CompareView::standing() const {
  Json list = Json::array();
  for (const Row& row : comparison_.rows) {
    std::size_t count = 0;
    for (const Detail& each : row.details) count += each.finding && each.change == Change::unchanged ? 1u : 0u;
    if (count > 0)
      list.push_back({{"clause", clause(row.clause)}, {"asset", asset(row.asset)}, {"count", format_count(static_cast<std::int64_t>(count))},
                      {"waived", row.waived}, {"waiver_expired", row.waiver_expired}});
  }
  return list;
}

Json CompareView::facts() const {
  std::vector<const FactChange*> order;
  for (const FactChange& fact : comparison_.facts) order.push_back(&fact);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->failing > b->failing; });
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min(order.size(), kFacts); ++i) {
    const FactChange& fact = *order[i];
    const bool set = fact.value.added.is_array();
    const auto shown = [&](const Json& value) -> Json { return value.is_null() ? Json() : Json(one_line(format_value(value, 300), 300)); };
    const auto listed = [&](const Json& value) -> Json { return set && !value.empty() ? shown(value) : Json(); };
    std::vector<std::string> clauses(fact.clauses.begin(), fact.clauses.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(fact.clauses.size(), 12)));
    list.push_back({{"asset", one_line(fact.asset, 200)}, {"item", one_line(fact.item, 200)}, {"probe", plain(fact.probe, 100)},
                    {"path", one_line(fact.value.path, 200)}, {"set", set}, {"then", set ? Json() : shown(fact.value.then)},
                    {"now", set ? Json() : shown(fact.value.now)}, {"added", listed(fact.value.added)}, {"removed", listed(fact.value.removed)},
                    {"clauses", plain(join(clauses, ", "), 400)}, {"more", more(fact.clauses.size(), 12)}, {"failing", fact.failing}});
  }
  return list;
}

Json CompareView::grades() const {
  Json list = Json::array();
  for (const auto& grade : comparison_.now->verdicts.grades) {
    const auto& before = comparison_.then->verdicts.grades;
    const auto old = std::find_if(before.begin(), before.end(), [&](const auto& each) { return each.asset == grade.asset; });
    list.push_back({{"asset", asset(grade.asset)}, {"claimed", std::to_string(grade.claimed)}, {"now", std::to_string(grade.reached)},
                    {"then", old == before.end() ? Json() : Json(std::to_string(old->reached))},
                    {"lower", old != before.end() && grade.reached < old->reached}});
  }
  return list;
}

Json CompareView::make() const {
  const auto& name = comparison_.now->target.name;
  Json view{{"target", display(name == model::Text{} ? model::Text{comparison_.now->target.id, comparison_.now->target.id} : name)},
            {"worse", comparison_.worse},
            {"statement", now_.words.entry("comparison", comparison_.worse ? "worse" : "not_worse")},
            {"then", head(then_)}, {"now", head(now_)},
            {"rules_differ", comparison_.then->profile_sha256 != comparison_.now->profile_sha256},
            {"totals", totals()}, {"groups", groups()}, {"standing", standing()}, {"facts", facts()}, {"grades", grades()},
            {"declared", Json::array()}};
  view["statement"]["why"] = display({text_or(view["statement"]["why"], "zh"), text_or(view["statement"]["why"], "en")});
  for (std::size_t i = 0; i < std::min(comparison_.declared_otherwise.size(), kNames); ++i)
    view["declared"].push_back(one_line(comparison_.declared_otherwise[i], 300));
  view["more_facts"] = more(comparison_.facts.size(), kFacts);
  for (const char* key : {"groups", "standing", "facts", "grades", "declared"}) view[std::string("has_") + key] = !view[key].empty();
  return view;
}

}  // namespace

Result<Json> compare_view(const Comparison& comparison) { return CompareView(comparison, TRY(Words::load())).make(); }

}  // namespace lintel::report
