// Who is let in: the declared account, and those who must not be. One connection at a time.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "probes/mqtt/known.h"

namespace lintel::probes::mqtt {

struct Knock {
  std::string as;  // for people: "client id 01A1…"
  flow::Admission admission = flow::Admission::unknown;
  std::string reason;
};

// One version of the protocol.
struct Door {
  Known spoken = Known::unknown;
  std::optional<Known> control;  // a declared account was let in; none when no account is declared
  std::string account;           // the one that was
  std::vector<Knock> anonymous, bare_id, wrong_password;
  std::optional<Error> error;    // of the last connection that brought no answer
  bool connected = false;        // at least one was accepted by TCP
};

struct Visitor {
  probe::Context& context;
  const flow::Broker& broker;
  std::chrono::milliseconds wait;
  std::function<void(std::string)> note;
};

// At most 4 declared accounts, then 2 + 9 + 1 strangers; ends early when the broker has stopped answering.
Door knock(const Visitor& visitor, net::mqtt::Version version);

struct PlainPort {
  Known spoken = Known::unknown;
  std::string reason;
};

// Whether MQTT is spoken in clear on this port of the broker's address: one anonymous CONNECT, no password. Requires: the broker answered on its
// own port just now, so that a port without an answer is closed and not the host gone.
PlainPort knock_in_clear(const Visitor& visitor, std::uint16_t port);

}  // namespace lintel::probes::mqtt
