// FAT12, FAT16 and FAT32 with long names. Little-endian. Which of the three it is depends on how many clusters there are, and on nothing else.
// Layout: Microsoft's FAT specification (2005).
//   boot   0 jump | 11 sector bytes u16 | 13 sectors a cluster | 14 reserved sectors u16 | 16 tables | 17 root entries u16 | 19 sectors u16 | 21 medium | 22 table sectors u16 |
//          32 sectors | 36 table sectors and 44 root cluster of FAT32 | 43 or 71 label[11] | 510 55AA
//   entry  0 name[11] | 11 attributes | 12 case | 20 cluster high u16 | 22 time u16 | 24 date u16 | 26 cluster u16 | 28 size; a piece of a long name: 0 number | 1, 14, 28 UTF-16
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "firmware/formats/formats.h"
#include "firmware/formats/tree.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kBoot = 512, kEntry = 32;
constexpr std::uint8_t kReadOnly = 1, kLabel = 8, kFolder = 16, kLongName = 15;
constexpr std::uint64_t kLargestFolder = 2 << 20;  // 65536 entries, as the specification has it

struct Geometry {
  std::uint64_t cluster = 0, clusters = 0, table = 0, root = 0, root_bytes = 0, data = 0, whole = 0;  // bytes; places from the beginning
  unsigned bits = 12;
  std::uint32_t root_cluster = 0;
};

std::optional<Geometry> geometry_of(ByteView bytes) {
  const Header boot(bytes, Endian::little);
  const std::uint64_t sector = boot.u16(11), a_cluster = boot.u8(13), reserved = boot.u16(14), tables = boot.u8(16), root_entries = boot.u16(17);
  const std::uint64_t sectors = boot.u16(19) != 0 ? boot.u16(19) : boot.u32(32), table = boot.u16(22) != 0 ? boot.u16(22) : boot.u32(36);
  const bool sane = boot.size() >= kBoot && boot.u16(510) == 0xAA55 && (boot.u8(0) == 0xEB || boot.u8(0) == 0xE9) && sector >= 512 && sector <= 4096 && (sector & (sector - 1)) == 0 && a_cluster > 0 &&
                    (a_cluster & (a_cluster - 1)) == 0 && reserved > 0 && tables >= 1 && tables <= 2 && table > 0 && (boot.u8(21) == 0xF0 || boot.u8(21) >= 0xF8);
  if (!sane) return std::nullopt;
  Geometry geometry{.cluster = sector * a_cluster, .table = reserved * sector, .root = (reserved + tables * table) * sector, .root_bytes = root_entries * kEntry, .whole = sectors * sector};
  geometry.data = geometry.root + (geometry.root_bytes + sector - 1) / sector * sector;
  if (geometry.data >= geometry.whole) return std::nullopt;
  geometry.clusters = (geometry.whole - geometry.data) / geometry.cluster;
  geometry.bits = geometry.clusters < 4085 ? 12 : geometry.clusters < 65525 ? 16 : 32;
  if (geometry.bits == 32) geometry.root_cluster = boot.u32(44);
  if ((geometry.bits == 32) != (root_entries == 0)) return std::nullopt;
  // The first byte of the table repeats the medium.
  if (geometry.table < bytes.size() && bytes[geometry.table] != boot.u8(21)) return std::nullopt;
  return geometry;
}

std::optional<Found> recognise(ByteView from_here) {
  const auto geometry = geometry_of(from_here);
  if (!geometry) return std::nullopt;
  Found found{.length = std::min<std::uint64_t>(geometry->whole, from_here.size())};
  found.header = {{"bits", geometry->bits}, {"cluster_bytes", geometry->cluster}, {"label", printable(trim(Header(from_here, Endian::little).text(geometry->bits == 32 ? 71 : 43, 11)))}};
  if (geometry->whole > from_here.size()) found.problems.push_back(fmt::format("cut off: {} of {} bytes are there", from_here.size(), geometry->whole));
  return found;
}

void append_utf8(std::string& text, std::uint16_t unit) {
  if (unit < 0x80) {
    text += static_cast<char>(unit);
  } else if (unit < 0x800) {
    text += static_cast<char>(0xC0 | unit >> 6);
    text += static_cast<char>(0x80 | (unit & 0x3F));
  } else {
    text += static_cast<char>(0xE0 | unit >> 12);
    text += static_cast<char>(0x80 | ((unit >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (unit & 0x3F));
  }
}

class FatVolume : public Volume, public Tree {
 public:
  FatVolume(ByteView bytes, const Geometry& geometry, Budget& budget) : bytes_(bytes), geometry_(geometry), budget_(budget) {}

  Result<Bytes> read(const File& file, std::uint64_t most) override {
    const auto known = files_.find(file.handle);
    if (known == files_.end()) return fail(ErrorCode::internal, "no such file");
    const std::uint64_t size = std::min(file.size, most);
    Bytes content;
    TRY(chain(known->second.cluster, size, content));
    if (content.size() < size) return fail(ErrorCode::protocol, "ends after {} of {} bytes", content.size(), file.size);
    return content;
  }

  // An id is the running number of an entry; 0 is the root.
  Result<void> entries(std::uint64_t folder, std::vector<FolderEntry>& into) override {
    Bytes list;
    Result<void> whole;
    if (folder == 0 && geometry_.bits != 32) {
      const ByteView root = geometry_.root < bytes_.size() ? bytes_.subspan(geometry_.root, std::min<std::uint64_t>(geometry_.root_bytes, bytes_.size() - geometry_.root)) : ByteView();
      list.assign(root.begin(), root.end());
    } else {
      whole = chain(folder == 0 ? geometry_.root_cluster : files_[folder].cluster, kLargestFolder, list);
      TRY(budget_.unpack(list.size()));
    }
    std::vector<std::uint16_t> long_name;
    for (std::size_t at = 0; at + kEntry <= list.size() && list[at] != 0; at += kEntry) {
      const ByteView bytes = ByteView(list).subspan(at, kEntry);
      const Header entry(bytes, Endian::little);
      const std::uint8_t attributes = entry.u8(11);
      if (list[at] == 0xE5) {
        long_name.clear();
      } else if ((attributes & 0x3F) == kLongName) {
        std::vector<std::uint16_t> piece;  // the last piece comes first
        for (const std::size_t i : {1U, 3U, 5U, 7U, 9U, 14U, 16U, 18U, 20U, 22U, 24U, 28U, 30U}) piece.push_back(entry.u16(i));
        long_name.insert(long_name.begin(), piece.begin(), piece.end());
        if (long_name.size() > 260) long_name.clear();
      } else if ((attributes & kLabel) == 0) {
        const std::uint64_t id = files_.size() + 1;
        files_[id] = {attributes, geometry_.bits == 32 ? static_cast<std::uint32_t>(entry.u16(20)) << 16 | entry.u16(26) : entry.u16(26), entry.u32(28), entry.u16(24), entry.u16(22)};
        into.push_back({long_name.empty() ? short_name(entry) : name_of(long_name), id});
        long_name.clear();
      } else {
        long_name.clear();
      }
    }
    return whole;
  }

  Result<File> describe(std::uint64_t id) override {
    const Entry& entry = files_[id];
    const bool is_folder = (entry.attributes & kFolder) != 0;
    File file{.kind = is_folder ? FileKind::folder : FileKind::file, .mode = static_cast<std::uint16_t>(is_folder ? 0755 : (entry.attributes & kReadOnly) != 0 ? 0444 : 0644),
              .size = is_folder ? 0 : entry.size, .modified = time_of(entry), .handle = id};
    if (is_folder && !folders_.insert(entry.cluster).second) return fail(ErrorCode::protocol, "the folder is listed twice, or inside itself");
    return file;
  }

 private:
  struct Entry {
    std::uint8_t attributes = 0;
    std::uint32_t cluster = 0, size = 0;
    std::uint16_t date = 0, time = 0;
  };

  static std::int64_t time_of(const Entry& entry) {  // local time that is taken for UTC
    const std::chrono::year_month_day day(std::chrono::year(1980 + (entry.date >> 9)), std::chrono::month((entry.date >> 5) & 15U), std::chrono::day(entry.date & 31U));
    if (!day.ok()) return 0;
    return std::chrono::sys_days(day).time_since_epoch().count() * 86400LL + (entry.time >> 11) * 3600 + ((entry.time >> 5) & 63) * 60 + (entry.time & 31) * 2;
  }
  static std::string name_of(const std::vector<std::uint16_t>& units) {
    std::string name;
    for (const std::uint16_t unit : units) {
      if (unit == 0 || unit == 0xFFFF) break;
      append_utf8(name, unit);
    }
    return name;
  }
  // Case: 8 for a name, 16 for an extension in small letters.
  static std::string short_name(const Header& entry) {
    const auto part = [&](std::size_t at, std::size_t size, std::uint8_t small) {
      const std::string text(trim(as_text(entry.part(at, size))));
      return (entry.u8(12) & small) != 0 ? to_lower(text) : text;
    };
    const std::string extension = part(8, 3, 16);
    std::string name = part(0, 8, 8);
    if (!name.empty() && name[0] == '\x05') name[0] = '\xE5';
    return extension.empty() ? name : name + "." + extension;
  }

  std::uint32_t next(std::uint32_t cluster) const {
    const Header table(geometry_.table < bytes_.size() ? bytes_.subspan(geometry_.table) : ByteView(), Endian::little);
    if (geometry_.bits == 32) return table.u32(4ULL * cluster) & 0xFFFFFFF;
    if (geometry_.bits == 16) return table.u16(2ULL * cluster);
    const std::uint16_t pair = table.u16(cluster + cluster / 2);
    return cluster % 2 == 0 ? pair & 0xFFF : pair >> 4;
  }

  // Appends the first bytes of a chain, at most `most`.
  Result<void> chain(std::uint32_t cluster, std::uint64_t most, Bytes& into) const {
    std::set<std::uint32_t> met;
    while (into.size() < most && cluster >= 2 && cluster < geometry_.clusters + 2) {
      TRY(budget_.alive());
      if (!met.insert(cluster).second) return fail(ErrorCode::protocol, "its clusters lead back to themselves");
      const std::uint64_t at = geometry_.data + (cluster - 2) * geometry_.cluster;
      if (at >= bytes_.size()) return fail(ErrorCode::protocol, "cluster {} lies outside", cluster);
      const ByteView piece = bytes_.subspan(at, std::min<std::uint64_t>({geometry_.cluster, bytes_.size() - at, most - into.size()}));
      into.insert(into.end(), piece.begin(), piece.end());
      cluster = next(cluster);
    }
    return {};
  }

  ByteView bytes_;
  Geometry geometry_;
  Budget& budget_;
  std::map<std::uint64_t, Entry> files_;
  std::set<std::uint32_t> folders_;  // their first clusters
};

Result<void> open(Opening& opening) {
  const auto geometry = geometry_of(opening.bytes());
  if (!geometry) return fail(ErrorCode::internal, "no file system");
  auto volume = std::make_shared<FatVolume>(opening.bytes(), *geometry, opening.budget());
  opening.volume(volume);
  return list_tree(opening, *volume, 0);
}

constexpr Magic kMagic[] = {{"\x55\xAA"sv, 510}};

}  // namespace

const Format kFat{"fat", kMagic, recognise, open};

}  // namespace lintel::firmware
