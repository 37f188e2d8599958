#include "report/choice.h"

#include <algorithm>

#include "data/json.h"
#include "report/values.h"

namespace lintel::report {

model::Run only_asset(const model::Run& run, const std::string& asset) {
  model::Run part = run;
  std::erase_if(part.target.assets, [&](const auto& each) { return each.id != asset; });
  std::erase_if(part.jobs, [&](const auto& each) { return each.asset != asset; });
  std::erase_if(part.observations, [&](const auto& each) { return each.job.asset != asset; });
  std::erase_if(part.verdicts.grades, [&](const auto& each) { return each.asset != asset; });
  std::set<std::string> kept;
  for (auto& clause : part.verdicts.clauses) {
    std::erase_if(clause.assets, [&](const auto& each) { return each.asset != asset; });
    if (clause.assets.empty()) continue;
    clause.verdict = clause.assets.front().verdict;
    clause.reason = clause.assets.front().reason;
    if (clause.waiver && !clause.waiver->asset.empty() && clause.waiver->asset != asset) clause.waiver.reset();
    kept.insert(clause.clause);
  }
  std::erase_if(part.verdicts.clauses, [&](const auto& each) { return each.assets.empty(); });
  std::erase_if(part.profile.clauses, [&](const auto& each) { return !kept.contains(each.id); });
  const auto elsewhere = [&](const auto& each) { return !kept.contains(each.clause) || (!each.asset.empty() && each.asset != asset); };
  std::erase_if(part.attestations, elsewhere);
  std::erase_if(part.waivers, elsewhere);
  if (part.ics) std::erase_if(part.ics->rows, elsewhere);
  if (part.ixit)
    for (auto& table : part.ixit->tables) std::erase_if(table.rows, [&](const auto& each) { return !each.asset.empty() && each.asset != asset; });
  std::erase_if(part.verdicts.contradictions, elsewhere);
  if (part.lab) std::erase_if(part.lab->items, [&](const auto& each) { return each.asset != asset; });
  return part;
}

Json left_out(const ReportChoice& choice, const Words& words) {
  Json notes = Json::array();
  const auto note = [&](const char* label, Json value) { notes.push_back({{"label", words.entry("extract", label)}, {"value", std::move(value)}}); };
  if (choice.depth == Depth::summary) note("summary", Json());
  if (choice.depth == Depth::manager) note("manager", Json());
  if (!choice.only.empty()) {
    model::Text names;
    for (const model::Verdict verdict : choice.only) {
      const model::Text name = words.text("verdict", model::name_of(verdict));
      names.zh += (names.zh.empty() ? "" : "、") + name.zh;
      names.en += (names.en.empty() ? "" : ", ") + name.en;
    }
    note("only", display(names));
  }
  if (!choice.asset.empty()) note("asset", display({choice.asset, choice.asset}));
  return notes;
}

void keep_language(Json& view, Language language) {
  if (language == Language::both) return;
  if (view.is_object() && view.contains("zh") && view.contains("en") && view["zh"].is_string() && view["en"].is_string()) {
    const char* kept = language == Language::zh ? "zh" : "en";
    view[language == Language::zh ? "en" : "zh"] = view[kept];
    view["two"] = false;
  }
  if (view.is_structured())
    for (Json& each : view) keep_language(each, language);
}

}  // namespace lintel::report
