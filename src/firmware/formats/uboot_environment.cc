// The environment that U-Boot keeps in flash: a CRC-32 in the byte order of the processor, where two copies are kept one byte that says which
// is newer, then "name=value" each ended by NUL, one more NUL, and the same byte to the end. Its size stands nowhere: every multiple of 1024 is
// tried. There is no magic either; it is found by names that often come first. Layout: U-Boot's include/env_internal.h.
#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "firmware/formats/check_sums.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLargest = 256 * 1024, kStep = 1024, kMostVariables = 1000;

// Where the variables end, behind their last NUL; 0 when they are none.
std::size_t read_variables(ByteView bytes, std::size_t begin, Json* into) {
  std::size_t at = begin, count = 0;
  while (at < bytes.size() && bytes[at] != 0) {
    const ByteView rest = bytes.subspan(at);
    const auto end = std::find_if(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte == 0 || byte >= 0x7F || (byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r'); });
    const std::string_view row = as_text(rest.first(static_cast<std::size_t>(end - rest.begin())));
    const std::size_t equals = row.find('=');
    if (end == rest.end() || *end != 0 || equals == 0 || equals == std::string_view::npos || ++count > kMostVariables) return 0;
    if (into != nullptr) (*into)[std::string(row.substr(0, equals))] = row.substr(equals + 1);
    at += row.size() + 1;
  }
  return at < bytes.size() && count > 0 ? at + 1 : 0;
}

// The size of the environment whose variables begin at `begin` (4, or 5 with the byte of two copies). nullopt: the check sum fits no size.
std::optional<std::size_t> size_of(ByteView bytes, std::size_t begin) {
  const std::size_t end = read_variables(bytes, begin, nullptr);
  if (end == 0 || end == bytes.size()) return std::nullopt;
  const std::uint8_t filling = bytes[end];
  const std::uint32_t little = Header(bytes, Endian::little).u32(0), big = Header(bytes, Endian::big).u32(0);
  auto crc = static_cast<std::uint32_t>(crc32_z(0, bytes.data() + begin, end - begin));
  std::size_t summed = end;
  for (std::size_t size = (end + kStep - 1) / kStep * kStep; size <= bytes.size(); size += kStep) {
    const ByteView more = bytes.subspan(summed, size - summed);
    if (!std::all_of(more.begin(), more.end(), [&](std::uint8_t byte) { return byte == filling; })) return std::nullopt;
    crc = static_cast<std::uint32_t>(crc32_z(crc, more.data(), more.size()));
    summed = size;
    if (crc == little || crc == big) return size;
  }
  return std::nullopt;
}

std::optional<Found> recognise(ByteView from_here) {
  const ByteView most = from_here.first(std::min(from_here.size(), kLargest));
  for (const std::size_t begin : {std::size_t{4}, std::size_t{5}}) {
    const auto size = most.size() > begin ? size_of(most, begin) : std::nullopt;
    if (!size) continue;
    Found found{.length = *size, .header = {{"two_copies", begin == 5}, {"variables", Json::object()}}};
    if (begin == 5) found.header["flag"] = from_here[4];
    read_variables(from_here, begin, &found.header["variables"]);
    return found;
  }
  return std::nullopt;
}

// U-Boot writes the variables in alphabetical order, so that few come first.
constexpr std::array kFirstNames = {"addr"sv, "alt"sv, "arch"sv, "auto"sv, "baud"sv, "board"sv, "boot"sv, "bd_"sv, "cons"sv, "eth"sv, "fdt"sv, "ipaddr"sv, "kernel"sv, "load"sv, "mtd"sv, "part"sv, "server"sv, "std"sv, "ver="sv};
constexpr auto kMagic = [] {
  std::array<Magic, 2 * kFirstNames.size()> magics{};
  for (std::size_t i = 0; i < magics.size(); ++i) magics[i] = {kFirstNames[i / 2], static_cast<std::uint32_t>(4 + i % 2)};
  return magics;
}();

}  // namespace

const Format kUbootEnvironment{"u-boot-environment", kMagic, recognise, nullptr};

}  // namespace lintel::firmware
