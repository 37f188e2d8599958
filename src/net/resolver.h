// Host names to addresses with a bounded wait. The dialer, the sweep and the HTTP session all come here, so a
// name is looked up in one way only. Thread-safe.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/error.h"
#include "net/address.h"

namespace lintel::net {

// Blocks as long as it likes; must not touch anything of its caller's, which may be gone when it returns.
using Lookup = std::function<Result<std::vector<Address>>(const std::string& host, std::uint16_t port)>;
// The system's: hosts file, then DNS.
Result<std::vector<Address>> system_lookup(const std::string& host, std::uint16_t port);

// A literal is taken as it is and never leaves this machine. A name is looked up on a thread of its own,
// which is abandoned when the deadline passes or cancel is requested: getaddrinfo cannot be interrupted, it
// ends by itself within the limits of resolv.conf. At least one address when it succeeds. Errors:
// invalid_input (no host name), unreachable (no such name), timeout, cancelled.
Result<std::vector<Address>> resolve(const std::string& host, std::uint16_t port, Deadline deadline,
                                     const Cancel& cancel, const Lookup& lookup = system_lookup);

}  // namespace lintel::net
