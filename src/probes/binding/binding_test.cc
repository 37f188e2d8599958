// The binding probe against an application in memory: one that conforms, one for each break, and those that are no help at all.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

#include "flow/answer.h"
#include "probe/fake.h"
#include "probes/binding/looks.h"
#include "probes/binding/tokens.h"

namespace lintel::probes::binding {
extern const probe::Probe probe;
}

using namespace lintel;
using model::Status;
using net::HttpRequest;
using net::HttpResponse;

namespace {

HttpResponse says(long status, std::string body = "{}", net::Headers headers = {}) { return {status, std::move(headers), std::move(body), {}, 0}; }

// Tokens for one user, one use, one device; `flaw` spoils one thing.
struct Home {
  probe::FakeContext context;
  std::string flaw, bound;
  std::map<std::string, std::string> sessions, tokens;
  int issued = 0;

  explicit Home(std::string broken = "") : flaw(std::move(broken)) {
    context.world.item.kind = model::ItemKind::web;
    context.world.item.data = *parse_json(R"({"id": "web", "url": "https://h", "session": {"cookie": "SID"},
      "accounts": {"owner": {"user": "alice", "device": "d1", "key": "k"}, "other": {"user": "bob", "device": "d2", "key": "k2"}},
      "flows": {"login": [{"request": {"path": "/login", "form": {"user": "{user}"}}}],
                "bind": [{"request": {"method": "POST", "path": "/token"}, "take": {"bind_token": {"json": "/token"}}},
                         {"request": {"path": "/bind", "form": {"device": "{device}", "token": "{bind_token}"}},
                          "sign": {"header": "X-Signature", "algorithm": "hmac-sha256", "key": "{key}", "over": "{bind_token}"}, "success": {"status": [201]}}],
                "unbind": [{"request": {"method": "DELETE", "path": "/bind"}}]}})");
    context.world.http = [this](const HttpRequest& request) { return answer(request); };
  }
  bool is(std::string_view name) const { return flaw == name; }
  Json& item() { return context.world.item.data; }

  Result<HttpResponse> answer(const HttpRequest& request) {
    const std::string cookie = flow::header_value(request.headers, "cookie").value_or("    ").substr(4);
    const std::string path = request.url.substr(10);
    if (path == "login") {
      const std::string id = fmt::format("s{:031}", ++issued);
      sessions[id] = request.body.substr(5);
      return says(200, "{}", {{"Set-Cookie", "SID=" + id}});
    }
    const std::string user = sessions.contains(cookie) ? sessions[cookie] : "";
    if (path == "bind" && request.method == "POST") {
      const HttpResponse answer = bind(user, request);
      return is("weak success") ? says(201) : answer;
    }
    if (user.empty()) return says(401);
    if (path == "token") {
      const std::string token = is("same token") ? std::string(32, 'a') : fmt::format("{:032x}", 0xabcdef00 + ++issued);
      tokens[token] = user;
      return says(200, "{\"token\": \"" + token + "\"}");
    }
    if (bound != user) return says(403);
    if (is("stays bound")) return says(500);
    bound.clear();
    return says(200);
  }

  HttpResponse bind(const std::string& user, const HttpRequest& request) {
    if (is("trouble") && issued > 4) return says(503);
    const std::string token = request.body.substr(request.body.find("token=") + 6);
    const bool sessionless = is("devices present");
    const auto known = std::ranges::find_if(tokens, [&](const auto& entry) { return entry.first == token || (is("altered") && token.size() == 32 && entry.first.substr(24) == token.substr(24)); });
    if (user.empty() && !sessionless) return says(401);
    if (known == tokens.end()) return says(400);
    const std::string whom = known->second;
    if (!sessionless && !is("anybody's") && whom != user) return says(403);
    if (!bound.empty() && bound != (sessionless ? whom : user)) return says(409);
    if (!is("reusable")) tokens.erase(known);
    bound = sessionless ? whom : user;
    return says(201);
  }
  model::Observation look() { return probe::look(probes::binding::probe, context); }
};

std::string words(const Json& facts) {
  std::string out;
  for (const char* name : {"altered", "other_user", "twice", "after_unbind"}) out += text_or(member(facts, "refused"), name, "-") + " ";
  return out;
}

}  // namespace

TEST_CASE("a home that conforms refuses all; each break shows where it is") {
  struct Row {
    const char *flaw, *words;
  };
  const Row rows[] = {{"", "yes yes yes yes "},           {"reusable", "yes yes no no "}, {"anybody's", "yes no yes yes "},
                      {"altered", "no yes yes yes "},     {"weak success", "unknown unknown unknown unknown "},
                      {"devices present", "yes unknown yes yes "}};
  for (const Row& row : rows) {
    CAPTURE(row.flaw);
    Home home(row.flaw);
    const auto seen = home.look();
    CHECK_MESSAGE(seen.status == Status::ok, seen.message);
    CHECK(words(seen.facts) == row.words);
    CHECK(seen.facts["works"] == true);
    CHECK(seen.facts["tokens"]["length"] == Json({{"min", 32}, {"max", 32}}));
    CHECK(seen.facts["tokens"]["alphabet"] == "hex");
    CHECK(seen.facts["requests"] < 80);
    CHECK(home.bound.empty());
    CHECK(home.context.seen.find_evidence("transcript.txt") != nullptr);
  }
}

TEST_CASE("a device that an earlier run left bound is freed first") {
  Home home;
  home.bound = "alice";
  CHECK(words(home.look().facts) == "yes yes yes yes ");
}

TEST_CASE("what can't be bound or freed says nothing") {
  for (const char* flaw : {"trouble", "stays bound"}) {
    CAPTURE(flaw);
    Home home(flaw);
    const auto seen = home.look();
    CHECK(seen.status != Status::ok);
    CHECK(words(seen.facts).find("yes") == std::string::npos);
    CHECK(words(seen.facts).find("no ") == std::string::npos);
  }
}

TEST_CASE("what is not declared") {
  Home home;
  home.item()["flows"].erase("bind");
  CHECK(home.look().status == Status::not_applicable);
  for (const char* flow : {"unbind", "take"}) {
    Home bare;
    if (flow == std::string("take")) bare.item()["flows"]["bind"][0].erase("take");
    else bare.item()["flows"].erase(flow);
    CHECK(bare.look().status == Status::not_declared);
    CHECK(bare.context.seen.http_requests.empty());
  }
  Home alone;
  alone.item()["accounts"].erase("other");
  const auto seen = alone.look();
  CHECK(words(seen.facts) == "yes - yes yes ");
  CHECK(seen.notes.size() == 1);
}

TEST_CASE("servers that turn bad after some answers: never a refusal that no control bears out") {
  const std::function<Result<HttpResponse>()> bad[] = {[] { return Result<HttpResponse>(fail(ErrorCode::timeout, "no answer in time")); },
                                                       [] { return Result<HttpResponse>(fail(ErrorCode::closed, "closed")); }, [] { return Result<HttpResponse>(says(503)); },
                                                       [] { return Result<HttpResponse>(says(401)); },
                                                       [] { return Result<HttpResponse>(says(200, "\xff\x01 no JSON")); }};
  for (std::size_t kind = 0; kind < std::size(bad); ++kind)
    for (int good = 0; good < 60; good += 2) {
      CAPTURE(kind);
      CAPTURE(good);
      Home home;
      int answered = 0;
      home.context.world.http = [&](const HttpRequest& request) { return answered++ < good ? home.answer(request) : bad[kind](); };
      const auto seen = home.look();
      if (answered <= good + (kind == 4 ? 1 : 0)) continue;  // the very last answer, to `unbind`, is one that counts as success
      CHECK(seen.status != Status::ok);
      CHECK(text_or(member(seen.facts, "refused"), "after_unbind", "unknown") == "unknown");
      CHECK(words(seen.facts).find("no ") == std::string::npos);
    }
}

TEST_CASE("shapes of tokens") {
  using probes::binding::shape_of;
  CHECK(shape_of(std::vector<std::string>{"123456", "654321"}) ==
        Json({{"count", 2}, {"unique", true}, {"length", {{"min", 6}, {"max", 6}}}, {"alphabet", "decimal"}, {"nominal_bits", 19.9}}));
  CHECK(shape_of(std::vector<std::string>{"a-B", "a-B", "a-BC"})["unique"] == false);
  CHECK(shape_of(std::vector<std::string>{"a-B"})["alphabet"] == "base64url");
  CHECK(shape_of(std::vector<std::string>{"a.B"})["alphabet"] == "other");
  Home home("same token");
  CHECK(home.look().facts["tokens"]["unique"] == false);
}
