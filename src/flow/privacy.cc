#include "flow/privacy.h"

#include "base/text.h"

namespace lintel::flow {
namespace {

std::vector<std::string> names(const Json& list) {
  std::vector<std::string> out;
  if (list.is_array())
    for (const Json& one : list) out.push_back(one.get<std::string>());
  return out;
}

bool turned_away(long status) { return status == 401 || status == 403 || (status >= 301 && status <= 308); }

// The first name that is declared nowhere ("call data-x"); empty when all are.
std::string unknown_name(const Privacy& privacy, const Application& application) {
  for (const std::string& account : {privacy.account, privacy.erased_account})
    if (!account.empty() && !application.accounts.contains(account)) return "account " + account;
  if (!privacy.notice.empty() && find_flow(application, privacy.notice) == nullptr) return "flow " + privacy.notice;
  std::vector<std::string> calls{privacy.access, privacy.correct, privacy.export_data, privacy.erase};
  calls.insert(calls.end(), privacy.answers.begin(), privacy.answers.end());
  calls.insert(calls.end(), privacy.copies.begin(), privacy.copies.end());
  for (const std::string& call : calls)
    if (!call.empty() && find_call(application, call) == nullptr) return "call " + call;
  if (!privacy.correct.empty() && !find_call(application, privacy.correct)->inputs.contains(privacy.input)) return "input " + privacy.input;
  return "";
}

// nullopt when nothing is declared.
std::optional<Privacy> read_privacy(const Json& item) {
  const Json& json = member(item, "privacy");
  if (!json.is_object()) return std::nullopt;
  Privacy privacy;
  privacy.account = text_or(json, "account");
  privacy.notice = text_or(json, "notice");
  if (const Json& fields = member(json, "fields"); fields.is_object())
    for (const auto& [name, field] : fields.items()) privacy.fields.push_back({name, text_or(field, "masked")});
  privacy.other = names(member(json, "other"));
  privacy.answers = names(member(json, "answers"));
  privacy.access = text_or(json, "access");
  privacy.export_data = text_or(json, "export");
  const Json &correct = member(json, "correct"), &erase = member(json, "erase");
  privacy.correct = text_or(correct, "call");
  privacy.input = text_or(correct, "input");
  privacy.value = text_or(correct, "value", "Lintel {digits}");
  privacy.erase = text_or(erase, "call");
  privacy.erased_account = text_or(erase, "account");
  privacy.copies = names(member(erase, "copies"));
  privacy.within = parse_duration(text_or(erase, "within", "10s")).value_or(std::chrono::seconds(10));
  return privacy;
}

}  // namespace

std::optional<Privacy> usable_privacy(const Json& item, const Application& application, model::Observation& observation) {
  auto privacy = read_privacy(item);
  const std::string unknown = privacy ? unknown_name(*privacy, application) : "";
  if (privacy && unknown.empty()) return privacy;
  observation.status = privacy ? model::Status::not_declared : model::Status::not_applicable;
  observation.message = privacy ? fmt::format("`privacy` names something that is not declared: {}", unknown) : "no `privacy` is declared here";
  return std::nullopt;
}

Result<Person> Person::log_in(Wire& wire, const std::string& account) {
  auto client = TRY(Client::log_in(wire, account));
  return Person(wire, std::move(client));
}

Result<Exchange> Person::send(const std::string& id) {
  const Call& call = *find_call(wire_->application(), id);
  auto exchange = client.send(call);
  if (!exchange || exchange->success || !turned_away(exchange->response.status)) return exchange;
  // The session may have idled away; a log-in that fails changes nothing about this answer.
  auto again = log_in(*wire_, client.account());
  if (!again) return exchange;
  for (const auto& [name, value] : client.variables) again->client.variables.try_emplace(name, value);
  client = std::move(again->client);
  return client.send(call);
}

Result<Exchange> Person::correct(const Privacy& privacy, const std::string& value) {
  client.variables[privacy.input] = value;
  return send(privacy.correct);
}

Result<std::string> Person::fresh_marker(const Privacy& privacy) {
  set_random(client.variables);
  return fill(privacy.value, client.variables);
}

std::string_view word(Known known) { return known == Known::yes ? "yes" : known == Known::no ? "no" : "unknown"; }

Known granted(const Result<Exchange>& exchange) {
  if (!exchange) return Known::unknown;
  if (exchange->success) return Known::yes;
  const long status = exchange->response.status;
  const bool limit = status == 408 || status == 425 || status == 429;
  return status >= 200 && status < 500 && !limit ? Known::no : Known::unknown;
}

}  // namespace lintel::flow
