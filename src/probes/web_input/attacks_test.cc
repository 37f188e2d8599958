// Where inputs stand, what is sent in their place, and the signs that an attack worked. Plain values.
#include <doctest/doctest.h>

#include <algorithm>

#include "flow/answer.h"
#include "probes/web_input/attacks.h"
#include "probes/web_input/signs.h"

using namespace lintel;
using namespace lintel::probes::web_input;

namespace {

flow::Application application_with(const std::string& call) {
  return flow::read_application(*parse_json(R"({"url": "https://h", "accounts": {"owner": {"user": "alice"}, "other": {"user": "bob"}, "victim": {"user": "victor"}},
    "calls": [)" + call + "]}"));
}

std::string names(const std::vector<Attack>& attacks) {
  std::string out;
  for (const Attack& attack : attacks) out += attack.input + (attack.input.empty() ? "" : ":") + attack.name + " ";
  return out;
}

const Attack& named(const std::vector<Attack>& attacks, std::string_view name) {
  const auto found = std::ranges::find(attacks, name, &Attack::name);
  REQUIRE(found != attacks.end());
  return *found;
}

}  // namespace

TEST_CASE("inputs are found where they stand") {
  const Json request = *parse_json(R"({"path": "/a/{p}", "query": {"q": "{q}"}, "form": {"f": "x{f}"}, "json": {"in": {"j": "{j}"}}, "headers": {"H": "{h}"},
    "body": "{\"t\": \"{t}\", \"n\": {n}}"})");
  const std::pair<const char*, Place> rows[] = {{"p", Place::path}, {"q", Place::query}, {"f", Place::form},   {"j", Place::json},
                                                {"h", Place::header}, {"t", Place::text}, {"n", Place::number}, {"x", Place::none}};
  for (const auto& [input, place] : rows) {
    CAPTURE(input);
    CHECK(place_of(request, input) == place);
  }
  CHECK(member_of(request, Place::query, "q") == "q");
  CHECK(member_of(request, Place::form, "f") == "");
}

TEST_CASE("a text body stays JSON whatever is put into it") {
  CHECK(written(Place::text, "a\"\\\n") == R"(a\"\\\n)");
  CHECK(written(Place::number, "a\"") == R"("a\"")");
  CHECK(written(Place::path, "../x") == "..%2Fx");
  CHECK(written(Place::query, "../x") == "../x");
  const char* const kBody = R"({"a": 1, "n": {n}, "t": "{t}"})";
  const auto edited = [&](auto edit, Place place, const char* input) {
    Json request = {{"body", kBody}};
    REQUIRE(edit(request, place, input));
    return text_or(request, "body");
  };
  CHECK(edited(repeat_in, Place::number, "n") == R"({"a": 1, "n": {n}, "n": {n}, "t": "{t}"})");
  CHECK(edited(remove_from, Place::number, "n") == R"({"a": 1, "t": "{t}"})");
  CHECK(edited(remove_from, Place::text, "t") == R"({"a": 1, "n": {n}})");
  CHECK(edited(make_list, Place::text, "t") == R"({"a": 1, "n": {n}, "t": [{"a": 7}]})");
}

TEST_CASE("a member of a built request is sent once more, with the same value") {
  net::HttpRequest query{"GET", "https://h/a?x=1&y=2", {}, ""}, form{"POST", "https://h/a", {}, "x=1&y=2"}, json{"POST", "https://h/a", {}, R"({"x":1,"y":true})"};
  CHECK(send_twice(query, Place::query, "x"));
  CHECK(query.url == "https://h/a?x=1&y=2&x=1");
  CHECK(send_twice(form, Place::form, "y"));
  CHECK(form.body == "x=1&y=2&y=2");
  CHECK(send_twice(json, Place::json, "y"));
  CHECK(json.body == R"({"y":true,"x":1,"y":true})");
  CHECK_FALSE(send_twice(query, Place::query, "z"));
  CHECK_FALSE(send_twice(form, Place::form, "z"));
  CHECK_FALSE(send_twice(json, Place::json, "z"));
}

TEST_CASE("what is sent depends on kind and place, somebody else's id last") {
  const auto application = application_with(R"({"id": "set", "as": ["owner"], "inputs": {"n": {"value": "5", "kind": "integer"}, "a": {"value": "x"}, "who": {"value": "{user}", "kind": "id"}},
    "request": {"path": "/set", "json": {"n": "{n}", "who": "{who}"}, "query": {"a": "{a}"}}})");
  const auto attacks = malformed(application, application.calls[0], 1000);
  CHECK(names(attacks) ==
        "a:oversize a:missing a:twice a:empty a:control a:encoding n:wrong_type n:huge n:negative n:list n:missing n:twice n:empty n:control "
        "who:oversize who:list who:missing who:twice who:empty who:control who:tampered ");
  CHECK(named(attacks, "tampered").values.at("who") == "victor");
  CHECK(named(attacks, "oversize").values.at("a").size() == 1000);
}

TEST_CASE("a signed call is not sent with a member that the signature does not cover") {
  const auto application = application_with(R"({"id": "set", "as": ["owner"], "inputs": {"a": {"value": "x"}}, "request": {"form": {"a": "{a}"}},
    "sign": {"header": "S", "algorithm": "hmac-sha256", "key": "k", "over": "{body}"}})");
  CHECK(names(malformed(application, application.calls[0], 10)).find("twice") == std::string::npos);
}

TEST_CASE("only calls that read are sent what could widen a change, and only those that can be sent again are sent at all") {
  for (const char* effect : {"read", "write", "erase"}) {
    const auto application = application_with(R"({"id": "c", "as": ["owner"], "inputs": {"a": {"value": "x"}}, "effect": ")" + std::string(effect) + R"(", "request": {"query": {"a": "{a}"}}})");
    const std::string all = names(attacks_for(application, application.calls[0], Look::markers, 10));
    CHECK((all.find("sql_join") != std::string::npos) == (std::string(effect) == "read"));
    CHECK(all.empty() == (std::string(effect) == "erase"));
  }
}

TEST_CASE("uploads differ in name, type and content; an ending that is declared as good is not among them") {
  const auto application = application_with(R"({"id": "up", "as": ["owner"], "request": {"file": {"name": "a.svg", "type": "image/svg+xml", "content": "good"}}})");
  const auto attacks = uploads(application.calls[0]);
  CHECK(names(attacks) == "php jsp html shell program wrong_type other_case double_ending inner_ending null_byte null_encoded dot_behind semicolon ");
  const Json& file = named(attacks, "wrong_type").call.step.request["file"];
  CHECK(text_or(file, "type") == "image/svg+xml");
  CHECK(text_or(file, "content").starts_with("good"));
  CHECK(named(attacks, "double_ending").file.ends_with(".svg.php"));
  CHECK(names(traversals(application.calls[0])) == "upload_dot_dot upload_backslash upload_encoded upload_absolute ");
}

TEST_CASE("signs are proofs: not what was there before, not a status, not the value repeated as text") {
  const auto html = [](std::string body) { return net::HttpResponse{200, {{"Content-Type", "text/html"}}, std::move(body), {}, 0}; };
  const auto json = [](std::string body) { return net::HttpResponse{200, {{"Content-Type", "application/json"}}, std::move(body), {}, 0}; };
  const auto good = html("hello");
  Attack attack;
  attack.sign = Sign::markup, attack.mark = "<lq1>";
  CHECK(effect_in(html("a <lq1> b"), attack, good) == "reflected");
  CHECK(effect_in(html("a &lt;lq1&gt; b"), attack, good) == "none");
  CHECK(effect_in(json("\"<lq1>\""), attack, good) == "none");
  attack.sign = Sign::computed, attack.mark = "851833571";
  CHECK(effect_in(json("lq851833571"), attack, good) == "computed");
  CHECK(effect_in(json("31337*27183"), attack, good) == "none");
  CHECK(effect_in(html("851833571"), attack, html("851833571")) == "none");
  attack.sign = Sign::header, attack.mark = "lq2";
  CHECK(effect_in({200, {{"LQ2", "1"}}, "", {}, 0}, attack, good) == "header");
  CHECK(effect_in(html("lq2: 1"), attack, good) == "none");
  attack.sign = Sign::database;
  CHECK(effect_in(html(R"(near "'": syntax error)"), attack, good) == "database_error");
  CHECK(effect_in(html("there is an error"), attack, good) == "none");
  attack.sign = Sign::file;
  CHECK(effect_in(json("root:x:0:0:root:/root:/bin/bash"), attack, good) == "file");
  CHECK(effect_in(html("; for 16-bit app support\r\n[fonts]\r\n"), attack, good) == "file");
  CHECK(effect_in(html("no file ../../etc/passwd"), attack, good) == "none");
}

TEST_CASE("an upload is looked for where the answer says it is, on this application only") {
  const net::HttpResponse answer{201, {{"Location", "/f/1"}}, R"({"url": "https://h/f/2", "far": "https://other/f/3", "odd": "//other/f", "list": ["/f/4", "text"]})", {}, 0};
  CHECK(addresses_in(answer, "https://h") == std::vector<std::string>{"/f/1", "/f/4", "/f/2"});
}
