// One question, one connection: sends a hello and hears what comes back, within the probe's budget of
// connections.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "net/stream.h"
#include "probe/context.h"
#include "probes/tls/hello.h"
#include "probes/tls/reply.h"
#include "probes/tls/starttls.h"

namespace lintel::probes::tls {

enum class End { answered, closed, reset, timeout };  // how hearing ended; answered: the reply is whole

struct Heard {
  Reply reply;
  Bytes bytes;
  End end = End::timeout;
};

using Decoder = std::function<Reply(ByteView)>;

// How a service is treated.
struct Manners {
  std::chrono::milliseconds wait{5000};  // for one answer
  std::chrono::milliseconds gap{0};      // between two connections
  int connections = 25;                  // the most
  std::optional<Upgrade> upgrade = {};   // each connection begins in clear and changes to TLS
};

class Asker {
 public:
  Asker(probe::Context& context, net::Endpoint endpoint, Manners manners)
      : context_(context), endpoint_(std::move(endpoint)), manners_(manners) {}

  // Connects, sends, listens until the decoder says that the flight has ended, the peer ends or the wait is
  // over; then says close_notify and closes. Silence and a peer that breaks off are answers, not errors.
  // Errors: of dialling, limit (budget spent), cancelled, timeout (the probe's whole time is up).
  Result<Heard> ask(ByteView hello, Version version, const Decoder& decode, std::string_view what);
  // The same for a hello of SSL 3.0 and later, or of DTLS: with the cookie where the server wants one, said again after a
  // second without an answer, twice at most. Its random is set here.
  Result<Heard> ask(Hello hello, std::string_view what);

  // A connection for a longer talk, counted like any other. After kGiveUpAfter failures in a row there are no
  // further ones: limit. A server that does not change to TLS: unsupported.
  Result<std::unique_ptr<net::Stream>> connect();
  // Sends on a stream of connect() and listens as ask() does, without saying goodbye.
  Result<Heard> hear(net::Stream& stream, ByteView hello, const Decoder& decode);

  // Until when one answer is waited for.
  Deadline until() const { return Deadline::earlier(context_.deadline(), Deadline::after(manners_.wait)); }
  std::int64_t unix_us() const;  // now
  int connections() const { return connections_; }
  bool gentle() const { return manners_.gap.count() > 0; }
  bool disturbed() const { return disturbed_; }  // it answered before, then refused connections for a while
  std::string& transcript() { return transcript_; }

 private:
  static constexpr int kGiveUpAfter = 3;
  Result<Heard> ask_datagrams(Hello hello, std::string_view what);
  Result<Heard> hear_datagrams(net::Stream& stream, const Hello& hello, std::uint16_t number);
  void write_down(const Heard& heard, std::string_view what);

  probe::Context& context_;
  const net::Endpoint endpoint_;
  const Manners manners_;
  int connections_ = 0;
  int failures_ = 0;  // to connect, in a row
  bool disturbed_ = false;
  std::string transcript_;  // one line a connection, for people
};

}  // namespace lintel::probes::tls
