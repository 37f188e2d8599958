// CoAP on the wire (RFC 7252, section 3): one message a datagram, to bytes and back. Pure.
//
// A message is version 1 | type | token length, code, message id, token, options, and behind a byte 0xFF the payload. An option is the distance
// of its number from the one before and its length, each four bits with up to two more bytes, and its value.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace lintel::net::coap {

enum class Type : std::uint8_t { confirmable, non_confirmable, acknowledgement, reset };

// Codes are written class.detail: 2.05 is Content. Class 0 is a request, 0.00 an empty message.
constexpr std::uint8_t code(int of_class, int detail) { return static_cast<std::uint8_t>(of_class << 5 | detail); }
constexpr int class_of(std::uint8_t code) { return code >> 5; }
constexpr std::uint8_t kGet = code(0, 1), kPost = code(0, 2), kPut = code(0, 3);
std::string code_text(std::uint8_t code);  // "2.05"

struct Option {
  std::uint16_t number = 0;
  Bytes value;
};
constexpr std::uint16_t kUriPath = 11, kContentFormat = 12, kUriQuery = 15;
constexpr std::size_t kMostOptions = 64;

struct Message {
  Type type = Type::confirmable;
  std::uint8_t code = 0;
  std::uint16_t id = 0;
  Bytes token = {};  // at most 8 bytes
  std::vector<Option> options = {};
  Bytes payload = {};
};

// Options go out in the order of their numbers; a value longer than 65804 bytes is cut there, a token after 8.
Bytes encode(Message message);
// Errors: protocol (no CoAP, or malformed), limit (more than kMostOptions).
Result<Message> decode(ByteView datagram);

// The options for "/light/1?unit=lm". Parts stand as they are, without percent-decoding.
std::vector<Option> path_options(std::string_view path);

}  // namespace lintel::net::coap
