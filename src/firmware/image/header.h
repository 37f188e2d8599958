// Fields of a structure at fixed places, in the byte order that its format has. A place outside the bytes reads as zero or empty: a
// format asks for the size first, and checks what it read against the rest of the image all the same.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace lintel::firmware {

enum class Endian { little, big };

class Header {
 public:
  Header(ByteView bytes, Endian endian) : bytes_(bytes), endian_(endian) {}
  std::size_t size() const { return bytes_.size(); }
  std::uint8_t u8(std::size_t at) const { return static_cast<std::uint8_t>(number(at, 1)); }
  std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
  std::uint32_t u32(std::size_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
  std::uint64_t u64(std::size_t at) const { return number(at, 8); }
  ByteView part(std::size_t at, std::size_t count) const {
    if (at > bytes_.size()) return {};
    return bytes_.subspan(at, std::min(count, bytes_.size() - at));
  }
  // Up to the first NUL.
  std::string text(std::size_t at, std::size_t most) const {
    const std::string_view field = as_text(part(at, most));
    return std::string(field.substr(0, field.find('\0')));
  }

 private:
  std::uint64_t number(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes_[at + (endian_ == Endian::big ? i : size - 1 - i)];
    return value;
  }
  ByteView bytes_;
  Endian endian_;
};

}  // namespace lintel::firmware
