// One clause of a report: assets → checks → items → expected and observed, with evidence, trace and answers.
#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "data/json.h"
#include "report/values.h"
#include "report/view.h"
#include "report/view_parts.h"

namespace lintel::report {
namespace {

using model::AssertionResult;
using model::AssetVerdict;
using model::CheckResult;
using model::Instance;
using model::Verdict;

std::string_view method_of(const model::Clause& clause) {
  if (clause.by == model::By::derived) return "derive";
  if (!clause.checks.empty()) return "test";
  if (clause.attest) return clause.attest->method;
  return "none";
}

// Text as it is, anything else as a hex dump of its first bytes.
std::string excerpt(const std::string& bytes, const model::Evidence& evidence, std::size_t cap) {
  if (evidence.media_type.starts_with("text/") || evidence.media_type == "application/json") return plain(bytes, cap);
  std::string out;
  const std::size_t shown = std::min<std::size_t>(bytes.size(), 128);
  for (std::size_t at = 0; at < shown; at += 16) {
    const std::string hex = to_hex(as_bytes(std::string_view(bytes).substr(at, std::min<std::size_t>(16, shown - at))));
    out += fmt::format("{:04x} ", at);
    for (std::size_t i = 0; i < hex.size(); i += 2) out += " " + hex.substr(i, 2);
    out += "\n";
  }
  if (shown < evidence.size_bytes) out += "…\n";
  return out;
}

struct ClauseViewer {
  const RunIndex& index;
  const EvidenceSource& source;
  std::size_t& excerpts;

  Json evidence(const model::Evidence& item, bool with_excerpt) const {
    Json value = evidence_value(index, item);
    value["excerpt"] = nullptr;
    if (with_excerpt && excerpts > 0) {
      if (const auto bytes = source(item.sha256, index.limits.excerpt_bytes)) {
        value["excerpt"] = excerpt(*bytes, item, index.limits.excerpt_bytes);
        --excerpts;
      }
    }
    return value;
  }

  Json step(const model::Step& from) const {
    Json numbers = Json::array();
    for (const auto& sha256 : from.evidence)
      if (const std::string number = index.evidence_number(sha256); !number.empty()) numbers.push_back(number);
    return Json{{"expression", one_line(from.expression, index.limits.value_bytes)},
                {"known", from.known},
                {"value", from.known ? format_value(from.value, index.limits.value_bytes) : ""},
                {"numbers", std::move(numbers)}};
  }

  Json assertion(const AssertionResult& from) const {
    const auto sentence = [&](const model::Text& text) -> Json {
      if (text.zh.empty() && text.en.empty()) return nullptr;
      return display({plain(text.zh, index.limits.sentence_bytes), plain(text.en, index.limits.sentence_bytes)});
    };
    Json steps = Json::array();
    for (std::size_t i = 0; i < std::min(from.steps.size(), index.limits.steps_per_assertion); ++i)
      steps.push_back(step(from.steps[i]));
    return Json{{"holds", index.words.entry("holds", model::name_of(from.holds))},
                {"title", sentence(from.title)},
                {"expected", sentence(from.expected)},
                {"observed", sentence(from.observed)},
                {"source", one_line(*from.source, index.limits.sentence_bytes)},
                {"missing", from.missing.empty() ? Json() : Json(one_line(join(from.missing, ", ")))},
                {"has_steps", !from.steps.empty()},
                {"steps", std::move(steps)},
                {"more_steps", more(from.steps.size(), index.limits.steps_per_assertion)}};
  }

  // only: the check has no other item, so its badge says this one's verdict too.
  Json instance(const Instance& from, bool only) const {
    // That an assertion does not hold is told by the assertion.
    const bool told = from.reason == model::Reason::fail_assert && !from.assertions.empty();
    Json value{{"item", plain(from.item, 200)},
               {"verdict", only ? Json() : index.words.entry("verdict", model::name_of(from.verdict))},
               {"reason", told ? Json() : reason_value(index, from.reason)},
               {"message", said_value(from.message, index.limits.sentence_bytes)},
               {"probe", nullptr},
               {"evidence", Json::array()},
               {"has_evidence", false},
               {"assertions", Json::array()}};
    // What decides comes first: failed assertions, then unknown, then those that hold.
    std::vector<const AssertionResult*> ordered;
    for (const model::Kleene wanted : {model::Kleene::no, model::Kleene::unknown, model::Kleene::yes})
      for (const auto& result : from.assertions)
        if (result.holds == wanted) ordered.push_back(&result);
    for (std::size_t i = 0; i < std::min(ordered.size(), index.limits.assertions_per_instance); ++i)
      value["assertions"].push_back(assertion(*ordered[i]));
    value["more_assertions"] = more(ordered.size(), index.limits.assertions_per_instance);
    if (const auto* seen = index.observation(from.job)) {
      const bool decisive = from.verdict == Verdict::fail || from.verdict == Verdict::inconclusive;
      for (const auto& item : seen->evidence) value["evidence"].push_back(evidence(item, decisive));
      value["has_evidence"] = !seen->evidence.empty();
      value["probe"] = observation_value(index, *seen);
    }
    return value;
  }

  Json check(const CheckResult& from) const {
    const model::Check* known = index.check(from.check);
    std::vector<const Instance*> ordered;
    for (const auto& each : from.instances) ordered.push_back(&each);
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](auto* a, auto* b) { return severity(a->verdict) < severity(b->verdict); });
    Json instances = Json::array();
    for (std::size_t i = 0; i < std::min(ordered.size(), index.limits.instances_per_check); ++i)
      instances.push_back(instance(*ordered[i], ordered.size() == 1));
    const bool remedy = known != nullptr && from.verdict == Verdict::fail && !(known->remedy == model::Text{});
    const bool advisory = from.obligation == model::Obligation::should || from.obligation == model::Obligation::may;
    return Json{{"id", plain(from.check, 200)},
                {"title", known != nullptr ? display(known->title) : display({from.check, from.check})},
                {"advisory", advisory ? index.words.entry("obligation", model::name_of(from.obligation)) : Json()},
                {"verdict", index.words.entry("verdict", model::name_of(from.verdict))},
                {"reason", reason_value(index, from.reason)},
                {"instances", std::move(instances)},
                {"has_instances", !from.instances.empty()},
                {"more_instances", more(from.instances.size(), index.limits.instances_per_check)},
                {"remedy", remedy ? display(known->remedy) : Json()}};
  }

  Json attestation(const model::Attestation& from) const {
    Json files = Json::array();
    for (const auto& item : from.evidence) files.push_back(evidence(item, false));
    return Json{{"verdict", index.words.entry("verdict", model::name_of(from.verdict))},
                {"tester", plain(from.tester, 200)},
                {"at", format_when(from.at)},
                {"until", from.valid_until ? Json(format_when(*from.valid_until)) : Json()},
                {"remark", from.remark.empty() ? Json() : Json(plain(from.remark))},
                {"has_evidence", !from.evidence.empty()},
                {"evidence", std::move(files)}};
  }

  Json asset(const AssetVerdict& from) const {
    Json checks = Json::array();
    for (const auto& each : from.checks) checks.push_back(check(each));
    const bool told = from.reason == model::Reason::fail_assert && !from.checks.empty();  // by the checks
    return Json{{"asset", asset_value(index, from.asset)},
                {"verdict", index.words.entry("verdict", model::name_of(from.verdict))},
                {"reason", told ? Json() : reason_value(index, from.reason)},
                {"message", said_value(from.message, index.limits.sentence_bytes)},
                {"checks", std::move(checks)},
                {"attestation", from.attestation ? attestation(*from.attestation) : Json()},
                {"decided_by", links(from.decided_by)},
                {"has_decided_by", !from.decided_by.empty()}};
  }
};

// Assets whose verdict has nothing behind it but its reason are named together; so are those beyond the cap.
Json group_value(const RunIndex& index, const std::vector<const AssetVerdict*>& group) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(group.size(), index.limits.names_per_group); ++i)
    names.push_back(plain(group[i]->asset, 100));
  const AssetVerdict& first = *group.front();
  return Json{{"verdict", index.words.entry("verdict", model::name_of(first.verdict))},
              {"reason", reason_value(index, first.reason)},
              {"message", said_value(first.message, index.limits.sentence_bytes)},
              {"names", join(names, ", ")},
              {"has_names", !first.asset.empty()},
              {"count", format_count(static_cast<std::int64_t>(group.size()))},
              {"more", more(group.size(), index.limits.names_per_group)}};
}

bool plain_row(const AssetVerdict& row) {
  return row.checks.empty() && !row.attestation && row.decided_by.empty();
}

}  // namespace

Json clause_view(const RunIndex& index, const ClauseRow& row, const EvidenceSource& source, std::size_t& excerpts) {
  const model::Clause& clause = *row.clause;
  const model::ClauseVerdict& verdict = *row.verdict;
  const ClauseViewer viewer{index, source, excerpts};

  std::vector<const AssetVerdict*> ordered;
  for (const auto& each : verdict.assets) ordered.push_back(&each);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](auto* a, auto* b) { return severity(a->verdict) < severity(b->verdict); });
  Json assets = Json::array();
  std::vector<std::vector<const AssetVerdict*>> alike;   // same verdict, reason and message
  std::vector<std::vector<const AssetVerdict*>> beyond;  // same verdict and reason, past the cap
  for (const AssetVerdict* each : ordered) {
    if (!plain_row(*each) && assets.size() < index.limits.assets_per_clause) {
      assets.push_back(viewer.asset(*each));
      continue;
    }
    auto& groups = plain_row(*each) ? alike : beyond;
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return group.front()->verdict == each->verdict && group.front()->reason == each->reason &&
             (!plain_row(*each) || group.front()->message == each->message);
    });
    if (same != groups.end())
      same->push_back(each);
    else
      groups.push_back({each});
  }
  Json groups = Json::array();
  for (const auto& group : alike) groups.push_back(group_value(index, group));
  Json further = Json::array();
  for (const auto& group : beyond) further.push_back(group_value(index, group));

  Json value = clause_head(index, row);
  value["by"] = index.words.entry("by", model::name_of(clause.by));
  value["method"] = index.words.entry("method", method_of(clause));
  value["assets"] = std::move(assets);
  value["groups"] = std::move(groups);
  value["beyond"] = std::move(further);
  // An open question is told once, in its list; an answered one stays with its clause.
  const bool pending = awaits_answer(row);
  value["question"] = clause.attest && !pending ? question_value(index, *clause.attest) : Json();
  value["pending"] = pending ? Json{{"anchor", anchor("q-", clause.id)}} : Json();
  value["open"] = verdict.verdict == Verdict::fail;
  // On paper, where space is dear, what passes is told in a line.
  value["in_full"] = verdict.verdict == Verdict::fail || verdict.verdict == Verdict::inconclusive ||
                     std::any_of(verdict.assets.begin(), verdict.assets.end(), [](const AssetVerdict& asset) {
                       return std::any_of(asset.checks.begin(), asset.checks.end(), [](const CheckResult& check) { return check.verdict == Verdict::fail; });
                     });
  value["derived_from"] = links(clause.derived_from);
  value["has_derived_from"] = !clause.derived_from.empty();
  value["waiver"] = verdict.waiver ? waiver_value(index, *verdict.waiver, verdict.waiver_expired) : Json();
  value["references"] = Json::array();
  for (const auto& [standard, ids] : clause.references) {
    if (ids.empty()) continue;
    value["references"].push_back(
        {{"standard", index.words.entry("standards", standard)}, {"ids", one_line(join(ids, ", "))}});
  }
  value["has_references"] = !value["references"].empty();
  return value;
}

}  // namespace lintel::report
