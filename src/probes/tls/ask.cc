#include "probes/tls/ask.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "probes/tls/names.h"

namespace lintel::probes::tls {

namespace {

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
    TRY(context_.wait(std::chrono::milliseconds(500)));
    stream = context_.dial(endpoint_, until());
  }
  failures_ = stream ? 0 : failures_ + 1;
  if (stream) ++connections_;
  return stream;
}

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
  return ask(encode_hello(hello), hello.version, decode_reply, what);
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
