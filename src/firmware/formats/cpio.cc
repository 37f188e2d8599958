// cpio archives, as initramfs and SWUpdate use them: "newc" (070701) and the same with check sums (070702). 110 characters of header: magic
// and thirteen numbers of eight hexadecimal digits; name and content each end at a multiple of four. Layout: cpio(5) of libarchive.
#include "base/text.h"
#include "firmware/formats/cpio.h"
#include "firmware/formats/formats.h"
#include "firmware/formats/stored.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHeader = 110;
constexpr std::string_view kTrailer = "TRAILER!!!";

std::optional<std::uint32_t> hex8(ByteView bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 8; ++i) {
    const std::uint8_t c = bytes[i];
    const std::uint32_t digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10U : c >= 'A' && c <= 'F' ? c - 'A' + 10U : 16U;
    if (digit > 15) return std::nullopt;
    value = value << 4 | digit;
  }
  return value;
}

std::uint64_t padded(std::uint64_t at) { return (at + 3) / 4 * 4; }

}  // namespace

std::optional<CpioEntry> cpio_entry_at(ByteView bytes, std::uint64_t at) {
  if (at > bytes.size() || bytes.size() - at < kHeader) return std::nullopt;
  const ByteView header = bytes.subspan(at, kHeader);
  if (const std::string_view magic = as_text(header.first(6)); magic != "070701" && magic != "070702") return std::nullopt;
  std::uint32_t fields[13];
  for (std::size_t i = 0; i < 13; ++i) {
    const auto field = hex8(header, 6 + 8 * i);
    if (!field) return std::nullopt;
    fields[i] = *field;
  }
  const std::uint64_t name_size = fields[11], content = padded(at + kHeader + name_size);
  if (name_size == 0 || name_size > 4097 || at + kHeader + name_size > bytes.size() || bytes[at + kHeader + name_size - 1] != 0) return std::nullopt;
  CpioEntry entry;
  entry.name = as_text(bytes.subspan(at + kHeader, name_size - 1));
  entry.file = {.kind = kind_of_mode(fields[1]), .mode = static_cast<std::uint16_t>(fields[1] & 07777), .uid = fields[2], .gid = fields[3], .size = fields[6],
                .modified = fields[5], .handle = content};
  entry.sum = fields[12];
  entry.next = padded(content + fields[6]);
  return entry;
}

namespace {

std::optional<Found> recognise(ByteView from_here) {
  std::uint64_t at = 0;
  for (std::size_t entries = 0;; ++entries) {
    const auto entry = cpio_entry_at(from_here, at);
    if (!entry) return entries > 0 ? std::optional(Found{.length = std::min<std::uint64_t>(at, from_here.size()), .problems = {"the archive has no end"}}) : std::nullopt;
    if (entry->name == kTrailer) return Found{.length = std::min<std::uint64_t>(padded(at + kHeader + kTrailer.size() + 1), from_here.size())};
    if (entry->next > from_here.size()) return Found{.length = from_here.size(), .problems = {fmt::format("{} is cut off", printable(entry->name))}};
    at = entry->next;
  }
}

Result<void> open(Opening& opening) {
  const ByteView bytes = opening.bytes();
  opening.volume(stored_volume(bytes));
  opening.header()["check_sums"] = as_text(bytes.first(6)) == "070702";
  std::uint64_t at = 0;
  for (auto entry = cpio_entry_at(bytes, at); entry && entry->name != kTrailer; at = entry->next, entry = cpio_entry_at(bytes, at)) {
    TRY(opening.budget().alive());
    const auto path = clean_path(entry->name);
    if (!path) {
      opening.problem(fmt::format("{}: the name climbs out of the archive", printable(entry->name)));
      continue;
    }
    entry->file.path = *path;
    const std::uint64_t begin = entry->file.handle, size = entry->file.size;
    const ByteView content = begin <= bytes.size() && size <= bytes.size() - begin ? bytes.subspan(begin, size) : ByteView();
    if (content.size() < size) opening.problem(fmt::format("{} is cut off", printable(*path)));
    if (entry->sum != 0 && !content.empty()) {
      std::uint32_t sum = 0;
      for (const std::uint8_t byte : content) sum += byte;
      if (sum != entry->sum) opening.problem(fmt::format("{}: the check sum is wrong", printable(*path)));
    }
    if (entry->file.kind == FileKind::symlink) entry->file.target = std::string(as_text(content));
    if (!path->empty() && !opening.file(entry->file)) break;
  }
  return {};
}

constexpr Magic kMagic[] = {{"070701"sv}, {"070702"sv}};

}  // namespace

const Format kCpio{"cpio", kMagic, recognise, open};

}  // namespace lintel::firmware
