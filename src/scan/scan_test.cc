// Scanning with probes that the test makes up: plan, commits, resume, cancel, deadline, the fence, a full disk.
#include "scan/scan.h"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <latch>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/files.h"
#include "data/json.h"
#include "probe/context.h"

namespace lintel::scan {
namespace {

using model::ItemKind;
using model::Status;
using probe::Context;

// Probes are plain functions, so what a test wants to see of them goes through here.
std::function<void(Context&, model::Observation&)> act;

void do_act(Context& context, model::Observation& observation) { act(context, observation); }

constexpr std::string_view kFacts = R"({"type": "object", "additionalProperties": false,
  "properties": {"item": {"type": "string"}, "number": {"type": "integer"}}})";
constexpr std::string_view kParams = R"({"type": "object", "additionalProperties": false,
  "properties": {"count": {"type": "integer", "minimum": 1, "default": 5}, "name": {"type": "string"}}})";

constexpr probe::Probe make_probe(ItemKind kind, probe::Cost cost = probe::Cost::network, probe::Intrusive intrusive = probe::Intrusive::no) {
  return {"", "", "3", kind, cost, probe::Privilege::none, intrusive, do_act};
}
const probe::Probe kService = make_probe(ItemKind::service);
const probe::Probe kHost = make_probe(ItemKind::host);
const probe::Probe kFirmware = make_probe(ItemKind::firmware, probe::Cost::cpu);
const probe::Probe kBurst = make_probe(ItemKind::service, probe::Cost::network, probe::Intrusive::yes);
const probe::Probe kSession = make_probe(ItemKind::session);
const probe::Probe kCareful = make_probe(ItemKind::service, probe::Cost::network, probe::Intrusive::partly);
const probe::RegisteredProbe kProbes[] = {{"service", &kService, kFacts, kParams}, {"host", &kHost, kFacts, kParams},
                                          {"firmware", &kFirmware, kFacts, kParams}, {"burst", &kBurst, kFacts, kParams},
                                          {"careful", &kCareful, kFacts, kParams}, {"session", &kSession, kFacts, kParams}};

const probe::RegisteredProbe* lookup(std::string_view name) {
  for (const auto& entry : kProbes)
    if (entry.name == name) return &entry;
  return nullptr;
}

model::Check make_check(std::string id, std::string probe, Json with = Json::object(), Json where = Json::object()) {
  model::Check check;
  check.id = std::move(id);
  check.probe = std::move(probe);
  check.with = std::move(with);
  check.where = std::move(where);
  return check;
}

model::Clause make_clause(std::string id, model::Subject subject, std::vector<std::string> checks, int level = 1) {
  model::Clause clause;
  clause.id = std::move(id);
  clause.subject = subject;
  clause.level = level;
  for (std::string& check : checks) clause.checks.push_back({std::move(check)});
  return clause;
}

model::Item make_service(int port, std::string_view tls = "required") {
  return {ItemKind::service, "edge:" + std::to_string(port) + "/tcp", Json{{"address", "127.0.0.1"}, {"port", port}, {"tls", tls}}};
}

// One platform with `services` services, and all that is needed to scan them.
struct Home {
  model::Target target;
  model::Profile profile;
  std::vector<model::Check> checks;
  Options options;
  FixedClock clock{*parse_time("2026-11-21T10:00:00Z")};
  Cancel cancel;
  TemporaryFolder folder = *TemporaryFolder::create();
  std::filesystem::path file = folder.path() / "home.lintel";

  explicit Home(int services) {
    target.id = "home";
    target.folder = folder.path();
    target.limits.connections = 64;
    model::Asset cloud;
    cloud.id = "cloud";
    cloud.role = model::Role::platform;
    for (int number = 0; number < services; ++number) cloud.items.push_back(make_service(1000 + number));
    target.assets.push_back(cloud);
    profile.id = "test";
    profile.clauses.push_back(make_clause("1", model::Subject::comm, {"a.one"}));
    checks.push_back(make_check("a.one", "service"));
    options.probes = lookup;
    options.tool_version = "9";
  }
  model::Run run() const {
    auto made = prepare(options, target, profile, checks, clock);
    REQUIRE(made.has_value());
    return *made;
  }
  model::Run load() const {
    auto opened = store::RunFile::open(file, store::Access::read);
    REQUIRE(opened.has_value());
    auto loaded = opened->load();
    REQUIRE(loaded.has_value());
    return *loaded;
  }
  // Creates the file, scans, finishes; what a command does.
  Outcome scan_fresh(const ProgressCallback& progress = {}) {
    const model::Run planned = run();
    auto created = store::RunFile::create(file, planned);
    REQUIRE(created.has_value());
    return finish(*created, planned, progress);
  }
  Outcome resume(const Cancel& button, const ProgressCallback& progress = {}) {
    auto opened = store::RunFile::open(file, store::Access::write);
    REQUIRE(opened.has_value());
    const model::Run loaded = *opened->load();
    auto outcome = scan(options, loaded, *opened, clock, button, progress);
    REQUIRE(outcome.has_value());
    REQUIRE(opened->finish(clock.now(), outcome->complete()).has_value());
    return *outcome;
  }
  Outcome finish(store::RunFile& opened, const model::Run& planned, const ProgressCallback& progress) {
    auto outcome = scan(options, planned, opened, clock, cancel, progress);
    REQUIRE(outcome.has_value());
    REQUIRE(opened.finish(clock.now(), outcome->complete()).has_value());
    return *outcome;
  }
};

void name_item(Context& context, model::Observation& observation) { observation.facts["item"] = context.item().id; }

std::map<std::string, int> statuses(const model::Run& run) {
  std::map<std::string, int> counts;
  for (const auto& observation : run.observations) ++counts[std::string(name_of(observation.status))];
  return counts;
}

}  // namespace

TEST_CASE("a scan runs each job once and stores what it saw") {
  Home home(20);
  std::atomic<int> runs = 0;
  act = [&](Context& context, model::Observation& observation) {
    ++runs;
    name_item(context, observation);
    context.keep_evidence("hello.txt", "text/plain", as_bytes("from " + context.item().id), {"item"});
    observation.job.key = "forged";  // not the probe's to fill
  };
  const Outcome outcome = home.scan_fresh();
  CHECK(outcome.end == End::all_done);
  CHECK(outcome.complete());
  CHECK(runs == 20);
  auto file = store::RunFile::open(home.file, store::Access::read);
  const model::Run run = *file->load();
  CHECK(run.complete);
  CHECK(run.tool_version == "9");
  CHECK(run.id.size() == 16);
  REQUIRE(run.observations.size() == 20);
  for (std::size_t number = 0; number < 20; ++number) {
    const model::Observation& observation = run.observations[number];
    CHECK(observation.job.key == run.jobs[number].key);
    CHECK(observation.facts == Json{{"item", run.jobs[number].item}});
    CHECK(observation.probe_version == "3");
    CHECK(observation.started == home.clock.now());
    REQUIRE(observation.evidence.size() == 1);
    CHECK(as_text(*file->read_evidence(observation.evidence[0].sha256)) == "from " + observation.job.item);
  }
}

TEST_CASE("progress counts up to the end") {
  Home home(5);
  act = [](Context& context, model::Observation&) { context.progress(1, 2); };
  std::vector<Progress> events;
  std::set<std::string> items;
  home.scan_fresh([&](const Progress& event) {
    events.push_back(event);
    items.insert(event.job->item);
  });
  std::map<Progress::Kind, int> kinds;
  for (const Progress& event : events) ++kinds[event.kind];
  CHECK(kinds == std::map<Progress::Kind, int>{{Progress::Kind::started, 5}, {Progress::Kind::progressed, 5}, {Progress::Kind::finished, 5}});
  CHECK(items.size() == 5);
  CHECK(events.back().kind == Progress::Kind::finished);
  CHECK(events.back().jobs_done == 5);
  CHECK(events.back().jobs_total == 5);
  CHECK(events.back().jobs_running == 0);
}

TEST_CASE("whatever a probe does ends in an observation") {
  struct Row {
    std::function<void(Context&, model::Observation&)> act;
    Status status;
    std::string message;
    Json facts;
  };
  const Row rows[] = {
      {[](Context&, model::Observation& o) { o.facts = Json{{"number", 1}}; throw std::runtime_error("index out of range"); },
       Status::probe_error, "the probe broke off: index out of range", Json::object()},
      {[](Context&, model::Observation&) { throw 7; }, Status::probe_error, "the probe broke off", Json::object()},
      {[](Context&, model::Observation& o) { o.facts["number"] = "one"; }, Status::probe_error,
       "the probe's facts do not fit its schema at /number", Json::object()},
      {[](Context&, model::Observation& o) { o.facts["surprise"] = 1; }, Status::probe_error,
       "the probe's facts do not fit its schema at /surprise", Json::object()},
      {[](Context&, model::Observation& o) { o.facts = Json::array(); }, Status::probe_error, "the probe's facts are no object", Json::object()},
      {[](Context&, model::Observation& o) { o.facts["item"] = std::string(9 << 20, 'x'); }, Status::probe_error,
       "the probe's facts are larger than 8388608 bytes", Json::object()},
      {[](Context&, model::Observation& o) { o.status = Status::timeout; o.message = "no \x1b[31manswer"; o.facts["number"] = 3; },
       Status::timeout, "no \xEF\xBF\xBD[31manswer", Json{{"number", 3}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    Home home(1);
    act = row.act;
    CHECK(home.scan_fresh().complete());
    const model::Run run = home.load();
    REQUIRE(run.observations.size() == 1);
    CHECK(run.observations[0].status == row.status);
    CHECK(run.observations[0].message.find(row.message) == 0);
    CHECK(run.observations[0].facts == row.facts);
  }
}

TEST_CASE("secrets never reach the file") {
  Home home(1);
  home.target.assets[0].items[0].data["password"] = "file:password";
  REQUIRE(write_file(home.folder.path() / "password", "s3cret/pass word\n").has_value());
  act = [](Context& context, model::Observation& observation) {
    context.keep_evidence("early.txt", "text/plain", as_bytes("before: s3cret/pass word"), {});
    const auto password = context.secret("file:password");
    REQUIRE(password.has_value());
    CHECK(*password == "s3cret/pass word");
    CHECK(*context.secret("plain") == "plain");
    observation.facts["item"] = "user=" + *password;
    observation.message = "sent user=s3cret%2Fpass+word";
    observation.notes = {"echo: " + to_base64(as_bytes("tester:" + *password))};
    context.keep_evidence("binary.bin", "application/octet-stream", as_bytes(std::string("\0", 1) + *password + "!"), {});
  };
  home.scan_fresh();
  auto file = store::RunFile::open(home.file, store::Access::read);
  const model::Observation seen = file->load()->observations.at(0);
  CHECK(seen.facts["item"] == "user=[secret]");
  CHECK(seen.message == "sent user=[secret]");
  CHECK(seen.notes[0].find("cGFzcy") == std::string::npos);  // "pass" in base64
  CHECK(as_text(*file->read_evidence(seen.evidence[0].sha256)) == "before: [secret]");
  CHECK(as_text(*file->read_evidence(seen.evidence[1].sha256)) == std::string("\0", 1) + std::string(16, '*') + "!");
}

TEST_CASE("an intrusive probe needs the target's permission") {
  for (const bool allowed : {false, true}) {
    Home home(1);
    home.target.intrusive = allowed;
    home.checks[0].probe = "burst";
    int runs = 0;
    act = [&](Context&, model::Observation&) { ++runs; };
    home.scan_fresh();
    const model::Run run = home.load();
    CHECK(runs == (allowed ? 1 : 0));
    CHECK(run.observations.at(0).status == (allowed ? Status::ok : Status::not_declared));
  }
}

TEST_CASE("intrusive jobs come last and one at a time, after those that are partly so") {
  Home home(8);
  home.target.intrusive = true;
  auto& first = home.profile.clauses[0].checks;
  for (const char* probe : {"careful", "burst"}) {  // the other way round in the plan
    const std::string check = std::string("b.") + probe;
    home.checks.insert(home.checks.begin(), make_check(check, probe, Json{{"name", probe}}));
    first.insert(first.begin(), {check});
  }
  std::atomic<int> quiet_done = 0, careful_done = 0, alone = 0;
  std::atomic<bool> disturbed = false;
  act = [&](Context& context, model::Observation&) {
    const std::string name = text_or(context.params(), "name");
    if (name.empty()) return void(++quiet_done);
    disturbed = disturbed || quiet_done != 8 || ++alone != 1 || (name == "burst" && careful_done != 8);
    if (name == "careful") ++careful_done;
    std::this_thread::yield();
    --alone;
  };
  home.scan_fresh();
  CHECK(home.load().observations.size() == 24);
  CHECK_FALSE(disturbed);
}

TEST_CASE("sessions of one address are looked at one after the other, those of two at once") {
  Home home(0);
  const auto add = [](model::Asset& asset, const char* id, Json data) { asset.items.push_back({ItemKind::session, id, std::move(data)}); };
  model::Asset& cloud = home.target.assets[0];
  add(cloud, "login", {{"url", "https://home.example/login"}, {"address", "127.0.0.1"}});
  add(cloud, "api", {{"url", "http://127.0.0.1:81/api"}});
  add(cloud, "other", {{"url", "http://127.0.0.2/login"}});
  home.checks[0].probe = "session";
  model::Asset twin = cloud;
  twin.id = "twin";
  home.target.assets.push_back(twin);
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, int> running;  // by address
  bool crowded = false, both = false;
  act = [&](Context& context, model::Observation&) {
    const std::string address = context.item().id == "other" ? "127.0.0.2" : "127.0.0.1";
    std::unique_lock lock(mutex);
    crowded = crowded || ++running[address] > 1;
    both = both || (running["127.0.0.1"] > 0 && running["127.0.0.2"] > 0);
    changed.notify_all();
    changed.wait_for(lock, std::chrono::seconds(20), [&] { return both || crowded; });
    --running[address];
  };
  home.scan_fresh();
  CHECK(home.load().observations.size() == 6);
  CHECK(both);
  CHECK_FALSE(crowded);
}

TEST_CASE("a partly intrusive probe runs without permission, and is told") {
  for (const bool allowed : {false, true}) {
    Home home(1);
    home.target.intrusive = allowed;
    home.checks[0].probe = "careful";
    std::vector<bool> told;
    act = [&](Context& context, model::Observation&) { told.push_back(context.intrusive()); };
    home.scan_fresh();
    CHECK(told == std::vector<bool>{allowed});
    CHECK(home.load().observations.at(0).status == Status::ok);
  }
}

TEST_CASE("cancel ends 64 blocked jobs, and resume does only what is missing") {
  Home home(100);
  std::latch all_blocked(64);
  std::atomic<int> started = 0;
  act = [&](Context& context, model::Observation& observation) {
    name_item(context, observation);
    if (started.fetch_add(1) < 10) return;  // these end well
    all_blocked.count_down();
    const auto waited = wait_for(std::chrono::hours(1), context.cancel());
    CHECK(waited.error().code == ErrorCode::cancelled);
    observation.status = Status::closed;  // what a cut connection looks like
  };
  std::thread button([&] {
    all_blocked.wait();
    home.cancel.request();
  });
  const auto before = Deadline::Steady::now();
  const Outcome outcome = home.scan_fresh();
  button.join();
  CHECK(Deadline::Steady::now() - before < std::chrono::seconds(30));  // not an hour
  CHECK(outcome.end == End::cancelled);
  CHECK(!outcome.complete());
  CHECK(outcome.stuck == 0);
  CHECK(outcome.jobs_done == 10);
  model::Run run = home.load();
  CHECK(!run.complete);
  CHECK(statuses(run) == std::map<std::string, int>{{"interrupted", 64}, {"ok", 10}});
  for (const auto& observation : run.observations) CHECK(observation.facts["item"] == observation.job.item);  // what was learned stays

  std::set<std::string> done;
  for (const auto& observation : run.observations)
    if (observation.status == Status::ok) done.insert(observation.job.key);
  std::mutex mutex;
  std::set<std::string> repeated;
  act = [&](Context& context, model::Observation& observation) {
    name_item(context, observation);
    const std::lock_guard lock(mutex);
    CHECK(repeated.insert(context.item().id).second);
  };
  const Cancel untouched;
  std::size_t first_done = 0;
  const Outcome rest = home.resume(untouched, [&](const Progress& event) {
    if (first_done == 0) first_done = event.jobs_done;
  });
  CHECK(rest.complete());
  CHECK(first_done >= 10);
  CHECK(repeated.size() == 90);
  run = home.load();
  CHECK(run.complete);
  CHECK(statuses(run) == std::map<std::string, int>{{"ok", 100}});
  for (const auto& observation : run.observations)
    if (done.contains(observation.job.key)) CHECK(!repeated.contains(observation.job.item));
}

TEST_CASE("a run is not gone on with by a probe of other facts") {
  Home home(1);
  act = name_item;
  model::Run planned = home.run();
  CHECK(planned.facts_schemas.at("service") == *parse_json(kFacts));
  for (const Json& schema : {*parse_json(kFacts), Json{{"type", "object"}}, Json()}) {
    if (schema.is_null()) planned.facts_schemas.clear();
    else planned.facts_schemas["service"] = schema;
    auto created = store::RunFile::create(home.folder.path() / ("run" + std::to_string(schema.size()) + ".lintel"), planned);
    REQUIRE(created.has_value());
    const auto outcome = scan(home.options, planned, *created, home.clock, home.cancel, {});
    CHECK(outcome.has_value() == (schema.size() > 1));
    if (!outcome) CHECK(outcome.error().message.find("gives other facts than that of lintel 9") != std::string::npos);
  }
}

TEST_CASE("the run's deadline stops it like a cancel") {
  Home home(3);
  home.target.limits.deadline = std::chrono::milliseconds(50);
  home.target.limits.connections = 1;
  act = [](Context& context, model::Observation& observation) {
    const auto waited = wait_for(std::chrono::hours(1), context.cancel());
    if (!waited) observation.status = probe::status_of(waited.error());
  };
  const Outcome outcome = home.scan_fresh();
  CHECK(outcome.end == End::deadline);
  CHECK(outcome.jobs_done == 0);
  const model::Run run = home.load();
  CHECK(statuses(run) == std::map<std::string, int>{{"interrupted", 1}});  // the other two were never begun
}

TEST_CASE("a job that heeds nothing does not hold up the end") {
#ifdef __SANITIZE_THREAD__
  MESSAGE("skipped: the abandoned thread is what this sanitizer reports");
#else
  // All of it outlives the abandoned thread.
  static Home home(2);
  static std::latch release(1);
  static std::latch ended(1);
  home.options.grace = std::chrono::milliseconds(20);
  act = [](Context& context, model::Observation&) {
    if (context.item().id != "edge:1000/tcp") return;
    release.wait();
    ended.count_down();
  };
  const Outcome outcome = home.scan_fresh([&](const Progress& event) {
    if (event.kind == Progress::Kind::finished) home.cancel.request();
  });
  CHECK(outcome.end == End::cancelled);
  CHECK(outcome.stuck == 1);
  CHECK(outcome.jobs_done == 1);
  CHECK(home.load().observations.size() == 1);
  release.count_down();
  ended.wait();
#endif
}

TEST_CASE("of one asset no more jobs run than it may have connections") {
  Home home(30);
  home.target.limits.connections = 3;
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  act = [&](Context&, model::Observation&) {
    const int now = ++running;
    int seen = most;
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    std::this_thread::yield();
    --running;
  };
  CHECK(home.scan_fresh().complete());
  CHECK(most <= 3);
}

TEST_CASE("a full disk ends the scan and keeps what was committed") {
  Home home(40);
  home.target.limits.connections = 1;
  std::atomic<int> number = 0;
  act = [&](Context& context, model::Observation& observation) {
    name_item(context, observation);
    if (++number == 5) {  // evidence that the file's caller can't take: stands for any failing write
      observation.notes = {std::string(10, 'n')};
    }
  };
  const model::Run planned = home.run();
  auto file = store::RunFile::create(home.file, planned);
  REQUIRE(file.has_value());
  // The fifth job is in the file already, so that its append fails as a write would.
  model::Observation there;
  there.job = planned.jobs[4];
  REQUIRE(file->append(there, {}).has_value());
  const auto outcome = scan(home.options, planned, *file, home.clock, home.cancel, {});
  REQUIRE(!outcome.has_value());
  CHECK(outcome.error().message.find("has an observation already") != std::string::npos);
  CHECK(file->load()->observations.size() == 5);
  CHECK(number <= 7);  // the rest was not begun
}

}  // namespace lintel::scan
