#include "probes/tls/ask.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "probes/tls/dtls_wire.h"
#include "probes/tls/names.h"

namespace lintel::probes::tls {

namespace {

constexpr std::chrono::milliseconds kPause{500};  // what a small server needs to come back
constexpr std::chrono::milliseconds kDtlsRetry{1000};
constexpr int kDtlsTries = 2;

std::string_view end_word(End end) {
  switch (end) {
    case End::answered:
      return "answered";
    case End::closed:
      return "closed";
    case End::reset:
      return "reset";
    case End::timeout:
      return "silent";
  }
  return "";
}

}  // namespace

Result<std::unique_ptr<net::Stream>> Asker::connect() {
  if (connections_ >= manners_.connections)
    return fail(ErrorCode::limit, "{}:{}: {} connections are enough for one service", endpoint_.host,
                endpoint_.port, manners_.connections);
  if (failures_ >= kGiveUpAfter)
    return fail(ErrorCode::limit, "{}:{}: {} attempts to connect failed in a row, so it is left alone", endpoint_.host, endpoint_.port, failures_);
  if (context_.deadline().passed())
    return fail(ErrorCode::timeout, "{}:{}: the probe's time is up", endpoint_.host, endpoint_.port);
  if (connections_ > 0 && manners_.gap.count() > 0) TRY(context_.wait(manners_.gap));
  auto stream = context_.dial(endpoint_, until());
  // Small servers fall over or restart after a hello that they don't like; one breath later they are often
  // back.
  if (!stream && connections_ > 0 &&
      (stream.error().code == ErrorCode::refused || stream.error().code == ErrorCode::reset)) {
    disturbed_ = true;
    TRY(context_.wait(kPause));
    stream = context_.dial(endpoint_, until());
  }
  failures_ = stream ? 0 : failures_ + 1;
  if (!stream) return stream;
  ++connections_;
  context_.progress(static_cast<std::size_t>(connections_), static_cast<std::size_t>(manners_.connections));
  if (manners_.upgrade && !TRY(start_tls(**stream, *manners_.upgrade, until())))
    return fail(ErrorCode::unsupported, "{}:{}: the service does not change to TLS", endpoint_.host, endpoint_.port);
  return stream;
}

std::int64_t Asker::unix_us() const { return std::chrono::duration_cast<std::chrono::microseconds>(context_.clock().now().time_since_epoch()).count(); }

Result<Heard> Asker::ask(ByteView hello, Version version, const Decoder& decode, std::string_view what) {
  auto stream = TRY(connect());
  auto heard = hear(*stream, hello, decode);
  if (!heard) return heard;
  if (heard->reply.seen == Seen::server_hello && heard->end == End::answered)
    (void)stream->write_all(encode_close_notify(version), Deadline::after(std::chrono::milliseconds(500)))
        .has_value();
  write_down(*heard, what);
  return heard;
}

Result<Heard> Asker::ask(Hello hello, std::string_view what) {
  RAND_bytes(hello.random.data(), static_cast<int>(hello.random.size()));
  if (is_dtls(hello.version)) return ask_datagrams(std::move(hello), what);
  return ask(encode_hello(hello), hello.version, decode_reply, what);
}

Result<Heard> Asker::ask_datagrams(Hello hello, std::string_view what) {
  auto stream = TRY(connect());
  auto heard = TRY(hear_datagrams(*stream, hello, 0));
  std::uint64_t sent = 1;
  if (heard.reply.seen == Seen::hello_verify) {
    const Bytes before = std::move(heard.bytes);
    hello.cookie = heard.reply.cookie;
    heard = TRY(hear_datagrams(*stream, hello, 1));
    ++sent;
    heard.reply.cookie = hello.cookie;
    heard.bytes.insert(heard.bytes.begin(), before.begin(), before.end());
  }
  if (heard.reply.seen == Seen::server_hello) (void)stream->write_all(encode_dtls_goodbye(sent + kDtlsTries), until()).has_value();
  write_down(heard, what);
  return heard;
}

// A datagram may get lost, so the hello is said again; a server that starts its socket anew refuses for a moment.
Result<Heard> Asker::hear_datagrams(net::Stream& stream, const Hello& hello, std::uint16_t number) {
  Heard heard;
  DtlsFlight flight;
  std::array<std::uint8_t, 8192> buffer;
  const Bytes datagram = encode_dtls_hello(hello, number);
  for (int round = 0; round < kDtlsTries; ++round) {
    const Deadline deadline = Deadline::earlier(until(), Deadline::after(kDtlsRetry));
    auto sent = stream.write_all(datagram, deadline);
    while (sent) {
      const auto size = stream.read_some(buffer, deadline);
      if (!size) {
        sent = tl::unexpected<Error>(size.error());
        break;
      }
      if (heard.bytes.size() + *size > kReplyCapBytes) break;
      heard.bytes.insert(heard.bytes.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*size));
      flight.take(std::span(buffer).first(*size));
      heard.reply = flight.reply();
      if (!heard.reply.flight_ended) continue;
      heard.end = End::answered;
      return heard;
    }
    if (sent) break;
    const ErrorCode code = sent.error().code;
    if (code == ErrorCode::cancelled || context_.deadline().passed()) return tl::unexpected<Error>(sent.error());
    heard.end = code == ErrorCode::timeout ? End::timeout : End::reset;
    if (code != ErrorCode::timeout) TRY(context_.wait(kPause));
  }
  return heard;
}

Result<Heard> Asker::hear(net::Stream& stream, ByteView hello, const Decoder& decode) {
  Heard heard;
  const Deadline deadline = until();
  const auto ended = [&](const Error& error) -> Result<Heard> {
    heard.reply = decode(heard.bytes);
    switch (error.code) {
      case ErrorCode::timeout:
        heard.end = End::timeout;
        break;
      case ErrorCode::closed:
        heard.end = End::closed;
        break;
      case ErrorCode::cancelled:
        return tl::unexpected<Error>(error);
      default:
        heard.end = End::reset;
    }
    // Out of time for the whole probe is not silence of the peer.
    if (heard.end == End::timeout && context_.deadline().passed()) return tl::unexpected<Error>(error);
    return std::move(heard);
  };
  const auto sent = stream.write_all(hello, deadline);
  if (!sent && (sent.error().code == ErrorCode::cancelled || sent.error().code == ErrorCode::timeout))
    return ended(sent.error());
  std::array<std::uint8_t, 4096> buffer;
  while (heard.bytes.size() < kReplyCapBytes) {
    const auto size = stream.read_some(buffer, deadline);
    if (!size) return ended(size.error());
    if (*size == 0) return ended(Error{ErrorCode::closed, ""});
    heard.bytes.insert(heard.bytes.end(), buffer.begin(),
                       buffer.begin() + static_cast<std::ptrdiff_t>(*size));
    heard.reply = decode(heard.bytes);
    if (heard.reply.flight_ended) break;
  }
  heard.end = End::answered;
  return heard;
}

void Asker::write_down(const Heard& heard, std::string_view what) {
  const Reply& reply = heard.reply;
  std::string said;
  if (reply.seen == Seen::server_hello)
    said = reply.version == 2 ? "SSL 2.0 SERVER-HELLO"
                              : fmt::format("version {:#06x}, suite {:#06x}", reply.version, reply.suite);
  if (reply.seen == Seen::not_tls) said = fmt::format("not TLS ({})", name_protocol(heard.bytes));
  if (reply.seen == Seen::malformed) said = "malformed: " + reply.problem;
  if (reply.alert)
    said += fmt::format("{}alert {} {}", said.empty() ? "" : ", ", *reply.alert, alert_name(*reply.alert));
  transcript_ += fmt::format("{:2}  {}: {}, {} bytes{}{}\n", connections_, what, end_word(heard.end),
                             heard.bytes.size(), said.empty() ? "" : ": ", said);
}

}  // namespace lintel::probes::tls
