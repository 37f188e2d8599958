// Pairs of runs that differ in exactly one thing, one for each class of difference; and what both renderers make of hostile words.
#include "report/compare.h"

#include <doctest/doctest.h>

#include "data/json.h"
#include "data/schema.h"
#include "report/compare_report.h"
#include "report/fingerprint.h"
#include "report/fixture_test.h"
#include "report/golden_test.h"

namespace lintel::report {
namespace {

using model::Kleene;
using model::Reason;
using model::Status;
using model::Verdict;

// One clause with two assertions on the lamp's host, which has no name of its own; a derived clause; a question.
model::Run small(Verdict verdict = Verdict::fail) {
  model::Run run;
  run.id = "00000000000000aa";
  run.tool_version = "0.1.0";
  run.started = run.finished = fixture::time("2026-11-01T10:00:00Z");
  run.complete = true;
  run.target.id = "home";
  run.target.name = {"家", "Home"};
  model::Asset lamp{"lamp", model::Role::device, 1, {"灯", "Lamp"}, {}};
  lamp.items.push_back({model::ItemKind::host, "10.0.0.7", Json{{"address", "10.0.0.7"}, {"ports", "1-65535"}}});
  run.target.assets = {lamp};
  run.profile.id = "p";
  run.profile.version = "1";
  run.profile.clauses = {fixture::clause("1", "6", model::Subject::device, model::By::automatic, "一", "One"),
                         fixture::clause("2", "6", model::Subject::device, model::By::derived, "二", "Two"),
                         fixture::clause("3", "6", model::Subject::device, model::By::manual, "三", "Three")};
  run.profile.clauses[0].checks = {{"ports.few", model::Obligation::shall}};
  run.profile.clauses[1].derived_from = {"1"};
  run.profile.clauses[2].attest = fixture::question();
  model::Check check;
  check.id = "ports.few";
  check.title = {"端口", "Ports"};
  check.probe = "ports";
  run.checks = {check};
  auto seen = fixture::observation("job", "ports", "lamp", model::ItemKind::host, "10.0.0.7", Status::ok);
  seen.job.params = {{"range", "1-65535"}};
  seen.facts = {{"open_tcp", {23, 443}}, {"complete", true}, {"seconds", 1.5}};
  run.jobs = {seen.job};
  run.observations = {seen};

  const bool fails = verdict == Verdict::fail;
  auto on_lamp = fixture::on_asset("lamp", verdict, fails ? Reason::fail_assert : Reason::none);
  model::Instance instance{"job", "10.0.0.7", verdict, on_lamp.reason, "", {}};
  instance.assertions = {fixture::assertion(fails ? Kleene::no : Kleene::yes, "subset_of: {path: open_tcp}", {"只有", "only"}, {"23", "23"}),
                         fixture::assertion(Kleene::yes, "that: complete", {"完整", "complete"}, {"真", "true"})};
  instance.assertions[0].steps = {{"open_tcp", "open_tcp", true, Json{23, 443}, {}}};
  on_lamp.checks = {{"ports.few", model::Obligation::shall, verdict, on_lamp.reason, {instance}}};
  run.verdicts.clauses = {fixture::decided("1", verdict, on_lamp.reason), fixture::decided("2", verdict, Reason::none),
                          fixture::decided("3", Verdict::pass, Reason::none)};
  run.verdicts.clauses[0].assets = {on_lamp};
  run.verdicts.clauses[1].assets = {fixture::on_asset("lamp", verdict, fails ? Reason::fail_derived : Reason::none)};
  run.verdicts.clauses[1].assets[0].decided_by = {"1"};
  run.verdicts.clauses[2].assets = {fixture::on_asset("lamp", Verdict::pass, Reason::none)};
  run.verdicts.clauses[2].assets[0].attestation = std::make_shared<model::Attestation>(
      model::Attestation{"3", "lamp", Verdict::pass, "seen", "Wang", fixture::time("2026-10-01T00:00:00Z"), {}, {}});
  return run;
}

model::AssetVerdict& on_lamp(model::Run& run, std::size_t clause = 0) { return run.verdicts.clauses[clause].assets[0]; }
model::Instance& instance(model::Run& run) { return on_lamp(run).checks[0].instances[0]; }

void set(model::Run& run, std::size_t clause, Verdict verdict, Reason reason) {
  run.verdicts.clauses[clause].verdict = on_lamp(run, clause).verdict = verdict;
  run.verdicts.clauses[clause].reason = on_lamp(run, clause).reason = reason;
}

// Nothing known of the item any more.
void make_open(model::Run& run, Verdict verdict = Verdict::inconclusive) {
  set(run, 0, verdict, Reason::timeout);
  instance(run).verdict = verdict;
  instance(run).reason = Reason::timeout;
  instance(run).message = "probe ports ended timeout";
  for (auto& each : instance(run).assertions) each.holds = Kleene::unknown;
  run.observations[0].status = Status::timeout;
  run.observations[0].facts = Json::object();
}

struct Outcome {
  Comparison comparison;
  const Row& row(std::size_t at = 0) const { return comparison.rows.at(at); }
  const Detail& detail() const { return comparison.rows.at(0).details.at(0); }
  int findings(Change change) const {
    const auto found = comparison.findings.find(change);
    return found == comparison.findings.end() ? 0 : found->second;
  }
};

Outcome compared(const model::Run& then, const model::Run& now) { return {compare(then, now).value()}; }

}  // namespace

TEST_CASE("the same run twice") {
  const auto run = small();
  const auto result = compared(run, run);
  CHECK(!result.comparison.worse);
  CHECK(result.findings(Change::unchanged) == 1);
  CHECK(result.comparison.moves.at(Move::same) == 3);
  CHECK(result.comparison.facts.empty());
}

TEST_CASE("time, address, duration and a renewed answer are no difference") {
  const auto then = small();
  auto now = small();
  now.id = "00000000000000bb";
  now.started = now.finished = fixture::time("2027-02-01T10:00:00Z");
  now.target.assets[0].items[0].id = "10.0.0.99";
  now.target.assets[0].items[0].data["address"] = "10.0.0.99";
  now.jobs[0].key = now.observations[0].job.key = instance(now).job = "other job";
  now.jobs[0].item = now.observations[0].job.item = instance(now).item = "10.0.0.99";
  now.observations[0].facts["seconds"] = 9.75;  // no verdict rests on it
  auto renewed = *on_lamp(now, 2).attestation;
  renewed.at = fixture::time("2027-01-01T00:00:00Z");
  on_lamp(now, 2).attestation = std::make_shared<model::Attestation>(renewed);
  const auto result = compared(then, now);
  CHECK(!result.comparison.worse);
  CHECK(result.comparison.moves.at(Move::same) == 3);
  CHECK(result.comparison.declared_otherwise.empty());
  const auto before = compared(then, then);
  CHECK(result.detail().fingerprint == before.detail().fingerprint);
  CHECK(result.detail().fingerprint == fingerprint({"p", "1", "ports.few", "lamp", "host/1", "subset_of: {path: open_tcp}"}));
}

TEST_CASE("new, and back again closed") {
  const auto good = small(Verdict::pass), bad = small();
  const auto worse = compared(good, bad);
  CHECK(worse.comparison.worse);
  CHECK(worse.row().move == Move::worse);
  CHECK(worse.row(1).move == Move::worse);  // the derived clause, which has no finding of its own
  CHECK(worse.findings(Change::appeared) == 1);
  const auto better = compared(bad, good);
  CHECK(!better.comparison.worse);
  CHECK(better.row().move == Move::better);
  CHECK(better.findings(Change::closed) == 1);
  CHECK(better.detail().fingerprint == worse.detail().fingerprint);
}

TEST_CASE("the same failure with another port is changed, and worse only when the list grew") {
  const auto then = small();
  auto now = small();
  const auto opened = [&](Json ports) {
    now.observations[0].facts["open_tcp"] = ports;
    instance(now).assertions[0].observed = model::Text{ports.dump(), ports.dump()};
    return compared(then, now);
  };
  const auto more = opened({23, 443, 9191});
  CHECK(more.row().move == Move::inside);
  CHECK(more.findings(Change::changed) == 1);
  CHECK(more.comparison.worse);
  CHECK(more.comparison.facts.at(0).value.path == "open_tcp");
  CHECK(more.comparison.facts.at(0).value.added == Json::array({9191}));
  CHECK(more.comparison.facts.at(0).failing);
  CHECK(opened({9191}).comparison.worse);  // another port instead
  const auto fewer = opened({23});
  CHECK(fewer.findings(Change::changed) == 1);
  CHECK(!fewer.comparison.worse);
}

TEST_CASE("a further failing assertion inside a failing clause is new") {
  const auto then = small();
  auto now = small();
  instance(now).assertions[1].holds = Kleene::no;
  const auto result = compared(then, now);
  CHECK(result.row().move == Move::inside);
  CHECK(result.row().worse);
  CHECK(result.findings(Change::appeared) == 1);
  CHECK(result.findings(Change::unchanged) == 1);
}

TEST_CASE("what was decided and is open now can't be compared, and is never closed") {
  for (const Verdict before : {Verdict::pass, Verdict::fail})
    for (const Verdict after : {Verdict::inconclusive, Verdict::not_tested}) {
      const auto then = small(before);
      auto now = small(before);
      make_open(now, after);
      const auto result = compared(then, now);
      CHECK(result.comparison.worse);
      CHECK(result.row().move == Move::incomparable);
      CHECK(result.row().why == Why::open);
      CHECK(result.findings(Change::closed) == 0);
      CHECK(result.findings(Change::incomparable) == (before == Verdict::fail ? 1 : 0));
    }
}

TEST_CASE("closed, with a question still open: neither better nor worse") {
  const auto then = small();
  auto now = small(Verdict::pass);
  set(now, 0, Verdict::not_tested, Reason::manual_pending);
  set(now, 1, Verdict::not_tested, Reason::manual_pending);
  const auto result = compared(then, now);
  CHECK(result.row(0).move == Move::moved);
  CHECK(result.row(1).move == Move::moved);  // derived
  CHECK(result.findings(Change::closed) == 1);
  CHECK(!result.comparison.worse);
  now = small(Verdict::pass);
  set(now, 0, Verdict::not_tested, Reason::manual_pending);
  CHECK(compared(small(Verdict::pass), now).row().why == Why::open);  // it passed, and the answer is lost
}

TEST_CASE("an item that passed and is open now counts although the clause fails as before") {
  auto then = small(), now = small();
  for (auto* run : {&then, &now}) {
    run->target.assets[0].items.push_back({model::ItemKind::host, "side", Json{{"address", "10.0.0.8"}}});
    on_lamp(*run).checks[0].instances.push_back({"", "side", run == &then ? Verdict::pass : Verdict::inconclusive, Reason::none, "", {}});
  }
  const auto result = compared(then, now);
  CHECK(result.row().move == Move::incomparable);
  CHECK(result.row().why == Why::open);
  CHECK(result.comparison.worse);
}

TEST_CASE("a look cut short closes nothing") {
  const auto then = small();
  auto now = small();
  instance(now).assertions[0].holds = Kleene::yes;  // no extra port seen so far
  instance(now).assertions[1].holds = Kleene::no;
  now.observations[0].status = Status::timeout;
  const auto result = compared(then, now);
  CHECK(result.findings(Change::closed) == 0);
  CHECK(result.findings(Change::incomparable) == 1);
}

TEST_CASE("other profile version: nothing can be compared") {
  const auto then = small();
  auto now = small(Verdict::pass);
  now.profile.version = "2";
  const auto result = compared(then, now);
  CHECK(result.comparison.all == Why::profile_version);
  CHECK(result.comparison.worse);
  CHECK(result.comparison.moves.at(Move::incomparable) == 3);
  CHECK(result.findings(Change::closed) == 0);
  CHECK(result.findings(Change::incomparable) == 1);
}

TEST_CASE("an edited check under the same version: its clause and what derives from it can't be compared, words may change") {
  const auto then = small();
  auto now = small(Verdict::pass);
  now.profile_sha256 = fixture::hash(5);
  now.checks[0].title.en = "Reworded";
  CHECK(!compared(then, now).comparison.worse);
  now.checks[0].assertions = Json::array({{{"that", "true"}}});
  const auto result = compared(then, now);
  CHECK(result.row(0).why == Why::requirement);
  CHECK(result.row(1).why == Why::requirement);
  CHECK(result.row(2).move == Move::same);
  CHECK(result.findings(Change::closed) == 0);
}

TEST_CASE("the asset is gone") {
  const auto then = small();
  auto now = small();
  now.target.assets[0].id = "other";
  for (auto& clause : now.verdicts.clauses) clause.assets[0].asset = "other";
  const auto result = compared(then, now);
  CHECK(result.comparison.worse);
  CHECK(result.row(0).asset == "other");  // a new asset that fails is a new failure
  CHECK(result.row(0).move == Move::worse);
  CHECK(result.row(2).move == Move::moved);  // one that passes is neither
  CHECK(result.row(3).asset == "lamp");
  CHECK(result.row(3).why == Why::asset_missing);
  CHECK(result.findings(Change::incomparable) == 1);
  CHECK(result.findings(Change::closed) == 0);
}

TEST_CASE("the failing item is gone: not fixed") {
  const auto then = small();
  auto now = small(Verdict::pass);
  now.target.assets[0].items[0].id = "other";
  instance(now).item = "other";
  const auto result = compared(then, now);
  CHECK(result.row().move == Move::incomparable);
  CHECK(result.row().why == Why::item_missing);
  CHECK(result.comparison.worse);
}

TEST_CASE("other parameters: a narrower look fixes nothing") {
  const auto then = small();
  auto now = small(Verdict::pass);
  now.jobs[0].params["range"] = "1-1000";
  now.target.assets[0].items[0].data["ports"] = "1-1000";
  const auto result = compared(then, now);
  CHECK(result.row().move == Move::incomparable);
  CHECK(result.row().why == Why::parameters);
  CHECK(result.findings(Change::closed) == 0);
  CHECK(result.comparison.declared_otherwise == std::vector<std::string>{"lamp 10.0.0.7"});
}

TEST_CASE("no longer applicable is not fixed") {
  const auto then = small();
  auto now = small();
  set(now, 0, Verdict::not_applicable, Reason::level);
  on_lamp(now).checks.clear();
  const auto result = compared(then, now);
  CHECK(result.row().why == Why::excused);
  CHECK(result.comparison.worse);
  CHECK(result.findings(Change::incomparable) == 1);
}

TEST_CASE("the assessor's no is a finding") {
  const auto then = small();
  auto now = small();
  auto answer = *on_lamp(now, 2).attestation;
  answer.verdict = Verdict::fail;
  on_lamp(now, 2).attestation = std::make_shared<model::Attestation>(answer);
  set(now, 2, Verdict::fail, Reason::fail_attested);
  const auto result = compared(then, now);
  CHECK(result.row(2).move == Move::worse);
  CHECK(result.findings(Change::appeared) == 1);
  CHECK(compared(now, then).findings(Change::closed) == 1);
  on_lamp(now, 2).attestation = nullptr;
  set(now, 2, Verdict::not_tested, Reason::attestation_expired);
  CHECK(compared(then, now).row(2).why == Why::open);
}

TEST_CASE("a should-check that fails inside a passing clause is told, and does not make it incomparable") {
  const auto then = small(Verdict::pass);
  auto now = small(Verdict::pass);
  on_lamp(now).checks[0].obligation = model::Obligation::should;
  instance(now).assertions[0].holds = Kleene::no;
  const auto result = compared(then, now);
  CHECK(result.detail().advisory);
  CHECK(result.detail().change == Change::appeared);
  CHECK(result.row().move == Move::inside);
}

TEST_CASE("different targets, standards, or no verdicts") {
  auto other = small();
  other.target.id = "office";
  CHECK(compare(small(), other).error().message == "the runs are of different targets, \"home\" and \"office\"");
  other = small();
  other.profile.id = "q";
  CHECK(!compare(small(), other));
  other = small();
  other.verdicts.clauses.clear();
  CHECK(!compare(small(), other));
}

TEST_CASE("values: places, lists, caps") {
  std::vector<ValueChange> out;
  differences("", Json{{"a", {{"b", 1}}}, {"l", {1, 2}}, {"o", {{{"t", 1}}}}, {"gone", 1}}, Json{{"a", {{"b", 2}}}, {"l", {2, 1, 3}}, {"o", {{{"t", 2}}}}, {"fresh", 1}},
              50, out);
  std::vector<std::string> paths;
  for (const auto& each : out) paths.push_back(each.path);
  CHECK(paths == std::vector<std::string>{"a.b", "gone", "l", "o[0].t", "fresh"});
  CHECK(out[2].added == Json::array({3}));
  CHECK(out[2].removed == Json::array());
  out.clear();
  differences("x", Json{1, 2}, Json{2, 1}, 50, out);
  CHECK(out.empty());
  differences("x", Json{{"a", 1}, {"b", 1}, {"c", 1}}, Json::object(), 2, out);
  CHECK(out.size() == 3);
  CHECK(out.back().path == "…");
  CHECK(grown(Json{1}, Json{1, 1}));
  CHECK(!grown(Json{1, 2}, Json{2}));
  CHECK(!grown(Json{{{"ms", 1}}}, Json{{{"ms", 2}}}));
}

TEST_CASE("text, page and data of a comparison with every class and hostile words") {
  const auto then = fixture::home();
  auto now = fixture::home();
  now.id = "aaaaaaaaaaaaaaaa";
  for (auto& clause : now.verdicts.clauses)
    for (auto& asset : clause.assets) {
      if (clause.clause == "A.1") asset.checks[0].instances[0].assertions[0].observed = model::Text{fixture::hostile() + "2", fixture::hostile() + "2"};
      if (clause.clause == "8.1.2.c" && asset.asset == "lamp") {
        asset.verdict = asset.checks[0].instances[0].verdict = Verdict::fail;
        asset.checks[0].instances[0].assertions[0].holds = Kleene::no;
      }
      if (clause.clause == "6.1.1") asset.verdict = Verdict::inconclusive;
      if (clause.clause == "8.1.4.k" && asset.asset == "lamp") asset.verdict = Verdict::not_tested;
      if (clause.clause == "7.f" && asset.asset == "cloud") asset.checks[0].instances.clear();
    }
  std::erase_if(now.target.assets, [](const auto& asset) { return asset.id == "app"; });
  const Comparison comparison = compare(then, now).value();
  const Json data = to_json(comparison);
  CHECK(dump_json(data) == dump_json(to_json(compare(then, now).value())));
  CHECK(data["worse"] == true);
  TerminalOptions options;
  options.width = 96;
  for (const auto language : {Language::zh, Language::en}) {
    options.language = language;
    const std::string text = render_comparison(comparison, options).value();
    CHECK(text.find('\x1b') == std::string::npos);
    check_golden(language == Language::zh ? "diff.zh.txt" : "diff.en.txt", text);
  }
  const std::string page = render_comparison_html(comparison, Language::en).value();
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("\xE2\x80\xAE") == std::string::npos);
  CHECK(page.find("&lt;script&gt;") != std::string::npos);
  check_golden("diff.html", page.substr(page.find("</style>")));
  const Comparison nothing = compare(then, then).value();
  CHECK(!nothing.worse);
  CHECK(render_comparison_html(nothing, Language::zh).value().find("没有任何差异") != std::string::npos);
}

}  // namespace lintel::report
