// The TLS client against peers that are none; real servers are met in the tls probe's tests.
#include "net/tls_stream.h"

#include <doctest/doctest.h>

#include "net/dialer.h"
#include "net/scripted_peer.h"

using namespace lintel;
using namespace lintel::net;
using namespace std::chrono_literals;

TEST_CASE("a peer that is no TLS server ends the handshake with a reason") {
  struct Row {
    const char* name;
    ScriptedPeer::Script script;
    ErrorCode code;
    std::optional<int> alert;
  };
  const auto after_hello = [](std::function<void(ScriptedConnection&)> act) {
    return [act](ScriptedConnection& connection, int) {
      connection.read_some();
      act(connection);
    };
  };
  const Row rows[] = {
      {"alert", after_hello([](auto& c) {
         c.write(Bytes{21, 3, 3, 0, 2, 2, 40});
       }),
       ErrorCode::protocol, 40},
      {"text", after_hello([](auto& c) { c.write("HTTP/1.1 400 Bad Request\r\n\r\n"); }), ErrorCode::protocol,
       std::nullopt},
      {"end", after_hello([](auto& c) {
         c.half_close();
         c.stall();
       }),
       ErrorCode::closed, std::nullopt},
      {"reset", after_hello([](auto& c) { c.reset(); }), ErrorCode::reset, std::nullopt},
      {"stall", after_hello([](auto& c) { c.stall(); }), ErrorCode::timeout, std::nullopt},
  };
  const Cancel cancel;
  for (const Row& row : rows) {
    ScriptedPeer peer(row.script);
    auto stream = dial({"127.0.0.1", peer.port(), Transport::tcp}, Deadline::after(10s), cancel);
    REQUIRE(stream);
    const auto tls = TlsStream::open(*std::move(stream), {},
                                     Deadline::after(row.code == ErrorCode::timeout ? 50ms : 10'000ms));
    REQUIRE_MESSAGE(!tls->finished(), row.name);
    CHECK_MESSAGE(tls->finished().error().code == row.code, row.name, ": ", tls->finished().error().message);
    CHECK_MESSAGE(tls->alert() == row.alert, row.name);
    CHECK(tls->chain().empty());
    CHECK(tls->version() == 0);
    std::array<std::uint8_t, 4> buffer{};
    CHECK(tls->read_some(buffer, Deadline::after(10s)).error().code == row.code);
    CHECK(tls->write_all(buffer, Deadline::after(10s)).error().code == row.code);
  }
}
