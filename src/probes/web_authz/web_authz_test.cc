// web_authz against an application in memory that checks sessions, owners and secrets, and against ones that leave out exactly one of these.
#include <doctest/doctest.h>

#include <set>

#include "flow/answer.h"
#include "probe/fake.h"
#include "probes/web_authz/attempts.h"

using namespace lintel;

namespace lintel::probes::web_authz {
extern const probe::Probe probe;
}

namespace {

// Two users with a lamp each, behind a session cookie; a device interface with a token; two partners told by certificates.
struct Cloud {
  bool asks_session = true, looks_up_session = true, ends_sessions = true, asks_owner = true, id_is_token = false, user_is_session = false, asks_token = true, hides = false, vanishes = false;
  long trouble = 0;  // answered instead of a refusal
  std::map<std::string, std::string> sessions;
  int issued = 0;
  bool gone = false;

  Result<net::HttpResponse> answer(const net::HttpRequest& request) {
    const auto says = [&](long status, std::string body, net::Headers headers = {}) -> net::HttpResponse {
      return {status >= 400 && trouble != 0 ? trouble : status, std::move(headers), std::move(body), {}, 0};
    };
    const std::string path = request.url.substr(std::string("https://h").size());
    if (path == "/login") {
      const bool alice = request.body == "password=pa&user=alice", bob = request.body == "password=pb&user=bob";
      if (!alice && !bob) return says(401, "");
      const std::string id = "session" + std::to_string(++issued) + "x0123456789";
      sessions[id] = alice ? "alice" : "bob";
      return says(200, "", {{"Set-Cookie", "SID=" + id}});
    }
    const std::string cookie = flow::header_value(request.headers, "Cookie").value_or("");
    const std::string id = cookie.starts_with("SID=") ? cookie.substr(4) : "";
    if (path == "/logout") {
      if (ends_sessions) sessions.erase(id);
      return says(200, "");
    }
    if (path.starts_with("/offer/")) {
      const std::string token = flow::header_value(request.headers, "Authorization").value_or("");
      const bool fine = !asks_token || token == "Bearer tok-lamp" || (id_is_token && token == "Bearer " + path.substr(7));
      return fine ? says(200, "offer") : says(401, "");
    }
    std::string user = sessions.contains(id) ? sessions[id] : "";
    if (user.empty() && user_is_session && (id == "alice" || id == "bob")) user = id;
    if (user.empty() && !asks_session) user = "alice";
    if (user.empty() && !looks_up_session && !id.empty()) user = "alice";
    if (user.empty()) return says(401, "");
    const std::string device = path.substr(std::string("/devices/").size());
    if (asks_owner && device != (user == "alice" ? "lamp-a" : "lamp-b")) {
      gone = vanishes;
      return says(hides ? 404 : 403, "");
    }
    if (gone) return says(404, "");
    return says(200, "{\"id\": \"" + device + "\"}");
  }
};

Json web_item() {
  return *parse_json(R"({"id": "cloud", "url": "https://h", "session": {"cookie": "SID"},
    "accounts": {"owner": {"user": "alice", "password": "env:PA", "device": "lamp-a"}, "other": {"user": "bob", "password": "env:PB", "device": "lamp-b"}},
    "flows": {"login": [{"request": {"path": "/login", "form": {"user": "{user}", "password": "{password}"}}}], "logout": [{"request": {"method": "POST", "path": "/logout"}}]},
    "calls": [{"id": "state", "as": ["owner"], "request": {"path": "/devices/{device}"}, "success": {"json": {"/id": "{device}"}}}]})");
}

Json device_item() {
  return *parse_json(R"({"id": "devices", "url": "https://h", "accounts": {"lamp": {"device": "lamp-a", "token": "env:TOKEN"}},
    "calls": [{"id": "offer", "as": ["lamp"], "request": {"path": "/offer/{device}", "headers": {"Authorization": "Bearer {token}"}}}]})");
}

model::Observation look(Cloud& cloud, const Json& item, std::vector<std::string> ways, probe::FakeContext& context) {
  context.world.item.kind = model::ItemKind::web;
  context.world.item.data = item;
  context.world.params = Json{{"ways", ways}};
  context.world.secrets = {{"env:PA", "pa"}, {"env:PB", "pb"}, {"env:TOKEN", "tok-lamp"}};
  context.world.http = [&](const net::HttpRequest& request) { return cloud.answer(request); };
  return probe::look(probes::web_authz::probe, context);
}

std::string accepted(const Json& facts) {
  std::string words;
  for (const Json& one : facts["tried"]) words += text_or(one, "way") + "=" + text_or(one, "accepted") + " ";
  return words;
}

const std::vector<std::string> kAll{"nobody", "device_id", "user_id", "altered", "ended", "other", "partner"};

}  // namespace

TEST_CASE("an application that checks everything refuses everything; each omission shows where it is") {
  struct Row {
    const char* name;
    void (*breaks)(Cloud&);
    const char* words;
  };
  const Row rows[] = {
      {"conforming", [](Cloud&) {}, "nobody=no device_id=no user_id=no altered=no ended=no other=no "},
      {"no session needed", [](Cloud& c) { c.asks_session = false; }, "nobody=yes altered=yes ended=yes other=no "},
      {"any id will do", [](Cloud& c) { c.looks_up_session = false; }, "nobody=no device_id=yes user_id=yes altered=yes ended=yes other=no "},
      {"log-out ends nothing", [](Cloud& c) { c.ends_sessions = false; }, "nobody=no device_id=no user_id=no altered=no ended=yes other=no "},
      {"any user's device", [](Cloud& c) { c.asks_owner = false; }, "nobody=no device_id=no user_id=no altered=no ended=no other=yes "},
      {"the user name is a session", [](Cloud& c) { c.user_is_session = true; }, "nobody=no device_id=no user_id=yes altered=no ended=no other=no "},
      {"not there for others", [](Cloud& c) { c.hides = true; }, "nobody=no device_id=no user_id=no altered=no ended=no other=no "},
      {"not there at all", [](Cloud& c) { c.hides = c.vanishes = true; }, "nobody=no device_id=no user_id=no altered=no ended=no other=unknown "},
      {"500 where 401 belongs", [](Cloud& c) { c.trouble = 500; }, "nobody=unknown device_id=unknown user_id=unknown altered=unknown ended=unknown other=unknown "},
      {"429 where 401 belongs", [](Cloud& c) { c.trouble = 429; }, "nobody=unknown device_id=unknown user_id=unknown altered=unknown ended=unknown other=unknown "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Cloud cloud;
    row.breaks(cloud);
    probe::FakeContext context;
    const auto observation = look(cloud, web_item(), kAll, context);
    CHECK(observation.status == model::Status::ok);
    CHECK(accepted(observation.facts) == row.words);
    CHECK(observation.facts["working"] == Json{"state"});
    REQUIRE(context.seen.find_evidence("transcript.txt") != nullptr);
  }
}

TEST_CASE("devices are told by their secret, not by their id") {
  struct Row {
    void (*breaks)(Cloud&);
    const char* words;
  };
  const Row rows[] = {{[](Cloud&) {}, "nobody=no device_id=no altered=no "},
                      {[](Cloud& c) { c.id_is_token = true; }, "nobody=no device_id=yes altered=no "},
                      {[](Cloud& c) { c.asks_token = false; }, "nobody=yes altered=yes "}};
  for (const Row& row : rows) {
    Cloud cloud;
    row.breaks(cloud);
    probe::FakeContext context;
    CHECK(accepted(look(cloud, device_item(), kAll, context).facts) == row.words);
  }
}

TEST_CASE("nothing counts without a control that works") {
  Cloud cloud;
  probe::FakeContext context;
  Json item = web_item();
  item["calls"][0]["request"]["path"] = "/devices/gone";
  const auto broken = look(cloud, item, kAll, context);
  CHECK(broken.facts["failing"] == Json{"state"});
  CHECK(broken.facts["tried"].empty());
  CHECK(broken.notes.size() == 1);

  Json locked = web_item();
  locked["accounts"]["owner"]["user"] = "mallory";
  const auto refused = look(cloud, locked, kAll, context);
  CHECK(refused.status == model::Status::auth_failed);
  CHECK(refused.message == "account owner: flow login, step 1 of 1: HTTP 401");

  CHECK(look(cloud, web_item(), {"partner"}, context).status == model::Status::not_applicable);
  CHECK(look(cloud, device_item(), {"user_id", "other"}, context).status == model::Status::not_applicable);
}

TEST_CASE("what works only once is never sent as its owner") {
  Cloud cloud;
  cloud.asks_owner = false;
  probe::FakeContext context;
  Json item = web_item();
  item["calls"][0]["effect"] = "erase";
  const auto observation = look(cloud, item, {"other"}, context);
  CHECK(accepted(observation.facts) == "other=yes ");
  CHECK(observation.facts["working"].empty());
  for (const auto& request : context.seen.http_requests)
    if (request.url == "https://h/devices/lamp-a") CHECK(cloud.sessions[flow::header_value(request.headers, "Cookie").value_or("SID=").substr(4)] != "alice");
}

TEST_CASE("peers that stall, break off or talk nonsense give no fact that lets a check pass") {
  const std::pair<Error, model::Status> rows[] = {{{ErrorCode::timeout, "no answer in time"}, model::Status::timeout},
                                                  {{ErrorCode::reset, "reset"}, model::Status::closed},
                                                  {{ErrorCode::protocol, "not HTTP"}, model::Status::auth_failed}};
  for (const auto& [error, status] : rows) {
    Cloud cloud;
    probe::FakeContext context;
    context.world.network_error = error;
    const auto observation = look(cloud, web_item(), kAll, context);
    CHECK(observation.status == status);
    CHECK(observation.facts["tried"].empty());
    CHECK(observation.facts["working"].empty());
  }
}
