// zip archives: files behind a header each, and a directory at the end that counts; without it (cut off) the headers are walked. Little-endian.
// Layout: PKWARE's APPNOTE.
//   file       0 "PK" 3 4 | 6 flags u16 | 8 method u16 | 14 crc | 18 packed | 22 size | 26 name length u16 | 28 extra length u16 | 30 name, extra, content
//   directory  0 "PK" 1 2 | 5 made on | 8 flags u16 | 10 method u16 | 16 crc | 20 packed | 24 size | 28, 30, 32 lengths of name, extra, comment u16 | 38 attributes | 42 place | 46 name
//   end        0 "PK" 5 6 | 10 entries u16 | 12 directory size | 16 directory at | 20 comment length u16
#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/text.h"
#include "firmware/formats/check_sums.h"
#include "firmware/formats/formats.h"
#include "firmware/formats/stored.h"
#include "firmware/image/header.h"
#include "firmware/unpack/unpack.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kFile = 30, kDirectory = 46, kEnd = 22;
constexpr std::uint32_t kFileMagic = 0x04034B50, kDirectoryMagic = 0x02014B50;
constexpr std::uint16_t kEncrypted = 1, kLater = 8;  // sizes stand behind the content

struct Entry {
  std::string_view name;
  std::uint16_t flags = 0, method = 0;
  std::uint32_t crc = 0, packed = 0, size = 0, attributes = 0;
  bool on_unix = false;
  std::uint64_t place = 0, next = 0;  // of its header; of the next entry
};

std::optional<Entry> file_at(ByteView bytes, std::uint64_t at) {
  if (at > bytes.size() || bytes.size() - at < kFile) return std::nullopt;
  const Header header(bytes.subspan(at), Endian::little);
  const std::size_t name = header.u16(26);
  if (header.u32(0) != kFileMagic || header.u16(4) > 0x3FF || name == 0 || header.size() < kFile + name) return std::nullopt;
  Entry entry{as_text(header.part(kFile, name)), header.u16(6), header.u16(8), header.u32(14), header.u32(18), header.u32(22)};
  entry.place = at;
  entry.next = at + kFile + name + header.u16(28) + entry.packed;
  return entry;
}

std::optional<Entry> listed_at(ByteView bytes, std::uint64_t at) {
  if (at > bytes.size() || bytes.size() - at < kDirectory) return std::nullopt;
  const Header header(bytes.subspan(at), Endian::little);
  if (header.u32(0) != kDirectoryMagic) return std::nullopt;
  Entry entry{as_text(header.part(kDirectory, header.u16(28))), header.u16(8), header.u16(10), header.u32(16), header.u32(20), header.u32(24), header.u32(38), header.u8(5) == 3};
  entry.place = header.u32(42);
  entry.next = at + kDirectory + header.u16(28) + header.u16(30) + header.u16(32);
  return entry;
}

struct Directory {
  std::uint64_t at = 0, end = 0, whole = 0;
};
// The directory of the archive that begins here.
std::optional<Directory> directory_of(ByteView bytes) {
  constexpr std::string_view kMagic = "PK\5\6"sv;
  const std::boyer_moore_horspool_searcher search(kMagic.begin(), kMagic.end());
  const std::string_view text = as_text(bytes);
  for (auto hit = std::search(text.begin(), text.end(), search); hit != text.end(); hit = std::search(hit + 1, text.end(), search)) {
    const std::uint64_t end = static_cast<std::uint64_t>(hit - text.begin());
    const Header header(bytes.subspan(end), Endian::little);
    const std::uint64_t at = header.u32(16), whole = end + kEnd + header.u16(20);
    if (header.size() < kEnd || at + header.u32(12) != end || (header.u16(10) > 0 && !listed_at(bytes, at))) continue;
    return Directory{at, end, std::min<std::uint64_t>(whole, bytes.size())};
  }
  return std::nullopt;
}

std::optional<Found> recognise(ByteView from_here) {
  const auto first = file_at(from_here, 0);
  if (!first) return std::nullopt;
  if (const auto directory = directory_of(from_here)) return Found{.length = directory->whole, .header = {{"has_directory", true}}};
  Found found{.header = {{"has_directory", false}}, .problems = {"the directory is missing: the files are read one after the other"}};
  for (auto entry = first; entry; entry = file_at(from_here, entry->next)) {
    found.length = std::min<std::uint64_t>(entry->next, from_here.size());
    if (entry->next > from_here.size()) found.problems.push_back(fmt::format("{} is cut off", printable(entry->name)));
    if ((entry->flags & kLater) != 0 && entry->packed == 0) {
      found.problems.push_back(fmt::format("{}: its size stands nowhere", printable(entry->name)));
      break;
    }
  }
  return found;
}

class ZipVolume : public Volume {
 public:
  explicit ZipVolume(ByteView bytes) : bytes_(bytes) {}
  std::uint64_t add(const Entry& entry) {
    entries_.push_back(entry);
    return entries_.size() - 1;
  }

  Result<Bytes> read(const File& file, std::uint64_t most) override {
    if (file.handle >= entries_.size()) return fail(ErrorCode::internal, "no such file");
    const Entry& entry = entries_[file.handle];
    const auto header = file_at(bytes_, entry.place);
    if (!header) return fail(ErrorCode::protocol, "there is no file at {}", entry.place);
    const std::uint64_t begin = header->next - header->packed, size = std::min(file.size, most);
    if ((entry.flags & kEncrypted) != 0) return fail(ErrorCode::unsupported, "encrypted");
    if (begin > bytes_.size() || entry.packed > bytes_.size() - begin) return fail(ErrorCode::protocol, "cut off");
    Bytes content = TRY(content_of(entry, bytes_.subspan(begin, entry.packed), size));
    if (content.size() < size) return fail(ErrorCode::protocol, "ends after {} of {} bytes", content.size(), file.size);
    if (size == file.size && crc32_of(content) != entry.crc) return fail(ErrorCode::protocol, "the check sum is wrong");
    return content;
  }

 private:
  static Result<Bytes> content_of(const Entry& entry, ByteView packed, std::uint64_t size) {
    if (entry.method == 0) return Bytes(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(size, packed.size())));
    const auto compression = entry.method == 8 ? Compression::deflate : entry.method == 12 ? Compression::bzip2 : entry.method == 93 ? Compression::zstd : Compression::xz;
    if (entry.method != 8 && entry.method != 12 && entry.method != 93 && entry.method != 95) return fail(ErrorCode::unsupported, "compression {} is not known", entry.method);
    return unpack(compression, packed, size, [](std::uint64_t) { return Result<void>(); }).bytes;
  }

  ByteView bytes_;
  std::vector<Entry> entries_;
};

Result<void> open(Opening& opening) {
  const ByteView bytes = opening.bytes();
  auto volume = std::make_shared<ZipVolume>(bytes);
  opening.volume(volume);
  const auto directory = directory_of(bytes);
  const auto entry_at = directory ? listed_at : file_at;
  for (auto entry = entry_at(bytes, directory ? directory->at : 0); entry && (!directory || entry->next <= directory->end); entry = entry_at(bytes, entry->next)) {
    TRY(opening.budget().alive());
    const auto path = clean_path(entry->name);
    if (!path || path->find('\0') != std::string::npos) {
      opening.problem(fmt::format("{}: the name climbs out of the archive", printable(entry->name)));
      continue;
    }
    const std::uint32_t mode = entry->on_unix ? entry->attributes >> 16 : 0;
    File file{.path = *path, .kind = mode >> 12 != 0 ? kind_of_mode(mode) : entry->name.ends_with('/') ? FileKind::folder : FileKind::file, .mode = static_cast<std::uint16_t>(mode & 07777), .size = entry->size};
    file.handle = volume->add(*entry);
    if (file.kind == FileKind::symlink) {
      if (const auto target = volume->read(file, 4096)) file.target = std::string(as_text(*target));
    }
    if (file.kind != FileKind::file) file.size = 0;
    if (!path->empty() && !opening.file(std::move(file))) break;
  }
  return {};
}

constexpr Magic kMagic[] = {{"PK\3\4"sv}};

}  // namespace

const Format kZip{"zip", kMagic, recognise, open};

}  // namespace lintel::firmware
