// The web_session probe against a small application in memory: one that conforms, one for each break, and those that are no help at all.
#include <doctest/doctest.h>

#include <random>

#include "base/files.h"
#include "data/schema.h"
#include "flow/answer.h"
#include "probe/fake.h"
#include "probes/web_session/leaks.h"

namespace lintel::probes::web_session {
extern const probe::Probe probe;
}

using namespace lintel;
using namespace lintel::probes::web_session;
using model::Status;
using net::HttpRequest;
using net::HttpResponse;

namespace {

HttpResponse says(long status, std::string body = "", net::Headers headers = {}) { return {status, std::move(headers), std::move(body), {}, 0}; }

struct Session {
  std::string user, source;
  WallTime last;
};

// Sessions of 128 bits in a cookie, replaced at log-in, bound to the address, idle for 4 s; `flaw` spoils one thing.
struct Home {
  probe::FakeContext context;
  std::string flaw;
  std::map<std::string, Session> sessions;
  std::mt19937_64 random{7};

  explicit Home(std::string broken = "") : flaw(std::move(broken)) {
    context.world.item.data = *parse_json(R"({"id": "web", "url": "https://h:1", "session": {"cookie": "SID"}, "second_source": "127.0.0.2", "idle_timeout": "4s",
      "accounts": {"owner": {"user": "alice", "password": "right"}},
      "flows": {"login": [{"request": {"path": "/login", "form": {"user": "{user}", "password": "{password}"}}}],
                "logout": [{"request": {"method": "POST", "path": "/logout"}}],
                "pages": [{"request": {"path": "/home"}}, {"request": {"path": "/account"}, "success": {"contains": "Log out"}}]},
      "calls": [{"id": "notice", "as": ["owner"], "request": {"path": "/notice"}},
                {"id": "devices", "as": ["owner"], "request": {"path": "/devices"}}]})");
    context.world.params = {{"longest_wait", 120}};
    context.world.http = [this](const HttpRequest& request) { return answer(request); };
  }
  bool is(std::string_view name) const { return flaw == name; }
  Json& item() { return context.world.item.data; }

  std::string new_session(const std::string& user, const std::string& before = "") {
    if (is("single") && !user.empty()) std::erase_if(sessions, [&](const auto& entry) { return entry.second.user == user; });
    const std::string id = (is("fixation") || is("key beside")) && !before.empty() ? before : fmt::format("{:016x}{:016x}", random(), random());
    if (!is("old id lives")) sessions.erase(before);
    sessions[id] = {user, context.seen.http_options.back().source, context.clock().now()};
    if (is("old id lives") && sessions.contains(before)) sessions[before].user = user;
    return id;
  }
  // Each flaw that spoils what the id decides, by a second cookie of the log-in.
  bool key_fits(const std::string& cookies) const { return !is("key beside") || cookies.find("KEY=k") != std::string::npos; }
  bool key_opens(const std::string& cookies) const { return is("key alone") && cookies.find("KEY=k") != std::string::npos; }
  std::string set_cookie(const std::string& id) const { return "SID=" + id + (is("bare cookie") ? "; Domain=h; Max-Age=99" : "; Path=/; HttpOnly; Secure; SameSite=Strict"); }

  Session* find(const std::string& id) {
    const auto found = sessions.find(id);
    if (is("any id") && found == sessions.end() && id.size() == 32) return &(sessions["any"] = {"alice", "", context.clock().now()});
    if (found == sessions.end() || (!is("any address") && found->second.source != context.seen.http_options.back().source)) return nullptr;
    if (!is("no time-out") && context.clock().now() - found->second.last > std::chrono::seconds(4)) return nullptr;
    found->second.last = context.clock().now();
    return &found->second;
  }

  Result<HttpResponse> answer(const HttpRequest& request) {
    const std::string cookie = flow::header_value(request.headers, "cookie").value_or("");
    const std::size_t at = cookie.find("SID=");
    const std::string id = at == std::string::npos ? "" : cookie.substr(at + 4, cookie.find(';', at) - at - 4);
    const std::string path = request.url.substr(std::string("https://h:1").size());
    Session* session = find(id);
    const bool in = (session != nullptr && !session->user.empty() && key_fits(cookie)) || key_opens(cookie);
    if (path == "/login" && request.method == "GET") return session ? says(200, "log in") : says(200, "log in", {{"Set-Cookie", set_cookie(new_session(""))}});
    if (path == "/login") {
      if (request.body != "password=right&user=alice") return says(400, is("error page") ? "bad request of " + id : "bad request");
      const std::string fresh = new_session("alice", id);
      net::Headers headers{{"Set-Cookie", set_cookie(fresh)}};
      if (flaw.starts_with("key")) headers.emplace_back("Set-Cookie", "KEY=k");
      return says(200, is("id in body") ? "{\"id\": \"" + fresh + "\"}" : "{}", headers);
    }
    if (path == "/") return says(303, "", {{"Location", in ? is("redirect") ? "/home?sid=" + id : "/home" : "/login"}});
    if (path == "/notice") return says(200, "we collect");
    if (path == "/devices" || path == "/home" || path == "/account" || path == "/logout") {
      if (!in) return says(is("trouble") ? 503 : is("hides") ? 404 : 401);
      if (path == "/logout") return is("no log-out") ? says(200) : (sessions.erase(id), says(200, "", {{"Set-Cookie", "SID=; Max-Age=0"}}));
      if (path == "/account") return says(200, is("page without") ? "Your data" : "Your data Log out");
      if (path == "/home") return says(200, "<form action=\"/logout\"></form>" + (is("link") ? "<a href='/x;sid=" + id + "'>x</a>" : ""));
      return says(200, "lamp");
    }
    return says(404, "nothing here");
  }
  model::Observation look() {
    auto seen = probe::look(probes::web_session::probe, context);
    static const auto schema = schema::Schema::load(std::string_view(*read_file(LINTEL_SOURCE_DIR "/src/probes/web_session/facts.schema.json", 1 << 20)), "facts");
    CHECK(schema::validate(seen.facts, schema->root()).empty());
    return seen;
  }
};

std::string text_at(const Json& facts, const char* pointer) {
  const Json* found = flow::at_pointer(facts, pointer);
  return found == nullptr ? "absent" : found->is_string() ? found->get<std::string>() : dump_json(*found);
}

constexpr const char* kRefused[] = {"before_login", "planted", "after_logout", "after_idle", "from_second_source", "altered", "forged"};

}  // namespace

TEST_CASE("an application that conforms: every fact") {
  Home home;
  const auto seen = home.look();
  CHECK_MESSAGE(seen.status == Status::ok, seen.message);
  const Json& facts = seen.facts;
  CHECK(facts["account"] == "owner");
  CHECK(facts["call"] == "devices");
  CHECK(facts["cookie"] == Json({{"http_only", true}, {"secure", true}, {"host_only", true}, {"lasting", false}, {"same_site", "strict"}}));
  CHECK(facts["anonymous_id"] == true);
  CHECK(facts["changed_at_login"] == "yes");
  CHECK(facts["sessions_at_once"] == "yes");
  for (const char* name : kRefused) CHECK_MESSAGE(facts["refused"][name] == "yes", name);
  CHECK(facts["pages"] == Json({{"with_logout", {"/home", "/account"}}, {"without_logout", Json::array()}, {"unclear", Json::array()}}));
  CHECK(facts["idle"] == Json({{"declared_ms", 4000}, {"waited_ms", 4800}, {"accepted_before", "yes"}}));
  CHECK(facts["error_answers"] == 3);
  CHECK(facts["leaks"] == Json::array());
  CHECK_FALSE(facts.contains("in_bodies"));
  CHECK(facts["ids_searched"] > 10);
  CHECK(facts["answers_searched"] == facts["requests"]);
  CHECK(facts["requests"] < 90);
  CHECK(seen.notes == std::vector<std::string>{"call notice is answered without the session's id"});
  CHECK(home.context.seen.find_evidence("transcript.txt") != nullptr);
}

TEST_CASE("each break shows in its fact, and the others stay") {
  struct Row {
    const char *flaw, *fact, *value;
  };
  const Row rows[] = {
      {"fixation", "/refused/planted", "no"},
      {"fixation", "/changed_at_login", "no"},
      {"old id lives", "/refused/before_login", "no"},
      {"any id", "/refused/forged", "no"},
      {"any id", "/refused/altered", "no"},
      {"any address", "/refused/from_second_source", "no"},
      {"no time-out", "/refused/after_idle", "no"},
      {"no log-out", "/refused/after_logout", "no"},
      {"page without", "/pages/without_logout", R"(["/account"])"},
      {"redirect", "/leaks", R"([{"place":"redirect","status":303,"url":"https://h:1/"}])"},
      {"link", "/leaks", R"([{"place":"link","status":200,"url":"https://h:1/home"}])"},
      {"error page", "/leaks", R"([{"place":"error","status":400,"url":"https://h:1/login"}])"},
      {"id in body", "/leaks", "[]"},
      {"id in body", "/in_bodies", R"(["https://h:1/login"])"},
      {"bare cookie", "/cookie", R"({"host_only":false,"http_only":false,"lasting":true,"same_site":"unset","secure":false})"},
      {"single", "/sessions_at_once", "no"},
      {"single", "/refused/after_idle", "absent"},
      {"hides", "/refused/after_logout", "yes"},
      {"key beside", "/refused/planted", "yes"},  // who planted the id has not the key
      {"key beside", "/changed_at_login", "no"},
  };
  Home conforming;
  const Json good = conforming.look().facts;
  for (const Row& row : rows) {
    CAPTURE(row.flaw);
    CAPTURE(row.fact);
    Home home(row.flaw);
    const auto seen = home.look();
    CHECK(seen.status == Status::ok);
    CHECK(text_at(seen.facts, row.fact) == row.value);
    std::vector<std::string> turned;
    for (const char* name : kRefused)
      if (seen.facts["refused"].value(name, "absent") != "yes") turned.emplace_back(name);
    CHECK(turned.size() <= (row.flaw == std::string("any id") ? 7 : row.flaw == std::string("fixation") ? 2 : 1));
  }
}

TEST_CASE("what is not declared leaves its fact out and says so") {
  const std::pair<const char*, const char*> rows[] = {{"second_source", "from_second_source"}, {"idle_timeout", "after_idle"}};
  for (const auto& [member, fact] : rows) {
    Home home;
    home.item().erase(member);
    const auto seen = home.look();
    CHECK(seen.status == Status::ok);
    CHECK_FALSE(seen.facts["refused"].contains(fact));
    CHECK(seen.notes.size() == 2);
  }
  Home home;
  home.item()["flows"].erase("logout");
  home.item()["flows"].erase("pages");
  const auto seen = home.look();
  CHECK_FALSE(seen.facts["refused"].contains("after_logout"));
  CHECK_FALSE(seen.facts.contains("pages"));
  CHECK(seen.facts["refused"]["after_idle"] == "yes");

  Home long_wait;
  long_wait.item()["idle_timeout"] = "15m";
  const auto left_out = long_wait.look();
  CHECK_FALSE(left_out.facts["refused"].contains("after_idle"));
  CHECK(left_out.notes.back() == "idling: the waits of 1530 s in all are longer than the 120 s that the check allows");

  for (const char* member : {"session", "flows", "accounts"}) {
    Home bare;
    bare.item().erase(member);
    const auto nothing = bare.look();
    CHECK(nothing.status == Status::not_declared);
    CHECK(bare.context.seen.http_requests.empty());
  }
}

TEST_CASE("without a call that needs a session no refusal is stated") {
  Home beside("key alone");  // another cookie carries the session: nothing that is done to this one shows anything
  const auto other = beside.look();
  CHECK_FALSE(other.facts.contains("refused"));
  CHECK(other.notes[1] == "call devices is answered without the session's id");

  Home home;
  home.item()["calls"].erase(1);
  const auto seen = home.look();
  CHECK(seen.status == Status::ok);
  CHECK_FALSE(seen.facts.contains("refused"));
  CHECK_FALSE(seen.facts.contains("changed_at_login"));
  CHECK_FALSE(seen.facts.contains("leaks"));
  CHECK(seen.facts["cookie"]["http_only"] == true);
}

TEST_CASE("servers that are no help: nothing that lets a check pass") {
  struct Row {
    const char* name;
    std::function<Result<HttpResponse>()> answer;
    Status status;
  };
  const Row rows[] = {
      {"stall", [] { return Result<HttpResponse>(fail(ErrorCode::timeout, "no answer in time")); }, Status::timeout},
      {"hang up", [] { return Result<HttpResponse>(fail(ErrorCode::closed, "closed")); }, Status::closed},
      {"trouble", [] { return Result<HttpResponse>(says(503)); }, Status::auth_failed},
      {"garbage", [] { const auto bytes = probe::garbage(300).bytes; return Result<HttpResponse>(says(200, std::string(bytes.begin(), bytes.end()), {{"Set-Cookie", "\xff=\x01"}})); }, Status::auth_failed}};
  for (const Row& row : rows) {
    for (int good = 0; good < 90; good += 3) {  // the server turns bad after so many answers
      CAPTURE(row.name);
      CAPTURE(good);
      Home home;
      int answered = 0;
      home.context.world.http = [&](const HttpRequest& request) { return answered++ < good ? home.answer(request) : row.answer(); };
      const auto seen = home.look();
      if (good == 0) CHECK(seen.status == row.status);
      for (const char* name : kRefused)
        if (seen.facts.contains("refused") && seen.facts["refused"].contains(name) && seen.facts["refused"][name] != "unknown") CHECK(seen.facts["refused"][name] == "yes");
      const std::size_t learned = seen.facts.contains("refused") ? seen.facts["refused"].size() : 0;
      if (static_cast<int>(home.context.seen.http_requests.size()) > good) CHECK((learned < 7 || seen.facts["refused"]["forged"] != "yes"));
    }
  }
}

TEST_CASE("trouble for those without a session is no refusal") {
  Home home("trouble");
  const auto seen = home.look();
  CHECK_FALSE(seen.facts.contains("refused"));
}

TEST_CASE("a stop ends the look") {
  Home home;
  home.context.world.http = [&](const HttpRequest& request) {
    if (home.context.seen.http_requests.size() == 20) home.context.cancel_button.request();
    return home.answer(request);
  };
  const auto seen = home.look();
  CHECK(seen.status == Status::interrupted);
  CHECK(seen.facts["changed_at_login"] == "yes");
  CHECK_FALSE(seen.facts.contains("leaks"));
}

TEST_CASE("a token in a variable") {
  Home home;
  home.item()["session"] = {{"variable", "token"}};
  home.item()["flows"]["login"][0]["take"] = {{"token", {{"json", "/token"}}}};
  home.item()["flows"]["logout"][0]["request"]["headers"] = {{"Authorization", "Bearer {token}"}};
  for (Json& page : home.item()["flows"]["pages"]) page["request"]["headers"] = {{"Authorization", "Bearer {token}"}};
  home.item()["calls"][1]["request"]["headers"] = {{"Authorization", "Bearer {token}"}};
  home.context.world.http = [&](const HttpRequest& request) -> Result<HttpResponse> {
    HttpRequest with_cookie = request;
    if (const auto token = flow::header_value(request.headers, "authorization")) with_cookie.headers = {{"Cookie", "SID=" + token->substr(7)}};
    auto response = *home.answer(with_cookie);
    for (const auto& [name, value] : response.headers)
      if (name == "Set-Cookie") response.body = "{\"token\": \"" + value.substr(4, 32) + "\"}";
    response.headers.clear();
    return response;
  };
  const auto seen = home.look();
  CHECK(seen.status == Status::ok);
  CHECK_FALSE(seen.facts.contains("cookie"));
  CHECK(seen.facts["anonymous_id"] == false);
  for (const char* name : {"planted", "after_logout", "after_idle", "from_second_source", "altered", "forged"}) CHECK_MESSAGE(seen.facts["refused"][name] == "yes", name);
  CHECK(seen.facts["leaks"] == Json::array());
  CHECK(seen.facts["in_bodies"] == Json::array({"https://h:1/login"}));
}

static HttpRequest asks(std::string url) { return {"GET", std::move(url), {}, ""}; }

TEST_CASE("places where an id shows") {
  const std::string id = "a+b/0123456789==";
  const auto place = [&](HttpRequest request, HttpResponse response) {
    const auto found = sightings({{std::move(request), std::move(response)}}, {id, "short"});
    return found.empty() ? "" : found.front().place;
  };
  const HttpRequest plain = asks("https://h/x");
  CHECK(place(plain, says(200, "nothing short")) == "");
  CHECK(place(asks("https://h/?s=a%2Bb%2F0123456789%3D%3D"), says(200)) == "request_url");
  CHECK(place(plain, says(302, "", {{"location", "/?s=a%2Bb%2F0123456789%3D%3D"}})) == "redirect");
  CHECK(place(plain, says(200, "", {{"Refresh", "0; url=/" + id}})) == "redirect");
  CHECK(place(plain, says(200, "", {{"Link", "</" + id + ">"}})) == "link");
  CHECK(place(plain, says(200, "", {{"Set-Cookie", "SID=" + id}})) == "");
  CHECK(place(plain, says(200, "{\"id\":\"" + id + "\"}")) == "body");
  CHECK(place(plain, says(401, "{\"id\":\"" + id + "\"}")) == "error");
  CHECK(place(plain, says(200, "<a href=/x;s=" + id + ">")) == "link");
  CHECK(place(plain, says(200, "<i>" + id + "</i> <a href='?s=" + id + "'>")) == "link");
  const auto found = sightings({{asks("https://h/?s=" + id), says(200)}}, {id});
  CHECK(found.front().url == "https://h/?s=[id]");
}
