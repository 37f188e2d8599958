// The session_ids probe against scripted servers: one that behaves, and those that refuse, stall, hang up or talk nonsense.
#include <doctest/doctest.h>

#include <random>

#include "base/text.h"
#include "data/json.h"
#include "probe/fake.h"
#include "probes/session_ids/harvest.h"

namespace lintel::probes::session_ids {
extern const probe::Probe probe;
}

using namespace lintel;
using namespace lintel::probes::session_ids;
using model::Status;
using net::HttpRequest;
using net::HttpResponse;

namespace {

HttpResponse cookie(const std::string& value, long status = 200) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "text/html"}, {"set-cookie", "lang=zh; Path=/"}, {"Set-Cookie", "SID=" + value + "; Path=/; HttpOnly"}};
  return response;
}

// Answers with random identifiers, but with `odd` at the request of that number (from 0).
struct Server {
  std::size_t requests = 0;
  std::mt19937_64 random{42};
  std::string next() { return fmt::format("{:016x}{:016x}", random(), random()); }
};

struct Bench {
  probe::FakeContext context;
  Server server;
  explicit Bench(std::size_t count = 600) {
    context.world.params = {{"count", count}};
    context.world.item = {model::ItemKind::session, "login", {{"id", "login"}, {"url", "https://home.example:8443/login"}, {"address", "127.0.10.1"}, {"id_in", {{"cookie", "SID"}}}}};
    context.world.http = [this](const HttpRequest&) -> Result<HttpResponse> {
      HttpResponse response = cookie(server.next());
      response.new_connections = server.requests++ == 0 ? 1 : 0;
      response.received = context.world.clock.now() + std::chrono::milliseconds(server.requests);
      return response;
    };
  }
  Json& item() { return context.world.item.data; }
  model::Observation look() { return probe::look(probes::session_ids::probe, context); }
  // The behaving server up to `good` answers, then `then`.
  void after(std::size_t good, std::function<Result<HttpResponse>()> then) {
    context.world.http = [this, good, then = std::move(then)](const HttpRequest&) -> Result<HttpResponse> {
      if (server.requests++ < good) return cookie(server.next());
      return then();
    };
  }
};

}  // namespace

TEST_CASE("a server with strong identifiers: every fact") {
  Bench bench;
  const auto seen = bench.look();
  CHECK_MESSAGE(seen.status == Status::ok, seen.message);
  const Json& facts = seen.facts;
  CHECK(facts["requested"] == 600);
  CHECK(facts["count"] == 600);
  CHECK(facts["errors"] == 0);
  CHECK(facts["connections_used"] == 1);
  CHECK(facts["unique"] == 600);
  CHECK(facts["duplicates"] == 0);
  CHECK(facts["length"] == Json({{"min", 32}, {"max", 32}}));
  CHECK(facts["alphabet"] == Json({{"name", "hex"}, {"size", 16}, {"seen", 16}}));
  CHECK(facts["nominal_bits"] == 128.0);
  CHECK(facts["effective_bits"] == 128.0);
  CHECK(facts["monotone"] == false);
  CHECK(facts["constant_positions"] == 0);
  CHECK(facts["positions"].size() == 32);
  CHECK(facts["positions"][31] == Json({{"position", 31}, {"symbols", 16}, {"entropy_bits", 4.0}}));
  CHECK(facts["sequences"] == Json::array());
  for (const char* test : {"monobit", "runs", "serial"}) CHECK(facts["tests"][test]["ran"] == true);
  CHECK(facts["tests"]["bits"] == 600 * 128);
  CHECK(facts["smallest_p"] > 1e-9);
  CHECK(bench.context.seen.progress.back() == std::pair<std::size_t, std::size_t>(600, 600));
  CHECK(bench.context.seen.http_options.size() == 1);
  CHECK(bench.context.seen.http_options[0].connect_to == "127.0.10.1");
}

TEST_CASE("a counter behind the log-in") {
  Bench bench(500);
  bench.context.world.http = [&](const HttpRequest&) -> Result<HttpResponse> { return cookie(fmt::format("{:032x}", ++bench.server.requests)); };
  const auto seen = bench.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["monotone"] == true);
  CHECK(seen.facts["effective_bits"] < 1.0);
  CHECK(seen.facts["nominal_bits"] == 128.0);
  CHECK_FALSE(seen.facts.contains("smallest_p"));  // nothing plain is left to test
  CHECK(seen.facts["tests"]["monobit"] == Json({{"ran", false}}));
}

TEST_CASE("the sample is kept without the identifiers, unless the item wants them") {
  Bench bench(3);
  bench.look();
  const auto* kept = bench.context.seen.find_evidence("session-ids.tsv");
  REQUIRE(kept != nullptr);
  Server same;
  const std::string first = same.next();
  CHECK(kept->bytes.find(first) == std::string::npos);
  CHECK(kept->bytes.starts_with("1795255200001000\tsha256:"));
  Bench open(3);
  open.item()["keep_ids"] = true;
  open.look();
  CHECK(open.context.seen.find_evidence("session-ids.tsv")->bytes.starts_with("1795255200001000\t" + first + "\n1795255200002000\t"));
}

TEST_CASE("requests as the item declares them") {
  Bench bench(2);
  bench.context.world.secrets = {{"env:PW", "p&w 1%"}, {"env:TOKEN", "t"}};
  bench.item().update({{"headers", {{"Accept", "text/html"}, {"X-Key", "env:TOKEN"}}}, {"form", {{"password", "env:PW"}, {"user", "tester"}}}, {"ca", "pki/ca.pem"}});
  bench.look();
  HttpRequest sent = bench.context.seen.http_requests.at(0);
  CHECK(sent.method == "POST");
  CHECK(sent.url == "https://home.example:8443/login");
  CHECK(sent.body == "password=p%26w+1%25&user=tester");
  CHECK(sent.headers == net::Headers{{"Accept", "text/html"}, {"X-Key", "t"}, {"Content-Type", "application/x-www-form-urlencoded"}});
  CHECK(bench.context.seen.http_options[0].ca_file == "pki/ca.pem");
  bench.item().erase("form");
  bench.item()["headers"] = {{"content-type", "application/vnd.x+json"}};
  bench.item()["json"] = {{"login", {{"password", "env:PW"}, {"user", 7}}}};
  bench.item()["method"] = "PUT";
  bench.context.seen = {};
  bench.look();
  sent = bench.context.seen.http_requests.at(0);
  CHECK(sent.method == "PUT");
  CHECK(sent.body == R"({"login":{"password":"p&w 1%","user":7}})");
  CHECK(sent.headers == net::Headers{{"content-type", "application/vnd.x+json"}});
  bench.item().erase("json");
  bench.item().erase("method");
  bench.item()["headers"] = Json::object();
  bench.context.seen = {};
  bench.look();
  CHECK(bench.context.seen.http_requests.at(0).method == "GET");
  CHECK(bench.context.seen.http_requests.at(0).headers.empty());
}

TEST_CASE("where an identifier may stand") {
  HttpResponse response = cookie("old");
  response.headers.emplace_back("Set-Cookie", " SID = \"new\" ");
  response.headers.emplace_back("X-Session", " abc ");
  response.body = R"({"session": {"id": "j1", "a/b": ["x", 42]}, "n": 1.5, "t": true})";
  CHECK(id_in(response, {"SID", "", ""}) == "new");
  CHECK(id_in(response, {"lang", "", ""}) == "zh");
  CHECK(id_in(response, {"", "x-session", ""}) == "abc");
  CHECK(id_in(response, {"", "", "/session/id"}) == "j1");
  CHECK(id_in(response, {"", "", "/session/a~1b/1"}) == "42");
  for (const Place& place : {Place{"sid", "", ""}, Place{"", "None", ""}, Place{"", "", "/none"}, Place{"", "", "/n"}, Place{"", "", "/t"}, Place{"", "", "/session"},
                             Place{"", "", "/session/a~1b/9"}, Place{"", "", "session"}})
    CHECK_FALSE(id_in(response, place));
  CHECK_FALSE(id_in(cookie(""), {"SID", "", ""}));
  CHECK_FALSE(id_in(cookie(std::string(5000, 'x')), {"SID", "", ""}));
  response.body = "{";
  CHECK_FALSE(id_in(response, {"", "", "/a"}));
  CHECK(percent_decoded("s%3Aab%2B%2f") == "s:ab+/");
  for (const char* text : {"100%", "%zz", "a%2", "plain"}) CHECK(percent_decoded(text) == text);
}

TEST_CASE("servers that end it: what was learned stays, and the reason is named") {
  struct Row {
    std::function<Result<HttpResponse>()> then;
    Status status;
    std::string message;
    std::size_t requests;
  };
  const auto says = [](long status) { return [status]() -> Result<HttpResponse> { HttpResponse response; response.status = status; return response; }; };
  const auto breaks = [](ErrorCode code) { return [code]() -> Result<HttpResponse> { return fail(code, "broken"); }; };
  const Row rows[] = {
      {says(401), Status::auth_failed, "HTTP 401: the declared account was not accepted", 1},
      {says(403), Status::auth_failed, "HTTP 403: the declared account was not accepted", 1},
      {says(429), Status::refused, "HTTP 429: the server wants fewer requests", 1},
      {says(503), Status::protocol_error, "HTTP 503: the server is in trouble", 1},
      {says(200), Status::protocol_error, "HTTP 200 without an identifier in cookie SID", 3},
      {says(404), Status::protocol_error, "HTTP 404 without an identifier in cookie SID", 3},
      {breaks(ErrorCode::timeout), Status::timeout, "broken", 1},
      {breaks(ErrorCode::refused), Status::refused, "broken", 1},
      {breaks(ErrorCode::unreachable), Status::unreachable, "broken", 1},
      {breaks(ErrorCode::closed), Status::closed, "broken", 3},
      {breaks(ErrorCode::reset), Status::closed, "broken", 3},
      {breaks(ErrorCode::protocol), Status::protocol_error, "broken", 3},
      {breaks(ErrorCode::limit), Status::protocol_error, "broken", 1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    for (const std::size_t good : {std::size_t{0}, std::size_t{1}, std::size_t{40}}) {
      Bench bench;
      bench.after(good, row.then);
      const auto seen = bench.look();
      CHECK(seen.status == row.status);
      CHECK(seen.message == fmt::format("{} (after {} of 600 identifiers)", row.message, good));
      CHECK(seen.facts["count"] == good);
      CHECK(seen.facts["errors"] == row.requests);
      CHECK(bench.context.seen.http_requests.size() == good + row.requests);
      CHECK(seen.facts.contains("unique") == (good > 0));
      CHECK(seen.facts.contains("effective_bits") == (good > 1));
      CHECK((bench.context.seen.find_evidence("session-ids.tsv") != nullptr) == (good > 0));
    }
  }
}

TEST_CASE("one broken connection is no end") {
  Bench bench(50);
  bench.context.world.http = [&](const HttpRequest&) -> Result<HttpResponse> {
    if (bench.server.requests++ % 10 == 3) return fail(ErrorCode::reset, "broken");
    return cookie(bench.server.next());
  };
  const auto seen = bench.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["count"] == 50);
  CHECK(seen.facts["errors"] == 6);
}

TEST_CASE("a server that talks nonsense") {
  Bench bench(30);
  std::mt19937 random(1);
  bench.context.world.http = [&](const HttpRequest&) -> Result<HttpResponse> {
    HttpResponse response = cookie(std::string(as_text(probe::garbage(random() % 60 + 1, static_cast<unsigned>(random())).bytes)));
    response.body = std::string(as_text(probe::garbage(200, static_cast<unsigned>(random())).bytes));
    return response;
  };
  const auto seen = bench.look();
  CHECK(seen.facts["requested"] == 30);
  for (const auto& kept : bench.context.seen.evidence) CHECK(is_utf8(kept.bytes));
}

TEST_CASE("the clock and the stop button") {
  Bench bench;
  bench.after(20, [&]() -> Result<HttpResponse> {
    bench.context.cancel_button.request();
    return fail(ErrorCode::cancelled, "cancelled");
  });
  auto seen = bench.look();
  CHECK(seen.status == Status::interrupted);
  CHECK(seen.facts["count"] == 20);
  Bench late;
  late.context.world.deadline = Deadline::after(std::chrono::seconds(-1));
  seen = late.look();
  CHECK(seen.status == Status::timeout);
  CHECK(seen.message == "out of time (after 0 of 600 identifiers)");
  CHECK(late.context.seen.http_requests.empty());
  Bench nowhere;
  nowhere.context.world.network_error = Error{ErrorCode::unreachable, "no route"};
  CHECK(nowhere.look().status == Status::unreachable);
}

TEST_CASE("a declared cookie would continue one session: refused before anything is sent") {
  Bench bench;
  bench.item()["headers"] = {{"cookie", "SID=1"}};
  const auto seen = bench.look();
  CHECK(seen.status == model::Status::not_declared);
  CHECK(bench.server.requests == 0);
}

TEST_CASE("items that do not say enough send nothing") {
  Bench bench;
  bench.item()["form"] = {{"password", "env:PW"}};
  auto seen = bench.look();
  CHECK(seen.status == Status::not_declared);
  CHECK(seen.message == "secret env:PW is not set");
  bench.item()["id_in"] = Json::object();
  bench.item().erase("form");
  CHECK(bench.look().message == "id_in does not say where the identifier is (cookie, header or json)");
  bench.item().erase("url");
  CHECK(bench.look().message == "no url is declared");
  CHECK(bench.context.seen.http_requests.empty());
  CHECK(bench.look().facts.empty());
}
