#include "probes/web_authz/attempts.h"

#include <algorithm>

#include "model/placeholder.h"

namespace lintel::probes::web_authz {
namespace {

std::string first_of(const flow::Variables& account, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto found = account.find(name); found != account.end() && !is_secret(name, found->second)) return found->second;
  return "";
}

bool has_certificate(const flow::Variables& account) { return account.contains("certificate"); }

}  // namespace

std::string_view name_of(Way way) {
  switch (way) {
    case Way::nobody: return "nobody";
    case Way::device_id: return "device_id";
    case Way::user_id: return "user_id";
    case Way::altered: return "altered";
    case Way::ended: return "ended";
    case Way::other: return "other";
    case Way::partner: return "partner";
  }
  return "";
}

std::optional<Way> way_named(std::string_view name) {
  for (const Way way : {Way::nobody, Way::device_id, Way::user_id, Way::altered, Way::ended, Way::other, Way::partner})
    if (name_of(way) == name) return way;
  return std::nullopt;
}

std::string owner_of(const flow::Call& call) { return call.as.empty() ? "" : call.as.front(); }

bool is_secret(const std::string& name, const std::string& declared) {
  return declared.starts_with("env:") || declared.starts_with("file:") || model::sounds_secret(name);
}

std::string device_id(const flow::Variables& account) { return first_of(account, {"device", "device_id"}); }
std::string user_id(const flow::Variables& account) { return first_of(account, {"user", "user_id"}); }

bool has_sessions(const flow::Application& application) { return find_flow(application, "login") != nullptr; }

std::vector<Attempt> attempts_for(const flow::Application& application, const flow::Call& call, const std::vector<Way>& ways) {
  const auto owner = application.accounts.find(owner_of(call));
  if (owner == application.accounts.end()) return {};
  std::vector<Attempt> attempts;
  const auto add = [&](Way way, const std::string& account = "") {
    if (std::ranges::find(ways, way) != ways.end()) attempts.push_back({way, account});
  };
  const bool certified = has_certificate(owner->second);
  const bool secrets = std::ranges::any_of(owner->second, [](const auto& member) { return is_secret(member.first, member.second); });
  add(Way::nobody);
  if (!certified && (has_sessions(application) || secrets)) {
    if (!device_id(owner->second).empty()) add(Way::device_id);
    if (!user_id(owner->second).empty()) add(Way::user_id);
    add(Way::altered);
  }
  if (!certified && has_sessions(application) && find_flow(application, "logout") != nullptr) add(Way::ended);
  for (const auto& [name, account] : application.accounts)
    if (std::ranges::find(call.as, name) == call.as.end() && has_certificate(account) == certified) add(certified ? Way::partner : Way::other, name);
  return attempts;
}

}  // namespace lintel::probes::web_authz
