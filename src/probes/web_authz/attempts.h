// Who tries a declared call, and with what in the place of a credential. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/application.h"

namespace lintel::probes::web_authz {

// In an application with log-in the credential is the session id, else it is every secret of the account.
// nobody: none. device_id, user_id: that identity stands where the credential should. altered: one character of it changed. ended: a session after
// log-out. other: another account's credential with this one's ids. partner: the same between accounts that are told by a client certificate.
enum class Way { nobody, device_id, user_id, altered, ended, other, partner };
std::string_view name_of(Way way);
std::optional<Way> way_named(std::string_view name);

struct Attempt {
  Way way = Way::nobody;
  std::string account;  // the one that tries; empty for those that have none
};

// The account whose success shows that a call works: the first that may send it.
std::string owner_of(const flow::Call& call);

// Which of these ways there are for this call, all of which must be refused. Those that need what the target does not declare (an id, a session,
// log-out, another account) are left out.
std::vector<Attempt> attempts_for(const flow::Application& application, const flow::Call& call, const std::vector<Way>& ways);

// Whether accounts log in.
bool has_sessions(const flow::Application& application);

// A member that proves who one is: env: or file:, or a name that says so. Ids are not among them.
bool is_secret(const std::string& name, const std::string& declared);
// The value that an account declares for a device's or user's identity; empty when it has none.
std::string device_id(const flow::Variables& account);
std::string user_id(const flow::Variables& account);

}  // namespace lintel::probes::web_authz
