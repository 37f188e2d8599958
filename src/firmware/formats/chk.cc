// CHK, of Netgear: a header with the board's name, then kernel and root file system. Big-endian; the check sum is of the kind of Fletcher's.
//   0 magic 2A23245E | 4 header length | 8 region and version, eight bytes | 16 sum of the kernel | 20 of the root | 24 kernel length | 28 root length | 32 sum of both |
//   36 sum of the header, itself zero | 40 board
#include <algorithm>

#include "base/text.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHeader = 40, kLongestBoard = 64;

std::uint32_t sum_of(ByteView bytes) {
  std::uint32_t first = 0, second = 0;
  for (const std::uint8_t byte : bytes) second += first += byte;
  const auto folded = [](std::uint32_t sum) {
    const std::uint32_t once = (sum & 0xFFFF) + (sum >> 16);
    return (once + (once >> 16)) & 0xFFFF;
  };
  return folded(second) << 16 | folded(first);
}

std::optional<Found> recognise(ByteView from_here) {
  const Header header(from_here, Endian::big);
  const std::uint64_t size = header.u32(4), kernel = header.u32(24), root = header.u32(28), whole = size + kernel + root;
  if (size < kHeader || size > kHeader + kLongestBoard || header.size() < size) return std::nullopt;
  Bytes checked(from_here.begin(), from_here.begin() + static_cast<std::ptrdiff_t>(size));
  std::fill_n(checked.begin() + 36, 4, std::uint8_t{0});
  if (sum_of(checked) != header.u32(36)) return std::nullopt;
  std::string version;
  for (std::size_t i = 9; i < 16; ++i) version += fmt::format("{}{}", version.empty() ? "" : ".", header.u8(i));
  Found found{.length = std::min<std::uint64_t>(whole, from_here.size()), .header = {{"board", printable(header.text(kHeader, size - kHeader))}, {"region", header.u8(8)}, {"version", version}}};
  if (whole > from_here.size()) {
    found.problems.push_back(fmt::format("cut off: {} of {} bytes are there", from_here.size(), whole));
    return found;
  }
  const bool right = sum_of(from_here.subspan(size, kernel + root)) == header.u32(32);
  found.header["sum_right"] = right;
  if (!right) found.problems.push_back("the check sum of the image is wrong");
  return found;
}

Result<void> open(Opening& opening) {
  const Header header(opening.bytes(), Endian::big);
  const std::uint64_t size = header.u32(4), kernel = header.u32(24), root = header.u32(28);
  if (kernel > 0) opening.piece("kernel", size, kernel);
  if (root > 0) opening.piece("root", size + kernel, root);
  return {};
}

constexpr Magic kMagic[] = {{"\x2A\x23\x24\x5E"sv}};

}  // namespace

const Format kChk{"chk", kMagic, recognise, open};

}  // namespace lintel::firmware
