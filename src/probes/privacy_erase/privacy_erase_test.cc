// The erasure probe on a platform in memory that erases, and ones that keep something or can't be told.
#include <doctest/doctest.h>

#include <optional>

#include "probe/fake.h"

namespace lintel::probes::privacy_erase {
extern const probe::Probe probe;
namespace {

struct Platform {
  probe::FakeContext context;
  std::optional<std::string> main = "Sam", copy = "Sam";
  bool erases = true, erases_copy = true, copies_at_all = true, closes_account = false, closed = false;
  int slow = 0;                    // so many looks still see what is erased
  std::map<std::string, long> status;  // by method and path
  int erasures = 0;

  Platform() {
    context.world.item.kind = model::ItemKind::web;
    context.world.item.data = *parse_json(R"({"id": "app", "url": "http://127.0.10.1:8080", "accounts": {"sam": {"user": "sam"}},
      "flows": {"login": [{"request": {"method": "POST", "path": "/login", "form": {"user": "{user}"}}}]},
      "calls": [{"id": "see", "as": ["sam"], "request": {"path": "/data"}}, {"id": "replica", "as": ["sam"], "request": {"path": "/replica"}},
        {"id": "drop", "as": ["sam"], "effect": "erase", "request": {"method": "DELETE", "path": "/data"}},
        {"id": "change", "as": ["sam"], "effect": "write", "inputs": {"nickname": {"value": "Sammy"}},
         "request": {"method": "PUT", "path": "/data", "json": {"nickname": "{nickname}"}}}],
      "privacy": {"account": "sam", "access": "see", "correct": {"call": "change", "input": "nickname"},
        "erase": {"account": "sam", "call": "drop", "copies": ["replica"], "within": "3s"}}})");
    context.world.http = [this](const net::HttpRequest& request) { return answer(request); };
  }

  Result<net::HttpResponse> answer(const net::HttpRequest& request) {
    const std::string what = request.method + request.url.substr(request.url.rfind('/'));
    net::HttpResponse response;
    response.status = closed ? 401 : 200;
    if (const auto other = status.find(what); other != status.end()) response.status = other->second;
    if (response.status != 200) return response;
    if (what == "PUT/data") {
      main = text_or(*parse_json(request.body), "nickname");
      if (copies_at_all) copy = main;
    }
    if (what == "DELETE/data") {
      ++erasures;
      closed = closes_account;
    }
    const bool gone = erasures > 0 && --slow < 0;
    if (gone && erases) main.reset();
    if (gone && erases_copy) copy.reset();
    if (what == "GET/data") response.status = main ? 200 : 404, response.body = main.value_or("");
    if (what == "GET/replica") response.status = copy ? 200 : 404, response.body = copy.value_or("");
    return response;
  }
  Json facts() { return probe::look(probe, context).facts; }
};

}  // namespace

TEST_CASE("erased at once, or in the declared time") {
  for (const int slow : {0, 3}) {
    Platform platform;
    platform.slow = slow;
    const Json facts = platform.facts();
    CAPTURE(facts.dump(2));
    CHECK(facts["control"] == true);
    CHECK(facts["carried_out"] == "yes");
    CHECK(facts["gone"] == "yes");
    CHECK(facts["copies"] == Json::array({{{"call", "replica"}, {"gone", "yes"}}}));
    CHECK(facts["copies_gone"] == "yes");
  }
}

TEST_CASE("what stays is found, apart") {
  Platform kept;
  kept.erases = false;
  const Json main = kept.facts();
  CHECK(main["gone"] == "no");
  CHECK(main["copies_gone"] == "yes");
  Platform replica;
  replica.erases_copy = false;
  const Json copy = replica.facts();
  CHECK(copy["gone"] == "yes");
  CHECK(copy["copies_gone"] == "no");
  Platform slow;
  slow.slow = 100;
  CHECK(slow.facts()["gone"] == "no");
}

TEST_CASE("an account that is closed with its data") {
  Platform platform;
  platform.closes_account = true;
  const Json facts = platform.facts();
  CHECK(facts["gone"] == "yes");
  CHECK(facts["copies_gone"] == "unknown");  // nobody could look
}

TEST_CASE("without a control nothing is erased, and nothing said") {
  for (const char* broken : {"PUT/data", "GET/data"}) {
    Platform platform;
    platform.status[broken] = 500;
    const Json facts = platform.facts();
    CHECK(platform.erasures == 0);
    CHECK(facts == Json{{"control", false}});
  }
  Platform no_copy;
  no_copy.copies_at_all = false;
  CHECK(no_copy.facts()["copies_gone"] == "unknown");
}

TEST_CASE("refusals and trouble") {
  Platform refused;
  refused.status["DELETE/data"] = 403;
  CHECK(refused.facts()["carried_out"] == "no");
  Platform trouble;
  trouble.status["DELETE/data"] = 503;
  const Json facts = trouble.facts();
  CHECK(facts["carried_out"] == "unknown");
  CHECK_FALSE(facts.contains("gone"));
  Platform breaks;
  const auto answer = breaks.context.world.http;
  breaks.context.world.http = [&breaks, answer](const net::HttpRequest& request) -> Result<net::HttpResponse> {
    if (breaks.erasures > 0) return fail(ErrorCode::timeout, "no answer");
    return answer(request);
  };
  const Json silent = breaks.facts();
  CHECK(silent["gone"] == "unknown");
  CHECK(silent["copies_gone"] == "unknown");
  Platform closed;
  closed.status["POST/login"] = 403;
  const auto seen = probe::look(probe, closed.context);
  CHECK(seen.status == model::Status::auth_failed);
  CHECK(seen.facts.empty());
}

TEST_CASE("what is not declared is not tried") {
  Platform none;
  none.context.world.item.data.erase("privacy");
  CHECK(probe::look(probe, none.context).status == model::Status::not_applicable);
  Platform half;
  half.context.world.item.data["privacy"].erase("erase");
  CHECK(probe::look(probe, half.context).status == model::Status::not_declared);
  CHECK(half.erasures == 0);
}

}  // namespace lintel::probes::privacy_erase
