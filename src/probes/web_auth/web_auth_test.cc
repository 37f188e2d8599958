// The web_auth probe against a small application in memory: one that conforms, one for each break, and those that are no help at all.
#include <doctest/doctest.h>

#include "base/files.h"
#include "data/schema.h"
#include "flow/answer.h"
#include "probe/fake.h"
#include "probes/web_auth/attempts.h"

namespace lintel::probes::web_auth {
extern const probe::Probe probe;
}

using namespace lintel;
using namespace lintel::probes::web_auth;
using model::Status;
using net::HttpRequest;
using net::HttpResponse;

namespace {

HttpResponse says(long status, std::string body = "", net::Headers headers = {}) { return {status, std::move(headers), std::move(body), {}, 0}; }

struct Code {
  std::string value;
  int tries = 0;
};

// Locks the account at the fifth wrong password, ends a code at the sixth try, wants a code for a new account; `flaw` spoils one thing.
struct Home {
  probe::FakeContext context;
  std::string flaw;
  int wrong = 0, accounts = 0, next_code = 100000, sessions = 0;
  std::map<std::string, Code> codes;

  explicit Home(std::string broken = "") : flaw(std::move(broken)) {
    context.world.item.data = *parse_json(R"({"id": "web", "url": "https://h:1", "session": {"cookie": "SID"},
      "accounts": {"victim": {"user": "victor", "password": "Right-1"}},
      "flows": {"login": [{"request": {"path": "/login", "json": {"user": "{user}", "password": "{password}"}}}],
        "register": [{"request": {"path": "/challenge", "json": {"of": "138{digits}"}}, "take": {"code": {"file": "out/138{digits}"}}},
                     {"request": {"path": "/register", "json": {"user": "u{random}", "of": "138{digits}", "code": "{code}"}}}],
        "register_unverified": [{"request": {"path": "/register", "json": {"user": "u{random}", "of": "138{digits}", "code": "000000"}}}],
        "reset": [{"request": {"path": "/reset/begin", "json": {"of": "{user}"}}, "take": {"code": {"file": "out/{user}"}}},
                  {"request": {"path": "/reset/finish", "json": {"of": "{user}", "code": "{code}", "password": "{password}"}}}],
        "recover": [{"request": {"path": "/recover/begin", "json": {"of": "{user}"}}, "take": {"code": {"file": "out/{user}"}}},
                    {"request": {"path": "/recover/finish", "json": {"of": "{user}", "code": "{code}"}}}]},
      "calls": [{"id": "me", "as": ["victim"], "request": {"path": "/me"}}]})");
    context.world.params = {{"tries", 12}, {"most_tries", 30}, {"sign_ups", 10}};
    context.world.http = [this](const HttpRequest& request) { return answer(request); };
  }
  bool is(std::string_view name) const { return flaw == name; }
  Json& item() { return context.world.item.data; }

  void send_code(const std::string& of) {
    if (is("no second code") && context.world.files.contains("out/" + of)) return;
    codes[of] = {std::to_string(next_code += 111)};
    context.world.files["out/" + of] = codes[of].value;
  }
  bool code_fits(const std::string& of, const std::string& code, bool limited) {
    const auto found = codes.find(of);
    if (found == codes.end() || (++found->second.tries > 5 && limited) || found->second.value != code) return false;
    codes.erase(found);
    return true;
  }
  HttpResponse log_in(const Json& body) {
    const bool known = text_or(body, "user") == "victor";
    if (!known) return says(401, is("names") ? "no such user" : "wrong");
    if (wrong >= 5 && !is("no lock") && !is("slow") && !is("high threshold")) return says(429);
    if (wrong >= 20 && is("high threshold")) return says(429);
    const bool flagged = is("flag") && bool_or(body, "success", false);
    if (is("any password")) return says(200, "{}", {{"Set-Cookie", "SID=s" + std::to_string(++sessions)}});
    if (text_or(body, "password") != "Right-1" && is("page")) return says(++wrong > 5 ? 429 : 200, "wrong password");
    if (text_or(body, "password") != "Right-1" && !flagged) {
      if (++wrong > 5 && is("slow")) context.wait(std::chrono::seconds(2)).has_value();
      return is("failed opens") ? says(401, "wrong", {{"Set-Cookie", "SID=s0"}}) : says(401, "wrong");
    }
    wrong = 0;
    return says(200, "{}", {{"Set-Cookie", "SID=s" + std::to_string(++sessions)}});
  }
  Result<HttpResponse> answer(const HttpRequest& request) {
    const bool plain = request.url.starts_with("http://");
    if (plain && !is("plain")) return says(400, "plain HTTP at an HTTPS port");
    const std::string path = request.url.substr(std::string(plain ? "http://h:1" : "https://h:1").size());
    const Json body = parse_json(request.body).value_or(Json::object());
    const std::string of = text_or(body, "of"), code = text_or(body, "code");
    if (path == "/login") return log_in(body);
    if (path == "/me") return says(is("open call") || flow::header_value(request.headers, "cookie") ? 200 : 401);
    if (path == "/challenge" || path == "/reset/begin" || path == "/recover/begin") {
      send_code(of);
      return says(202);
    }
    if (path == "/reset/finish") {
      if (!code_fits(of, code, !is("reset open"))) return says(403);
      wrong = 0;
      return says(200);
    }
    if (path == "/recover/finish") return says(code_fits(of, code, !is("recover open")) ? 200 : 403);
    if (path == "/register") {
      const bool free = is("bulk") || is("limit only");
      if (!free && !code_fits(of, code, true)) return says(403);
      return says(++accounts > 3 && is("limit only") ? 429 : 201);
    }
    return says(404);
  }
  model::Observation look() {
    auto seen = probe::look(probes::web_auth::probe, context);
    static const auto schema = schema::Schema::load(std::string_view(*read_file(LINTEL_SOURCE_DIR "/src/probes/web_auth/facts.schema.json", 1 << 20)), "facts");
    CHECK(schema::validate(seen.facts, schema->root()).empty());
    return seen;
  }
};

std::string text_at(const Json& facts, const char* pointer) {
  const Json* found = flow::at_pointer(facts, pointer);
  return found == nullptr ? "absent" : found->is_string() ? found->get<std::string>() : dump_json(*found);
}

// Every fact that a check asserts, with the value that lets it pass.
constexpr std::pair<const char*, const char*> kGood[] = {
    {"/plain_login/accepted", "no"}, {"/accepted/without_session", "no"}, {"/accepted/after_failed_login", "no"}, {"/accepted/with_client_flag", "no"},
    {"/registration/challenged", "yes"}, {"/login/stopped", "yes"}, {"/reset/stopped", "yes"}, {"/recover/stopped", "yes"}};

}  // namespace

TEST_CASE("an application that conforms: every fact") {
  Home home;
  const auto seen = home.look();
  CHECK_MESSAGE(seen.status == Status::ok, seen.message);
  for (const auto& [fact, value] : kGood) CHECK_MESSAGE(text_at(seen.facts, fact) == value, fact);
  CHECK(seen.facts["names_told"] == "no");
  CHECK(seen.facts["login"] == Json({{"tries", 12}, {"changed_at", 6}, {"right_status", 429}, {"stopped", "yes"}}));
  CHECK(seen.facts["reset"] == Json({{"tries", 12}, {"right_status", 403}, {"stopped", "yes"}}));
  CHECK(seen.facts["plain_login"]["ports"] == Json::array({1}));
  CHECK(home.accounts == 1);
  CHECK(seen.notes.empty());
  CHECK(home.context.seen.find_evidence("transcript.txt") != nullptr);
}

TEST_CASE("each break shows in its fact, and the others stay") {
  struct Row {
    const char *flaw, *fact, *value;
  };
  const Row rows[] = {
      {"no lock", "/login/stopped", "no"},
      {"reset open", "/reset/stopped", "no"},
      {"recover open", "/recover/stopped", "no"},
      {"bulk", "/registration/challenged", "no"},
      {"plain", "/plain_login/accepted", "yes"},
      {"failed opens", "/accepted/after_failed_login", "yes"},
      {"open call", "/accepted/without_session", "yes"},
      {"flag", "/accepted/with_client_flag", "yes"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.flaw);
    Home home(row.flaw);
    const auto seen = home.look();
    CHECK(seen.status == Status::ok);
    CHECK(text_at(seen.facts, row.fact) == row.value);
    for (const auto& [fact, value] : kGood)
      if (std::string_view(fact) != row.fact && !(row.flaw == std::string("open call") && std::string_view(fact).starts_with("/accepted/after")))
        CHECK_MESSAGE(text_at(seen.facts, fact) == value, fact);
  }
  CHECK(text_at(Home("bulk").look().facts, "/registration") == R"({"challenged":"no","made":10,"stopped":"no"})");
  CHECK(text_at(Home("flag").look().facts, "/flag") == "success");
  CHECK(text_at(Home("names").look().facts, "/names_told") == "yes");
  CHECK(text_at(Home("no lock").look().facts, "/login/tries") == "30");
}

TEST_CASE("other ways to resist") {
  CHECK(text_at(Home("slow").look().facts, "/login/stopped") == "yes");
  CHECK(text_at(Home("high threshold").look().facts, "/login") == R"({"changed_at":21,"right_status":429,"stopped":"yes","tries":30})");
  CHECK(text_at(Home("limit only").look().facts, "/registration") == R"({"challenged":"no","made":2,"stopped":"yes"})");
}

TEST_CASE("a code that is not replaced shows nothing") {
  Home home("no second code");
  const auto seen = home.look();
  CHECK_FALSE(seen.facts.contains("reset"));
  CHECK_FALSE(seen.facts.contains("recover"));
  CHECK(seen.facts["login"]["stopped"] == "yes");
}

TEST_CASE("what is not declared leaves its fact out and says so") {
  for (const char* flow : {"register", "reset", "recover"}) {
    Home home;
    home.item()["flows"].erase(flow);
    const auto seen = home.look();
    CHECK(seen.status == Status::ok);
    CHECK_FALSE(seen.facts.contains(flow == std::string("register") ? "registration" : flow));
    CHECK(seen.notes.size() == 1);
  }
  Home unverified;
  unverified.item()["flows"].erase("register_unverified");
  CHECK(text_at(unverified.look().facts, "/registration/challenged") == "absent");
  Home fixed;
  fixed.item()["flows"]["register"] = *parse_json(R"([{"request": {"path": "/register", "json": {"user": "bob"}}}])");
  CHECK_FALSE(fixed.look().facts.contains("registration"));
  Home callless;
  callless.item().erase("calls");
  CHECK(text_at(callless.look().facts, "/accepted") == R"({"with_client_flag":"no"})");
  Home no_victim;
  no_victim.item()["accounts"].erase("victim");
  const auto seen = no_victim.look();
  CHECK(seen.facts.contains("registration"));
  CHECK(seen.facts.size() == 2);
  no_victim.item()["flows"].erase("register");
  no_victim.context.seen = {};
  CHECK(no_victim.look().status == Status::not_declared);
  CHECK(no_victim.context.seen.http_requests.empty());
  Home vague("page");  // 200 and a page that says no: the declared success fits it, and would blame an application that resists
  const auto unclear = vague.look();
  CHECK(unclear.status == Status::not_declared);
  CHECK(unclear.message == "what `login` declares as success also fits a wrong password, which opens nothing: give it what only a right one gets");
  CHECK_FALSE(unclear.facts.contains("login"));
  Home any("any password");
  CHECK(text_at(any.look().facts, "/login/stopped") == "no");
  Home locked;
  locked.item()["flows"].erase("register");
  locked.wrong = 5;
  CHECK(locked.look().status == Status::auth_failed);
}

TEST_CASE("servers that are no help: nothing that lets a check pass") {
  struct Row {
    const char* name;
    std::function<Result<HttpResponse>()> answer;
  };
  const Row rows[] = {{"stall", [] { return Result<HttpResponse>(fail(ErrorCode::timeout, "no answer in time")); }},
                      {"hang up", [] { return Result<HttpResponse>(fail(ErrorCode::closed, "closed")); }},
                      {"trouble", [] { return Result<HttpResponse>(says(503)); }},
                      {"garbage", [] { const auto bytes = probe::garbage(300).bytes; return Result<HttpResponse>(says(200, std::string(bytes.begin(), bytes.end()))); }}};
  Home whole;
  whole.look();
  const int all = static_cast<int>(whole.context.seen.http_requests.size()) - 2;  // the reset at the end decides nothing
  for (const Row& row : rows) {
    for (int good = 0; good < all; ++good) {  // the server turns bad after so many answers
      CAPTURE(row.name);
      CAPTURE(good);
      Home home;
      int answered = 0;
      home.context.world.http = [&](const HttpRequest& request) { return answered++ < good ? home.answer(request) : row.answer(); };
      const auto seen = home.look();
      CHECK(text_at(seen.facts, "/login/stopped") != "yes");  // the last look can't have been whole
      std::size_t passed = 0;
      for (const auto& [fact, value] : kGood) passed += text_at(seen.facts, fact) == value;
      CHECK(passed < std::size(kGood));
    }
  }
}

TEST_CASE("a stop ends the look") {
  Home home;
  home.context.world.http = [&](const HttpRequest& request) {
    if (home.context.seen.http_requests.size() == 15) home.context.cancel_button.request();
    return home.answer(request);
  };
  CHECK(home.look().status == Status::interrupted);
}

TEST_CASE("what a series shows") {
  const auto made = [](bool success, long status, int seconds = 0) {
    Attempt one;
    one.success = success;
    one.status = status;
    one.took = std::chrono::seconds(seconds);
    return one;
  };
  const std::vector<Attempt> wrong(6, made(false, 401));
  CHECK(stopped({wrong, made(true, 200)}) == Told::no);
  CHECK(stopped({wrong, made(false, 401)}) == Told::yes);
  CHECK(stopped({wrong, made(false, 200)}) == Told::yes);
  CHECK(stopped({wrong, made(false, 429)}) == Told::yes);
  CHECK(stopped({wrong, made(false, 401), true}) == Told::unknown);
  for (const long status : {0L, 408L, 500L, 503L}) CHECK(stopped({wrong, made(false, status)}) == Told::unknown);
  CHECK(stopped({{made(false, 401), made(true, 200)}, made(false, 401)}) == Told::no);
  CHECK(stopped({{made(false, 401), made(false, 401), made(false, 401, 2), made(false, 401, 2), made(false, 401, 2)}, made(true, 200)}) == Told::yes);
  CHECK(stopped({{made(false, 401, 2), made(false, 401, 2), made(false, 401, 2), made(false, 401, 2), made(false, 401, 2)}, made(true, 200)}) == Told::no);
  struct Row {
    std::vector<long> statuses;
    Told told;
  };
  const Row rows[] = {{{}, Told::unknown},          {{403}, Told::unknown},           {{201, 201, 201}, Told::no},       {{201, 429}, Told::yes},
                      {{201, 400}, Told::unknown},  {{201, 201, 400}, Told::yes},     {{201, 201, 409}, Told::unknown},  {{201, 201, 503}, Told::unknown},
                      {{201, 201, 0}, Told::unknown}};
  for (const Row& row : rows) {
    std::vector<Attempt> sign_ups;
    for (const long status : row.statuses) sign_ups.push_back(made(status == 201, status));
    CHECK(stopped(sign_ups) == row.told);
  }
}
