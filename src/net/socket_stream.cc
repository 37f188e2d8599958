#include "net/socket_stream.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "net/address.h"

namespace lintel::net {

namespace {

class SocketStream : public Stream {
 public:
  SocketStream(int fd, std::string peer, const Cancel& cancel)
      : fd_(fd), peer_(std::move(peer)), cancel_(cancel) {
    int type = SOCK_STREAM;
    socklen_t size = sizeof type;
    getsockopt(fd_, SOL_SOCKET, SO_TYPE, &type, &size);
    datagrams_ = type == SOCK_DGRAM;
  }
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;
  ~SocketStream() override {
    shutdown(fd_, SHUT_WR);
    const linger abort{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    close(fd_);
  }

  Result<std::size_t> read_some(std::span<std::uint8_t> buffer, Deadline deadline) override {
    if (buffer.empty()) return fail(ErrorCode::internal, "read into an empty buffer");
    while (true) {
      // Waiting first, even when bytes are there: a peer that never stops sending must not outlive a cancel
      // or the deadline.
      TRY(wait(WaitFor::readable, deadline));
      const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
      if (size > 0 || (size == 0 && !datagrams_)) return static_cast<std::size_t>(size);
      if (size < 0 && errno != EINTR && errno != EAGAIN) return broken();
    }
  }

  Result<void> write_all(ByteView bytes, Deadline deadline) override {
    while (!bytes.empty()) {
      TRY(wait(WaitFor::writable, deadline));
      const ssize_t size = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size >= 0)
        bytes = bytes.subspan(static_cast<std::size_t>(size));
      else if (errno != EINTR && errno != EAGAIN)
        return broken();
    }
    return {};
  }

 private:
  Result<void> wait(WaitFor what, Deadline deadline) {
    if (deadline.passed()) return fail(ErrorCode::timeout, "{}: no answer in time", peer_);
    auto waited = wait_fd(fd_, what, deadline, cancel_);
    if (!waited) return add_context(waited.error(), peer_);
    return {};
  }
  tl::unexpected<Error> broken() const {
    const int error_number = errno;
    return fail(code_of_errno(error_number), "{}: {}", peer_, std::strerror(error_number));
  }

  int fd_;
  std::string peer_;
  const Cancel& cancel_;
  bool datagrams_ = false;  // an empty one is no end
};

}  // namespace

std::unique_ptr<Stream> make_socket_stream(int fd, std::string peer, const Cancel& cancel) {
  return std::make_unique<SocketStream>(fd, std::move(peer), cancel);
}

}  // namespace lintel::net
