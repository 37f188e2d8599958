// lintel target try: runs flows or calls of one web application once and shows what was asked, answered and taken, secrets left out.
#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "data/json.h"
#include "flow/client.h"
#include "model/placeholder.h"
#include "rules/loader.h"
#include "scan/live_context.h"

namespace lintel::cli {
namespace {

constexpr std::size_t kBodyShown = 600;

struct Found {
  const model::Asset* asset = nullptr;
  const model::Item* item = nullptr;
};

// The application meant: by id, or the only one that has all the names. Errors: not_found, invalid_input.
Result<Found> find_application(const model::Target& target, const TargetTryCommand& command) {
  std::vector<Found> fitting;
  std::vector<std::string> known;
  for (const auto& asset : target.assets)
    for (const auto& item : asset.items) {
      if (item.kind != model::ItemKind::web || (!command.item.empty() && item.id != command.item)) continue;
      const auto application = flow::read_application(item.data);
      const auto has = [&](const std::string& name) {
        return find_flow(application, name) != nullptr || std::ranges::find(application.calls, name, &flow::Call::id) != application.calls.end();
      };
      for (const auto& [name, steps] : application.flows) known.push_back(name);
      for (const auto& call : application.calls) known.push_back(call.id);
      if (std::ranges::all_of(command.flows, has)) fitting.push_back({&asset, &item});
    }
  if (fitting.size() > 1) return fail(ErrorCode::invalid_input, "several applications of the target have this flow; say which: --item ID");
  if (fitting.empty() && known.empty()) return fail(ErrorCode::not_found, "the target declares no flows{}", command.item.empty() ? "" : " for this item");
  if (fitting.empty()) return fail(ErrorCode::not_found, "no application has all of {}; there are: {}", join(command.flows, ", "), join(known, ", "));
  return fitting.front();
}

std::string shown(const std::string& name, const std::string& value) {
  return model::sounds_secret(name) ? fmt::format("[secret, {} characters]", value.size()) : printable(value);
}

class Trial {
 public:
  Trial(flow::Client& client, const flow::Application& application, const scan::Secrets& secrets, bool json)
      : client_(client), application_(application), secrets_(secrets), json_(json) {}

  // Whether all of it was success.
  Result<bool> run(const std::string& name) {
    flow::set_random(client_.variables);
    client_.keep_random = true;
    if (const auto* steps = find_flow(application_, name)) {
      for (std::size_t i = 0; i < steps->size(); ++i)
        if (!TRY(step(fmt::format("{} {}/{}", name, i + 1, steps->size()), (*steps)[i], client_.prepare((*steps)[i])))) return false;
      return true;
    }
    const auto call = std::ranges::find(application_.calls, name, &flow::Call::id);
    return step(name, call->step, client_.prepare(*call));
  }

 private:
  Result<bool> step(const std::string& title, const flow::Step& step, const Result<net::HttpRequest>& request) {
    if (!request) return tl::unexpected<Error>(request.error());
    const auto exchange = TRY(client_.send(*request, step));
    const bool fine = exchange.success && exchange.missing.empty();
    const std::string status = fmt::format("HTTP {}", exchange.response.status);
    const std::string said = exchange.success ? status : exchange.why.starts_with("HTTP") ? clean(exchange.why) : status + ", " + clean(exchange.why);
    if (json_) {
      Json taken = Json::object();
      for (const auto& [name, place] : step.take)
        if (const auto value = client_.variables.find(name); exchange.success && value != client_.variables.end()) taken[name] = shown(name, value->second);
      print_json({{"step", title}, {"success", fine}, {"method", request->method}, {"url", clean(request->url)}, {"status", exchange.response.status}, {"why", clean(exchange.why)}, {"taken", std::move(taken)}, {"missing", exchange.missing}});
      return fine;
    }
    fmt::print("{} {}  {} {}  {}\n", fine ? "ok  " : "FAIL", title, request->method, clean(request->url), said);
    for (const auto& cookie : flow::cookies_set(exchange.response.headers))
      fmt::print("     cookie {} {}\n", printable(cookie.name), cookie.ends ? "deleted" : "set");
    for (const auto& [name, place] : step.take)
      if (const auto value = client_.variables.find(name); exchange.success && value != client_.variables.end())
        fmt::print("     {} = {}  from {}\n", name, shown(name, value->second), place_text(place));
    for (const std::string& missing : exchange.missing) fmt::print("     not found: {}\n", missing);
    if (!fine) fmt::print("     the answer begins:\n{}\n", clean(exchange.response.body.substr(0, kBodyShown)));
    return fine;
  }
  std::string clean(const std::string& text) const { return printable(secrets_.redact(text)); }

  flow::Client& client_;
  const flow::Application& application_;
  const scan::Secrets& secrets_;
  const bool json_;  // an object a step
};

Result<bool> try_flows(const model::Target& target, const Found& found, const TargetTryCommand& command, bool json, const Cancel& cancel) {
  const SystemClock clock;
  scan::Secrets secrets;
  scan::AssetGate gate(target.limits.connections, target.limits.gap);
  const model::Job job;
  scan::LiveContext context({target, *found.asset, *found.item, job, gate, secrets, cancel, clock, Deadline::after(std::chrono::minutes(2)), {}});
  const auto application = flow::read_application(found.item->data);
  std::string account = command.account;
  if (account.empty() && !application.accounts.empty()) account = application.accounts.contains("owner") ? "owner" : application.accounts.begin()->first;
  flow::Wire wire(context, application);
  auto client = TRY(flow::Client::open(wire, account));
  if (!account.empty() && !json) fmt::print("as {}\n", account);
  Trial trial(client, application, secrets, json);
  for (const std::string& name : command.flows)
    if (!TRY(trial.run(name))) return false;
  if (const auto id = client.session_id(); id && !json) fmt::print("session id: {} characters\n", id->size());
  return true;
}

}  // namespace

int run_command(const TargetTryCommand& command, const Console& console) {
  const auto loaded = rules::load_target(command.target);
  print_diagnostics(loaded.diagnostics);
  if (has_errors(loaded.diagnostics)) return kUsageError;
  const auto found = find_application(loaded.target, command);
  if (!found) {
    print_error(found.error().message);
    return kUsageError;
  }
  const InterruptGuard interrupt;
  const auto fine = try_flows(loaded.target, *found, command, console.json, interrupt.cancel());
  if (!fine) print_error(fine.error().message);
  if (interrupt.cancel().requested()) return 130;
  return fine && *fine ? 0 : 1;
}

}  // namespace lintel::cli
