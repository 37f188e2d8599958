// The probe on an application in memory: one that checks everything, one for each thing that it fails to check.
#include <doctest/doctest.h>

#include <set>

#include "flow/tamper.h"
#include "probe/fake.h"

namespace lintel::probes::replay_web {
extern const probe::Probe probe;
}

using namespace lintel;
using model::Status;

namespace {

struct Home {
  probe::FakeContext context;
  bool checks_signature = true, wants_signature = true, checks_time = true, checks_nonce = true, checks_device = true, says_in_body = false;
  std::set<std::string> nonces;
  int requests = 0;

  Home() {
    context.world.item.kind = model::ItemKind::web;
    context.world.item.data = *parse_json(R"({"id": "app", "url": "http://127.0.10.1:8080",
      "accounts": {"owner": {"user": "alice", "device": "01A1", "device_key": "env:KEY"}, "other": {"user": "bob", "device": "02B2"}},
      "flows": {"login": [{"request": {"method": "POST", "path": "/login", "form": {"user": "{user}"}}}]},
      "calls": [{"id": "read", "as": ["owner"], "request": {"path": "/state"}},
        {"id": "switch", "as": ["owner"], "effect": "write", "inputs": {"level": {"value": "40", "kind": "integer"}},
         "request": {"method": "POST", "path": "/switch/{device}", "json": {"device": "{device}", "at": "{now}", "nonce": "{nonce}", "level": "{level}"}},
         "sign": {"header": "X-Signature", "algorithm": "hmac-sha256", "key": "{device_key}", "over": "{method} {path} {body}"},
         "success": {"status": [200], "json": {"/ok": true}}}]})");
    context.world.params = {{"calls", 8}};
    context.world.secrets = {{"env:KEY", "k"}};
    context.world.http = [this](const net::HttpRequest& request) { return answer(request); };
  }

  std::string fault(const net::HttpRequest& request) {
    std::string signature;
    for (const auto& [name, value] : request.headers)
      if (name == "X-Signature") signature = value;
    if (signature.empty() && wants_signature) return "no signature";
    if (!signature.empty() && checks_signature && signature != *flow::hmac_hex("hmac-sha256", "k", "POST /switch/01A1 " + request.body)) return "bad signature";
    const auto json = parse_json(request.body);
    if (!json) return "no JSON";
    if (checks_device && text_or(*json, "device") != "01A1") return "other device";
    const auto at = std::stoll(text_or(*json, "at", "0"));
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(parse_time("2026-11-21T10:00:00Z")->time_since_epoch()).count();
    if (checks_time && std::abs(at - now) > 30) return "stale";
    if (checks_nonce && !nonces.insert(text_or(*json, "nonce")).second) return "seen";
    return "";
  }

  Result<net::HttpResponse> answer(const net::HttpRequest& request) {
    ++requests;
    net::HttpResponse response;
    response.status = 200;
    response.body = R"({"ok": true})";
    if (request.url.find("/switch") == std::string::npos) return response;
    if (!fault(request).empty()) {
      response.status = says_in_body ? 200 : 403;
      response.body = R"({"ok": false})";
    }
    return response;
  }
  model::Observation look() { return probe::look(probes::replay_web::probe, context); }
};

const char* const kLooks[] = {"replayed", "stale", "reused_nonce", "changed", "unsigned", "other_device"};

}  // namespace

TEST_CASE("an application that checks everything, whichever way it says no") {
  for (const bool in_body : {false, true}) {
    Home home;
    home.says_in_body = in_body;
    const auto seen = home.look();
    CHECK_MESSAGE(seen.status == Status::ok, seen.message);
    for (const char* fact : kLooks) CHECK_MESSAGE(seen.facts[fact] == "no", fact);
    REQUIRE(seen.facts["calls"].size() == 1);
    CHECK(seen.facts["calls"][0]["id"] == "switch");
    CHECK(seen.facts["calls"][0]["control_after"] == "yes");
    CHECK(home.requests == 11);
    CHECK(home.context.seen.find_evidence("transcript.txt") != nullptr);
  }
}

TEST_CASE("each thing that an application fails to check shows") {
  struct Row {
    const char* name;
    std::function<void(Home&)> fault;
    std::set<std::string> yes;
  };
  const Row rows[] = {{"time and nonce", [](Home& h) { h.checks_time = h.checks_nonce = false; }, {"replayed", "stale", "reused_nonce"}},
                      {"time", [](Home& h) { h.checks_time = false; }, {"stale"}},
                      {"nonce", [](Home& h) { h.checks_nonce = false; }, {"replayed", "reused_nonce"}},
                      {"signature", [](Home& h) { h.checks_signature = false; }, {"changed"}},
                      {"missing signature", [](Home& h) { h.wants_signature = false; }, {"unsigned"}},
                      {"device", [](Home& h) { h.checks_device = false; }, {"other_device"}}};
  for (const Row& row : rows) {
    Home home;
    row.fault(home);
    const auto seen = home.look();
    CHECK_MESSAGE(seen.status == Status::ok, row.name, seen.message);
    for (const char* fact : kLooks) CHECK_MESSAGE(seen.facts[fact] == (row.yes.contains(fact) ? "yes" : "no"), row.name, " ", fact);
  }
}

TEST_CASE("no fact lets a check pass when the application is of no use") {
  const auto after = [](Home& home, int good, Result<net::HttpResponse> then) {
    home.context.world.http = [&home, good, then](const net::HttpRequest& request) { return home.requests < good ? home.answer(request) : then; };
  };
  net::HttpResponse trouble, denied, busy;
  trouble.status = 503;
  denied.status = 401;
  busy.status = 429;
  const std::pair<Result<net::HttpResponse>, Status> rows[] = {{trouble, Status::auth_failed},
                                                               {denied, Status::auth_failed},
                                                               {busy, Status::auth_failed},
                                                               {fail(ErrorCode::timeout, "no answer in time"), Status::timeout},
                                                               {fail(ErrorCode::closed, "closed"), Status::closed}};
  for (const auto& [then, status] : rows)
    for (const int good : {0, 1, 2, 5}) {
      Home home;
      after(home, good, then);
      const auto seen = home.look();
      CHECK_MESSAGE(seen.status == status, good, " ", seen.message);
      for (const char* fact : kLooks) CHECK_MESSAGE((!seen.facts.contains(fact) || seen.facts[fact] != "no"), good, " ", fact);
    }
}

TEST_CASE("nothing signed, nothing to look at") {
  Home home;
  home.context.world.item.data["calls"].erase(1);
  const auto seen = home.look();
  CHECK(seen.status == Status::not_applicable);
  CHECK(home.requests == 0);
}
