// A walk through the application: its pages and calls, and answers to requests that go wrong. What it gathers is searched for session ids.
#include <algorithm>

#include "base/text.h"
#include "probes/web_session/looks.h"

namespace lintel::probes::web_session {

using flow::Client;

namespace {

// The texts of which a page holds one when it offers to log out: what its step declares as `contains`, else where the log-out goes.
std::vector<std::string> marks_of(const flow::Step& page, const flow::Application& application) {
  if (!page.success.contains.empty()) return page.success.contains;
  const auto* logout = flow::find_flow(application, "logout");
  if (logout == nullptr) return {};
  const std::string path = text_or(logout->back().request, "path");
  return path.size() > 1 ? std::vector{path} : std::vector<std::string>();
}

bool arrived(const flow::Exchange& page, const flow::Success& success) {
  const long status = page.response.status;
  return success.status.empty() ? status / 100 == 2 : std::ranges::find(success.status, status) != success.status.end();
}

flow::Step request(const char* method, const std::string& path, const char* body = nullptr) {
  flow::Step step;
  step.request = {{"method", method}, {"path", path}};
  if (body != nullptr) step.request.update({{"body", body}, {"headers", {{"Content-Type", "application/json"}}}});
  return step;
}

}  // namespace

Result<void> look_at_pages(Scene& scene) {
  const flow::Application& application = scene.wire.application();
  Client client = TRY(working_session(scene));
  TRY(client.send(request("GET", "/")));
  for (const flow::Call& call : application.calls)
    if (!call.writes && std::ranges::find(call.as, scene.account) != call.as.end()) TRY(client.send(call));
  const auto* pages = flow::find_flow(application, "pages");
  if (pages == nullptr) {
    scene.notes.push_back("declare a flow `pages`, a step for each page behind the log-in, to have log-out looked for");
    return {};
  }
  Json looked = Json::array(), without = Json::array(), unclear = Json::array();
  for (const flow::Step& step : *pages) {
    const auto page = TRY(client.send(step));
    const std::string path = printable(text_or(step.request, "path", "/"));
    const auto marks = marks_of(step, application);
    const bool offers = std::ranges::all_of(marks, [&](const std::string& mark) { return page.response.body.find(mark) != std::string::npos; });
    if (marks.empty() || !arrived(page, step.success)) unclear.push_back(path);
    else (offers ? looked : without).push_back(path);
  }
  if (TRY(ask(scene, client)) != flow::Outcome::accepted) return fail(ErrorCode::protocol, "the session ended on the way through the pages");
  scene.facts["pages"] = {{"with_logout", std::move(looked)}, {"without_logout", std::move(without)}, {"unclear", std::move(unclear)}};
  return {};
}

Result<void> provoke_errors(Scene& scene) {
  Client client = TRY(working_session(scene));
  const std::string login = text_or(flow::find_flow(scene.wire.application(), "login")->back().request, "path", "/");
  std::int64_t errors = 0;
  for (const flow::Step& step : {request("GET", "/{random}"), request("GET", "/%zz"), request("POST", login, "{")})
    errors += TRY(client.send(step)).response.status >= 400 ? 1 : 0;
  scene.facts["error_answers"] = errors;
  return {};
}

}  // namespace lintel::probes::web_session
