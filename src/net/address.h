// Socket addresses: literals to sockaddr and back. Nothing here asks a name server.
#pragma once
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace lintel::net {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

// "192.0.2.1", "2001:db8::1", "[2001:db8::1]", "fe80::1%eth0". Strict: no octal, no short forms, no names.
std::optional<Address> parse_address(std::string_view text, std::uint16_t port);
// The address of a sockaddr; nullopt for other families than IPv4 and IPv6.
std::optional<Address> from_sockaddr(const sockaddr* address, socklen_t size);
Address with_port(Address address, std::uint16_t port);
// "192.0.2.1:443", "[2001:db8::1]:443".
std::string to_string(const Address& address);
// "192.0.2.1", "2001:db8::1": without port and brackets.
std::string host_of(const Address& address);
// Same family, address, port and scope.
bool same(const Address& a, const Address& b);

bool is_loopback(const Address& address);
// Private or link-local: where devices live.
bool is_private(const Address& address);

// A connection to a port of this machine that nobody listens on can meet itself, when the kernel lends it
// that very port: TCP's simultaneous open. Nobody answered then.
bool connected_to_itself(int fd);

// What an errno of connect, read or write means for a probe.
ErrorCode code_of_errno(int error_number);

}  // namespace lintel::net
