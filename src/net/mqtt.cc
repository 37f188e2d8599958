#include "net/mqtt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lintel::net::mqtt {
namespace {

void put_text(Bytes& out, std::string_view text) {
  text = text.substr(0, 0xFFFF);
  append_number(out, text.size(), 2);
  const ByteView bytes = as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

Bytes packet(Type type, unsigned flags, const Bytes& body) {
  Bytes out{static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4 | flags)};
  std::size_t length = body.size();
  do {
    out.push_back(static_cast<std::uint8_t>(length % 128 | (length >= 128 ? 0x80u : 0u)));
    length /= 128;
  } while (length > 0);
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

// 1.5.5; nullopt when it is not whole yet. Errors: protocol (a fifth byte).
Result<std::optional<std::size_t>> variable_length(Cursor& bytes) {
  std::size_t value = 0;
  for (unsigned shift = 0; shift < 28; shift += 7) {
    const std::uint8_t byte = bytes.u8();
    if (bytes.failed()) return std::optional<std::size_t>();
    value |= std::size_t{byte & 0x7Fu} << shift;
    if ((byte & 0x80) == 0) return std::optional(value);
  }
  return fail(ErrorCode::protocol, "a length of more than four bytes");
}

void skip_properties(Version version, Cursor& bytes) {
  if (version != Version::v5 || bytes.remaining() == 0) return;
  const auto size = variable_length(bytes);
  bytes.take(size && *size ? **size : bytes.remaining() + 1);  // no length there: fails the cursor
}

std::string text(Cursor& bytes) { return std::string(as_text(bytes.take(bytes.u16()))); }

Result<Packet> decode(Version version, std::uint8_t first, ByteView body) {
  Packet found;
  found.type = static_cast<Type>(first >> 4);
  Cursor bytes(body);
  switch (found.type) {
    case Type::connack:
      bytes.u8();  // session present
      found.code = bytes.u8();
      break;
    case Type::publish:
      found.message.retain = (first & 1) != 0;
      found.message.qos = first >> 1 & 3;
      found.message.duplicate = (first & 8) != 0;
      found.message.topic = text(bytes);
      if (found.message.qos > 0) found.id = found.message.id = bytes.u16();
      skip_properties(version, bytes);
      found.message.payload = as_text(bytes.take(bytes.remaining()));
      if (found.message.qos == 3) return fail(ErrorCode::protocol, "a message with quality of service 3");
      break;
    case Type::puback:
    case Type::pubrec:
    case Type::pubrel:
    case Type::pubcomp:
      found.id = bytes.u16();
      if (bytes.remaining() > 0) found.code = bytes.u8();
      break;
    case Type::suback:
      found.id = bytes.u16();
      skip_properties(version, bytes);
      found.code = bytes.u8();
      break;
    case Type::disconnect:
      if (bytes.remaining() > 0) found.code = bytes.u8();
      break;
    case Type::unsuback:
    case Type::pingresp:
    case Type::auth:
      break;
    case Type::connect:
    case Type::subscribe:
    case Type::unsubscribe:
    case Type::pingreq:
      return fail(ErrorCode::protocol, "a packet that only clients send");
    default:
      return fail(ErrorCode::protocol, "a packet of type {}", first >> 4);
  }
  if (bytes.failed()) return fail(ErrorCode::protocol, "a packet of type {} that is too short", first >> 4);
  return found;
}

}  // namespace

Bytes encode_connect(const Connect& connect) {
  Bytes body;
  put_text(body, "MQTT");
  body.push_back(static_cast<std::uint8_t>(connect.version));
  body.push_back(static_cast<std::uint8_t>(0x02 | (connect.password ? 0x40 : 0) | (connect.user ? 0x80 : 0)));
  append_number(body, 60, 2);
  if (connect.version == Version::v5) body.push_back(0);
  put_text(body, connect.client_id);
  if (connect.user) put_text(body, *connect.user);
  if (connect.password) put_text(body, *connect.password);
  return packet(Type::connect, 0, body);
}

Bytes encode_publish(Version version, const Message& message) {
  Bytes body;
  put_text(body, message.topic);
  if (message.qos > 0) append_number(body, message.id, 2);
  if (version == Version::v5) body.push_back(0);
  const ByteView payload = as_bytes(message.payload);
  body.insert(body.end(), payload.begin(), payload.end());
  return packet(Type::publish, (message.duplicate ? 8u : 0u) | static_cast<unsigned>(message.qos) << 1 | (message.retain ? 1u : 0u), body);
}

Bytes encode_subscribe(Version version, std::uint16_t id, std::string_view filter, int qos) {
  Bytes body;
  append_number(body, id, 2);
  if (version == Version::v5) body.push_back(0);
  put_text(body, filter);
  body.push_back(static_cast<std::uint8_t>(qos));
  return packet(Type::subscribe, 2, body);
}

Bytes encode_acknowledgement(Type type, std::uint16_t id) {
  Bytes body;
  append_number(body, id, 2);
  return packet(type, type == Type::pubrel ? 2 : 0, body);
}

Bytes encode_empty(Type type) { return packet(type, 0, {}); }

Result<std::optional<Packet>> take_packet(Version version, Bytes& buffer) {
  Cursor bytes(buffer);
  const std::uint8_t first = bytes.u8();
  const auto length = TRY(variable_length(bytes));
  if (!length) return std::optional<Packet>();
  if (*length > kPacketCapBytes) return fail(ErrorCode::limit, "a packet of {} bytes", *length);
  if (bytes.remaining() < *length) return std::optional<Packet>();
  const std::size_t header = buffer.size() - bytes.remaining();
  Packet found = TRY(decode(version, first, bytes.take(*length)));
  buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(header + *length));
  return std::optional(std::move(found));
}

bool matches(std::string_view filter, std::string_view topic) {
  if (topic.starts_with('$') && !filter.starts_with('$')) return false;
  while (true) {
    if (filter == "#") return true;
    const std::size_t level = filter.find('/'), part = topic.find('/');
    if (filter.substr(0, level) != "+" && filter.substr(0, level) != topic.substr(0, part)) return false;
    if (level == std::string_view::npos) return part == std::string_view::npos;
    filter.remove_prefix(level + 1);
    if (part == std::string_view::npos) return filter == "#";  // a/# takes a
    topic.remove_prefix(part + 1);
  }
}

std::string connack_text(Version version, std::uint8_t code) {
  static constexpr std::array<std::string_view, 6> kOld = {"accepted",           "protocol version refused",  "client id refused",
                                                           "server unavailable", "bad user name or password", "not authorized"};
  static constexpr std::pair<std::uint8_t, std::string_view> kNew[] = {
      {0x80, "unspecified error"},         {0x84, "protocol version refused"},  {0x85, "client id refused"}, {0x86, "bad user name or password"},
      {0x87, "not authorized"},            {0x88, "server unavailable"},        {0x89, "server busy"},       {0x8A, "banned"},
      {0x8C, "bad authentication method"}, {0x9F, "too many connections a time"}};
  if (code < kOld.size()) return std::string(kOld[code]);
  const auto* named = version == Version::v5 ? std::ranges::find(kNew, code, &std::pair<std::uint8_t, std::string_view>::first) : std::end(kNew);
  return named != std::end(kNew) ? std::string(named->second) : fmt::format("code {}", code);
}

}  // namespace lintel::net::mqtt
