#include "flow/application.h"

#include <algorithm>

#include "base/text.h"

namespace lintel::flow {
namespace {

std::vector<std::string> texts(const Json& list) {
  std::vector<std::string> out;
  if (list.is_string()) out.push_back(list.get<std::string>());
  if (list.is_array())
    for (const Json& one : list) out.push_back(scalar_text(one));
  return out;
}

Variables text_map(const Json& object) {
  Variables out;
  if (object.is_object())
    for (const auto& [name, value] : object.items()) out[name] = scalar_text(value);
  return out;
}

Success read_success(const Json& json) {
  Success success;
  if (const Json& status = member(json, "status"); status.is_array())
    for (const Json& one : status) success.status.push_back(one.get<long>());
  success.header = text_map(member(json, "header"));
  if (const Json& values = member(json, "json"); values.is_object())
    for (const auto& [pointer, value] : values.items()) success.json.emplace_back(pointer, value);
  success.contains = texts(member(json, "contains"));
  success.lacks = texts(member(json, "lacks"));
  return success;
}

Place read_place(const Json& json) {
  constexpr std::pair<const char*, Place::Kind> kKinds[] = {
      {"cookie", Place::Kind::cookie}, {"header", Place::Kind::header}, {"json", Place::Kind::json}, {"file", Place::Kind::file}};
  for (const auto& [key, kind] : kKinds)
    if (json.contains(key)) return {kind, text_or(json, key), text_or(json, "pattern")};
  return {Place::Kind::pattern, "", text_or(json, "pattern")};
}

Call read_call(const Json& json) {
  Call call;
  call.id = text_or(json, "id");
  call.as = texts(member(json, "as"));
  call.erases = text_or(json, "effect") == "erase";
  call.writes = call.erases || text_or(json, "effect") == "write";
  if (const Json& inputs = member(json, "inputs"); inputs.is_object())
    for (const auto& [name, input] : inputs.items()) call.inputs[name] = {scalar_text(member(input, "value")), text_or(input, "kind", "text")};
  call.step = read_step(json);
  return call;
}

}  // namespace

Step read_step(const Json& json) {
  Step step;
  step.request = member(json, "request");
  step.success = read_success(member(json, "success"));
  if (const Json& take = member(json, "take"); take.is_object())
    for (const auto& [name, place] : take.items()) step.take[name] = read_place(place);
  if (const Json& sign = member(json, "sign"); sign.is_object())
    step.sign = Signature{text_or(sign, "header"), text_or(sign, "algorithm"), text_or(sign, "key"), text_or(sign, "over")};
  return step;
}

Application read_application(const Json& item) {
  Application application;
  application.url = text_or(item, "url");
  while (application.url.ends_with('/')) application.url.pop_back();
  application.address = text_or(item, "address");
  application.ca = text_or(item, "ca");
  application.second_source = text_or(item, "second_source");
  const Json& session = member(item, "session");
  application.session = {text_or(session, "cookie"), text_or(session, "variable")};
  if (const std::string idle = text_or(item, "idle_timeout"); !idle.empty()) application.idle_timeout = parse_duration(idle);
  if (const Json& accounts = member(item, "accounts"); accounts.is_object())
    for (const auto& [name, members] : accounts.items()) application.accounts[name] = text_map(members);
  if (const Json& flows = member(item, "flows"); flows.is_object())
    for (const auto& [name, steps] : flows.items())
      for (const Json& step : steps) application.flows[name].push_back(read_step(step));
  if (const Json& calls = member(item, "calls"); calls.is_array())
    for (const Json& call : calls) application.calls.push_back(read_call(call));
  return application;
}

const std::vector<Step>* find_flow(const Application& application, std::string_view name) {
  const auto found = application.flows.find(std::string(name));
  return found == application.flows.end() ? nullptr : &found->second;
}

const Call* find_call(const Application& application, std::string_view id) {
  const auto found = std::ranges::find(application.calls, id, &Call::id);
  return found == application.calls.end() ? nullptr : &*found;
}

}  // namespace lintel::flow
