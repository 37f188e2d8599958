// The privacy probe on a platform in memory: one that conforms, one for each thing that it does wrong, and ones that don't work.
#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

#include "flow/privacy.h"
#include "probe/fake.h"
#include "probes/privacy/answers.h"

namespace lintel::probes::privacy {
extern const probe::Probe probe;
namespace {

struct Platform {
  probe::FakeContext context;
  std::string nickname = "Sam";
  Json extra = Json::object();     // beside the person's data in `access`
  bool masks = true, corrects = true, exports_all = true;
  std::string export_text, export_type = "application/json";
  std::map<std::string, long> status;  // by path: what it answers instead
  std::vector<std::string> asked;
  int lag = 0, stale = 0;          // so many looks after a correction still see `before`
  std::string before;
  bool kept = true;                // false: there is no data, and a correction makes some
  std::function<void(const std::string& what)> meanwhile;  // somebody else, just before this is answered

  Platform() {
    context.world.item.kind = model::ItemKind::web;
    context.world.item.data = *parse_json(R"({"id": "app", "url": "http://127.0.10.1:8080",
      "accounts": {"sam": {"user": "sam", "phone": "13800138003"}},
      "flows": {"login": [{"request": {"method": "POST", "path": "/login", "form": {"user": "{user}"}}}],
                "notice": [{"request": {"path": "/notice"}, "success": {"status": [200], "contains": ["Why"]}}]},
      "calls": [{"id": "see", "as": ["sam"], "request": {"path": "/data"}}, {"id": "carry", "as": ["sam"], "request": {"path": "/export"}},
        {"id": "change", "as": ["sam"], "effect": "write", "inputs": {"nickname": {"value": "Sammy"}},
         "request": {"method": "PUT", "path": "/data", "json": {"nickname": "{nickname}"}}}],
      "privacy": {"account": "sam", "notice": "notice", "fields": {"user": {}, "phone": {"masked": "{phone}"}, "nickname": {}}, "other": ["etag"],
        "answers": ["see"], "access": "see", "export": "carry", "correct": {"call": "change", "input": "nickname"}}})");
    context.world.http = [this](const net::HttpRequest& request) { return answer(request); };
  }

  Result<net::HttpResponse> answer(const net::HttpRequest& request) {
    const std::string path = request.url.substr(request.url.rfind('/'));
    asked.push_back(request.method + path);
    if (meanwhile) meanwhile(asked.back());
    net::HttpResponse response;
    response.status = 200;
    if (const auto other = status.find(path); other != status.end()) {
      response.status = other->second;
      return response;
    }
    Json person{{"user", "sam"}, {"phone", masks ? "138****8003" : "13800138003"}, {"nickname", nickname}, {"etag", 7}};
    if (path == "/notice") response.body = "Why we collect";
    if (path == "/data" && request.method == "PUT" && corrects) {
      before = std::exchange(nickname, text_or(*parse_json(request.body), "nickname"));
      stale = lag;
      kept = true;
    }
    if (!kept && (path == "/data" || path == "/export")) response.status = 404;
    if (response.status == 404) return response;
    if (path == "/data" && request.method == "GET") {
      if (stale-- > 0) person["nickname"] = before;
      person.update(extra);
      response.body = person.dump();
    }
    if (path == "/export") {
      person["phone"] = "13800138003";
      if (!exports_all) person.erase("nickname");
      response.body = export_text.empty() ? Json{{"person", person}}.dump() : export_text == "csv" ? "nickname\n" + nickname : export_text;
      response.headers.emplace_back("Content-Type", export_type);
    }
    return response;
  }
  model::Observation look() { return probe::look(probe, context); }
};

const Json kAllRights{{"access", "yes"}, {"correct", "yes"}, {"export", "yes"}};

}  // namespace

TEST_CASE("a platform that conforms, and gets its data back") {
  Platform platform;
  const auto seen = platform.look();
  CAPTURE(seen.facts.dump(2));
  CHECK(seen.status == model::Status::ok);
  CHECK(seen.facts["notice"] == Json{{"readable", "yes"}, {"status", 200}});
  CHECK(seen.facts["answers"]["declared_only"] == "yes");
  CHECK(seen.facts["answers"]["masked"] == "yes");
  CHECK(seen.facts["rights"] == kAllRights);
  CHECK(seen.notes.empty());
  CHECK(platform.nickname == "Sam");
  CHECK(platform.asked.front() == "GET/notice");
}

TEST_CASE("each thing done wrong is found, and nothing else") {
  const auto differs = [](const auto& spoil, const std::string& pointer, const Json& value) {
    Platform platform;
    spoil(platform);
    auto facts = platform.look().facts;
    CAPTURE(facts.dump(2));
    const Json::json_pointer where(pointer);
    REQUIRE(facts.contains(where));
    CHECK(facts[where] == value);
    for (const char* other : {"/notice/readable", "/answers/declared_only", "/answers/masked", "/rights/access", "/rights/correct", "/rights/export"})
      if (other != pointer) CHECK(facts.value(Json::json_pointer(other), "absent") == "yes");
  };
  differs([](Platform& p) { p.status["/notice"] = 404; }, "/notice/readable", "no");
  differs([](Platform& p) { p.status["/notice"] = 503; }, "/notice/readable", "unknown");
  differs([](Platform& p) { p.extra = {{"deep", {{{"id_number", "110101199003070011"}}}}}; }, "/answers/declared_only", "no");
  differs([](Platform& p) { p.masks = false; }, "/answers/masked", "no");
  differs([](Platform& p) { p.exports_all = false; }, "/rights/export", "no");
  differs([](Platform& p) { p.status["/export"] = 403; }, "/rights/export", "no");
  differs([](Platform& p) { p.status["/export"] = 500; }, "/rights/export", "unknown");
  differs([](Platform& p) { p.export_text = "{cut"; }, "/rights/export", "no");
  differs([](Platform& p) { p.export_text = "csv", p.export_type = "text/csv"; }, "/rights/export", "yes");
  differs([](Platform& p) { p.export_text = "%PDF", p.export_type = "application/pdf"; }, "/rights/export", "unknown");
  differs([](Platform& p) { p.corrects = false; }, "/rights/correct", "no");
}

TEST_CASE("what somebody else writes in between is nobody's fault") {
  const auto rights = [](const std::string& when, const auto& act, bool also_later = true) {
    Platform platform;
    bool done = false;
    platform.meanwhile = [&](const std::string& what) {
      if (what == when && platform.nickname != "Sam" && (also_later || !done)) done = true, act(platform);
    };
    const auto seen = platform.look();
    CHECK(done);
    CHECK(seen.status == model::Status::ok);
    return seen.facts["rights"];
  };
  int number = 0;
  const auto writes = [&](Platform& platform) { platform.nickname = "Other" + std::to_string(number++); };
  const auto erases = [](Platform& platform) { platform.kept = false; };
  CHECK(rights("GET/export", writes) == Json{{"access", "yes"}, {"correct", "yes"}, {"export", "unknown"}});
  CHECK(rights("GET/export", erases) == Json{{"access", "yes"}, {"correct", "yes"}, {"export", "unknown"}});
  CHECK(rights("GET/data", writes) == Json{{"access", "yes"}, {"correct", "unknown"}, {"export", "yes"}});
  CHECK(rights("GET/data", writes, false) == kAllRights);  // the second try is left alone
  CHECK(rights("GET/data", erases, false) == kAllRights);
}

TEST_CASE("a new value that shows late") {
  Platform platform;
  platform.lag = 1;
  CHECK(platform.look().facts["rights"] == kAllRights);
}

TEST_CASE("data that was erased before comes back with a correction") {
  Platform platform;
  platform.kept = false;
  const auto seen = platform.look();
  CHECK(seen.facts["rights"] == kAllRights);
  CHECK(seen.facts["answers"]["declared_only"] == "yes");
  CHECK(seen.notes.size() == 1);  // the new value stays
}

TEST_CASE("without permission nothing is written") {
  Platform platform;
  platform.context.world.intrusive = false;
  auto facts = platform.look().facts;
  CHECK(facts["rights"] == Json{{"access", "yes"}, {"export", "yes"}});
  CHECK(facts["answers"]["masked"] == "yes");
  Platform empty;
  empty.context.world.intrusive = empty.kept = false;
  facts = empty.look().facts;
  CHECK(facts["rights"] == Json{{"access", "unknown"}, {"export", "unknown"}});
  CHECK(facts["answers"]["declared_only"] == "unknown");
  for (const Platform* one : {&platform, &empty}) CHECK(std::ranges::count(one->asked, "PUT/data") == 0);
}

TEST_CASE("a right that is refused, a field that is not shown") {
  Platform closed;
  closed.status["/data"] = 403;
  const auto rights = closed.look().facts["rights"];
  CHECK(rights["access"] == "no");
  CHECK(rights["correct"] == "no");
  Platform missing;
  missing.context.world.item.data["privacy"]["fields"]["address"] = Json::object();
  CHECK(missing.look().facts["rights"]["access"] == "no");
}

TEST_CASE("trouble, nonsense and silence let nothing pass") {
  const auto never_yes = [](const Json& facts) {
    CAPTURE(facts.dump(2));
    for (const char* fact : {"/notice/readable", "/answers/declared_only", "/answers/masked", "/rights/access", "/rights/correct", "/rights/export"})
      CHECK(facts.value(Json::json_pointer(fact), "absent") != "yes");
  };
  Platform trouble;
  for (const char* path : {"/notice", "/data", "/export"}) trouble.status[path] = 500;
  never_yes(trouble.look().facts);
  Platform silent;
  silent.context.world.http = [](const net::HttpRequest&) -> Result<net::HttpResponse> { return fail(ErrorCode::timeout, "no answer"); };
  const auto seen = silent.look();
  CHECK(seen.status == model::Status::timeout);
  never_yes(seen.facts);
  Platform nonsense;
  nonsense.context.world.http = [](const net::HttpRequest&) {
    net::HttpResponse response;
    response.status = 200;
    response.body = "\xff\xfe{[";
    return Result<net::HttpResponse>(response);
  };
  never_yes(nonsense.look().facts);
}

TEST_CASE("what is not declared is not looked at") {
  Platform none;
  none.context.world.item.data.erase("privacy");
  CHECK(none.look().status == model::Status::not_applicable);
  CHECK(none.asked.empty());
  Platform wrong;
  wrong.context.world.item.data["privacy"]["export"] = "cary";
  CHECK(wrong.look().status == model::Status::not_declared);
  CHECK(wrong.asked.empty());
  Platform bare;
  bare.context.world.item.data["privacy"] = {{"account", "sam"}};
  const auto seen = bare.look();
  CHECK(seen.facts.empty());
  CHECK(seen.notes.size() >= 4);
}

TEST_CASE("members are told by name at any depth") {
  CHECK(leaf_names(*parse_json(R"({"a": {"b": [1, {"c": null}], "d": [], "e": {}}, "f": [[2]]})")) == std::set<std::string>{"b", "c", "d", "e", "f"});
  CHECK(leaf_names(*parse_json("[1]")).empty());
  const Json answer = *parse_json(R"({"x": [{"name": 1}, {"name": "Sam"}]})");
  REQUIRE(text_named(answer, "name") != nullptr);
  CHECK(*text_named(answer, "name") == "Sam");
  CHECK(text_named(answer, "other") == nullptr);
}

}  // namespace lintel::probes::privacy
