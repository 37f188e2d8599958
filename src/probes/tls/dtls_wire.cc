#include "probes/tls/dtls_wire.h"

#include <algorithm>

namespace lintel::probes::tls {

namespace {

constexpr std::uint8_t kHelloVerifyRequest = 3, kServerHelloMessage = 2, kClientHello = 1;
constexpr std::size_t kMostMessages = 32;

Bytes dtls_record(std::uint8_t type, std::uint64_t sequence, ByteView payload) {
  Bytes record{type};
  append_number(record, 0xFEFF, 2);
  append_number(record, 0, 2);  // epoch
  append_number(record, sequence, 6);
  append_number(record, payload.size(), 2);
  record.insert(record.end(), payload.begin(), payload.end());
  return record;
}

void hello_verify(ByteView body, Reply& reply) {
  Cursor cursor(body);
  cursor.u16();  // a version that means nothing: servers of DTLS 1.2 say 1.0 here
  const ByteView cookie = cursor.take(cursor.u8());
  reply.seen = cursor.failed() ? Seen::malformed : Seen::hello_verify;
  if (cursor.failed()) reply.problem = "HelloVerifyRequest is cut short";
  reply.cookie.assign(cookie.begin(), cookie.end());
  reply.flight_ended = true;
}

}  // namespace

Bytes encode_dtls_hello(const Hello& hello, std::uint16_t number) {
  const Bytes body = hello_body(hello);
  Bytes message{kClientHello};
  append_number(message, body.size(), 3);
  append_number(message, number, 2);
  append_number(message, 0, 3);
  append_number(message, body.size(), 3);
  message.insert(message.end(), body.begin(), body.end());
  return dtls_record(kHandshakeRecord, number, message);
}

Bytes encode_dtls_goodbye(std::uint64_t sequence) { return dtls_record(kAlertRecord, sequence, std::array<std::uint8_t, 2>{2, 90}); }

void DtlsFlight::take(ByteView datagram) {
  Cursor records(datagram);
  while (records.remaining() > 0) {
    const std::uint8_t type = records.u8();
    const std::uint16_t version = records.u16(), epoch = records.u16();
    records.take(6);
    Cursor payload(records.take(records.u16()));
    if (records.failed() || type < 20 || type > 25 || (version >> 8) != 0xFE) {
      strange_ = true;
      return;
    }
    if (!any_) record_version_ = version;
    any_ = true;
    if (epoch != 0) continue;
    if (type == kAlertRecord) {
      const int level = payload.u8(), description = payload.u8();
      if (payload.failed()) continue;
      if (!alert_) alert_ = description;
      fatal_ = fatal_ || level != 1 || description == 0;
    }
    while (type == kHandshakeRecord && payload.remaining() > 0 && problem_.empty()) take_fragment(payload);
  }
}

void DtlsFlight::take_fragment(Cursor& cursor) {
  const std::uint8_t type = cursor.u8();
  const std::size_t length = cursor.u24();
  const std::uint16_t number = cursor.u16();
  const std::size_t offset = cursor.u24();
  const ByteView piece = cursor.take(cursor.u24());
  if (cursor.failed() || offset > length || piece.size() > length - offset) {
    problem_ = "a handshake fragment that does not fit its message";
    return;
  }
  auto found = messages_.find(number);
  if (found == messages_.end()) {
    if (messages_.size() >= kMostMessages || size_ + length > kReplyCapBytes) {
      problem_ = "a flight of too many or too large messages";
      return;
    }
    size_ += length;
    found = messages_.emplace(number, Message{type, Bytes(length), std::vector<bool>(length), length}).first;
  }
  Message& message = found->second;
  if (message.type != type || message.body.size() != length) {
    problem_ = "fragments of one message that differ";
    return;
  }
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (message.have[offset + i]) continue;
    message.have[offset + i] = true;
    message.body[offset + i] = piece[i];
    --message.missing;
  }
}

Reply DtlsFlight::reply() const {
  Reply reply;
  reply.record_version = record_version_;
  if (any_) reply.seen = Seen::more_needed;
  if (!any_ && strange_) {
    reply.seen = Seen::not_tls;
    reply.flight_ended = true;
    return reply;
  }
  // The number that the server counts from is its own business: 0 or 1 for ServerHello.
  const auto hello = std::ranges::find_if(messages_, [](const auto& entry) { return entry.second.type == kServerHelloMessage && entry.second.missing == 0; });
  if (hello != messages_.end()) {
    std::uint16_t next = hello->first;
    for (auto at = hello; at != messages_.end() && at->first == next && at->second.missing == 0 && reply.seen != Seen::malformed && !reply.flight_ended; ++at, ++next)
      take_message(at->second.type, at->second.body, reply);
  } else {
    for (const auto& [number, message] : messages_)
      if (message.type == kHelloVerifyRequest && message.missing == 0) hello_verify(message.body, reply);
  }
  reply.alert = alert_;
  if (fatal_ && reply.seen == Seen::more_needed) reply.seen = Seen::alert;
  if (fatal_) reply.flight_ended = true;
  if (!problem_.empty() && reply.seen != Seen::server_hello) {
    reply.seen = Seen::malformed;
    reply.flight_ended = true;
  }
  if (!problem_.empty()) reply.problem = problem_;
  return reply;
}

}  // namespace lintel::probes::tls
