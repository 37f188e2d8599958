// The audit probe against a platform in memory that keeps records: one that conforms, one for each break, and those that are no help at all.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"

#include "flow/answer.h"
#include "probe/fake.h"
#include "flow/trail.h"

namespace lintel::probes::audit {
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
  std::vector<Json> records;
  int abnormal = 0, sessions = 0;

  explicit Platform(std::string broken = "") : flaw(std::move(broken)) {
    context.world.item.data = *parse_json(R"({"id": "web", "url": "https://h:1", "session": {"cookie": "SID"},
      "accounts": {"owner": {"user": "alice", "password": "right-one", "device": "D1"}, "victim": {"user": "victor", "password": "right-two"},
                   "admin": {"user": "root", "password": "right-three"}, "auditor": {"user": "audrey", "password": "right-four"}},
      "flows": {"login": [{"request": {"path": "/login", "form": {"user": "{user}", "password": "{password}"}}}], "logout": [{"request": {"method": "POST", "path": "/logout"}}]},
      "calls": [{"id": "switch", "as": ["owner"], "inputs": {"level": {"value": "5"}}, "request": {"path": "/switch", "json": {"device": "{device}", "level": "{level}"}}},
                {"id": "audit", "as": ["auditor"], "request": {"path": "/audit"}}],
      "audit": {"call": "audit", "fields": {"time": "/at", "user": "/user", "type": "/type", "result": "/result", "device": "/device"},
                "events": {"login": "login", "login_failed": "login", "logout": "logout", "switch": "switch"},
                "abnormal": {"call": "switch", "inputs": {"level": "900"}, "type": "alarm"}, "record": "/audit/{number}",
                "chain": {"previous": "/previous", "hash": "/hash"}, "running_since": "2025-01-01"}})");
    context.world.http = [this](const HttpRequest& request) { return answer(request); };
    write("start", "ok", "", "", is("young") ? "2026-11-01T10:00:00Z" : "2026-05-01T10:00:00Z");
  }
  bool is(std::string_view name) const { return flaw == name; }

  void write(const std::string& type, const std::string& result, const std::string& user, const std::string& device, std::string at = "") {
    if (at.empty()) at = format_time(context.clock().now() - (is("wrong clock") ? std::chrono::hours(3) : std::chrono::hours(0)));
    Json record = {{"number", records.size()}, {"at", at}, {"type", type}, {"result", is("always ok") ? "ok" : result}, {"user", is("no user") ? "" : user}, {"device", is("no device") ? "" : device}};
    if (is("no result")) record.erase("result");
    record["previous"] = records.empty() ? "" : records.back()["hash"].get<std::string>();
    record["hash"] = fmt::format("h{}", records.size());
    records.push_back(record);
  }

  HttpResponse log_in(const HttpRequest& request) {
    const std::string user = request.body.substr(request.body.find("user=") + 5);
    const bool right = request.body.find("password=right-") != std::string::npos;
    if (is("logs in too") && user == "victor") write("login", "ok", user, "");
    if ((!is("failed log-in not recorded") && !is("limit in front")) || right) write("login", right ? "ok" : "refused", user, "");
    if (!right) return says(is("trouble") ? 503 : is("locked") || is("limit in front") ? 429 : 401);
    const std::string id = fmt::format("session-{:04}-{}", ++sessions, user);
    if (is("id in records")) records.back()["session"] = id;
    return says(200, "", {{"Set-Cookie", "SID=" + id}});
  }

  HttpResponse tampering(const HttpRequest& request, const std::string& user) {
    const auto number = parse_unsigned<std::size_t>(std::string_view(request.url).substr(std::string_view("https://h:1/audit/").size()));
    if (is("not found")) return says(404);
    if (is("gone with refusal") && request.method == "DELETE") records.erase(records.begin() + static_cast<long>(*number));
    if (user != "audrey") return says(403);
    if (is("delete") && request.method == "DELETE") return records.erase(records.begin() + static_cast<long>(*number)), says(204);
    if (is("change") && request.method == "PATCH") return records[*number]["result"] = "x", says(200);
    return says(is("says yes") ? 200 : 405);
  }

  Result<HttpResponse> answer(const HttpRequest& request) {
    const std::string path = request.url.substr(std::string("https://h:1").size());
    const std::string cookie = flow::header_value(request.headers, "cookie").value_or("");
    if (path == "/login") return log_in(request);
    if (cookie.empty()) return says(401);
    const std::string user = cookie.substr(cookie.rfind('-') + 1);
    if (path == "/logout") return write("logout", "ok", user, ""), says(200);
    if (path == "/switch") {
      const bool good = request.body.find("\"5\"") != std::string::npos;
      write("switch", good ? "ok" : "refused", user, "D1");
      if (!good && ++abnormal % 3 == 0 && !is("no alarm")) write("alarm", "raised", "", "D1");
      return says(good ? 200 : is("trouble") ? 500 : 400);
    }
    if (path.starts_with("/audit/")) return tampering(request, user);
    if (user != "audrey") return says(403);
    if (is("garbage")) return says(200, "<html>records</html>");
    std::string lines;
    for (const Json& record : records) lines += dump_json(record) + "\n";
    return says(200, is("array") ? dump_json(Json(records)) : lines);
  }
  model::Observation look() { return probe::look(probes::audit::probe, context); }
};

std::string text(const Json& facts, const char* pointer) {
  const Json* found = flow::at_pointer(facts, pointer);
  return found == nullptr ? "absent" : found->is_string() ? found->get<std::string>() : dump_json(*found);
}

}  // namespace

TEST_CASE("a platform that conforms: every fact") {
  for (const char* form : {"", "array"}) {
    Platform platform(form);
    const auto seen = platform.look();
    CHECK_MESSAGE(seen.status == Status::ok, seen.message);
    const Json& facts = seen.facts;
    CHECK(facts["acted"].size() == 4);
    for (const Json& one : facts["acted"]) CHECK_MESSAGE((one["recorded"] == "yes" && one["lacking"].empty() && one["time"] == "near"), dump_json(one));
    CHECK(facts["result_differs"] == "yes");
    CHECK(facts["lacking"] == Json::array());
    CHECK(facts["abnormal"] == Json({{"call", "switch"}, {"sent", 5}, {"alarm", "yes"}}));
    CHECK(facts["attempts"].size() == 9);
    for (const Json& one : facts["attempts"]) CHECK(one["refused"] == "yes");
    CHECK(facts["record_kept"] == "yes");
    CHECK(facts["chain"]["breaks"] == 0);
    CHECK(facts["oldest_days"] == 204);
    CHECK(facts["secrets"]["found"] == Json::array());
    CHECK(facts["secrets"]["searched"] > 8);
    CHECK(facts["requests"] < 50);
    CHECK(platform.context.seen.find_evidence("new-records.jsonl") != nullptr);
  }
}

TEST_CASE("each break shows in its fact") {
  struct Row {
    const char *flaw, *fact, *value;
  };
  const Row rows[] = {
      {"failed log-in not recorded", "/acted/1/recorded", "no"},
      {"failed log-in not recorded", "/result_differs", "unknown"},
      {"failed log-in not recorded", "/acted/0/recorded", "yes"},
      {"no result", "/lacking/0/field", "result"},
      {"no result", "/acted/0/lacking", R"(["result"])"},
      {"no user", "/acted/0/lacking", R"(["user"])"},
      {"no device", "/acted/3/lacking", R"(["device"])"},
      {"no device", "/acted/0/lacking", "[]"},
      {"always ok", "/result_differs", "no"},
      {"logs in too", "/result_differs", "yes"},
      {"wrong clock", "/acted/0/time", "off"},
      {"no alarm", "/abnormal/alarm", "no"},
      {"delete", "/attempts/2/refused", "no"},
      {"delete", "/record_kept", "no"},
      {"delete", "/chain/breaks", "1"},
      {"change", "/attempts/1/refused", "no"},
      {"change", "/record_kept", "no"},
      {"gone with refusal", "/record_kept", "no"},
      {"says yes", "/attempts/0/refused", "unknown"},
      {"says yes", "/record_kept", "yes"},
      {"not found", "/attempts/0/refused", "unknown"},
      {"young", "/oldest_days", "20"},
      {"id in records", "/secrets/found/0/records", "1"},
      {"trouble", "/abnormal/alarm", "unknown"},
      {"trouble", "/abnormal/sent", "0"},
      {"trouble", "/acted/1/recorded", "unknown"},
      {"locked", "/acted/1/recorded", "yes"},
      {"limit in front", "/acted/1/recorded", "unknown"},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.flaw));
    CAPTURE(std::string(row.fact));
    CHECK(text(Platform(row.flaw).look().facts, row.fact) == std::string(row.value));
  }
}

TEST_CASE("no help: nothing that a check could pass on") {
  Platform garbage("garbage");
  const auto seen = garbage.look();
  CHECK(seen.status != Status::ok);
  CHECK_FALSE(seen.facts.contains("records"));

  const auto look_with = [](Result<HttpResponse> answer) {
    Platform platform;
    platform.context.world.http = [answer](const HttpRequest&) { return answer; };
    return platform.look();
  };
  for (const auto& bad : {look_with(says(503)), look_with(says(200, "{}")), look_with(fail(ErrorCode::timeout, "silence"))}) {
    for (const char* fact : {"acted", "attempts", "record_kept", "oldest_days", "abnormal"})
      CHECK_MESSAGE((!bad.facts.contains(fact) || dump_json(bad.facts[fact]).find("\"yes\"") == std::string::npos), fact);
  }

  Platform none;
  none.context.world.item.data.erase("audit");
  CHECK(none.look().status == Status::not_applicable);
  CHECK(none.context.seen.http_requests.empty());
  Platform typo;
  typo.context.world.item.data["audit"]["call"] = "adit";
  CHECK(typo.look().status == Status::not_declared);
}
