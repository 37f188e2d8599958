#include "net/mqtt_client.h"

#include <array>

namespace lintel::net::mqtt {

Result<void> Client::send(ByteView bytes, std::string line, Deadline deadline) {
  if (!line.empty()) note_("> " + std::move(line));
  return stream_->write_all(bytes, deadline);
}

Result<Packet> Client::next(Deadline deadline) {
  while (true) {
    if (auto packet = TRY(take_packet(version_, buffer_))) return *std::move(packet);
    std::array<std::uint8_t, 16384> piece;
    const std::size_t size = TRY(stream_->read_some(piece, deadline));
    if (size == 0) return fail(ErrorCode::closed, "the broker ended the connection");
    buffer_.insert(buffer_.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(size));
  }
}

Result<void> Client::take(Message message, Deadline deadline) {
  note_(fmt::format("< PUBLISH {} ({} bytes{})", message.topic, message.payload.size(), message.retain ? ", retained" : ""));
  if (message.qos == 1) TRY(send(encode_acknowledgement(Type::puback, message.id), "", deadline));
  if (message.qos == 2) TRY(send(encode_acknowledgement(Type::pubrec, message.id), "", deadline));
  received_bytes_ += message.topic.size() + message.payload.size();
  if (received.size() < kMostMessages && received_bytes_ <= kMessagesCapBytes) received.push_back(std::move(message));
  else dropped = true;
  return {};
}

Result<Packet> Client::await(Type type, std::uint16_t id, Deadline deadline) {
  while (true) {
    Packet packet = TRY(next(deadline));
    if (packet.type == Type::publish) {
      TRY(take(std::move(packet.message), deadline));
    } else if (packet.type == Type::pubrel) {
      TRY(send(encode_acknowledgement(Type::pubcomp, packet.id), "", deadline));
    } else if (packet.type == Type::disconnect) {
      note_(fmt::format("< DISCONNECT {}", packet.code));
      return fail(ErrorCode::closed, "the broker sent DISCONNECT {}", packet.code);
    } else if (packet.type == type && packet.id == id) {
      return packet;
    } else if (type == Type::connack) {
      return fail(ErrorCode::protocol, "the first packet is no CONNACK");
    }
  }
}

Result<std::uint8_t> Client::connect(const Connect& connect, Deadline deadline) {
  version_ = connect.version;
  const auto line = fmt::format("CONNECT {} client id \"{}\"{}{}", version_ == Version::v5 ? "5.0" : "3.1.1", connect.client_id,
                                connect.user ? fmt::format(", user \"{}\"", *connect.user) : "", connect.password ? ", with a password" : "");
  TRY(send(encode_connect(connect), line, deadline));
  const Packet packet = TRY(await(Type::connack, 0, deadline));
  note_(fmt::format("< CONNACK {} {}", packet.code, connack_text(version_, packet.code)));
  return packet.code;
}

Result<std::uint8_t> Client::subscribe(std::string_view filter, Deadline deadline) {
  const std::uint16_t id = fresh_id();
  TRY(send(encode_subscribe(version_, id, filter, 0), fmt::format("SUBSCRIBE {}", filter), deadline));
  const Packet packet = TRY(await(Type::suback, id, deadline));
  note_(fmt::format("< SUBACK {}", packet.code));
  return packet.code;
}

Result<std::uint8_t> Client::publish(Message message, Deadline deadline) {
  if (message.qos > 0) message.id = fresh_id();
  TRY(send(encode_publish(version_, message), fmt::format("PUBLISH {} ({} bytes)", message.topic, message.payload.size()), deadline));
  if (message.qos == 0) return std::uint8_t{0};
  const Packet packet = TRY(await(message.qos == 1 ? Type::puback : Type::pubrec, message.id, deadline));
  note_(fmt::format("< {} {}", message.qos == 1 ? "PUBACK" : "PUBREC", packet.code));
  if (message.qos == 1 || packet.code >= 0x80) return packet.code;
  TRY(send(encode_acknowledgement(Type::pubrel, message.id), "", deadline));
  return TRY(await(Type::pubcomp, message.id, deadline)).code;
}

Result<void> Client::publish_repeated(Message message, Deadline deadline) {
  message.qos = 2;
  message.id = fresh_id();
  for (const bool again : {false, true}) {
    message.duplicate = again;
    TRY(send(encode_publish(version_, message), fmt::format("PUBLISH {} qos 2 id {}{}", message.topic, message.id, again ? " again" : ""), deadline));
    const Packet packet = TRY(await(Type::pubrec, message.id, deadline));
    note_(fmt::format("< PUBREC {}", packet.code));
  }
  TRY(send(encode_acknowledgement(Type::pubrel, message.id), "PUBREL", deadline));
  TRY(await(Type::pubcomp, message.id, deadline));
  return {};
}

Result<void> Client::ping(Deadline deadline) {
  TRY(send(encode_empty(Type::pingreq), "", deadline));
  TRY(await(Type::pingresp, 0, deadline));
  return {};
}

Result<bool> Client::await_message(std::size_t from, const std::function<bool(const Message&)>& wanted, Deadline deadline) {
  while (true) {
    for (; from < received.size(); ++from)
      if (wanted(received[from])) return true;

    auto packet = next(deadline);
    if (!packet && packet.error().code == ErrorCode::timeout) return false;
    if (!packet) return tl::unexpected<Error>(packet.error());
    if (packet->type == Type::publish) TRY(take(std::move(packet->message), deadline));
    if (packet->type == Type::pubrel) TRY(send(encode_acknowledgement(Type::pubcomp, packet->id), "", deadline));
    if (packet->type == Type::disconnect) return fail(ErrorCode::closed, "the broker sent DISCONNECT {}", packet->code);
  }
}

void Client::disconnect(Deadline deadline) { (void)stream_->write_all(encode_empty(Type::disconnect), deadline); }

}  // namespace lintel::net::mqtt
