#include "flow/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "flow/tamper.h"
#include "model/placeholder.h"
#include "probe/probe.h"

namespace lintel::flow {
namespace {

constexpr std::size_t kCatcherCapBytes = 64 << 10;
constexpr std::size_t kLargeAnswerCapBytes = std::size_t{128} << 20;

// The path and query of a URL, as a request line has it.
std::string target_of(const std::string& url) {
  const std::size_t host = url.find("://");
  const std::size_t path = host == std::string::npos ? std::string::npos : url.find_first_of("/?", host + 3);
  if (path == std::string::npos) return "/";
  return url[path] == '?' ? "/" + url.substr(path) : url.substr(path);
}

Result<std::string> signed_text(const Signature& signature, const net::HttpRequest& request, Variables variables) {
  variables["method"] = request.method;
  variables["path"] = target_of(request.url);
  variables["body"] = request.body;
  return hmac_hex(signature.algorithm, TRY(fill(signature.key, variables)), TRY(fill(signature.over, variables)));
}

}  // namespace

Result<Client> Client::open(Wire& wire, const std::string& account) {
  Client client(wire, account);
  if (account.empty()) return client;
  const auto& accounts = wire.application().accounts;
  const auto found = accounts.find(account);
  if (found == accounts.end()) return fail(ErrorCode::not_found, "no account `{}` is declared", account);
  for (const auto& [name, value] : found->second) client.variables[name] = TRY(wire.context().secret(value));
  return client;
}

Result<void> Client::run(std::string_view flow) {
  const std::vector<Step>* steps = find_flow(wire_->application(), flow);
  if (steps == nullptr) return fail(ErrorCode::not_found, "no flow `{}` is declared", flow);
  set_random(variables);
  const bool kept = std::exchange(keep_random, true);
  auto ended = run_steps(flow, *steps);
  keep_random = kept;
  return ended;
}

Result<void> Client::run_steps(std::string_view flow, const std::vector<Step>& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto where = [&] { return fmt::format("flow {}, step {} of {}", flow, i + 1, steps.size()); };
    const auto sent = send(steps[i]);
    if (!sent) return add_context(sent.error(), where());
    if (!sent->success) return fail(ErrorCode::protocol, "{}: {}", where(), sent->why);
    if (!sent->missing.empty()) return fail(ErrorCode::protocol, "{}: no value in {}", where(), join(sent->missing, ", "));
  }
  return {};
}

Result<net::HttpRequest> Client::prepare(const Step& step) {
  inputs_.clear();
  return prepare(step, variables, {});
}

Result<net::HttpRequest> Client::prepare(const Call& call) {
  Variables filled = variables;
  std::vector<std::string> typed;
  for (const auto& [name, input] : call.inputs) {
    if (!filled.contains(name)) filled[name] = TRY(fill(input.value, filled));
    if (input.kind == "integer" || input.kind == "boolean") typed.push_back(name);
  }
  inputs_.clear();
  for (const auto& [name, input] : call.inputs) inputs_[name] = filled[name];
  return prepare(call.step, filled, typed);
}

Result<net::HttpRequest> Client::prepare(const Step& step, const Variables& given, const std::vector<std::string>& typed) {
  Variables filled = given;
  if (!keep_built_ins) {
    const std::string random = variables["random"], digits = variables["digits"];
    set_built_ins(variables, wire_->context().clock());
    if (keep_random) variables["random"] = random, variables["digits"] = digits;
    for (const std::string_view name : model::built_in_names()) filled[std::string(name)] = variables[std::string(name)];
  }
  auto request = TRY(build_request(step.request, wire_->application().url, filled, typed));
  if (!cookies.empty()) request.headers.emplace_back("Cookie", cookies.header());
  if (step.sign) request.headers.emplace_back(step.sign->header, TRY(signed_text(*step.sign, request, filled)));
  return request;
}

Result<Exchange> Client::send(const net::HttpRequest& request, const Step& step) {
  const Application& application = wire_->application();
  net::HttpOptions options{.connect_to = application.address, .ca_file = application.ca};
  if (const auto file = variables.find("certificate"); file != variables.end()) options.certificate_file = file->second;
  if (const auto file = variables.find("key"); file != variables.end() && !options.certificate_file.empty()) options.key_file = file->second;
  if (from_second_source) options.source = application.second_source;
  if (large_answers) {
    options.body_cap_bytes = kLargeAnswerCapBytes;
    options.timeout = std::chrono::minutes(2);
  }
  auto response = TRY(wire_->send(request, options, account_));
  Exchange exchange{request, std::move(response), false, {}, {}};

  for (const Cookie& cookie : cookies_set(exchange.response.headers))
    if (cookie.name == application.session.cookie || model::sounds_secret(cookie.name)) wire_->context().hide(cookie.value);
  cookies.take(exchange.response.headers);
  Variables known = inputs_;
  known.insert(variables.begin(), variables.end());
  exchange.why = why_not(exchange.response, step.success, known);
  exchange.success = exchange.why.empty();
  if (!exchange.success) return exchange;
  const auto read = [&](const std::string& path) { return wire_->context().read_file(path, kCatcherCapBytes); };
  for (const auto& [name, place] : step.take) {
    const auto value = TRY(value_at(place, exchange.response, known, read));
    if (!value) {
      exchange.missing.push_back(place_text(place));
      continue;
    }
    if (name == application.session.variable || model::sounds_secret(name)) wire_->context().hide(*value);
    variables[name] = known[name] = *value;
  }
  return exchange;
}

Result<Exchange> Client::send(const Step& step) {
  const auto request = TRY(prepare(step));
  return send(request, step);
}

Result<Exchange> Client::send(const Call& call) {
  const auto request = TRY(prepare(call));
  return send(request, call.step);
}

Result<Client> Client::log_in(Wire& wire, const std::string& account) {
  Client client = TRY(open(wire, account));
  if (find_flow(wire.application(), "login") != nullptr && !client.variables.contains("certificate")) TRY(client.run("login"));
  return client;
}

std::optional<std::string> Client::session_id() const {
  const SessionPlace& place = wire_->application().session;
  if (!place.cookie.empty()) {
    const Cookie* cookie = cookies.find(place.cookie);
    return cookie == nullptr ? std::nullopt : std::optional(cookie->value);
  }
  const auto value = variables.find(place.variable);
  return value == variables.end() ? std::nullopt : std::optional(value->second);
}

void Client::set_session_id(std::string id) {
  const SessionPlace& place = wire_->application().session;
  if (!place.cookie.empty()) cookies.set(place.cookie, std::move(id));
  else if (!place.variable.empty()) variables[place.variable] = std::move(id);
}

void Client::drop_session() {
  cookies = Jar();
  drop_session_id();
}

void Client::drop_session_id() {
  const SessionPlace& place = wire_->application().session;
  cookies.remove(place.cookie);
  if (!place.variable.empty()) variables.erase(place.variable);
}

model::Status status_of_flow(const Error& error) {
  return error.code == ErrorCode::protocol ? model::Status::auth_failed : probe::status_of(error);
}

void end_look(const Error& error, model::Observation& observation) {
  observation.status = status_of_flow(error);
  observation.message = error.message;
}

}  // namespace lintel::flow
