#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace lintel::net {

namespace {

sockaddr_in& v4(Address& address) { return reinterpret_cast<sockaddr_in&>(address.storage); }
sockaddr_in6& v6(Address& address) { return reinterpret_cast<sockaddr_in6&>(address.storage); }
const sockaddr_in& v4(const Address& address) {
  return reinterpret_cast<const sockaddr_in&>(address.storage);
}
const sockaddr_in6& v6(const Address& address) {
  return reinterpret_cast<const sockaddr_in6&>(address.storage);
}

// "eth0" or "2"; 0 when there is no such interface.
std::uint32_t scope_of(const std::string& name) {
  if (const auto number = parse_unsigned<std::uint32_t>(name)) return *number;
  return if_nametoindex(name.c_str());
}

}  // namespace

std::optional<Address> parse_address(std::string_view text, std::uint16_t port) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
    if (text.find(':') == std::string_view::npos) return std::nullopt;
  }
  if (text.empty() || text.size() > 100 || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::string literal(text), scope;
  if (const auto percent = literal.find('%'); percent != std::string::npos) {
    scope = literal.substr(percent + 1);
    literal.resize(percent);
    if (scope.empty()) return std::nullopt;
  }
  Address address;
  if (scope.empty() && inet_pton(AF_INET, literal.c_str(), &v4(address).sin_addr) == 1) {
    v4(address).sin_family = AF_INET;
    v4(address).sin_port = htons(port);
    address.size = sizeof(sockaddr_in);
    return address;
  }
  address = {};
  if (inet_pton(AF_INET6, literal.c_str(), &v6(address).sin6_addr) != 1) return std::nullopt;
  v6(address).sin6_family = AF_INET6;
  v6(address).sin6_port = htons(port);
  address.size = sizeof(sockaddr_in6);
  if (!scope.empty()) {
    v6(address).sin6_scope_id = scope_of(scope);
    if (v6(address).sin6_scope_id == 0) return std::nullopt;
  }
  return address;
}

std::optional<Address> from_sockaddr(const sockaddr* raw, socklen_t size) {
  const bool known = (raw->sa_family == AF_INET && size >= sizeof(sockaddr_in)) ||
                     (raw->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6));
  if (!known || size > sizeof(sockaddr_storage)) return std::nullopt;
  Address address;
  std::memcpy(&address.storage, raw, size);
  address.size = size;
  return address;
}

Address with_port(Address address, std::uint16_t port) {
  if (address.family() == AF_INET6) v6(address).sin6_port = htons(port);
  if (address.family() == AF_INET) v4(address).sin_port = htons(port);
  return address;
}

std::string host_of(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.family() == AF_INET) {
    inet_ntop(AF_INET, &v4(address).sin_addr, text.data(), text.size());
    return text.data();
  }
  if (address.family() != AF_INET6) return "?";
  inet_ntop(AF_INET6, &v6(address).sin6_addr, text.data(), text.size());
  const auto scope = v6(address).sin6_scope_id;
  return scope == 0 ? std::string(text.data()) : fmt::format("{}%{}", text.data(), scope);
}

std::string to_string(const Address& address) {
  if (address.family() == AF_INET) return fmt::format("{}:{}", host_of(address), ntohs(v4(address).sin_port));
  if (address.family() == AF_INET6)
    return fmt::format("[{}]:{}", host_of(address), ntohs(v6(address).sin6_port));
  return "?";
}

bool same(const Address& a, const Address& b) {
  if (a.family() != b.family()) return false;
  if (a.family() == AF_INET)
    return v4(a).sin_port == v4(b).sin_port && v4(a).sin_addr.s_addr == v4(b).sin_addr.s_addr;
  return a.family() == AF_INET6 && v6(a).sin6_port == v6(b).sin6_port &&
         v6(a).sin6_scope_id == v6(b).sin6_scope_id &&
         std::memcmp(&v6(a).sin6_addr, &v6(b).sin6_addr, sizeof(in6_addr)) == 0;
}

namespace {

std::uint32_t ipv4_of(const Address& address) { return ntohl(reinterpret_cast<const sockaddr_in*>(address.get())->sin_addr.s_addr); }
const std::uint8_t* ipv6_of(const Address& address) { return reinterpret_cast<const sockaddr_in6*>(address.get())->sin6_addr.s6_addr; }

}  // namespace

bool is_loopback(const Address& address) {
  return address.family() == AF_INET6 ? host_of(address) == "::1" : ipv4_of(address) >> 24 == 127;
}

bool is_private(const Address& address) {
  if (address.family() == AF_INET6) {
    const std::uint8_t* byte = ipv6_of(address);
    return (byte[0] & 0xfe) == 0xfc || (byte[0] == 0xfe && (byte[1] & 0xc0) == 0x80);
  }
  const std::uint32_t value = ipv4_of(address);
  return value >> 24 == 10 || value >> 20 == 0xac1 || value >> 16 == 0xc0a8 || value >> 16 == 0xa9fe;
}

bool connected_to_itself(int fd) {
  Address local, peer;
  local.size = peer.size = sizeof(sockaddr_storage);
  return getsockname(fd, reinterpret_cast<sockaddr*>(&local.storage), &local.size) == 0 &&
         getpeername(fd, reinterpret_cast<sockaddr*>(&peer.storage), &peer.size) == 0 && same(local, peer);
}

ErrorCode code_of_errno(int error_number) {
  switch (error_number) {
    case ECONNREFUSED:
      return ErrorCode::refused;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
    case EADDRNOTAVAIL:
    case EINVAL:  // a link-local address without its interface
    case EACCES:  // broadcast address, or a firewall rule of this machine
    case EPERM:
      return ErrorCode::unreachable;
    case ETIMEDOUT:
      return ErrorCode::timeout;
    case ECONNRESET:
    case ECONNABORTED:
      return ErrorCode::reset;
    case EPIPE:
      return ErrorCode::closed;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return ErrorCode::limit;
    default:
      return ErrorCode::io;
  }
}

}  // namespace lintel::net
