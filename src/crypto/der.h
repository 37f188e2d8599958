// Writing DER (X.690): what CMS needs that OpenSSL 3.0 does not write for Ed25519 and SM2. Reading is OpenSSL's. Thread-safe.
#pragma once
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace lintel::crypto::der {

inline constexpr std::uint8_t kInteger = 0x02, kOctetString = 0x04, kNull = 0x05, kUtcTime = 0x17, kGeneralizedTime = 0x18, kSequence = 0x30, kSet = 0x31;
constexpr std::uint8_t context(unsigned number) { return static_cast<std::uint8_t>(0xa0 + number); }  // constructed

// One element: tag, definite length, content.
Bytes element(std::uint8_t tag, ByteView content);
// One element of the parts, in this order.
Bytes element(std::uint8_t tag, std::initializer_list<ByteView> parts);
// The parts of a SET OF in the order that DER wants.
Bytes set_of(std::uint8_t tag, std::vector<Bytes> parts);
Bytes small_integer(std::uint8_t value);  // below 128
// "1.2.840.113549.1.7.2". Requires: a valid one, it is ours.
Bytes object_identifier(const char* dotted);

}  // namespace lintel::crypto::der
