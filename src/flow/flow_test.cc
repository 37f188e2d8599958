// Templates, cookies, answers and a client against a small application in memory.
#include <doctest/doctest.h>

#include "flow/refusal.h"
#include "flow/tamper.h"
#include "probe/fake.h"

using namespace lintel;
using namespace lintel::flow;

static net::HttpResponse answer_of(long status, std::string body, net::Headers headers = {}) { return {status, std::move(headers), std::move(body), {}, 0}; }

TEST_CASE("placeholders are filled, other braces stay") {
  const Variables variables{{"user", "alice"}, {"n", "5"}};
  struct Row {
    const char *text, *filled;
  };
  const Row rows[] = {{"{user}", "alice"}, {"a{user}b{n}", "aaliceb5"}, {"{\"a\": \"{user}\"}", "{\"a\": \"alice\"}"}, {"{User} {} { user }", "{User} {} { user }"},
                      {"{user", "{user"}, {"", ""}, {"{{user}}", "{alice}"}};
  for (const Row& row : rows) CHECK(*fill(row.text, variables) == row.filled);
  const auto unknown = fill("x {other}", variables);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().message == "`{other}` has no value here");
}

TEST_CASE("a declared request becomes bytes") {
  Variables variables{{"user", "a b&c"}, {"level", "50"}, {"word", "many"}};
  const auto built = [&](const char* json, std::vector<std::string> typed = {}) { return *build_request(*parse_json(json), "https://h:1", variables, typed); };
  CHECK(built("{}").method == "GET");
  CHECK(built("{}").url == "https://h:1/");
  CHECK(built(R"({"path": "/u/{user}", "query": {"q": "{user}"}})").url == "https://h:1/u/a b&c?q=a%20b%26c");
  variables["link"] = "@elsewhere/x";
  CHECK_FALSE(build_request(*parse_json(R"({"path": "{link}"})"), "https://h:1", variables, {}));
  const auto form = built(R"({"path": "/login", "form": {"user": "{user}"}})");
  CHECK(form.method == "POST");
  CHECK(form.body == "user=a%20b%26c");
  CHECK(form.headers == net::Headers{{"Content-Type", "application/x-www-form-urlencoded"}});
  CHECK(built(R"({"json": {"on": "{level}", "of": "x{level}"}})", {"level"}).body == R"({"of":"x50","on":50})");
  CHECK(built(R"({"json": {"on": "{level}"}})").body == R"({"on":"50"})");
  CHECK(built(R"({"json": {"on": "{word}"}})", {"word"}).body == R"({"on":"many"})");
  CHECK(built(R"({"body": "x", "headers": {"content-type": "a/b"}, "method": "PUT"})").headers == net::Headers{{"content-type", "a/b"}});
  const auto upload = built(R"({"file": {"name": "a.php", "content": "<?", "type": "image/png"}})");
  CHECK(upload.body.find("name=\"file\"; filename=\"a.php\"\r\nContent-Type: image/png\r\n\r\n<?\r\n") != std::string::npos);
  const auto with_token = built(R"({"file": {"name": "a.txt", "content": "x"}, "form": {"csrf": "{user}"}})");
  CHECK(with_token.body.find("name=\"csrf\"\r\n\r\na b&c\r\n--lintel-") != std::string::npos);
  CHECK(with_token.headers[0].second.starts_with("multipart/form-data; boundary=lintel-"));
  CHECK(with_token.headers.size() == 1);
}

TEST_CASE("Set-Cookie as browsers read it") {
  const auto cookie = parse_set_cookie("SID=\"ab=c\"; Path=/x; secure; HTTPONLY; SameSite=Strict; Max-Age=60; Domain=h");
  REQUIRE(cookie);
  CHECK(cookie->name == "SID");
  CHECK(cookie->value == "ab=c");
  CHECK(cookie->path == "/x");
  CHECK(cookie->secure);
  CHECK(cookie->http_only);
  CHECK(cookie->same_site == "strict");
  CHECK(cookie->lasting);
  CHECK_FALSE(cookie->ends);
  CHECK_FALSE(parse_set_cookie("novalue"));
  CHECK_FALSE(parse_set_cookie("=x"));
  CHECK(parse_set_cookie("a=; Max-Age=0")->ends);
  CHECK(parse_set_cookie("a=; Max-Age=-5")->ends);
  CHECK(parse_set_cookie("a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT")->ends);
  CHECK_FALSE(parse_set_cookie("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=9")->ends);

  Jar jar;
  jar.take({{"set-cookie", "a=1"}, {"Set-Cookie", "b=2; Secure"}});
  jar.take({{"Set-Cookie", "a=3"}});
  CHECK(jar.header() == "b=2; a=3");
  jar.take({{"Set-Cookie", "a=; Max-Age=0"}});
  CHECK(jar.find("a") == nullptr);
  jar.take({{"Set-Cookie", "SID=\"x\""}});
  CHECK(jar.find("SID")->value == "x");
  CHECK(jar.header() == "b=2; SID=\"x\"");
  for (int i = 0; i < 300; ++i) jar.take({{"Set-Cookie", "flood" + std::to_string(i) + "=1"}});
  jar.take({{"Set-Cookie", "SID=y"}});
  CHECK(jar.find("SID")->value == "y");  // a flood pushes out what is old, not what is new
  CHECK(jar.find("b") == nullptr);
  net::Headers flood{{"Set-Cookie", "SID=z"}};
  for (int i = 0; i < 300; ++i) flood.emplace_back("Set-Cookie", "more" + std::to_string(i) + "=1");
  jar.take(flood);
  CHECK(jar.find("SID")->value == "z");
}

TEST_CASE("success is what the target says it is") {
  const auto why = [](const net::HttpResponse& response, const char* success) {
    return why_not(response, read_step(Json{{"request", Json::object()}, {"success", *parse_json(success)}}).success, {{"user", "alice"}});
  };
  CHECK(why(answer_of(204, ""), "{}") == "");
  CHECK(why(answer_of(302, ""), "{}") == "HTTP 302");
  CHECK(why(answer_of(302, ""), R"({"status": [302, 303]})") == "");
  CHECK(why(answer_of(200, ""), R"({"status": [302, 303]})") == "HTTP 200 where 302 or 303 is success");
  CHECK(why(answer_of(200, R"({"u": {"n": "alice"}, "c": 3})"), R"({"json": {"/u/n": "{user}", "/c": 3}})") == "");
  CHECK(why(answer_of(200, R"({"u": 1})"), R"({"json": {"/u": 2}})") == "/u of the answer is another one");
  CHECK(why(answer_of(200, "x"), R"({"json": {"/u": 2}})") == "the answer is not JSON");
  CHECK(why(answer_of(200, "Hi alice"), R"({"contains": "{user}", "lacks": ["error"]})") == "");
  CHECK(why(answer_of(200, "an error"), R"({"lacks": ["error"]})") == "the answer holds \"error\"");
  CHECK(why(answer_of(200, "", {{"location", "/login"}}), R"({"header": {"Location": "/home"}})") == "header Location is not /home");
}

static Json application_json() {
  return *parse_json(R"({"id": "cloud", "url": "https://h:1/", "session": {"cookie": "SID"},
    "accounts": {"owner": {"user": "alice", "password": "env:P", "device_key": "k"}},
    "flows": {"login": [{"request": {"path": "/login", "form": {"user": "{user}", "password": "{password}"}}, "take": {"csrf": {"json": "/csrf"}}}],
              "logout": [{"request": {"method": "POST", "path": "/logout", "headers": {"X-CSRF": "{csrf}"}}}]},
    "calls": [{"id": "switch", "as": ["owner"], "effect": "write", "inputs": {"on": {"value": "true", "kind": "boolean"}},
               "request": {"path": "/switch?x=1", "json": {"on": "{on}"}},
               "sign": {"header": "X-Signature", "algorithm": "hmac-sha256", "key": "{device_key}", "over": "{method} {path} {body}"}}]})");
}

TEST_CASE("a session id in the address that a log-in leads to") {
  const auto place = read_step(*parse_json(R"x({"request": {}, "take": {"sid": {"header": "Location", "pattern": "[?&;]sid=([^&]+)"}}})x")).take.at("sid");
  const auto at = [&](const char* location) { return *value_at(place, answer_of(302, "", {{"location", location}}), {}, {}); };
  CHECK(at("/home?a=1&sid=abc&b=2") == "abc");
  CHECK_FALSE(at("/home"));
  CHECK_FALSE(*value_at(place, answer_of(302, "?sid=abc"), {}, {}));
}

TEST_CASE("a client logs in, calls and logs out; secrets are hidden, everything is written down") {
  probe::FakeContext context;
  context.world.secrets["env:P"] = "hunter2";
  context.world.http = [](const net::HttpRequest& request) -> Result<net::HttpResponse> {
    if (request.url == "https://h:1/login" && request.body == "password=hunter2&user=alice")
      return answer_of(200, R"({"csrf": "0123456789"})", {{"Set-Cookie", "SID=abcdef; HttpOnly"}});
    const auto cookie = header_value(request.headers, "cookie");
    if (cookie != "SID=abcdef") return answer_of(401, "");
    if (request.url == "https://h:1/logout") return answer_of(header_value(request.headers, "x-csrf") == "0123456789" ? 200 : 403, "");
    return answer_of(200, header_value(request.headers, "x-signature").value_or(""));
  };
  const auto application = read_application(application_json());
  Wire wire(context, application);
  auto client = Client::open(wire, "owner");
  REQUIRE(client);
  CHECK_FALSE(client->session_id());
  REQUIRE(client->run("login"));
  CHECK(client->session_id() == "abcdef");
  CHECK(context.seen.hidden == std::vector<std::string>{"abcdef", "0123456789"});
  const auto exchange = client->send(application.calls.front());
  REQUIRE(exchange);
  CHECK(exchange->request.body == R"({"on":true})");
  CHECK(exchange->response.body == "226a3f73af7f5b71c22c0cda133af33222aa04fdca5d441e01c7bf537fb9b56d");
  REQUIRE(client->run("logout"));
  client->set_session_id("other");
  const auto refused = client->run("logout");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "flow logout, step 1 of 1: HTTP 401");
  CHECK(status_of_flow(refused.error()) == model::Status::auth_failed);
  CHECK(client->run("reset").error().message == "no flow `reset` is declared");
  CHECK(Client::open(wire, "nobody").error().code == ErrorCode::not_found);
  wire.keep({"login"});
  const auto* kept = context.seen.find_evidence("transcript.txt");
  REQUIRE(kept != nullptr);
  CHECK(kept->bytes.find("=== 1 owner\nPOST https://h:1/login\n") == 0);
  CHECK(kept->bytes.find("HTTP 401\n") != std::string::npos);
  CHECK(wire.requests() == 4);
}

TEST_CASE("logged in only where there is a log-in, and no certificate in its place") {
  probe::FakeContext context;
  context.world.secrets["env:P"] = "hunter2";
  long status = 200;
  context.world.http = [&](const net::HttpRequest&) -> Result<net::HttpResponse> { return answer_of(status, R"({"csrf": "1"})"); };
  const auto requests_of = [&](const Json& declared) {
    const auto application = read_application(declared);
    Wire wire(context, application);
    CHECK(Client::log_in(wire, "owner").has_value() == (status == 200));
    return wire.requests();
  };
  Json declared = application_json();
  CHECK(requests_of(declared) == 1);
  status = 403;
  CHECK(requests_of(declared) == 1);
  status = 200;
  declared["accounts"]["owner"]["certificate"] = "owner.pem";
  CHECK(requests_of(declared) == 0);
  declared["accounts"]["owner"].erase("certificate");
  declared["flows"].erase("login");
  CHECK(requests_of(declared) == 0);
}

TEST_CASE("a sign of success may hold what the user put in") {
  probe::FakeContext context;
  context.world.http = [](const net::HttpRequest& request) { return answer_of(200, request.url); };
  const auto application = read_application(*parse_json(R"({"id": "shop", "url": "https://h", "calls": [{"id": "search", "as": ["owner"],
      "inputs": {"find": {"value": "lamp"}}, "request": {"path": "/", "query": {"q": "{find}"}}, "success": {"contains": ["q={find}"]}}]})"));
  Wire wire(context, application);
  auto client = *Client::open(wire, "");
  CHECK(client.send(application.calls.front())->success);
  client.variables["find"] = "plug";
  CHECK(client.send(application.calls.front())->success);
  client.variables.erase("find");
  CHECK(client.send(application.calls.front())->success);
  CHECK(client.send(read_step(Json{{"request", {{"path", "/"}}}, {"success", {{"contains", {"{find}"}}}}}))->why == "`{find}` has no value here");
}

TEST_CASE("a step that promises a value and gives none is no success") {
  probe::FakeContext context;
  context.world.secrets["env:P"] = "hunter2";
  context.world.http = [](const net::HttpRequest&) -> Result<net::HttpResponse> { return answer_of(200, "{}"); };
  const auto application = read_application(application_json());
  Wire wire(context, application);
  auto client = Client::open(wire, "owner");
  REQUIRE(client);
  CHECK(client->run("login").error().message == "flow login, step 1 of 1: no value in /csrf of the JSON answer");
}

TEST_CASE("accepted, refused or neither") {
  struct Row {
    bool success;
    long status, nobody;
    Outcome outcome;
  };
  const Row rows[] = {{true, 200, 401, Outcome::accepted},  {true, 302, 401, Outcome::accepted},   {false, 401, 403, Outcome::refused},  {false, 403, 401, Outcome::refused},
                      {false, 302, 401, Outcome::refused},  {false, 304, 401, Outcome::unclear},   {false, 200, 200, Outcome::refused},  {false, 200, 401, Outcome::unclear},
                      {false, 404, 404, Outcome::refused},  {false, 404, 401, Outcome::unclear},   {false, 429, 429, Outcome::unclear},  {false, 408, 408, Outcome::unclear},
                      {false, 500, 500, Outcome::unclear},  {false, 503, 401, Outcome::unclear},   {false, 999, 999, Outcome::unclear}};
  for (const Row& row : rows) {
    CAPTURE(row.status);
    Exchange exchange;
    exchange.success = row.success;
    exchange.response.status = row.status;
    CHECK(outcome_of(exchange, row.nobody) == row.outcome);
  }
}

TEST_CASE("guesses of the same form") {
  for (const std::string text : {"0123456789abcdef", "Ab9-_x.Z", "123456", "s:q1.W"}) {
    for (const std::string& made : {lookalike(text), altered(text)}) {
      CHECK(made.size() == text.size());
      CHECK(made != text);
    }
  }
  CHECK(lookalike("deadbeef").find_first_not_of("abcdef") == std::string::npos);
  CHECK(lookalike("").empty());
  CHECK(altered("--").empty());
  CHECK(altered("0123456789").substr(0, 5) == "01234");
  CHECK(altered("0123456789").substr(6) == "6789");
  for (const std::string beginning : {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.", "eyJ1c2VyIjoxfQ.aR3vGQ.", "s%3Aabc.", "abc:1xyz:", "BAh7--"}) {
    const std::string made = altered(beginning + "0123456789abcdefghij");  // it is the signature that has to be looked at
    CHECK(made.starts_with(beginning));
    CHECK(made != beginning + "0123456789abcdefghij");
  }
  CHECK(altered("0123456789.ab").ends_with(".ab"));
  CHECK(forged("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln") == "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.");
  for (const std::string no_jwt : {"a.b.c", "eyJhIjoxfQ.eyJzdWIiOiJhIn0.c2ln", "0123456789abcdef"}) CHECK(forged(no_jwt).size() == no_jwt.size());
}

TEST_CASE("{random} and {digits} are one value throughout a flow, and others in the next") {
  probe::FakeContext context;
  context.world.http = [](const net::HttpRequest&) -> Result<net::HttpResponse> { return answer_of(200, ""); };
  const auto application = read_application(*parse_json(R"({"id": "a", "url": "https://h", "flows": {"register": [
    {"request": {"path": "/ask", "body": "{random} {digits}"}}, {"request": {"path": "/do", "body": "{random} {digits}"}}]}})"));
  Wire wire(context, application);
  std::vector<std::string> seen;
  wire.watch = [&](const net::HttpRequest& request, const net::HttpResponse&) { seen.push_back(request.body); };
  auto client = Client::open(wire, "");
  REQUIRE(client->run("register"));
  REQUIRE(client->run("register"));
  REQUIRE(client->send(application.flows.at("register").front()));
  REQUIRE(seen.size() == 5);
  CHECK(seen[0].size() == 25);
  CHECK(seen[0] == seen[1]);
  CHECK(seen[2] == seen[3]);
  CHECK(seen[0] != seen[2]);
  CHECK(seen[2] != seen[4]);
}

TEST_CASE("messages are spoiled in one place") {
  CHECK(*flow::with_other_digit("a12", {}) == "a22");
  CHECK(*flow::with_other_digit("id 12, level 9", {"12"}) == "id 12, level 8");
  CHECK_FALSE(flow::with_other_digit("12", {"1", "2"}).has_value());
  CHECK_FALSE(flow::with_other_digit("", {""}).has_value());
  CHECK(*flow::with_other_value("n=ab0 m=ab0", "ab0") == "n=ab1 m=ab1");
  CHECK_FALSE(flow::with_other_value("n=ab0", "").has_value());
  CHECK(flow::follow_change("level 40", "set level 40 now", "set level 50 now") == "level 50");
  CHECK(flow::follow_change("done", "set level 40", "set level 50") == "done");
  CHECK(*flow::hmac_hex("hmac-sha256", "key", "The quick brown fox jumps over the lazy dog") == "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
  CHECK_FALSE(flow::hmac_hex("sha256", "key", "").has_value());
}
