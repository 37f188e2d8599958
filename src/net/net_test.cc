// Addresses, names and connections against peers on loopback that behave and that do not.
#include <doctest/doctest.h>
#include <poll.h>

#include <cerrno>
#include <future>

#include "net/address.h"
#include "net/dialer.h"
#include "net/resolver.h"
#include "net/scripted_peer.h"

using namespace lintel;
using namespace lintel::net;
using namespace std::chrono_literals;

namespace {
std::string text_of(std::string_view literal, std::uint16_t port) {
  const auto address = parse_address(literal, port);
  return address ? to_string(*address) : "none";
}
Endpoint local(std::uint16_t port) { return {"127.0.0.1", port, Transport::tcp}; }
// Asks for a cancel from a second thread as soon as the test waits; the wait itself is what is tested.
struct CancelSoon {
  explicit CancelSoon(Cancel& cancel) : thread([&cancel] { cancel.request(); }) {}
  ~CancelSoon() { thread.join(); }
  std::thread thread;
};
}  // namespace

TEST_CASE("address literals are strict") {
  CHECK(text_of("127.0.10.1", 8443) == "127.0.10.1:8443");
  CHECK(text_of("2001:DB8::1", 80) == "[2001:db8::1]:80");
  CHECK(text_of("[::1]", 80) == "[::1]:80");
  CHECK(text_of("::1%1", 80) == "[::1%1]:80");
  for (const auto* text : {"", "127.1", "0127.0.0.1", "127.0.0.1 ", "256.1.1.1", "[127.0.0.1]", "::1%",
                           "::1%no-such-if", "home.example", "1.2.3.4%1"})
    CHECK_MESSAGE(text_of(text, 1) == "none", text);
  CHECK(same(*parse_address("::1", 5), *parse_address("[0:0::1]", 5)));
  CHECK_FALSE(same(*parse_address("::1", 5), *parse_address("::1", 6)));
  CHECK_FALSE(same(*parse_address("127.0.0.1", 5), *parse_address("::1", 5)));
  CHECK(to_string(with_port(*parse_address("::1", 5), 7)) == "[::1]:7");
}

TEST_CASE("a literal never reaches the name server") {
  const Cancel cancel;
  const Lookup never = [](const std::string&, std::uint16_t) -> Result<std::vector<Address>> {
    return fail(ErrorCode::internal, "looked up");
  };
  CHECK(resolve("127.0.0.1", 9, Deadline::never(), cancel, never)->size() == 1);
  CHECK(resolve("home.example", 9, Deadline::never(), cancel, never).error().code == ErrorCode::internal);
  for (const auto* name : {"", "a..b", "a b", "-a\n", "http://x", "1.2.3.4/8"})
    CHECK_MESSAGE(resolve(name, 9, Deadline::never(), cancel, never).error().code == ErrorCode::invalid_input,
                  name);
  CHECK(to_string(resolve("localhost", 9, Deadline::after(10s), cancel)->front()).ends_with(":9"));
}

TEST_CASE("a name server that is silent does not hold a deadline or a cancel") {
  auto release = std::make_shared<std::promise<void>>();
  const std::shared_future<void> released = release->get_future().share();
  const Lookup silent = [released](const std::string&, std::uint16_t) -> Result<std::vector<Address>> {
    released.wait();
    return fail(ErrorCode::unreachable, "late");
  };
  Cancel cancel;
  CHECK(resolve("home.example", 9, Deadline::after(20ms), cancel, silent).error().code == ErrorCode::timeout);
  const CancelSoon soon(cancel);
  CHECK(resolve("home.example", 9, Deadline::never(), cancel, silent).error().code == ErrorCode::cancelled);
  release->set_value();
}

TEST_CASE("a dialled stream talks, and sees how the peer ends") {
  ScriptedPeer peer([](ScriptedConnection& connection, int number) {
    const std::string line = connection.read_until("\n");
    if (number == 0) connection.write("you said " + line);
    if (number == 1) connection.reset();
    if (number == 2) connection.stall();
  });
  const Cancel cancel;
  const auto talk = [&](Deadline deadline) -> Result<std::string> {
    auto stream = TRY(dial(local(peer.port()), Deadline::after(10s), cancel));
    TRY(stream->write_all(as_bytes("hello\n"), deadline));
    std::string all;
    std::array<std::uint8_t, 5> buffer{};
    while (const auto size = TRY(stream->read_some(buffer, deadline)))
      all += as_text(std::span(buffer).first(size));
    return all;
  };
  CHECK(*talk(Deadline::after(10s)) == "you said hello\n");
  CHECK(talk(Deadline::after(10s)).error().code == ErrorCode::reset);
  CHECK(talk(Deadline::after(30ms)).error().code == ErrorCode::timeout);
}

TEST_CASE("reading and dialling end at a cancel") {
  ScriptedPeer peer([](ScriptedConnection& connection, int) { connection.stall(); });
  const SilentPort silent;
  Cancel cancel;
  auto stream = dial(local(peer.port()), Deadline::after(10s), cancel);
  REQUIRE(stream);
  CHECK(dial(local(silent.port()), Deadline::after(20ms), cancel).error().code == ErrorCode::timeout);
  const CancelSoon soon(cancel);
  std::array<std::uint8_t, 8> buffer{};
  CHECK((*stream)->read_some(buffer, Deadline::never()).error().code == ErrorCode::cancelled);
  CHECK(dial(local(silent.port()), Deadline::never(), cancel).error().code == ErrorCode::cancelled);
}

TEST_CASE("why a connection failed is told apart") {
  const Cancel cancel;
  std::uint16_t closed = 0;
  {
    const ScriptedPeer peer([](ScriptedConnection&, int) {});
    closed = peer.port();
  }
  CHECK(dial(local(closed), Deadline::after(10s), cancel).error().code == ErrorCode::refused);
  CHECK(dial({"not a name", closed, Transport::tcp}, Deadline::after(10s), cancel).error().code ==
        ErrorCode::invalid_input);
  CHECK(code_of_errno(EHOSTUNREACH) == ErrorCode::unreachable);
  CHECK(code_of_errno(ENETUNREACH) == ErrorCode::unreachable);
  CHECK(code_of_errno(ETIMEDOUT) == ErrorCode::timeout);
  CHECK(code_of_errno(EMFILE) == ErrorCode::limit);
}

TEST_CASE("a datagram goes and comes whole; a closed port says so") {
  const Cancel cancel;
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  const int peer = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  REQUIRE(bind(peer, reinterpret_cast<const sockaddr*>(&place), size) == 0);
  getsockname(peer, reinterpret_cast<sockaddr*>(&place), &size);
  const Endpoint endpoint{"127.0.0.1", ntohs(place.sin_port), Transport::udp};
  auto stream = *dial(endpoint, Deadline::after(10s), cancel);
  REQUIRE(stream->write_all(as_bytes("ask"), Deadline::after(10s)));
  std::uint8_t buffer[16];
  sockaddr_in client{};
  CHECK(recvfrom(peer, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&client), &size) == 3);
  for (const std::string_view text : {"", "one", "two"})  // an empty one is no end
    CHECK(sendto(peer, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&client), size) == static_cast<ssize_t>(text.size()));
  CHECK(*stream->read_some(buffer, Deadline::after(10s)) == 3);
  CHECK(*stream->read_some(buffer, Deadline::after(10s)) == 3);
  CHECK(buffer[0] == 't');
  close(peer);
  REQUIRE(stream->write_all(as_bytes("ask"), Deadline::after(10s)));
  CHECK(stream->read_some(buffer, Deadline::after(10s)).error().code == ErrorCode::refused);
}

TEST_CASE("a destroyed stream frees the peer at once") {
  // The peer holds one connection and does not notice a FIN: only RST gives its slot back.
  std::promise<short> seen;
  ScriptedPeer peer([&](ScriptedConnection& connection, int) {
    connection.read_exactly(3);
    pollfd entry{connection.fd(), 0, 0};  // POLLHUP needs no asking, and a FIN alone does not raise it
    poll(&entry, 1, 10'000);
    seen.set_value(entry.revents);
  });
  const Cancel cancel;
  {
    auto stream = dial(local(peer.port()), Deadline::after(10s), cancel);
    REQUIRE(stream);
    CHECK((*stream)->write_all(as_bytes("bye"), Deadline::after(10s)));
  }
  CHECK((seen.get_future().get() & POLLHUP) != 0);
}
