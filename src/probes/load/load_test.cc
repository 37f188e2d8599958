// The load probe against an application in memory that gets slow, fails or goes away under load, and its numbers as plain values.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/files.h"
#include "data/schema.h"
#include "probe/fake.h"
#include "probes/load/pace.h"

namespace lintel::probes::load {
extern const probe::Probe probe;
}

using namespace lintel;
using namespace probes::load;
using model::Status;
using net::HttpRequest;
using net::HttpResponse;

namespace {

HttpResponse says(long status, net::Headers headers = {}) { return {status, std::move(headers), "{}", {}, 0}; }

// Answers after `takes`; `bad` is what it does to request number n under load, from 0.
struct Home {
  probe::FakeContext context;
  Milliseconds takes{2};
  std::function<std::optional<Result<HttpResponse>>(int n)> bad = [](int) { return std::nullopt; };
  int calls = 0;

  Home() {
    context.world.item.kind = model::ItemKind::web;
    context.world.item.data = *parse_json(R"({"id": "web", "url": "https://h", "session": {"cookie": "SID"}, "load": {"rate": 50, "seconds": 4, "errors_percent": 1, "p99": "200ms"},
      "accounts": {"owner": {"user": "alice"}, "victim": {"user": "victor"}},
      "flows": {"login": [{"request": {"path": "/login", "form": {"user": "{user}"}}}]},
      "calls": [{"id": "switch", "as": ["owner"], "effect": "write", "request": {"method": "POST", "path": "/switch"}},
                {"id": "state", "as": ["victim", "owner"], "request": {"path": "/state"}}]})");
    context.world.http = [this](const HttpRequest& request) -> Result<HttpResponse> {
      if (request.url == "https://h/login") return request.body == "user=alice" ? says(200, {{"Set-Cookie", "SID=1"}}) : says(403);
      CHECK(request.url == "https://h/state");
      context.world.clock = FixedClock(context.world.clock.now() + takes);
      const int number = calls++ - 1;
      if (number >= 0)
        if (auto answer = bad(number)) return *answer;
      return says(200);
    };
  }
  Json& load() { return context.world.item.data["load"]; }
  model::Observation look() {
    auto seen = probe::look(probes::load::probe, context);
    static const auto schema = schema::Schema::load(std::string_view(*read_file(LINTEL_SOURCE_DIR "/src/probes/load/facts.schema.json", 1 << 20)), "facts");
    CHECK(schema::validate(seen.facts, schema->root()).empty());
    return seen;
  }
};

}  // namespace

TEST_CASE("a platform that bears its peak") {
  Home home;
  const auto seen = home.look();
  CHECK_MESSAGE(seen.status == Status::ok, seen.message);
  CHECK(seen.facts["call"] == "state");
  CHECK(seen.facts["sent"] == 200);
  CHECK(seen.facts["succeeded"] == 200);
  CHECK(seen.facts["error_percent"] == 0.0);
  CHECK(seen.facts["rate"] == 50.0);
  CHECK(seen.facts["p99_ms"] == 2);
  CHECK(seen.facts["declared"]["p99_ms"] == 200);
  CHECK(seen.notes.empty());
  CHECK(home.calls == 201);
  REQUIRE(home.context.seen.find_evidence("answers.txt") != nullptr);
  CHECK(home.context.seen.find_evidence("answers.txt")->bytes.starts_with("0 ms after the start: HTTP 200 in 2 ms\n20 ms after"));
}

TEST_CASE("every other request fails") {
  Home home;
  home.bad = [](int n) { return n % 2 == 1 ? std::optional(Result<HttpResponse>(says(503))) : std::nullopt; };
  const auto seen = home.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["failed"] == 100);
  CHECK(seen.facts["error_percent"] == 50.0);
}

TEST_CASE("slow answers bring the rate down, and an end") {
  Home home;
  home.takes = Milliseconds(400);
  const auto seen = home.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["p99_ms"] == 400);
  CHECK(seen.facts["rate"] == 2.5);
  CHECK(seen.facts["sent"] == 30);  // three times four seconds
}

TEST_CASE("a platform on its knees is left alone") {
  Home gone;
  gone.bad = [](int n) { return n >= 20 ? std::optional(Result<HttpResponse>(fail(ErrorCode::refused, "connection refused"))) : std::nullopt; };
  auto seen = gone.look();
  CHECK(seen.facts["lost"] == 3);
  CHECK(seen.facts["sent"] == 23);
  Home failing;
  failing.bad = [](int) { return std::optional(Result<HttpResponse>(says(500))); };
  seen = failing.look();
  CHECK(seen.facts["failed"] == 50);
  CHECK(seen.facts["sent"] == 50);
  Home stalled;
  stalled.bad = [&](int) {
    stalled.context.world.clock = FixedClock(stalled.context.world.clock.now() + std::chrono::seconds(10));
    return std::optional(Result<HttpResponse>(fail(ErrorCode::timeout, "no answer in time")));
  };
  seen = stalled.look();
  CHECK(seen.facts["sent"] == 2);
  CHECK_FALSE(seen.facts.contains("p99_ms"));
}

TEST_CASE("a limit on one client is no error of capacity") {
  Home home;
  home.bad = [](int n) { return n > 100 ? std::optional(Result<HttpResponse>(says(429))) : std::nullopt; };
  const auto seen = home.look();
  CHECK(seen.facts["other"] == 99);
  CHECK(seen.facts["error_percent"] == 0.0);
  CHECK(seen.notes.size() == 1);
}

TEST_CASE("without a control, a call or time there is no load") {
  Home locked;
  locked.context.world.http = [](const HttpRequest&) { return Result<HttpResponse>(says(403)); };
  CHECK(locked.look().status == Status::auth_failed);
  CHECK(locked.context.seen.http_requests.size() == 1);
  for (const auto code : {ErrorCode::timeout, ErrorCode::refused}) {
    Home absent;
    absent.context.world.http = [&](const HttpRequest&) { return Result<HttpResponse>(fail(code, "none")); };
    const auto seen = absent.look();
    CHECK(seen.status != Status::ok);
    CHECK_FALSE(seen.facts.contains("sent"));
  }
  Home broken;
  broken.context.world.http = [](const HttpRequest& request) { return Result<HttpResponse>(says(request.url.ends_with("login") ? 200 : 500)); };
  CHECK(broken.look().status == Status::auth_failed);
  Home writes;
  writes.load()["call"] = "switch";
  CHECK(writes.look().status == Status::not_declared);
  Home none;
  none.context.world.item.data.erase("load");
  CHECK(none.look().status == Status::not_applicable);
  CHECK(none.context.seen.http_requests.empty());
  Home cancelled;
  cancelled.bad = [&](int n) {
    if (n == 10) cancelled.context.cancel_button.request();
    return std::nullopt;
  };
  const auto seen = cancelled.look();
  CHECK(seen.status == Status::interrupted);
  CHECK(seen.facts["sent"] == 11);
}

TEST_CASE("numbers") {
  const auto declared = read_declared(*parse_json(R"({"rate": 1000, "seconds": 60})"));
  CHECK(declared.requests() == 20'000);
  CHECK(declared.errors_percent == 1);
  CHECK(declared.p99 == std::chrono::seconds(1));
  CHECK(due(0, 3) == Milliseconds(0));
  CHECK(due(5, 3) == Milliseconds(1666));
  std::vector<Sample> samples;
  Json facts = Json::object();
  put_facts(samples, facts);
  CHECK(facts.empty());
  for (int i = 1; i <= 100; ++i) samples.push_back({Milliseconds(10 * i), Milliseconds(i), 200, End::success});
  put_facts(samples, facts);
  CHECK(facts["p50_ms"] == 50);
  CHECK(facts["p99_ms"] == 99);
  CHECK(facts["max_ms"] == 100);
  CHECK_FALSE(enough(samples));
}
