#include "probes/web_input/read_back.h"

#include <algorithm>

#include "probes/web_input/place.h"
#include "probes/web_input/signs.h"

namespace lintel::probes::web_input {
namespace {

bool reads(const flow::Call& call, const flow::Client& client) {
  return !call.writes && std::ranges::find(call.as, client.account()) != call.as.end();
}

}  // namespace

std::string read_back(flow::Client& client, const flow::Application& application, const net::HttpResponse& uploaded, const std::string& name, const std::vector<std::string>& marks) {
  const auto found = [&](const Result<flow::Exchange>& sent) -> std::string {
    if (sent && sent->response.status / 100 == 2)
      for (const std::string& mark : marks)
        if (!mark.empty() && sent->response.body.find(mark) != std::string::npos) return mark;
    return "";
  };
  for (const flow::Call& call : application.calls) {
    if (!reads(call, client)) continue;
    for (const auto& [input, good] : call.inputs) {
      if (good.kind != "file") continue;
      flow::Client reader = client;
      reader.variables[input] = written(place_of(call.step.request, input), name);
      if (std::string mark = found(reader.send(call)); !mark.empty()) return mark;
    }
  }
  for (const std::string& address : addresses_in(uploaded, application.url)) {
    flow::Step step;
    step.request = {{"method", "GET"}, {"path", address}};
    if (std::string mark = found(client.send(step)); !mark.empty()) return mark;
  }
  return "";
}

bool shows_up_later(flow::Client& client, const flow::Application& application, const std::string& tag) {
  const auto shown = [&](const Result<flow::Exchange>& sent) { return sent && shows_markup(sent->response, tag); };
  if (const auto* pages = flow::find_flow(application, "pages"))
    for (const flow::Step& page : *pages)
      if (shown(client.send(page))) return true;
  return std::ranges::any_of(application.calls, [&](const flow::Call& call) { return reads(call, client) && shown(client.send(call)); });
}

}  // namespace lintel::probes::web_input
