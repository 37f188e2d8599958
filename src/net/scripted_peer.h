// For tests: a server on loopback whose every connection runs a script on a thread of its own, so that a test
// can have a peer that stalls, breaks off or talks nonsense. Ends all scripts when destroyed; nothing sleeps.
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/cancel.h"

namespace lintel::net {

// The server's side of one connection. Reads and writes give up when the server is destroyed.
class ScriptedConnection {
 public:
  ScriptedConnection(int fd, const Cancel& stop) : fd_(fd), stop_(stop) {}
  ScriptedConnection(const ScriptedConnection&) = delete;
  ScriptedConnection& operator=(const ScriptedConnection&) = delete;
  ~ScriptedConnection() {
    if (fd_ >= 0) close(fd_);
  }
  // Whatever comes next; empty at the end.
  Bytes read_some() {
    std::array<std::uint8_t, 16384> buffer{};
    if (fd_ < 0 || !wait_fd(fd_, WaitFor::readable, Deadline::never(), stop_)) return {};
    const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
    return size > 0 ? Bytes(buffer.begin(), buffer.begin() + size) : Bytes();
  }
  Bytes read_exactly(std::size_t count) {
    Bytes all;
    while (all.size() < count) {
      std::array<std::uint8_t, 4096> buffer{};
      if (!wait_fd(fd_, WaitFor::readable, Deadline::never(), stop_)) break;
      const ssize_t size = recv(fd_, buffer.data(), std::min(buffer.size(), count - all.size()), 0);
      if (size <= 0) break;
      all.insert(all.end(), buffer.begin(), buffer.begin() + size);
    }
    return all;
  }
  // Up to and including the mark, or all there is.
  std::string read_until(std::string_view mark) {
    std::string all;
    while (all.find(mark) == std::string::npos) {
      const Bytes piece = read_some();
      if (piece.empty()) break;
      all += as_text(piece);
    }
    return all;
  }
  void write(ByteView bytes) {
    while (!bytes.empty()) {
      const ssize_t size = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return;
      bytes = bytes.subspan(static_cast<std::size_t>(size));
    }
  }
  void write(std::string_view text) { write(as_bytes(text)); }
  void half_close() { shutdown(fd_, SHUT_WR); }
  void reset() {
    const linger abort{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    close(std::exchange(fd_, -1));
  }
  // Keeps the connection open and silent until the client leaves or the server is destroyed.
  void stall() {
    while (!read_some().empty()) {
    }
  }
  int fd() const { return fd_; }

 private:
  int fd_;
  const Cancel& stop_;
};

class ScriptedPeer {
 public:
  // The script gets each connection and its number, from 0.
  using Script = std::function<void(ScriptedConnection&, int)>;

  explicit ScriptedPeer(Script script) : script_(std::move(script)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 64) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;
  ~ScriptedPeer() {
    stop_.request();
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    close(listener_);
  }
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void accept_all() {
    while (wait_fd(listener_, WaitFor::readable, Deadline::never(), stop_)) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      const int number = connections_++;
      threads_.emplace_back([this, fd, number] {
        ScriptedConnection connection(fd, stop_);
        script_(connection, number);
      });
    }
  }

  Script script_;
  Cancel stop_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::vector<std::thread> threads_;  // touched by the acceptor, then by the destructor after joining it
  std::thread acceptor_;
};

// A port of loopback that never answers: its queue of one is full, so Linux drops each further SYN.
class SilentPort {
 public:
  SilentPort() {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 0) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    for (int i = 0; i < 4; ++i) {
      const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      [[maybe_unused]] const int started = connect(fd, reinterpret_cast<sockaddr*>(&address), size);
      fillers_.push_back(fd);
    }
  }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  ~SilentPort() {
    for (const int fd : fillers_) close(fd);
    close(listener_);
  }
  std::uint16_t port() const { return port_; }

 private:
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<int> fillers_;
};

}  // namespace lintel::net
