// Parameters that a server has to refuse, or at least to survive: of a wrong type, too long, sent twice, left out, somebody else's.
#include <algorithm>

#include "probes/web_input/attacks.h"

namespace lintel::probes::web_input {
namespace {

// What this input is for another account than those that may send the call: the one that tests may change, where there is one.
std::string somebody_elses(const flow::Application& application, const flow::Call& call, const std::string& value) {
  const auto of = [&](const flow::Variables& account) {
    auto filled = flow::fill(value, account);
    return filled ? *std::move(filled) : std::string();
  };
  const auto owner = application.accounts.find(call.as.front());
  const std::string own = owner == application.accounts.end() ? "" : of(owner->second);
  const auto fits = [&](const auto& account) {
    const std::string its = of(account.second);
    return std::ranges::find(call.as, account.first) == call.as.end() && !its.empty() && its != own;
  };
  if (const auto victim = application.accounts.find("victim"); victim != application.accounts.end() && fits(*victim)) return of(victim->second);
  for (const auto& account : application.accounts)
    if (fits(account)) return of(account.second);
  return "";
}

}  // namespace

std::vector<Attack> malformed(const flow::Application& application, const flow::Call& call, std::size_t long_value) {
  std::vector<Attack> attacks, last;
  for (const auto& [input, good] : call.inputs) {
    const Place place = place_of(call.step.request, input);
    if (place == Place::none) continue;
    const bool in_text = place == Place::text || place == Place::number, number = good.kind == "integer";
    const auto value = [&](const char* name, const std::string& text) { attacks.push_back({.name = name, .input = input, .call = call, .values = {{input, text}}}); };
    const auto change = [&](const char* name, bool (*edit)(Json&, Place, const std::string&)) {
      Attack attack{.name = name, .input = input, .call = call};
      if (edit(attack.call.step.request, place, input)) attacks.push_back(std::move(attack));
    };
    if (number || good.kind == "boolean") value("wrong_type", written(place, "lintel"));
    else value("oversize", written(place, std::string(long_value, 'a')));
    if (number) value("huge", std::string(20, '9'));
    if (number) value("negative", "-1");
    change("list", make_list);
    change("missing", remove_from);
    change("twice", repeat_in);
    // A signature over the good body would make the server refuse for another reason.
    if (const std::string member = member_of(call.step.request, place, input); !in_text && !member.empty() && !call.step.sign)
      attacks.push_back({.name = "twice", .input = input, .call = call, .twice = place, .member = member});
    if (place == Place::header) continue;
    if (place != Place::path) value("empty", written(place, ""));
    value("control", written(place, std::string("a\0b\x1b", 4)));
    if (place == Place::query || place == Place::form || place == Place::path) value("encoding", written(place, "\xff\xfe"));
    if (const std::string other = somebody_elses(application, call, good.value); good.kind == "id" && !other.empty())
      last.push_back({.name = "tampered", .input = input, .call = call, .values = {{input, written(place, other)}}});
  }
  attacks.insert(attacks.end(), last.begin(), last.end());
  return attacks;
}

}  // namespace lintel::probes::web_input
