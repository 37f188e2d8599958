#include "probes/mqtt/knock.h"

#include <algorithm>

namespace lintel::probes::mqtt {
namespace {

using flow::Admission;
using flow::Credentials;

constexpr std::size_t kMostControls = 4;

// Goes in, leaves, and keeps what it learned in the door. False: the broker is silent, asking on is no use.
class Caller {
 public:
  Caller(const Visitor& visitor, net::mqtt::Version version, Door& door) : visitor_(visitor), version_(version), door_(door) {}

  Knock operator()(std::string as, const Credentials& credentials) {
    Knock knock{std::move(as), Admission::unknown, "not asked: the broker stopped answering"};
    if (silent_) return knock;
    visitor_.note("# " + knock.as);
    const Deadline deadline = Deadline::earlier(visitor_.context.deadline(), Deadline::after(visitor_.wait));
    const flow::Entry entry = flow::enter(visitor_.context, visitor_.broker, version_, credentials, visitor_.note, deadline);
    if (entry.client) entry.client->disconnect(deadline);
    knock.admission = entry.admission;
    knock.reason = entry.reason;
    door_.connected = door_.connected || entry.connected;
    const bool answered = !entry.error || entry.admission != Admission::unknown;
    if (entry.error && !answered) door_.error = entry.error;
    if (!entry.error && entry.admission != Admission::unknown) door_.spoken = entry.admission == Admission::not_spoken ? Known::no : Known::yes;
    failures_ = answered ? 0 : failures_ + 1;
    // A broker may end a connection without a word, and that again and again; a port that takes none, or never answers, stays so.
    silent_ = !entry.connected || door_.spoken == Known::no || (failures_ > 1 && entry.error->code == ErrorCode::timeout) || visitor_.context.cancel().requested();
    return knock;
  }

 private:
  const Visitor& visitor_;
  net::mqtt::Version version_;
  Door& door_;
  int failures_ = 0;
  bool silent_ = false;
};

// A wrong password of the same length and kind: the first character is another one.
std::string other_password(std::string password) {
  if (password.empty()) return "x";
  password[0] = password[0] == 'x' ? 'y' : 'x';
  return password;
}

bool has_credential(const flow::BrokerAccount& account) { return account.password.has_value() || !account.certificate.empty(); }

std::vector<std::string> ids_of(const flow::BrokerAccount& account) {
  std::vector<std::string> ids;
  for (const char* name : {"client_id", "device", "user"}) {
    const auto found = account.members.find(name);
    if (found != account.members.end() && !found->second.empty() && std::ranges::find(ids, found->second) == ids.end()) ids.push_back(found->second);
  }
  return ids;
}

}  // namespace

Door knock(const Visitor& visitor, net::mqtt::Version version) {
  Door door;
  Caller call(visitor, version, door);
  const flow::BrokerAccount* account = nullptr;
  std::size_t tried = 0;
  for (const flow::BrokerAccount& one : visitor.broker.accounts) {
    if (!has_credential(one) || account != nullptr || tried++ == kMostControls) continue;
    const Knock control = call(fmt::format("account {}", one.name), flow::credentials_of(one));
    door.control = std::max(door.control.value_or(Known::no), let_in(control.admission));
    if (control.admission == Admission::accepted) account = &one;
  }
  if (account != nullptr) door.account = account->name;
  door.anonymous.push_back(call("anonymous", {}));
  if (account == nullptr) return door;
  if (account->password) {
    // The certificate alone opens the way to the broker, not the account: its password is declared too.
    if (!account->certificate.empty())
      door.anonymous.push_back(call("anonymous with the certificate of " + account->name, {.certificate = account->certificate, .key = account->key}));
    Credentials wrong = flow::credentials_of(*account);
    wrong.password = other_password(*wrong.password);
    door.wrong_password.push_back(call("wrong password of " + account->name, wrong));
  }
  for (const std::string& id : ids_of(*account)) {
    door.bare_id.push_back(call("client id " + id, {.client_id = id}));
    door.bare_id.push_back(call("user " + id + " without a password", {.client_id = account->client_id, .user = id}));
    door.bare_id.push_back(call("user and password " + id, {.client_id = account->client_id, .user = id, .password = id}));
  }
  return door;
}

PlainPort knock_in_clear(const Visitor& visitor, std::uint16_t port) {
  flow::Broker clear = visitor.broker;
  clear.tls = false;
  clear.endpoint.port = port;
  visitor.note(fmt::format("# in clear on port {}", port));
  const Deadline deadline = Deadline::earlier(visitor.context.deadline(), Deadline::after(visitor.wait));
  flow::Entry entry = flow::enter(visitor.context, clear, net::mqtt::Version::v3_1_1, {}, visitor.note, deadline);
  if (!entry.error) return {Known::yes, entry.reason};
  const ErrorCode code = entry.error->code;
  const bool closed = !entry.connected && (code == ErrorCode::refused || (code == ErrorCode::timeout && !visitor.context.deadline().passed()));
  const bool other_protocol = entry.connected && code == ErrorCode::protocol;
  return {closed || other_protocol ? Known::no : Known::unknown, entry.reason};
}

}  // namespace lintel::probes::mqtt
