#include "net/resolver.h"

#include <netdb.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "base/text.h"

namespace lintel::net {

namespace {

// Shared by the waiting caller and the looking thread; the last of them frees it.
struct Pending {
  int done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::mutex mutex;
  std::optional<Result<std::vector<Address>>> result;
  Pending() = default;
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() {
    if (done >= 0) close(done);
  }
};

bool is_host_name(std::string_view name) {
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  if (name.empty() || name.size() > 253) return false;
  return std::ranges::all_of(split(name, '.'), [](std::string_view label) {
    return !label.empty() && label.size() <= 63 && std::ranges::all_of(label, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
             c == '_';
    });
  });
}

}  // namespace

Result<std::vector<Address>> system_lookup(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (error == EAI_AGAIN)
    return fail(ErrorCode::unreachable, "host name {}: no answer from the name server", host);
  if (error != 0) return fail(ErrorCode::unreachable, "host name {}: {}", host, gai_strerror(error));
  std::vector<Address> addresses;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next)
    if (const auto address = from_sockaddr(entry->ai_addr, entry->ai_addrlen))
      addresses.push_back(with_port(*address, port));
  freeaddrinfo(list);
  if (addresses.empty()) return fail(ErrorCode::unreachable, "host name {}: no IPv4 or IPv6 address", host);
  return addresses;
}

Result<std::vector<Address>> resolve(const std::string& host, std::uint16_t port, Deadline deadline,
                                     const Cancel& cancel, const Lookup& lookup) {
  if (const auto literal = parse_address(host, port)) return std::vector<Address>{*literal};
  if (!is_host_name(host))
    return fail(ErrorCode::invalid_input, "not a host name or address: {}", printable(host));
  const auto pending = std::make_shared<Pending>();
  if (pending->done < 0) return fail(ErrorCode::limit, "host name {}: no file descriptor left", host);
  try {
    // The one detached thread of the program; see the header for why, and Pending for what it may touch.
    std::thread([pending, lookup, host, port] {
      auto result = lookup(host, port);
      const std::lock_guard lock(pending->mutex);
      pending->result.emplace(std::move(result));
      const std::uint64_t one = 1;
      [[maybe_unused]] const auto written = write(pending->done, &one, sizeof one);
    }).detach();
  } catch (const std::system_error&) {
    return fail(ErrorCode::limit, "host name {}: no thread left to look it up", host);
  }
  if (auto waited = wait_fd(pending->done, WaitFor::readable, deadline, cancel); !waited)
    return add_context(waited.error(), fmt::format("host name {}", host));
  const std::lock_guard lock(pending->mutex);
  return *std::move(pending->result);
}

}  // namespace lintel::net
