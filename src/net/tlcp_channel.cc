#include "net/tlcp_channel.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <utility>

namespace lintel::net::tlcp {

namespace {

constexpr int kIdleCap = 32;  // warnings, HelloRequests, empty data
constexpr std::uint8_t kFatal = 2, kCloseNotify = 0;

MessageType type_of(const Bytes& message) { return static_cast<MessageType>(message[0]); }

}  // namespace

tl::unexpected<Error> out_of_order(const Bytes& message) {
  return fail(ErrorCode::protocol, "handshake message {} out of order", message[0]);
}

Result<void> Channel::add(RecordType type, ByteView content) {
  do {
    const ByteView part = content.first(std::min(content.size(), kContentCapBytes));
    std::array<std::uint8_t, kIvBytes> iv;
    if (RAND_bytes(iv.data(), static_cast<int>(iv.size())) != 1) return fail(ErrorCode::internal, "no randomness to be had");
    append(outgoing_, TRY(seal_record(ours_, type, part, iv)));
    content = content.subspan(part.size());
  } while (!content.empty());
  return {};
}

Result<void> Channel::say(const Bytes& message) {
  append(transcript_, message);
  return add(RecordType::handshake, message);
}

Result<void> Channel::send(Deadline deadline) {
  const Bytes flight = std::exchange(outgoing_, {});
  return stream_->write_all(flight, deadline);
}

Result<Bytes> Channel::hear(Deadline deadline) {
  while (true) {
    auto message = TRY(reader_.next());
    if (!message) {
      TRY(take_record(deadline));
    } else if (type_of(*message) == MessageType::hello_request) {
      TRY(idle());
    } else {
      append(transcript_, *message);
      return *std::move(message);
    }
  }
}

Result<Bytes> Channel::hear(MessageType type, Deadline deadline) {
  Bytes message = TRY(hear(deadline));
  if (type_of(message) != type) return out_of_order(message);
  return message;
}

Result<void> Channel::await_change(Deadline deadline) {
  while (next_theirs_) TRY(take_record(deadline));
  return {};
}

Result<void> Channel::await_data(Deadline deadline) {
  while (data_.empty()) TRY(take_record(deadline));
  return {};
}

std::size_t Channel::take_data(std::span<std::uint8_t> buffer) {
  const std::size_t size = std::min(buffer.size(), data_.size());
  std::copy_n(data_.begin(), size, buffer.begin());
  data_.erase(data_.begin(), data_.begin() + static_cast<std::ptrdiff_t>(size));
  return size;
}

Result<void> Channel::idle() {
  if (++idle_ > kIdleCap) return fail(ErrorCode::protocol, "more than {} records or requests in a row that say nothing", kIdleCap);
  return {};
}

// incoming_ has at least this size afterwards.
Result<void> Channel::fill(std::size_t size, Deadline deadline) {
  std::array<std::uint8_t, 16384> buffer;
  while (incoming_.size() < size) {
    const std::size_t got = TRY(stream_->read_some(buffer, deadline));
    if (got == 0) return fail(ErrorCode::closed, "the peer ended the connection");
    append(incoming_, ByteView(buffer).first(got));
  }
  return {};
}

// One record, put where it belongs.
Result<void> Channel::take_record(Deadline deadline) {
  TRY(fill(kHeaderBytes, deadline));
  const Header header = decode_header(incoming_);
  const auto type = static_cast<RecordType>(header.type);
  // A server without TLCP may say so in an alert of TLS.
  const bool of_tls = type == RecordType::alert && header.version >= 0x0300 && header.version <= 0x0304;
  if (header.type < 20 || header.type > 23 || (header.version != kVersion && !of_tls))
    return fail(ErrorCode::protocol, "no TLCP record: it starts with {}", to_hex(ByteView(incoming_).first(kHeaderBytes)));
  if (header.length > kFragmentCapBytes) return fail(ErrorCode::protocol, "a record of {} bytes, which is over the limit", header.length);
  const std::size_t size = kHeaderBytes + header.length;
  TRY(fill(size, deadline));
  spoken_ = spoken_ || header.version == kVersion;
  const Bytes content = TRY(open_record(theirs_, header.type, ByteView(incoming_).subspan(kHeaderBytes, header.length)));
  incoming_.erase(incoming_.begin(), incoming_.begin() + static_cast<std::ptrdiff_t>(size));
  switch (type) {
    case RecordType::alert: return take_alert(content);
    case RecordType::change_cipher_spec: return take_change(content);
    case RecordType::handshake: return take_handshake(content);
    case RecordType::application_data: break;
  }
  if (!handshaken_) return fail(ErrorCode::protocol, "application data inside the handshake");
  if (content.empty()) return idle();
  idle_ = 0;
  append(data_, content);
  return {};
}

Result<void> Channel::take_handshake(ByteView content) {
  if (content.empty()) return fail(ErrorCode::protocol, "an empty handshake record");
  reader_.add(content);
  if (!handshaken_ && !next_theirs_) return {};
  // Whoever wants to negotiate anew is not heard; before ChangeCipherSpec and after Finished nothing but a HelloRequest makes sense.
  while (const auto message = TRY(reader_.next())) {
    if (type_of(*message) != MessageType::hello_request) return out_of_order(*message);
    TRY(idle());
  }
  return {};
}

Result<void> Channel::take_alert(ByteView content) {
  if (content.size() != 2) return fail(ErrorCode::protocol, "an alert of {} bytes", content.size());
  alert_ = content[1];
  if (content[1] == kCloseNotify) return fail(ErrorCode::closed, "the peer ended TLCP");
  if (content[0] == kFatal) return fail(ErrorCode::protocol, "alert {} from the peer", content[1]);
  return idle();
}

Result<void> Channel::take_change(ByteView content) {
  if (content.size() != 1 || content[0] != 1 || !next_theirs_ || !reader_.empty())
    return fail(ErrorCode::protocol, "ChangeCipherSpec out of order");
  theirs_ = *std::exchange(next_theirs_, std::nullopt);
  return {};
}

}  // namespace lintel::net::tlcp
