// Asks one name server for the addresses of a name: UDP, TCP where the answer did not fit, aliases to their end.
// The caller opens the connections, so that scope and limits stay its business.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/address.h"
#include "net/dns.h"
#include "net/stream.h"

namespace lintel::net::dns {

using Dial = std::function<Result<std::unique_ptr<Stream>>(Transport transport, Deadline deadline)>;

struct Client {
  Dial dial;
  std::chrono::milliseconds wait{2000};  // for one answer
  int tries = 2;                         // over UDP, for each question
  std::function<void(const std::string& line)> note = [](const std::string&) {};  // each question, and what came back
};

struct Found {
  bool exists = false;  // the server knows the name, with or without addresses of this type
  std::vector<std::string> aliases;
  std::vector<std::string> addresses;
};

// Blocks for tries × wait for each link of the chain, or until the deadline. A datagram that does not fit the question (id, name, type) is
// passed over, up to 16 of them. Errors: invalid_input, protocol (malformed, or a refusal of the server: SERVFAIL, REFUSED...), those of
// streams.
Result<Found> look_up(const Client& client, const std::string& name, Type type, Deadline deadline);

// "192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353"; port 53 where none is said.
std::optional<Address> parse_server(std::string_view text);
// The name servers of /etc/resolv.conf, three at most as everywhere; none when it can't be read.
std::vector<Address> system_servers();

}  // namespace lintel::net::dns
