// tar archives (POSIX ustar and GNU): blocks of 512 bytes, a header with octal numbers and its own sum before each file, two empty blocks at
// the end. Long names come as entries of their own (GNU 'L' and 'K', pax 'x'). Layout: tar(5) of libarchive, POSIX.1 pax.
#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "firmware/formats/formats.h"
#include "firmware/formats/stored.h"
#include "firmware/formats/tar.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kLongName = 64 * 1024;

std::string_view field(ByteView header, std::size_t at, std::size_t size) {
  const std::string_view text = as_text(header.subspan(at, size));
  return text.substr(0, text.find('\0'));
}

// Octal text, or, with the first bit set, a big-endian number. nullopt: neither.
std::optional<std::uint64_t> number(ByteView header, std::size_t at, std::size_t size) {
  if ((header[at] & 0x80) != 0) {
    std::uint64_t value = header[at] & 0x7F;
    for (std::size_t i = at + 1; i < at + size; ++i) {
      if (value >> 54 != 0) return std::nullopt;
      value = value << 8 | header[i];
    }
    return value;
  }
  const std::string_view text = trim(field(header, at, size));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  if (!text.empty() && (error != std::errc() || end != text.data() + text.size())) return std::nullopt;
  return value;
}

}  // namespace

std::optional<TarEntry> tar_entry_at(ByteView bytes, std::uint64_t at) {
  if (at > bytes.size() || bytes.size() - at < kBlock) return std::nullopt;
  const ByteView header = bytes.subspan(at, kBlock);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) sum += i >= 148 && i < 156 ? ' ' : header[i];
  const auto said = number(header, 148, 8), mode = number(header, 100, 8), uid = number(header, 108, 8), gid = number(header, 116, 8), size = number(header, 124, 12),
             time = number(header, 136, 12);
  if (!said || *said != sum || !mode || !uid || !gid || !size || !time || *size > 1ULL << 40) return std::nullopt;
  TarEntry entry;
  entry.type = static_cast<char>(header[156]);
  entry.name = std::string(field(header, 0, 100));
  if (field(header, 257, 6) == "ustar" && !field(header, 345, 155).empty()) entry.name = fmt::format("{}/{}", field(header, 345, 155), entry.name);
  const FileKind kind = entry.type == '5' ? FileKind::folder : entry.type == '2' ? FileKind::symlink : entry.type == '3' || entry.type == '4' ? FileKind::device
                        : entry.type == '0' || entry.type == '\0' || entry.type == '7' ? FileKind::file : FileKind::other;
  const bool has_content = kind == FileKind::file || kind == FileKind::other;
  entry.file = {.kind = kind, .mode = static_cast<std::uint16_t>(*mode & 07777), .uid = static_cast<std::uint32_t>(*uid), .gid = static_cast<std::uint32_t>(*gid),
                .size = has_content && entry.type != '1' ? *size : 0, .modified = static_cast<std::int64_t>(*time), .target = std::string(field(header, 157, 100)), .handle = at + kBlock};
  if (kind != FileKind::symlink) entry.file.target.clear();
  entry.next = at + kBlock + (entry.file.size + kBlock - 1) / kBlock * kBlock;
  return entry;
}

namespace {

std::optional<Found> recognise(ByteView from_here) {
  std::uint64_t at = 0;
  std::size_t entries = 0;
  for (auto entry = tar_entry_at(from_here, 0); entry; entry = tar_entry_at(from_here, at)) {
    ++entries;
    if (entry->next > from_here.size()) return Found{.length = from_here.size(), .problems = {fmt::format("{} is cut off", printable(entry->name))}};
    at = entry->next;
  }
  if (entries == 0) return std::nullopt;
  while (at + kBlock <= from_here.size() && std::all_of(from_here.begin() + static_cast<std::ptrdiff_t>(at), from_here.begin() + static_cast<std::ptrdiff_t>(at + kBlock), [](std::uint8_t byte) { return byte == 0; }))
    at += kBlock;
  return Found{.length = at};
}

// "path" and "linkpath" of a pax header: rows of "LENGTH KEY=VALUE\n".
void read_pax(std::string_view text, std::string& name, std::string& link) {
  while (!text.empty()) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    const std::size_t digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || length <= digits + 1 || length > text.size()) return;
    const std::string_view row = text.substr(digits + 1, length - digits - 2);
    if (row.starts_with("path=")) name = row.substr(5);
    if (row.starts_with("linkpath=")) link = row.substr(9);
    text.remove_prefix(length);
  }
}

Result<void> open(Opening& opening) {
  const ByteView bytes = opening.bytes();
  opening.volume(stored_volume(bytes));
  std::string long_name, long_link;
  std::uint64_t at = 0;
  for (auto entry = tar_entry_at(bytes, at); entry; at = entry->next, entry = tar_entry_at(bytes, at)) {
    TRY(opening.budget().alive());
    if (entry->type == 'L' || entry->type == 'K' || entry->type == 'x') {
      const std::uint64_t begin = std::min<std::uint64_t>(entry->file.handle, bytes.size());
      const std::string_view text = as_text(bytes.subspan(begin, std::min({entry->file.size, kLongName, bytes.size() - begin})));
      if (entry->type == 'x')
        read_pax(text, long_name, long_link);
      else
        (entry->type == 'L' ? long_name : long_link) = text.substr(0, text.find('\0'));
      continue;
    }
    const std::string name = long_name.empty() ? entry->name : std::exchange(long_name, {});
    if (!long_link.empty() && entry->file.kind == FileKind::symlink) entry->file.target = long_link;
    long_name.clear();
    long_link.clear();
    if (entry->type == 'g') continue;
    const auto path = clean_path(name);
    if (!path) {
      opening.problem(fmt::format("{}: the name climbs out of the archive", printable(name)));
      continue;
    }
    entry->file.path = *path;
    if (!path->empty() && !opening.file(entry->file)) break;
  }
  return {};
}

constexpr Magic kMagic[] = {{"ustar"sv, 257}};

}  // namespace

const Format kTar{"tar", kMagic, recognise, open};

}  // namespace lintel::firmware
