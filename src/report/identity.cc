#include "report/identity.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace lintel::report {
namespace {

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += fmt::format("{}:", part.size()).append(part);
  return text;
}

// Any fixed 16 bytes would do; they must never change.
constexpr std::string_view kNameSpace("\x4a\x56\x0d\x9b\x4e\x4c\x5a\x0e\x9d\x0f\x31\x8f\x8d\x2e\x4c\x67", 16);

}  // namespace

std::string uuid(std::initializer_list<std::string_view> parts) {
  // SHA-1 is what version 5 is made of, and always there.
  Bytes bytes = crypto::digest(crypto::DigestAlgorithm::sha1, as_bytes(std::string(kNameSpace) + joined(parts))).value_or(Bytes(20));
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x50);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = to_hex(ByteView(bytes).first(16));
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4), hex.substr(20));
}

}  // namespace lintel::report
