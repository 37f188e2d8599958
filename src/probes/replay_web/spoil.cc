#include "probes/replay_web/spoil.h"

#include <algorithm>

#include "base/text.h"
#include "flow/tamper.h"

namespace lintel::probes::replay_web {
namespace {

using flow::Call;
using flow::Client;
using net::HttpRequest;

bool has(const Json& value, std::string_view text) {
  if (value.is_string()) return value.get_ref<const std::string&>().find(text) != std::string::npos;
  return value.is_structured() && std::ranges::any_of(value, [&](const Json& part) { return has(part, text); });
}

Json replaced(Json value, std::string_view from, const std::string& to) {
  if (value.is_string()) return flow::replace_all(value.get_ref<const std::string&>(), from, to);
  if (value.is_structured())
    for (Json& part : value) part = replaced(part, from, to);
  return value;
}

// The request made at a time, with a nonce or a fresh one.
Result<HttpRequest> made_at(Client& client, const Call& call, WallTime when, const std::string* nonce) {
  flow::set_built_ins(client.variables, FixedClock(when));
  if (nonce != nullptr) client.variables["nonce"] = *nonce;
  client.keep_built_ins = true;
  auto request = client.prepare(call);
  client.keep_built_ins = false;
  return request;
}

HttpRequest without_header(HttpRequest request, const std::string& name) {
  std::erase_if(request.headers, [&](const auto& header) { return to_lower(header.first) == to_lower(name); });
  return request;
}

// One byte each: a digit of the body, the nonce wherever it stands, a space at the end. Each has a nonce of its own.
Result<std::vector<HttpRequest>> changed(Client& client, const Call& call) {
  std::vector<HttpRequest> all;
  const HttpRequest one = TRY(client.prepare(call));
  const auto value = [&](const char* name) { return client.variables.contains(name) ? client.variables.at(name) : std::string(); };
  if (auto body = flow::with_other_digit(one.body, {value("nonce"), value("random"), value("now"), value("now_iso"), value("device")})) {
    all.push_back(one);
    all.back().body = *std::move(body);
  }
  HttpRequest two = TRY(client.prepare(call));
  const std::string nonce = value("nonce");
  bool found = false;
  const auto change = [&](std::string& text) {
    const auto other = flow::with_other_value(text, nonce);
    found = found || other;
    if (other) text = *other;
  };
  change(two.body);
  change(two.url);
  for (auto& [name, text] : two.headers)
    if (to_lower(name) != to_lower(call.step.sign->header)) change(text);
  if (found) all.push_back(std::move(two));
  if (!one.body.empty()) {
    all.push_back(TRY(client.prepare(call)));
    all.back().body += ' ';
  }
  return all;
}

}  // namespace

Result<std::vector<Look>> looks(Client& client, const Call& call, const HttpRequest& recorded, const Clock& clock, const std::string& other_device) {
  const Json& request = call.step.request;
  const std::string& over = call.step.sign->over;
  const std::string nonce = client.variables["nonce"];
  const bool timed = has(request, "{now") || over.find("{now") != std::string::npos, once = has(request, "{nonce}") || over.find("{nonce}") != std::string::npos;
  std::vector<Look> all{{"replayed", {recorded}}};
  const auto add = [&](const char* fact, HttpRequest made) { all.push_back({fact, {std::move(made)}}); };
  if (timed) add("stale", TRY(made_at(client, call, clock.now() - std::chrono::hours(1), nullptr)));
  // A second later, so that it differs where the clock has not moved.
  if (once) add("reused_nonce", TRY(made_at(client, call, clock.now() + std::chrono::seconds(timed ? 1 : 0), &nonce)));
  if (auto requests = TRY(changed(client, call)); !requests.empty()) all.push_back({"changed", std::move(requests)});
  const HttpRequest whole = TRY(client.prepare(call));
  add("unsigned", without_header(whole, call.step.sign->header));
  // The path stays: whether a user may address somebody else's device is not asked here, but whether the message is looked at.
  Call other = call;
  for (auto& [name, part] : other.step.request.items())
    if (name != "path") part = replaced(part, "{device}", other_device);
  other.step.sign->over = flow::replace_all(over, "{device}", other_device);
  if (!other_device.empty() && other.step.request != request) add("other_device", TRY(client.prepare(other)));
  return all;
}

}  // namespace lintel::probes::replay_web
