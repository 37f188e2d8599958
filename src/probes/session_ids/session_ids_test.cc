// The session_ids probe against scripted servers: one that behaves, and those that refuse, stall, hang up or talk nonsense.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
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
  CHECK(facts["verdict"] == "not_refuted");
  CHECK(facts["format"] == "plain");
  CHECK(facts["signed"] == false);
  CHECK(facts["findings"] == Json::array());
  CHECK(facts["attacks_run"] > 5);
  CHECK(facts["significance"]["tests"] > 500);
  CHECK_FALSE(facts.contains("reason"));
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

TEST_CASE("a generator whose next numbers can be computed") {
  Bench bench(600);
  std::uint64_t state = 0x5DEECE66DU;  // java.util.Random, nextInt() four times
  bench.context.world.http = [&](const HttpRequest&) -> Result<HttpResponse> {
    std::string id;
    for (int i = 0; i < 4; ++i) {
      state = (state * 0x5DEECE66DU + 0xBU) & 0xFFFFFFFFFFFFU;
      id += fmt::format("{:08x}", state >> 16);
    }
    return cookie(id);
  };
  const auto seen = bench.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["verdict"] == "refuted");
  REQUIRE_FALSE(seen.facts["findings"].empty());
  CHECK(seen.facts["findings"][0]["weight"] == "refutes");
  CHECK(seen.facts["findings"][0]["attack"] == "lcg48");
  REQUIRE_FALSE(seen.notes.empty());
  CHECK(seen.notes.back().starts_with("foretold: java.util.Random or drand48()"));
  CHECK(seen.facts["findings"][0]["predicted_bits"] >= 64);
  CHECK(seen.facts["effective_bits"] < 64);
  CHECK_FALSE(seen.facts.contains("shown_bits"));
  REQUIRE(bench.context.seen.find_evidence("verdict.json") != nullptr);
}

TEST_CASE("a token that a key signs is no identifier: foretold or repeated, nothing is decided by it") {
  Bench bench(600);
  std::size_t number = 0;
  bench.context.world.http = [&](const HttpRequest&) -> Result<HttpResponse> {
    const auto base64 = [](const std::string& text) {
      std::string encoded = to_base64(as_bytes(text));
      while (encoded.ends_with('=')) encoded.pop_back();
      return encoded;
    };
    Server strong;
    strong.requests = number / 2 + 7;  // each twice
    return cookie(base64(R"({"alg":"HS256"})") + "." + base64(fmt::format(R"({{"uid":{}}})", 1000 + number++ / 2)) + "." + strong.next() + "0123456789a");
  };
  const auto seen = bench.look();
  CHECK(seen.facts["format"] == "jwt");
  CHECK(seen.facts["verdict"] == "warned");
  for (const char* fact : {"duplicates", "monotone", "effective_bits", "shown_bits"}) CHECK_FALSE(seen.facts.contains(fact));
}

TEST_CASE("the evidence: digests and statistics, never an identifier") {
  for (const std::size_t count : {std::size_t{2}, std::size_t{3}, std::size_t{300}}) {
    Bench bench(count);
    bench.look();
    const auto* sample = bench.context.seen.find_evidence("session-ids.tsv");
    const auto* statistics = bench.context.seen.find_evidence("statistics.txt");
    REQUIRE(sample != nullptr);
    REQUIRE(statistics != nullptr);
    CHECK(sample->bytes.starts_with("1795255200001000\tsha256:"));
    CHECK(std::count(sample->bytes.begin(), sample->bytes.end(), '\n') == static_cast<std::ptrdiff_t>(count));
    Server same;
    for (std::size_t i = 0; i < count; ++i) CHECK((sample->bytes + statistics->bytes).find(same.next()) == std::string::npos);
    // Few identifiers could be read off their characters.
    CHECK((statistics->bytes.find(" a ") != std::string::npos) == (count == 300));
    CHECK(statistics->bytes.find("\nposition 31: ") != std::string::npos);
  }
}

TEST_CASE("one and the same identifier: the server goes on with a session, which decides nothing") {
  Bench bench;
  bench.context.world.http = [&](const HttpRequest&) -> Result<HttpResponse> { return cookie("0123456789abcdef"); };
  const auto seen = bench.look();
  CHECK(seen.status == Status::protocol_error);
  CHECK(seen.message == "the server answers this client with one and the same identifier; declare a request that opens a fresh session each time (after 20 of 600 identifiers)");
  CHECK(bench.context.seen.http_requests.size() == 20);
  CHECK(seen.facts["unique"] == 1);
  for (const char* fact : {"duplicates", "monotone", "effective_bits"}) CHECK_FALSE(seen.facts.contains(fact));
}

TEST_CASE("a small sample supports no estimate, a counter in it shows all the same") {
  Bench bench(199);
  auto seen = bench.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["shown_bits"] == doctest::Approx(std::log2(199.0 * 198 / 6)));
  for (const char* fact : {"monotone", "effective_bits"}) CHECK_FALSE(seen.facts.contains(fact));
  Bench counter(20);
  counter.context.world.http = [&](const HttpRequest&) -> Result<HttpResponse> { return cookie(fmt::format("{:032x}", ++counter.server.requests)); };
  seen = counter.look();
  CHECK(seen.facts["monotone"] == true);
  CHECK_FALSE(seen.facts.contains("effective_bits"));
}

TEST_CASE("a missing identifier: the names that were there instead") {
  HttpResponse response = cookie("x");
  response.body = R"({"session": {"id": "j1", "user": 1}, "list": [1]})";
  CHECK(names_in(response, {"PHPSESSID", "", ""}) == "cookies lang, SID");
  CHECK(names_in(response, {"", "X-Token", ""}) == "header fields Content-Type, set-cookie, Set-Cookie");
  CHECK(names_in(response, {"", "", "/session/token"}) == "JSON members id, user");
  CHECK(names_in(response, {"", "", "/data/token"}) == "JSON members list, session");
  CHECK(names_in(response, {"", "", "/list/3"}) == "array at '/list'");
  CHECK(names_in(HttpResponse{}, {"SID", "", ""}) == "no cookies");
  CHECK(names_in(HttpResponse{}, {"", "", "/a"}) == "a body that is no JSON");
  for (int i = 0; i < 30; ++i) response.headers.emplace_back("Set-Cookie", fmt::format("c{}\x01{}=secret", i, std::string(100, 'n')));
  const std::string many = names_in(response, {"PHPSESSID", "", ""});
  CHECK(many.size() < 600);
  CHECK(many.ends_with(" and 22 more"));
  CHECK(many.find("secret") == std::string::npos);
}

TEST_CASE("an answer that is no success opens no session, whatever it carries") {
  Bench bench;
  bench.after(10, [] { return cookie("0123456789abcdef", 404); });
  auto seen = bench.look();
  CHECK(seen.status == Status::protocol_error);
  CHECK(seen.message == "HTTP 404 is no success, though it carries cookie SID (after 10 of 600 identifiers)");
  CHECK(seen.facts["count"] == 10);
  CHECK(seen.notes == std::vector<std::string>{"an answer HTTP 404 carried an identifier; it is no success and was not counted"});
  Bench trouble;
  trouble.after(10, [] { return cookie("0123456789abcdef", 500); });
  seen = trouble.look();
  CHECK(seen.message == "HTTP 500: the server is in trouble (after 10 of 600 identifiers)");
  CHECK(seen.facts["count"] == 10);
  Bench declared(30);  // a log-in that answers 302; 200 is the form again
  declared.item()["success"] = {302};
  declared.context.world.http = [&](const HttpRequest&) -> Result<HttpResponse> { return cookie(declared.server.next(), declared.server.requests++ % 2 == 0 ? 302 : 200); };
  seen = declared.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["count"] == 30);
  CHECK(seen.facts["errors"] == 29);
}

TEST_CASE("a server that wants a pause gets it, if it says how long and the time is there") {
  const auto slow = [](const char* after, long status = 429) -> HttpResponse {
    HttpResponse response;
    response.status = status;
    response.headers = {{"retry-after", after}};
    return response;
  };
  Bench bench(30);
  bench.context.world.http = [&](const HttpRequest&) -> Result<HttpResponse> {
    if (bench.server.requests++ % 3 == 1) return slow("0", bench.server.requests % 2 == 0 ? 429 : 503);
    return cookie(bench.server.next());
  };
  auto seen = bench.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["count"] == 30);
  CHECK(seen.notes == std::vector<std::string>{"the server asked for a pause 15 times; the sample was taken more slowly"});
  Bench endless;
  endless.after(5, [&] { return slow("0"); });
  seen = endless.look();
  CHECK(seen.status == Status::refused);
  CHECK(seen.message == "HTTP 429: the server wants fewer requests, still after 10 pauses (after 5 of 600 identifiers)");
  Bench later;
  later.after(5, [&] { return slow("3600"); });
  CHECK(later.look().message == "HTTP 429: the server wants fewer requests, for 3600 s, which is longer than this look may take (after 5 of 600 identifiers)");
  Bench date;
  date.after(5, [&] { return slow("Sat, 21 Nov 2026 10:00:00 GMT"); });
  CHECK(date.look().message == "HTTP 429: the server wants fewer requests (after 5 of 600 identifiers)");
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

TEST_CASE("several connections take turns") {
  Bench bench(300);
  bench.context.world.params["connections"] = 3;
  const auto seen = bench.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["count"] == 300);
  CHECK(bench.context.seen.http_options.size() == 3);
  CHECK(bench.context.seen.http_requests.size() == 300);
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
  HttpResponse moved;
  moved.headers = {{"location", "/home;jsessionid=AB12?xsid=no&sid=q1#token=t.1"}};
  CHECK(id_in(moved, {"", "", "", "jsessionid"}) == "AB12");
  CHECK(id_in(moved, {"", "", "", "sid"}) == "q1");
  CHECK(id_in(moved, {"", "", "", "token"}) == "t.1");
  CHECK_FALSE(id_in(moved, {"", "", "", "id"}));
  CHECK_FALSE(id_in(cookie(std::string(5000, 'x')), {"SID", "", ""}));
  response.body = "{";
  CHECK_FALSE(id_in(response, {"", "", "/a"}));
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
      {says(200), Status::protocol_error, "HTTP 200 without an identifier in cookie SID; seen: no cookies", 3},
      {says(404), Status::protocol_error, "HTTP 404 without an identifier in cookie SID; seen: no cookies", 3},
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
      CHECK_FALSE(seen.facts.contains("effective_bits"));
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
  CHECK(bench.look().message == "id_in does not say where the identifier is (cookie, header, json or location)");
  bench.item().erase("url");
  CHECK(bench.look().message == "no url is declared");
  CHECK(bench.context.seen.http_requests.empty());
  CHECK(bench.look().facts.empty());
}
