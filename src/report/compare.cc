#include "report/compare.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

#include "report/compare_requirements.h"
#include "report/fingerprint.h"
#include "report/messages.h"

namespace lintel::report {
namespace {

using model::AssetVerdict;
using model::Kleene;
using model::Verdict;

bool open(Verdict verdict) { return verdict == Verdict::inconclusive || verdict == Verdict::not_tested; }
bool decided(Verdict verdict) { return verdict == Verdict::pass || verdict == Verdict::fail; }
bool never_applied(const Row& row) {
  return row.then.value_or(Verdict::not_applicable) == Verdict::not_applicable && row.now.value_or(Verdict::not_applicable) == Verdict::not_applicable;
}
// Nothing inside such a row can be compared either.
bool whole_row(Why why) {
  return why == Why::profile_version || why == Why::requirement || why == Why::asset_missing || why == Why::excused;
}

bool answers_fail(const AssetVerdict* asset) {
  return asset != nullptr && asset->attestation && asset->attestation->verdict == Verdict::fail;
}

// Who says what, on which grounds. When does not count: answers are renewed.
std::string answer_of(const AssetVerdict* asset) {
  if (asset == nullptr || !asset->attestation) return "";
  const model::Attestation& answer = *asset->attestation;
  Json evidence = Json::array();
  for (const auto& each : answer.evidence) evidence.push_back(each.sha256);
  return dump_json(Json::array({model::name_of(answer.verdict), answer.tester, answer.remark, std::move(evidence)}));
}

// The part of a fact's path before the first list: "acts[0].took_ms" → "acts".
std::string fact_root(const std::string& path) { return path.substr(0, path.find('[')); }

const Json& fact_at(const Json& facts, std::string_view path) {
  const Json* at = &facts;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    at = &member(*at, path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return *at;
}

struct Side {
  explicit Side(const model::Run& of) : run(of) {
    for (const auto& clause : of.verdicts.clauses) clauses.emplace(clause.clause, &clause);
    for (const auto& job : of.jobs) jobs.emplace(job.key, &job);
    for (const auto& observation : of.observations) observations.emplace(observation.job.key, &observation);
    for (const auto& asset : of.target.assets) assets.emplace(asset.id, &asset);
  }
  template <class Map>
  static auto find(const Map& map, const std::string& key) -> typename Map::mapped_type {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : found->second;
  }
  const AssetVerdict* verdict(const model::ClauseVerdict* clause, const std::string& asset) const {
    if (clause != nullptr)
      for (const auto& each : clause->assets)
        if (each.asset == asset) return &each;
    return nullptr;
  }
  std::string stable(const std::string& asset, const std::string& item) const {
    const model::Asset* of = find(assets, asset);
    return of == nullptr ? item : stable_item(*of, item);
  }
  const model::Run& run;
  std::unordered_map<std::string, const model::ClauseVerdict*> clauses;
  std::unordered_map<std::string, const model::Job*> jobs;
  std::unordered_map<std::string, const model::Observation*> observations;
  std::unordered_map<std::string, const model::Asset*> assets;
};

class Comparer {
 public:
  Comparer(const model::Run& then, const model::Run& now) : then_(then), now_(now) {
    result_.then = &then;
    result_.now = &now;
    if (then.profile.version != now.profile.version) result_.all = Why::profile_version;
    edited_ = edited_requirements(then, now);
    for (const auto& clause : now.profile.clauses)
      if (!clause.derived_from.empty() && clause.checks.empty() && !clause.attest) derived_.insert(clause.id);
  }
  Comparison compare();

 private:
  void add_row(const std::string& clause, const std::string& asset);
  Why why_of(const Row& row) const;
  void answers(Row& row, const AssetVerdict* then, const AssetVerdict* now);
  void checks(Row& row, const AssetVerdict* then, const AssetVerdict* now);
  void instances(Row& row, const model::CheckResult* then, const model::CheckResult* now);
  void instance(Row& row, const model::CheckResult& check, const model::Instance* then, const model::Instance* now);
  void assertions(Row& row, const model::CheckResult& check, const model::Instance* then, const model::Instance* now, Why why);
  void assertion(Row& row, Detail detail, const model::AssertionResult* then, const model::AssertionResult* now, const model::Instance* last,
                 bool list_grew);
  bool compare_facts(const Row& row, const model::Instance& then, const model::Instance& now, const std::set<std::string>& paths);
  void add_detail(Row& row, Detail detail, const Side& named_by);  // the run that the item's id is from
  void conclude(Row& row);
  void declarations();

  const Side then_, now_;
  std::set<std::string> edited_, derived_;
  Comparison result_;
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> fact_index_;
  bool facts_moved_ = false;  // inside the row at hand
};

Why Comparer::why_of(const Row& row) const {
  if (never_applied(row)) return Why::none;
  if (result_.all != Why::none) return result_.all;
  if (edited_.contains(row.clause)) return Why::requirement;
  if (row.then && !row.now) return now_.assets.contains(row.asset) ? Why::excused : Why::asset_missing;
  if (!row.then) return Why::none;
  // A derived clause is no more than its sources, and those tell for themselves.
  if (!open(*row.then) && open(*row.now)) return derived_.contains(row.clause) ? Why::none : Why::open;
  if (decided(*row.then) && *row.now == Verdict::not_applicable) return Why::excused;
  return Why::none;
}

void Comparer::add_detail(Row& row, Detail detail, const Side& named_by) {
  if (detail.finding)
    detail.fingerprint =
        fingerprint({now_.run.profile.id, row.clause, detail.check, row.asset, named_by.stable(row.asset, detail.item), detail.assertion});
  row.details.push_back(std::move(detail));
}

void Comparer::answers(Row& row, const AssetVerdict* then, const AssetVerdict* now) {
  row.answer_changed = answer_of(then) != answer_of(now);
  const bool failed = answers_fail(then), fails = answers_fail(now);
  if (!failed && !fails) return;
  Detail detail;
  detail.finding = true;
  if (failed) detail.then = Kleene::no;
  if (fails) detail.now = Kleene::no;
  const auto remark = [](const AssetVerdict* asset) {
    if (asset == nullptr || !asset->attestation) return model::Text();
    const std::string text = asset->attestation->tester + ": " + asset->attestation->remark;
    return model::Text{text, text};
  };
  detail.observed_then = remark(then);
  detail.observed_now = remark(now);
  const bool passes = now != nullptr && now->attestation && now->attestation->verdict == Verdict::pass;
  if (whole_row(row.why) || (failed && !fails && !passes)) {
    detail.change = Change::incomparable;
    detail.why = whole_row(row.why) ? row.why : Why::open;
  } else {
    detail.change = !failed ? Change::appeared : !fails ? Change::closed : row.answer_changed ? Change::changed : Change::unchanged;
  }
  detail.worse = detail.change == Change::incomparable || detail.change == Change::appeared;
  add_detail(row, std::move(detail), now_);
}

void Comparer::checks(Row& row, const AssetVerdict* then, const AssetVerdict* now) {
  static const std::vector<model::CheckResult> none;
  const auto& before = then == nullptr ? none : then->checks;
  const auto& after = now == nullptr ? none : now->checks;
  const auto find = [](const std::vector<model::CheckResult>& list, const std::string& id) -> const model::CheckResult* {
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& each) { return each.check == id; });
    return found == list.end() ? nullptr : &*found;
  };
  for (const auto& check : after) instances(row, find(before, check.check), &check);
  for (const auto& check : before)
    if (find(after, check.check) == nullptr) instances(row, &check, nullptr);
}

void Comparer::instances(Row& row, const model::CheckResult* then, const model::CheckResult* now) {
  std::map<std::string, const model::Instance*> before;
  if (then != nullptr)
    for (const auto& each : then->instances) before.emplace(then_.stable(row.asset, each.item), &each);
  if (now != nullptr)
    for (const auto& each : now->instances) {
      const auto found = before.find(now_.stable(row.asset, each.item));
      instance(row, *now, found == before.end() ? nullptr : found->second, &each);
      if (found != before.end()) before.erase(found);
    }
  for (const auto& [id, each] : before) instance(row, *then, each, nullptr);
}

void Comparer::instance(Row& row, const model::CheckResult& check, const model::Instance* then, const model::Instance* now) {
  const auto whole = [&](Change change, Why why) {
    Detail detail;
    detail.check = check.check;
    detail.item = now != nullptr ? now->item : then->item;
    detail.advisory = check.obligation == model::Obligation::should || check.obligation == model::Obligation::may;
    detail.change = change;
    detail.why = why;
    detail.worse = change == Change::incomparable;
    const auto said = [](const model::Instance* instance) {
      return instance == nullptr ? model::Text() : in_both(instance->message);
    };
    detail.observed_then = said(then);
    detail.observed_now = said(now);
    row.details.push_back(std::move(detail));
  };
  Why why = whole_row(row.why) ? row.why : Why::none;
  if (now == nullptr) {
    if (!decided(then->verdict)) return;
    if (why == Why::none) why = Why::item_missing;
    if (then->verdict == Verdict::pass && !whole_row(why)) whole(Change::incomparable, why);
  } else if (then != nullptr && why == Why::none) {
    const model::Job* before = Side::find(then_.jobs, then->job);
    const model::Job* after = Side::find(now_.jobs, now->job);
    if (before != nullptr && after != nullptr && before->params != after->params && decided(then->verdict)) why = Why::parameters;
    if (why == Why::none && decided(then->verdict) && open(now->verdict)) why = Why::open;
    if (why != Why::none && then->verdict != Verdict::fail && now->verdict != Verdict::fail) whole(Change::incomparable, why);
    const bool otherwise = then->verdict != now->verdict || then->message != now->message;
    if (why == Why::none && !decided(then->verdict) && now->verdict != Verdict::fail && otherwise) whole(Change::changed, why);
  }
  assertions(row, check, then, now, why);
}

void Comparer::assertions(Row& row, const model::CheckResult& check, const model::Instance* then, const model::Instance* now, Why why) {
  static const std::vector<model::AssertionResult> none;
  const auto& before = then == nullptr ? none : then->assertions;
  const auto& after = now == nullptr ? none : now->assertions;
  // The same text twice in a check: the first matches the first.
  std::map<std::string, std::vector<const model::AssertionResult*>> waiting;
  for (auto each = before.rbegin(); each != before.rend(); ++each) waiting[*each->source].push_back(&*each);
  const auto made = [&](const model::AssertionResult& result) {
    Detail detail;
    detail.check = check.check;
    detail.item = now != nullptr ? now->item : then->item;
    detail.assertion = *result.source;
    detail.title = *result.title;
    detail.expected = *result.expected;
    detail.advisory = check.obligation == model::Obligation::should || check.obligation == model::Obligation::may;
    detail.why = why;
    return detail;
  };
  for (const auto& result : after) {
    auto& same = waiting[*result.source];
    const model::AssertionResult* old = same.empty() ? nullptr : same.back();
    if (!same.empty()) same.pop_back();
    bool list_grew = false;
    if (then != nullptr && why == Why::none) {
      std::set<std::string> paths;
      for (const auto* side : {old, &result})
        for (const auto& step : side == nullptr ? std::vector<model::Step>() : side->steps)
          if (!step.fact.empty() && !step.fact.starts_with("item.") && !step.fact.starts_with("asset.") && !step.fact.starts_with("params."))
            paths.insert(fact_root(step.fact));
      list_grew = compare_facts(row, *then, *now, paths);
    }
    assertion(row, made(result), old, &result, now, list_grew);
  }
  for (const auto& result : before) {
    auto& same = waiting[*result.source];
    if (same.empty()) continue;
    const model::AssertionResult* old = same.back();
    same.pop_back();
    assertion(row, made(*old), old, nullptr, now, false);
  }
}

// Gives whether a list among the facts grew.
bool Comparer::compare_facts(const Row& row, const model::Instance& then, const model::Instance& now, const std::set<std::string>& paths) {
  const model::Observation* before = Side::find(then_.observations, then.job);
  const model::Observation* after = Side::find(now_.observations, now.job);
  if (before == nullptr || after == nullptr) return false;
  bool list_grew = false;
  for (const auto& path : paths) {
    const Json& old = fact_at(before->facts, path);
    const Json& fresh = fact_at(after->facts, path);
    list_grew = list_grew || grown(old, fresh);
    std::vector<ValueChange> changes;
    differences(path, old, fresh, 50, changes);
    facts_moved_ = facts_moved_ || !changes.empty();
    for (auto& change : changes) {
      const auto [at, fresh_one] = fact_index_.emplace(std::tuple(row.asset, now.item, after->job.probe, change.path), result_.facts.size());
      if (fresh_one) result_.facts.push_back({row.asset, now.item, after->job.probe, std::move(change), {}, false});
      FactChange& fact = result_.facts[at->second];
      if (fact.clauses.empty() || fact.clauses.back() != row.clause) fact.clauses.push_back(row.clause);
      fact.failing = fact.failing || row.now == Verdict::fail;
    }
  }
  return list_grew;
}

void Comparer::assertion(Row& row, Detail detail, const model::AssertionResult* then, const model::AssertionResult* now,
                         const model::Instance* last, bool list_grew) {
  if (then != nullptr) detail.then = then->holds;
  if (now != nullptr) detail.now = now->holds;
  if (then != nullptr) detail.observed_then = *then->observed;
  if (now != nullptr) detail.observed_now = *now->observed;
  const bool failed = detail.then == Kleene::no, fails = detail.now == Kleene::no;
  detail.finding = failed || fails;
  const bool otherwise = detail.then != detail.now || detail.observed_then != detail.observed_now || list_grew;
  // What holds of a look that was cut short says little: a port not seen may not have been asked.
  const model::Observation* look = last == nullptr ? nullptr : Side::find(now_.observations, last->job);
  const bool finished = look != nullptr && look->status == model::Status::ok;
  if (detail.why != Why::none) {
    if (!detail.finding) return;  // the row or the item tells
    detail.change = Change::incomparable;
  } else if (fails) {
    detail.change = !failed ? Change::appeared : otherwise ? Change::changed : Change::unchanged;
    detail.worse = !failed || list_grew;
  } else if (failed) {
    detail.change = detail.now == Kleene::yes && finished ? Change::closed : Change::incomparable;
  } else if (detail.then == Kleene::yes && detail.now == Kleene::unknown) {
    detail.change = Change::incomparable;
  } else if (!otherwise || then == nullptr) {
    return;
  }
  if (detail.change == Change::incomparable) {
    if (detail.why == Why::none) detail.why = Why::open;
    detail.worse = true;
  }
  add_detail(row, std::move(detail), last == nullptr ? then_ : now_);
}

void Comparer::conclude(Row& row) {
  const bool quiet = std::all_of(row.details.begin(), row.details.end(), [](const Detail& d) { return d.change == Change::unchanged; });
  // What failed is seen to hold now and nothing was lost on the way: what is open is the rest, such as a question that was open before.
  const auto count = [&](Change change) {
    return std::count_if(row.details.begin(), row.details.end(), [&](const Detail& d) { return d.change == change && !d.advisory; });
  };
  if (row.why == Why::open && row.then == Verdict::fail && count(Change::closed) > 0 && count(Change::incomparable) == 0) row.why = Why::none;
  if (row.why != Why::none)
    row.move = Move::incomparable;
  else if (never_applied(row) && row.then != row.now)
    row.move = Move::same;
  else if (row.then == row.now)
    row.move = quiet && !facts_moved_ && !row.answer_changed && row.reason_then == row.reason_now && row.decided_then == row.decided_now ? Move::same
                                                                                                                                  : Move::inside;
  else if (row.now == Verdict::fail)
    row.move = Move::worse;
  else if (row.now == Verdict::pass && row.then && *row.then != Verdict::not_applicable)
    row.move = Move::better;
  else
    row.move = Move::moved;
  row.worse = row.move == Move::worse || row.move == Move::incomparable;
  for (const Detail& detail : row.details) {
    row.worse = row.worse || detail.worse;
    // A part that can't be compared leaves nothing to call better or the same.
    if (detail.change == Change::incomparable && !detail.advisory && row.move != Move::worse && row.why == Why::none) {
      row.move = Move::incomparable;
      row.why = detail.why;
    }
    if (detail.finding) ++result_.findings[detail.change];
  }
  ++result_.moves[row.move];
  result_.worse = result_.worse || row.worse;
}

void Comparer::add_row(const std::string& clause, const std::string& asset) {
  const model::ClauseVerdict* before = Side::find(then_.clauses, clause);
  const model::ClauseVerdict* after = Side::find(now_.clauses, clause);
  const AssetVerdict* then = then_.verdict(before, asset);
  const AssetVerdict* now = now_.verdict(after, asset);
  Row row;
  row.clause = clause;
  row.asset = asset;
  row.advisory = (after != nullptr ? after : before)->advisory;
  if (then != nullptr) {
    row.then = then->verdict;
    row.reason_then = then->reason;
    row.decided_then = then->decided_by;
  }
  if (now != nullptr) {
    row.now = now->verdict;
    row.reason_now = now->reason;
    row.decided_now = now->decided_by;
  }
  if (after != nullptr) {
    row.waived = after->waiver.has_value() && row.now == Verdict::fail;
    row.waiver_expired = after->waiver_expired && row.now == Verdict::fail;
  }
  row.why = why_of(row);
  facts_moved_ = false;
  answers(row, then, now);
  checks(row, then, now);
  conclude(row);
  result_.rows.push_back(std::move(row));
}

// Without the address, which may change without a word of the owner.
Json declaration(Json data) {
  if (data.is_object())
    for (const char* key : {"address", "host", "id"}) data.erase(key);
  if (data.is_structured())
    for (Json& each : data)
      if (each.is_structured()) each = declaration(std::move(each));
  return data;
}

void Comparer::declarations() {
  for (const auto& [id, asset] : now_.assets) {
    const model::Asset* before = Side::find(then_.assets, id);
    if (before == nullptr) continue;
    std::map<std::pair<model::ItemKind, std::string>, const model::Item*> items;
    for (const auto& item : before->items) items[{item.kind, stable_item(*before, item.id)}] = &item;
    for (const auto& item : asset->items) {
      const auto found = items.find({item.kind, stable_item(*asset, item.id)});
      if (found != items.end() && declaration(found->second->data) != declaration(item.data))
        result_.declared_otherwise.push_back(id + " " + item.id);
    }
  }
  std::sort(result_.declared_otherwise.begin(), result_.declared_otherwise.end());
}

Comparison Comparer::compare() {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Side* side : {&now_, &then_})
    for (const auto& clause : side->run.verdicts.clauses)
      for (const auto& asset : clause.assets)
        if (seen.emplace(clause.clause, asset.asset).second) add_row(clause.clause, asset.asset);
  declarations();
  return std::move(result_);
}

}  // namespace

Result<Comparison> compare(const model::Run& then, const model::Run& now) {
  if (then.target.id != now.target.id)
    return fail(ErrorCode::invalid_input, "the runs are of different targets, \"{}\" and \"{}\"", then.target.id, now.target.id);
  if (then.profile.id != now.profile.id)
    return fail(ErrorCode::invalid_input, "the runs are of different standards, \"{}\" and \"{}\"", then.profile.id, now.profile.id);
  for (const auto* run : {&then, &now})
    if (run->verdicts.clauses.empty())
      return fail(ErrorCode::invalid_input, "run {} has no verdicts; `lintel scan --resume` or `lintel judge --write` completes it", run->id);
  return Comparer(then, now).compare();
}

}  // namespace lintel::report
