#include "firmware/image/share.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace lintel::firmware {
namespace {

constexpr std::size_t kLeastForEntropy = 4096;  // below it even random bytes measure low
constexpr double kHighEntropy = 7.5;            // bits a byte; machine code and text stay below 7
constexpr std::size_t kLargeFile = 16384;

bool is_media(ByteView content) {
  using namespace std::string_view_literals;
  const std::string_view head = as_text(content.first(std::min<std::size_t>(content.size(), 12)));
  for (const std::string_view magic : {"\x89PNG"sv, "\xFF\xD8\xFF"sv, "GIF8"sv, "wOFF"sv, "wOF2"sv, "OggS"sv, "ID3"sv, "fLaC"sv, "RIFF"sv})
    if (head.starts_with(magic)) return true;
  return head.size() >= 8 && head.substr(4).starts_with("ftyp"sv);
}

}  // namespace

double entropy_of(ByteView bytes) {
  if (bytes.empty()) return 0;
  std::array<std::uint64_t, 256> counts{};
  for (const std::uint8_t byte : bytes) ++counts[byte];
  double bits = 0;
  for (const std::uint64_t count : counts)
    if (count > 0) bits -= static_cast<double>(count) * std::log2(static_cast<double>(count) / static_cast<double>(bytes.size()));
  return bits / static_cast<double>(bytes.size());
}

bool is_high(double entropy, std::size_t size) { return size >= kLeastForEntropy && entropy > kHighEntropy; }

Share unknown_share(ByteView bytes) {
  const double size = static_cast<double>(bytes.size());
  return is_high(entropy_of(bytes), bytes.size()) ? Share{.high = size} : Share{.low = size};
}

bool is_uniform(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [first = bytes[0]](std::uint8_t byte) { return byte == first; });
}

Share file_share(ByteView content) {
  const double size = static_cast<double>(content.size());
  if (content.size() >= kLargeFile && !is_media(content) && is_high(entropy_of(content), content.size())) return {.high = size};
  return {.parsed = size};
}

}  // namespace lintel::firmware
