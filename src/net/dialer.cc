#include "net/dialer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "net/address.h"
#include "net/resolver.h"
#include "net/socket_stream.h"

namespace lintel::net {

namespace {

// A connected non-blocking socket.
Result<int> connect_to(const Address& address, Transport transport, Deadline deadline, const Cancel& cancel) {
  const int type = transport == Transport::udp ? SOCK_DGRAM : SOCK_STREAM;
  const int fd = socket(address.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(code_of_errno(errno), "{}: {}", to_string(address), std::strerror(errno));
  // Probes write whole messages; waiting for more to send only costs time.
  const int on = 1;
  if (transport == Transport::tcp) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  int error_number = connect(fd, address.get(), address.size) == 0 ? 0 : errno;
  if (error_number == EINPROGRESS || error_number == EINTR) {
    if (auto waited = wait_fd(fd, WaitFor::writable, deadline, cancel); !waited) {
      close(fd);
      return add_context(waited.error(), to_string(address));
    }
    socklen_t size = sizeof error_number;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error_number, &size);
  }
  if (error_number != 0) {
    close(fd);
    return fail(code_of_errno(error_number), "{}: {}", to_string(address), std::strerror(error_number));
  }
  return fd;
}

}  // namespace

Result<std::unique_ptr<Stream>> dial(const Endpoint& endpoint, Deadline deadline, const Cancel& cancel) {
  const auto addresses = TRY(resolve(endpoint.host, endpoint.port, deadline, cancel));
  Error first_error;
  for (std::size_t index = 0; index < addresses.size(); ++index) {
    const auto share = deadline.left() / static_cast<int>(addresses.size() - index);
    const Deadline until = Deadline::earlier(deadline, Deadline::after(share));
    auto fd = connect_to(addresses[index], endpoint.transport, until, cancel);
    if (fd && endpoint.transport == Transport::tcp && connected_to_itself(*fd)) {
      const linger abort{1, 0};
      setsockopt(*fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
      close(*fd);
      fd = fail(ErrorCode::refused, "{}: nobody listens", to_string(addresses[index]));
    }
    if (fd) return make_socket_stream(*fd, to_string(addresses[index]), cancel);
    if (fd.error().code == ErrorCode::cancelled) return tl::unexpected<Error>(fd.error());
    if (index == 0) first_error = fd.error();
  }
  return tl::unexpected<Error>(first_error);
}

}  // namespace lintel::net
