// One question, one connection: sends a hello and hears what comes back, within the probe's budget of
// connections.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "net/stream.h"
#include "probe/context.h"
#include "probes/tls/handshake.h"

namespace lintel::probes::tls {

enum class End { answered, closed, reset, timeout };  // how hearing ended; answered: the reply is whole

struct Heard {
  Reply reply;
  Bytes bytes;
  End end = End::timeout;
};

using Decoder = std::function<Reply(ByteView)>;

class Asker {
 public:
  static constexpr int kMostConnections = 24;  // on one service

  Asker(probe::Context& context, net::Endpoint endpoint, std::chrono::milliseconds wait)
      : context_(context), endpoint_(std::move(endpoint)), wait_(wait) {}

  // Connects, sends, listens until the decoder says that the flight has ended, the peer ends or the wait is
  // over; then says close_notify and closes. Silence and a peer that breaks off are answers, not errors.
  // Errors: of dialling, limit (budget spent), cancelled, timeout (the probe's whole time is up).
  Result<Heard> ask(ByteView hello, Version version, const Decoder& decode, std::string_view what);

  // A connection for a longer talk, counted like any other.
  Result<std::unique_ptr<net::Stream>> connect();

  // Until when one answer is waited for.
  Deadline until() const { return Deadline::earlier(context_.deadline(), Deadline::after(wait_)); }
  int connections() const { return connections_; }
  bool disturbed() const { return disturbed_; }  // it answered before, then refused connections for a while
  std::string& transcript() { return transcript_; }

 private:
  Result<Heard> hear(net::Stream& stream, ByteView hello, const Decoder& decode);
  void write_down(const Heard& heard, std::string_view what);

  probe::Context& context_;
  const net::Endpoint endpoint_;
  const std::chrono::milliseconds wait_;
  int connections_ = 0;
  bool disturbed_ = false;
  std::string transcript_;  // one line a connection, for people
};

}  // namespace lintel::probes::tls
