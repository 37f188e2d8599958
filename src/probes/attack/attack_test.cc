// The attack probe against a platform in memory that raises alarms: one that conforms, one for each break, and those that are no help at all.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"
#include "flow/answer.h"
#include "probe/fake.h"

namespace lintel::probes::attack {
extern const probe::Probe probe;
}

using namespace lintel;
using model::Status;
using net::HttpRequest;
using net::HttpResponse;

namespace {

HttpResponse says(long status, std::string body = "", net::Headers headers = {}) { return {status, std::move(headers), std::move(body), {}, 0}; }

struct Platform {
  probe::FakeContext context;
  std::string flaw;
  Json alarms = Json::array();
  int requests = 0, unknown = 0, wrong = 0, changes = 0;
  bool is_on = false, told = false;
  std::vector<std::string> reported;

  explicit Platform(std::string broken = "") : flaw(std::move(broken)) {
    context.world.item.data = *parse_json(R"({"id": "web", "url": "https://h:1", "second_source": "192.0.2.9", "session": {"cookie": "SID"},
      "accounts": {"decoy": {"user": "dora", "password": "right-one"}, "auditor": {"user": "audrey", "password": "right-two"}},
      "flows": {"login": [{"request": {"path": "/login", "form": {"user": "{user}", "password": "{password}"}}}]},
      "calls": [{"id": "alarms", "as": ["auditor"], "request": {"path": "/alarms"}}],
      "alarms": {"call": "alarms", "fields": {"time": "/at", "type": "/type", "source": "/source", "target": "/target"},
                 "burst": {"path": "/start", "requests": 100, "within": "2s", "type": "burst"}, "paths": {"type": "search"},
                 "guessing": {"account": "decoy", "type": "guessing"}}})");
    context.world.asset.items.push_back(context.world.item);
    model::Item devices{model::ItemKind::web, "devices", *parse_json(R"({"id": "devices", "url": "https://h:1", "accounts": {"lamp": {"device": "L-1"}},
      "calls": [{"id": "report", "as": ["lamp"], "effect": "write", "inputs": {"on": {"value": "false"}, "cpu": {"value": "5"}},
                 "request": {"path": "/report", "query": {"on": "{on}", "cpu": "{cpu}"}}, "success": {"status": [204]}}]})")};
    context.world.asset.items.push_back(std::move(devices));
    context.world.item.data["alarms"]["flapping"] = *parse_json(R"({"item": "devices", "call": "report", "inputs": [{"on": "true"}, {"on": "false"}], "type": "flapping"})");
    context.world.item.data["alarms"]["resources"] = *parse_json(R"({"item": "devices", "call": "report", "inputs": [{"cpu": "99"}], "times": 2, "type": "scarce"})");
    context.world.http = [this](const HttpRequest& request) { return answer(request); };
    if (is("held back") || is("long ago")) raise("burst", "h", is("long ago") ? "2026-11-20T10:00:00Z" : "2026-11-21T09:45:00Z");
  }
  bool is(std::string_view name) const { return flaw == name; }
  std::string source() const { return context.seen.http_options.empty() ? "" : context.seen.http_options.back().source; }

  void raise(const std::string& type, const std::string& target, std::string at = "") {
    if (at.empty()) at = format_time(context.clock().now() - (is("wrong clock") ? std::chrono::hours(3) : std::chrono::hours(0)));
    alarms.push_back({{"at", at}, {"type", is("no type") ? "" : type}, {"source", is("proxy's address") ? "10.0.0.1" : source().empty() ? "L-1" : source()}, {"target", target}});
  }

  HttpResponse log_in(const HttpRequest& request) {
    if (request.body.find("password=right-") != std::string::npos || (is("takes any password") && source() != "")) return says(200, "", {{"Set-Cookie", "SID=session-1234"}});
    if (++wrong == 10 && !is("no guessing alarm")) raise("guessing", "dora");
    return says(is("trouble") ? 503 : wrong > 5 ? 429 : 401);
  }

  // What the lamp tells; the source is the lamp's own and no matter.
  HttpResponse report(const std::string& path) {
    reported.push_back(path);
    if (is("refuses reports") && reported.size() > 4) return says(403);
    const bool on = path.find("on=true") != std::string::npos, scarce = path.find("cpu=99") != std::string::npos;
    if (on != is_on && ++changes == 6 && !is("no flapping alarm")) raise("flapping", is("no device") ? "" : "L-1");
    is_on = on;
    if (scarce && !is("no resource alarm") && !std::exchange(told, true)) raise("scarce", "L-1");
    return says(204);
  }

  Result<HttpResponse> answer(const HttpRequest& request) {
    const std::string path = request.url.substr(std::string("https://h:1").size());
    if (path == "/login") return log_in(request);
    if (path == "/alarms") return flow::header_value(request.headers, "cookie") ? says(is("down") ? 500 : 200, is("garbage") ? "<html>" : dump_json(alarms)) : says(401);
    if (path.starts_with("/report")) return report(path);
    CHECK_FALSE(source().empty());
    if (path == "/start") {
      if (is("slow")) context.world.clock = FixedClock(context.clock().now() + std::chrono::milliseconds(30));
      if (++requests == 60 && !is("no burst alarm") && !is("slow") && !is("held back") && !is("long ago")) raise("burst", "h");
      if (requests > (is("hangs up") ? 50 : is("shuts out") ? 70 : 1000)) return fail(ErrorCode::reset, "connection reset");
      return says(200);
    }
    if (++unknown == 30 && !is("no search alarm") && !is("catches all")) raise("search", "h");
    return says(is("catches all") ? 200 : 404);
  }
  model::Observation look() { return probe::look(probes::attack::probe, context); }
};

std::string text(const Json& facts, const char* pointer) {
  const Json* found = flow::at_pointer(facts, pointer);
  return found == nullptr ? "absent" : found->is_string() ? found->get<std::string>() : dump_json(*found);
}

}  // namespace

TEST_CASE("a platform that conforms: every fact") {
  Platform platform;
  const auto seen = platform.look();
  CHECK_MESSAGE(seen.status == Status::ok, seen.message);
  REQUIRE(seen.facts["acts"].size() == 3);
  for (const Json& one : seen.facts["acts"])
    CHECK_MESSAGE((one["raised"] == "yes" && one["lacking"].empty() && one["time"] == "near" && one["source"] == "yes"), dump_json(one));
  REQUIRE(seen.facts["states"].size() == 2);
  for (const Json& one : seen.facts["states"])
    CHECK_MESSAGE((one["raised"] == "yes" && one["lacking"].empty() && one["time"] == "near" && !one.contains("source")), dump_json(one));
  CHECK(platform.reported.size() == 12 + 1 + 2 + 1);
  CHECK(platform.reported.back() == "/report?cpu=5&on=false");  // as it was
  CHECK(seen.facts["alarms"] == 5);
  CHECK(platform.requests == 100);  // never more than declared
  CHECK(platform.unknown == 40);
  CHECK(platform.wrong == 12);
  CHECK(seen.notes.empty());
  CHECK(platform.context.seen.find_evidence("new-alarms.jsonl") != nullptr);
}

TEST_CASE("each break shows in its fact") {
  struct Row {
    const char *flaw, *fact, *value;
  };
  const Row rows[] = {  // 0: paths, 1: guessing, 2: burst
      {"no burst alarm", "/acts/2/raised", "no"},
      {"no burst alarm", "/acts/1/raised", "yes"},
      {"no search alarm", "/acts/0/raised", "no"},
      {"no guessing alarm", "/acts/1/raised", "no"},
      {"no guessing alarm", "/acts/2/raised", "yes"},
      {"no type", "/acts/1/raised", "yes"},
      {"no type", "/acts/1/lacking", R"(["type"])"},
      {"wrong clock", "/acts/2/time", "off"},
      {"proxy's address", "/acts/2/source", "no"},
      {"slow", "/acts/2/raised", "unknown"},
      {"hangs up", "/acts/2/raised", "unknown"},
      {"hangs up", "/acts/2/sent", "50"},
      {"shuts out", "/acts/2/raised", "yes"},
      {"held back", "/acts/2/raised", "unknown"},
      {"long ago", "/acts/2/raised", "no"},
      {"catches all", "/acts/0/raised", "unknown"},
      {"takes any password", "/acts/1/raised", "unknown"},
      {"no flapping alarm", "/states/0/raised", "no"},
      {"no flapping alarm", "/states/1/raised", "yes"},
      {"no resource alarm", "/states/1/raised", "no"},
      {"no device", "/states/0/lacking", R"(["target"])"},
      {"refuses reports", "/states/0/raised", "unknown"},
      {"refuses reports", "/states/0/sent", "4"},
      {"trouble", "/acts/1/sent", "0"},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.flaw));
    CAPTURE(std::string(row.fact));
    CHECK(text(Platform(row.flaw).look().facts, row.fact) == std::string(row.value));
  }
}

TEST_CASE("no help: nothing that a check could pass on") {
  for (const char* flaw : {"garbage", "down"}) {
    Platform platform(flaw);
    const auto seen = platform.look();
    CHECK(seen.status != Status::ok);
    CHECK_FALSE(seen.facts.contains("acts"));
    CHECK(platform.requests == 0);  // no attack whose alarm could not be seen
  }
  const auto look_with = [](Result<HttpResponse> answer) {
    Platform platform;
    platform.context.world.http = [answer](const HttpRequest&) { return answer; };
    return platform.look();
  };
  for (const auto& bad : {look_with(says(503)), look_with(says(200, "[]")), look_with(fail(ErrorCode::timeout, "silence"))})
    CHECK(dump_json(bad.facts).find("\"yes\"") == std::string::npos);

  Platform none;
  none.context.world.item.data.erase("alarms");
  CHECK(none.look().status == Status::not_applicable);
  Platform typo;
  typo.context.world.item.data["alarms"]["call"] = "alarm";
  CHECK(typo.look().status == Status::not_declared);
  CHECK(typo.context.seen.http_requests.empty());
  Platform unnamed;
  unnamed.context.world.item.data["alarms"]["flapping"]["item"] = "elsewhere";
  unnamed.context.world.item.data["alarms"]["resources"]["call"] = "reports";
  const auto seen = unnamed.look();
  CHECK(text(seen.facts, "/states/0/raised") == "unknown");
  CHECK(text(seen.facts, "/states/1/raised") == "unknown");
  CHECK(unnamed.reported.empty());
  Platform nobody;
  nobody.context.world.item.data["alarms"]["guessing"]["account"] = "dorothy";
  CHECK(text(nobody.look().facts, "/acts/1/raised") == "unknown");
}
