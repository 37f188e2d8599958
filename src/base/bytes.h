// Bytes from a device or file, read through a Cursor that cannot leave its bounds; hex and base64.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lintel {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Reads forward, network byte order. A read past the end gives zero or an empty view, sets failed() and leaves
// nothing, so a parser may read a whole structure and ask once, and a loop over what remains ends.
class Cursor {
 public:
  explicit Cursor(ByteView bytes) : rest_(bytes) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(number(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  ByteView take(std::size_t count);
  std::size_t remaining() const { return rest_.size(); }
  bool failed() const { return failed_; }
  bool at_end() const { return rest_.empty() && !failed_; }

 private:
  std::uint64_t number(std::size_t size);
  ByteView rest_;
  bool failed_ = false;
};

void append_number(Bytes& out, std::uint64_t value, std::size_t size);  // network byte order
std::string to_hex(ByteView bytes);                                     // lower case
std::optional<Bytes> from_hex(std::string_view text);                   // both cases, even length
std::string to_base64(ByteView bytes);
std::optional<Bytes> from_base64(std::string_view text);  // standard alphabet, white space ignored, padding needed

}  // namespace lintel
