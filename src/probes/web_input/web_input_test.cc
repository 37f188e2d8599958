// web_input against an application in memory that refuses what it should, and against ones that leave out exactly one of these.
#include <doctest/doctest.h>
#include <re2/re2.h>

#include <set>

#include "base/text.h"
#include "flow/answer.h"
#include "probe/fake.h"
#include "probes/web_input/attacks.h"

namespace lintel::probes::web_input {
extern const probe::Probe probe;
}

using namespace lintel;
using net::HttpRequest;
using net::HttpResponse;

namespace {

HttpResponse says(long status, std::string body, std::string type = "application/json", net::Headers headers = {}) {
  headers.emplace_back("Content-Type", std::move(type));
  return {status, std::move(headers), std::move(body), {}, 0};
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%' && i + 2 < text.size()) out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)), i += 2;
    else out += text[i];
  return out;
}

// A page that searches, a setting with a number and an owner, a folder of files. `flaw` spoils one thing.
struct Application {
  probe::FakeContext context;
  std::string flaw, shown = "quiet";
  std::map<std::string, std::string> files{{"good.txt", "the good file"}};
  std::set<std::string> seen;

  explicit Application(std::string broken, const char* look) : flaw(std::move(broken)) {
    context.world.item.kind = model::ItemKind::web;
    context.world.item.data = *parse_json(R"({"id": "web", "url": "https://h", "session": {"cookie": "SID"},
      "accounts": {"owner": {"user": "alice"}, "other": {"user": "bob"}},
      "flows": {"login": [{"request": {"path": "/login", "form": {"user": "{user}"}}}], "pages": [{"request": {"path": "/start"}}]},
      "calls": [
        {"id": "page", "as": ["owner"], "inputs": {"find": {"value": "lamp"}}, "request": {"path": "/page", "query": {"find": "{find}"}}, "success": {"contains": "found"}},
        {"id": "set", "as": ["owner"], "effect": "write", "inputs": {"level": {"value": "5", "kind": "integer"}, "who": {"value": "{user}", "kind": "id"}, "label": {"value": "quiet"}},
         "request": {"path": "/set", "json": {"level": "{level}", "who": "{who}", "label": "{label}"}}, "success": {"json": {"/ok": true}}},
        {"id": "upload", "as": ["owner"], "effect": "write", "request": {"path": "/files", "file": {"name": "note.txt", "type": "text/plain", "content": "note {random}"}}, "success": {"status": [201]}},
        {"id": "download", "as": ["owner"], "inputs": {"name": {"value": "good.txt", "kind": "file"}}, "request": {"path": "/files", "query": {"name": "{name}"}}, "success": {"lacks": "error"}}]})");
    context.world.params = {{"look", look}, {"long_value", 2000}};
    context.world.http = [this](const HttpRequest& request) { return answer(request); };
  }
  bool is(std::string_view name) const { return flaw == name; }

  Result<HttpResponse> answer(const HttpRequest& request) {
    const std::string path = request.url.substr(9, request.url.find('?') - 9);
    if (path == "/login") return says(200, "{}", "application/json", {{"Set-Cookie", "SID=s0123456789"}});
    if (is("session lost") && ++requests_ % 5 == 0) return says(401, "");
    if (path == "/start") return says(200, "<p>" + shown, "text/html");
    if (path == "/set") return set(request.body);
    if (path == "/page") return page(request.url);
    return request.method == "GET" ? download(request.url) : upload(request.body);
  }

 private:
  int requests_ = 0;

  static std::vector<std::string> values_of(const std::string& url, const std::string& name) {
    std::vector<std::string> out;
    if (url.find('?') == std::string::npos) return out;
    const std::string query = url.substr(url.find('?') + 1);
    for (const auto pair : split(query, '&'))
      if (pair.starts_with(name + "=")) out.push_back(decoded(pair.substr(name.size() + 1)));
    return out;
  }

  static std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '<' ? "&lt;" : std::string(1, c);
    return out;
  }

  // What an engine that knows this form makes of it.
  static std::string computed(const std::string& text, const char* pattern) {
    std::uint64_t left = 0, right = 0;
    return re2::RE2::PartialMatch(text, pattern, &left, &right) ? std::to_string(left * right) : text;
  }

  Result<HttpResponse> page(const std::string& url) {
    const auto values = values_of(url, "find");
    const bool wide = is("long") || is("control");
    if (values.size() > 1 && !is("twice")) return says(400, "");
    const std::string value = values.empty() ? "" : values[0];
    if (value.empty() && is("5xx when empty")) return says(500, "");
    if (value.empty() && is("5xx once") && seen.insert("empty").second) return says(503, "");
    if (value.empty() && is("hangs")) return fail(ErrorCode::timeout, "no answer in time");
    if (value.find('\'') != std::string::npos && is("sql error")) return says(200, "found: near \"'\": syntax error", "text/html");
    if ((value.size() > 100 && !wide) || !is_utf8(value)) return says(400, "");
    if (value.find('\n') != std::string::npos && is("header")) {
      const std::string line = value.substr(value.find('\n') + 1);
      return says(200, "found", "text/html", {{line.substr(0, line.find(':')), "1"}});
    }
    if (printable(value) != value && !wide) return says(400, "");
    const std::string run = is("template") ? computed(value, R"(\{\{(\d+)\*(\d+)\}\})") : is("command") ? computed(value, R"(\$\(\((\d+)\*(\d+)\)\))")
                          : is("sql") ? computed(value, R"('\|\|\((\d+)\*(\d+)\)\|\|')") : value;
    return says(200, "found " + (is("markup") ? run : escaped(run)), "text/html");
  }

  Result<HttpResponse> set(const std::string& body) {
    const auto json = parse_json(body);
    const auto count = [&](const char* name) { return static_cast<int>(split(body, '"').size()) > 0 && body.find(name) != body.rfind(name); };
    if (!json || count("\"level\":") || count("\"who\":") || count("\"label\":")) return says(400, "{}");
    const Json& level = member(*json, "level");
    const bool number = level.is_number_integer() && level <= 100;
    if ((!number && !is("any type")) || !member(*json, "who").is_string() || !member(*json, "label").is_string()) return says(is("5xx for a type") ? 500 : 400, "{}");
    if (text_or(*json, "who") != "alice" && !(is("tampered") && text_or(*json, "who") == "bob")) return says(403, "{}");
    if (text_or(*json, "label").size() > 100) return says(400, "{}");
    shown = is("stored markup") ? text_or(*json, "label") : escaped(text_or(*json, "label"));
    return says(200, R"({"ok": true})");
  }

  Result<HttpResponse> download(const std::string& url) {
    const auto values = values_of(url, "name");
    const std::string name = values.size() == 1 ? values[0] : "";
    if (files.contains(name)) return says(200, files[name], "text/plain");
    const bool leads_out = is("traversal") ? name.find("../etc/passwd") != std::string::npos && name.find('\0') == std::string::npos
                         : is("encoded traversal") && decoded(name).find("../etc/passwd") != std::string::npos;
    if (leads_out) return says(200, "root:x:0:0:root:/root:/bin/sh", "text/plain");
    if (is("always 200")) return says(200, "no such file", "text/plain");
    return says(is("5xx everywhere") ? 500 : 404, "");
  }

  Result<HttpResponse> upload(const std::string& body) {
    std::string name, content;
    if (!re2::RE2::PartialMatch(body, R"re((?s)filename="([^"]*)".*?\r\n\r\n(.*)\r\n--)re", &name, &content)) return says(400, "");
    const bool plain = re2::RE2::FullMatch(name, R"([A-Za-z0-9]+\.txt)");
    if (is("strips directories") && re2::RE2::FullMatch(name, R"([./]*[/\\]([A-Za-z0-9]+\.txt))", &name)) {
      files[name] = content;
      return says(201, "{}");
    }
    const bool taken = plain || is("any file") || is("runs files") || is("drops later") || (is("other case") && name.ends_with(".pHp"));
    if (!taken) return says(415, "");
    if (is("runs files")) content = computed(content, R"(echo\((\d+)\*(\d+)\))");
    if (plain || !is("drops later")) files[name] = content;
    return says(201, "{}");
  }
};

model::Observation look(Application& application) { return probe::look(probes::web_input::probe, application.context); }

// "page.find empty error" of everything that a check does not let pass.
std::set<std::string> findings(const Json& facts) {
  const std::set<std::string> optional{"missing", "empty", "negative", "control", "encoding"};
  std::set<std::string> out;
  for (const Json& one : facts["tried"]) {
    const std::string outcome = text_or(one, "outcome"), effect = text_or(one, "effect"), attack = text_or(one, "attack");
    const std::string word = effect != "none" ? effect : outcome;
    if (effect == "none" && (outcome == "refused" || (outcome == "accepted" && optional.contains(attack)))) continue;
    out.insert(text_or(one, "call") + "." + text_or(one, "input") + " " + attack + " " + word);
  }
  return out;
}

struct Row {
  const char* flaw;
  std::set<std::string> found;
};

}  // namespace

TEST_CASE("malformed parameters: each omission shows where it is") {
  const Row rows[] = {{"", {}},
                      {"tampered", {"set.who tampered accepted"}},
                      {"twice", {"page.find twice accepted"}},
                      {"long", {"page.find oversize accepted"}},
                      {"control", {"page.find oversize accepted"}},
                      {"any type", {"set.level wrong_type accepted", "set.level huge accepted", "set.level list accepted"}},
                      {"5xx when empty", {"page.find empty error", "page.find missing error"}},
                      {"5xx once", {"page.find missing unknown"}},
                      {"hangs", {"page.find empty no_answer", "page.find missing no_answer"}},
                      {"session lost", {}}};
  for (const Row& row : rows) {
    CAPTURE(row.flaw);
    Application application(row.flaw, "malformed");
    const auto observation = look(application);
    CHECK(observation.status == model::Status::ok);
    CHECK(observation.facts["failing"].empty());
    CHECK(observation.facts["working"] == Json{"page", "set", "download"});
    CHECK(findings(observation.facts) == row.found);
    CHECK(application.context.seen.find_evidence("transcript.txt") != nullptr);
  }
}

TEST_CASE("markers: each place where a value becomes more than a value shows") {
  const auto page_only = [](Application& application) {
    std::set<std::string> out;
    for (const std::string& one : findings(look(application).facts))
      if (!one.ends_with(" accepted")) out.insert(one);
    return out;
  };
  const Row rows[] = {{"", {}},
                      {"markup", {"page.find markup reflected"}},
                      {"stored markup", {"set.label markup reflected"}},
                      {"template", {"page.find template_braces computed"}},
                      {"command", {"page.find command_then computed", "page.find command_pipe computed", "page.find command_inside computed"}},
                      {"sql", {"page.find sql_join computed"}},
                      {"sql error", {"page.find sql_quote database_error"}},
                      {"header", {"page.find line_break header"}}};
  for (const Row& row : rows) {
    CAPTURE(row.flaw);
    Application application(row.flaw, "markers");
    CHECK(page_only(application) == row.found);
    CHECK(application.shown == "quiet");  // good values are put back
  }
}

TEST_CASE("traversal: a file of the system proves it, a friendly page does not") {
  Application conforming("", "traversal");
  CHECK(findings(look(conforming).facts).empty());
  Application plain("traversal", "traversal"), encoded("encoded traversal", "traversal"), friendly("always 200", "traversal"), strips("strips directories", "traversal");
  const std::set<std::string> found{"download.name dot_dot file", "download.name behind_good file"};
  CHECK(findings(look(plain).facts) == found);
  CHECK(findings(look(encoded).facts).contains("download.name encoded file"));
  const auto unclear = findings(look(friendly).facts);
  CHECK(unclear.contains("download.name dot_dot accepted"));
  CHECK_FALSE(unclear.contains("download.name dot_dot file"));
  CHECK(findings(look(strips).facts) == std::set<std::string>{"upload. upload_backslash contained", "upload. upload_dot_dot contained"});
}

TEST_CASE("uploads: what is handed out again was taken") {
  const auto one = [](const char* flaw) {
    Application application(flaw, "upload");
    const auto observation = look(application);
    CHECK(observation.facts["working"] == Json{"upload"});
    return findings(observation.facts);
  };
  CHECK(one("").empty());
  CHECK(one("other case") == std::set<std::string>{"upload. other_case stored"});
  CHECK(one("any file").contains("upload. svg stored"));
  CHECK(one("any file").size() == 14);
  CHECK(one("runs files").contains("upload. php executed"));
  CHECK(one("drops later").contains("upload. php accepted"));
}

TEST_CASE("trouble is no refusal, and nothing is said of a call that good values do not work for") {
  Application trouble("5xx everywhere", "traversal");
  for (const std::string& one : findings(look(trouble).facts)) CHECK(one.ends_with(" error"));

  Application broken("", "malformed");
  broken.context.world.item.data["calls"][0]["request"]["path"] = "/files?name=gone";
  const auto failing = look(broken);
  CHECK(failing.facts["failing"] == Json{"page"});
  CHECK(failing.notes.size() == 1);

  Application vague("", "malformed");  // 200 may be an error page where `success` does not say what only the real answer has
  vague.context.world.item.data["calls"][0].erase("success");
  const auto open = look(vague);
  CHECK(findings(open.facts) == std::set<std::string>{"page.find empty unknown", "page.find missing unknown"});
  CHECK(open.notes.size() == 1);

  Application blocks("", "malformed");  // an address that is blocked after some requests
  int requests = 0;
  const auto inner = blocks.context.world.http;
  blocks.context.world.http = [&](const HttpRequest& request) -> Result<HttpResponse> {
    if (++requests > 8 && request.url != "https://h/login") return says(403, "");
    return inner(request);
  };
  const auto blocked = look(blocks);
  CHECK(blocked.facts["working"].empty());
  for (const Json& one : blocked.facts["tried"]) CHECK(text_or(one, "outcome") != "refused");
}

TEST_CASE("peers that stall, break off or talk nonsense give no fact that lets a check pass") {
  const std::pair<Error, model::Status> rows[] = {{{ErrorCode::timeout, "no answer in time"}, model::Status::timeout},
                                                  {{ErrorCode::reset, "reset"}, model::Status::closed},
                                                  {{ErrorCode::protocol, "not HTTP"}, model::Status::auth_failed}};
  for (const auto& [error, status] : rows) {
    Application application("", "malformed");
    application.context.world.network_error = error;
    const auto observation = look(application);
    CHECK(observation.status == status);
    CHECK(observation.facts["working"].empty());
    CHECK(observation.facts["tried"].empty());
  }
  Application nothing("", "upload");
  nothing.context.world.item.data["calls"] = Json::array();
  CHECK(look(nothing).status == model::Status::not_applicable);
}
