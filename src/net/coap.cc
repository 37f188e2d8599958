#include "net/coap.h"

#include <algorithm>

namespace lintel::net::coap {
namespace {

constexpr std::uint8_t kPayloadMarker = 0xFF;
constexpr std::size_t kMostToken = 8, kMostValue = 65804;

// Four bits, and what does not fit there in one or two more bytes (3.1).
std::uint8_t nibble(std::size_t value) { return static_cast<std::uint8_t>(value < 13 ? value : value < 269 ? 13 : 14); }
void append_rest(Bytes& out, std::size_t value) {
  if (value >= 269)
    append_number(out, value - 269, 2);
  else if (value >= 13)
    append_number(out, value - 13, 1);
}
std::size_t read_number(Cursor& cursor, std::uint8_t nibble) {
  if (nibble == 13) return cursor.u8() + std::size_t{13};
  if (nibble == 14) return cursor.u16() + std::size_t{269};
  return nibble;
}

Result<void> read_options(Cursor& cursor, Message& message) {
  std::size_t number = 0;
  while (cursor.remaining() > 0) {
    const std::uint8_t head = cursor.u8();
    if (head == kPayloadMarker) {
      const ByteView payload = cursor.take(cursor.remaining());
      if (payload.empty()) return fail(ErrorCode::protocol, "CoAP: a payload is announced and missing");
      message.payload.assign(payload.begin(), payload.end());
      return {};
    }
    const auto delta = static_cast<std::uint8_t>(head >> 4), length = static_cast<std::uint8_t>(head & 0xF);
    if (delta == 15 || length == 15) return fail(ErrorCode::protocol, "CoAP: reserved option head {:02x}", head);
    number += read_number(cursor, delta);
    const ByteView value = cursor.take(read_number(cursor, length));
    if (cursor.failed() || number > 0xFFFF) return fail(ErrorCode::protocol, "CoAP: an option reaches past the message");
    if (message.options.size() == kMostOptions) return fail(ErrorCode::limit, "CoAP: more than {} options", kMostOptions);
    message.options.push_back({static_cast<std::uint16_t>(number), Bytes(value.begin(), value.end())});
  }
  return {};
}

void add_parts(std::vector<Option>& options, std::uint16_t number, std::string_view text, char between) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(between));
    const ByteView bytes = as_bytes(part);
    options.push_back({number, Bytes(bytes.begin(), bytes.end())});
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
}

}  // namespace

std::string code_text(std::uint8_t code) { return fmt::format("{}.{:02}", class_of(code), code & 0x1F); }

Bytes encode(Message message) {
  message.token.resize(std::min(message.token.size(), kMostToken));
  std::ranges::stable_sort(message.options, {}, &Option::number);
  Bytes out{static_cast<std::uint8_t>(1 << 6 | static_cast<int>(message.type) << 4 | static_cast<int>(message.token.size())), message.code};
  append_number(out, message.id, 2);
  out.insert(out.end(), message.token.begin(), message.token.end());
  std::size_t before = 0;
  for (Option& option : message.options) {
    option.value.resize(std::min(option.value.size(), kMostValue));
    const std::size_t delta = option.number - before, length = option.value.size();
    before = option.number;
    out.push_back(static_cast<std::uint8_t>(nibble(delta) << 4 | nibble(length)));
    append_rest(out, delta);
    append_rest(out, length);
    out.insert(out.end(), option.value.begin(), option.value.end());
  }
  if (message.payload.empty()) return out;
  out.push_back(kPayloadMarker);
  out.insert(out.end(), message.payload.begin(), message.payload.end());
  return out;
}

Result<Message> decode(ByteView datagram) {
  Cursor cursor(datagram);
  const std::uint8_t head = cursor.u8();
  Message message;
  message.type = static_cast<Type>(head >> 4 & 3);
  message.code = cursor.u8();
  message.id = cursor.u16();
  const std::size_t token_size = head & 0xF;
  if (cursor.failed() || head >> 6 != 1) return fail(ErrorCode::protocol, "no CoAP message");
  if (message.code == 0 && (token_size > 0 || cursor.remaining() > 0)) return fail(ErrorCode::protocol, "CoAP: an empty message that is not empty");
  if (token_size > kMostToken) return fail(ErrorCode::protocol, "CoAP: a token of {} bytes", token_size);
  const ByteView token = cursor.take(token_size);
  if (cursor.failed()) return fail(ErrorCode::protocol, "CoAP: the message ends in its token");
  message.token.assign(token.begin(), token.end());
  TRY(read_options(cursor, message));
  return message;
}

std::vector<Option> path_options(std::string_view path) {
  std::vector<Option> options;
  const std::size_t query = path.find('?');
  std::string_view parts = path.substr(0, query);
  if (parts.starts_with('/')) parts.remove_prefix(1);
  add_parts(options, kUriPath, parts, '/');
  if (query != std::string_view::npos) add_parts(options, kUriQuery, path.substr(query + 1), '&');
  return options;
}

}  // namespace lintel::net::coap
