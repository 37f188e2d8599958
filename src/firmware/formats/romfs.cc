// romfs: a linked list of files for each folder, everything at multiples of 16, nothing compressed. Big-endian. Layout: the kernel's
// Documentation/filesystems/romfs.rst.
//   superblock  0 "-rom1fs-" | 8 size | 12 check sum: the first 512 bytes sum to zero | 16 name
//   file        0 next, its lowest four bits the type (8: executable) | 4 of a folder its first file, of a hard link its file | 8 size | 12 check sum | 16 name
#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "firmware/formats/formats.h"
#include "firmware/formats/stored.h"
#include "firmware/formats/tree.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostSummed = 512, kLongestName = 1024;
enum : std::uint32_t { kHardLink, kFolder, kRegular, kSymlink, kBlockDevice, kCharacterDevice, kExecutable = 8 };

std::uint32_t sum_of(const Header& header, std::uint64_t at, std::uint64_t size) {
  std::uint32_t sum = 0;
  for (std::uint64_t i = 0; i + 4 <= size; i += 4) sum += header.u32(at + i);
  return sum;
}

std::optional<Found> recognise(ByteView from_here) {
  const Header header(from_here, Endian::big);
  const std::uint64_t size = header.u32(8);
  if (header.size() < 48 || size < 48) return std::nullopt;
  if (sum_of(header, 0, std::min<std::uint64_t>(kMostSummed, size)) != 0) return std::nullopt;
  Found found{.length = std::min<std::uint64_t>(size, from_here.size()), .header = {{"name", printable(header.text(16, kLongestName))}}};
  if (size > from_here.size()) found.problems.push_back(fmt::format("cut off: {} of {} bytes are there", from_here.size(), size));
  return found;
}

class RomfsVolume : public Volume, public Tree {
 public:
  explicit RomfsVolume(ByteView bytes) : bytes_(bytes), header_(bytes, Endian::big) {}

  std::uint64_t content_at(std::uint64_t file) const { return (file + 16 + header_.text(file + 16, kLongestName).size() + 16) / 16 * 16; }

  // `folder` is the place of its own entry; 0 stands for the root, whose files begin behind the volume's name.
  Result<void> entries(std::uint64_t folder, std::vector<FolderEntry>& into) override {
    std::uint64_t at = folder == 0 ? content_at(0) : header_.u32(folder + 4) & ~15U;
    std::set<std::uint64_t> seen;
    while (at != 0) {
      if (at + 16 > bytes_.size() || !seen.insert(at).second) return fail(ErrorCode::protocol, "the list of files is damaged at {}", at);
      if (sum_of(header_, at, content_at(at) - at) != 0) return fail(ErrorCode::protocol, "the check sum at {} is wrong", at);
      into.push_back({header_.text(at + 16, kLongestName), at});
      at = header_.u32(at) & ~15U;
    }
    return {};
  }

  Result<File> describe(std::uint64_t id) override {
    std::uint64_t at = id;
    if ((header_.u32(at) & 7) == kHardLink) at = header_.u32(at + 4) & ~15U;
    const std::uint32_t word = header_.u32(at), type = word & 7;
    if (at + 16 > bytes_.size() || type == kHardLink) return fail(ErrorCode::protocol, "a hard link that leads nowhere");
    constexpr FileKind kKinds[] = {FileKind::other, FileKind::folder, FileKind::file, FileKind::symlink, FileKind::device, FileKind::device, FileKind::other, FileKind::other};
    File file{.kind = kKinds[type], .handle = content_at(at)};
    if (at != id && type == kFolder) return fail(ErrorCode::protocol, "a hard link to a folder");
    // Modes as Linux shows them: nobody but root writes.
    file.mode = type == kSymlink ? 0777 : type == kBlockDevice || type == kCharacterDevice ? 0600 : static_cast<std::uint16_t>(0644 | ((word & kExecutable) != 0 ? 0111 : 0));
    if (type == kRegular) file.size = header_.u32(at + 8);
    if (type == kSymlink) file.target = std::string(as_text(header_.part(file.handle, std::min<std::uint32_t>(header_.u32(at + 8), 4096))));
    return file;
  }

  Result<Bytes> read(const File& file, std::uint64_t most) override { return stored_volume(bytes_)->read(file, most); }

 private:
  ByteView bytes_;
  Header header_;
};

Result<void> open(Opening& opening) {
  auto volume = std::make_shared<RomfsVolume>(opening.bytes());
  opening.volume(volume);
  return list_tree(opening, *volume, 0);
}

constexpr Magic kMagic[] = {{"-rom1fs-"sv}};

}  // namespace

const Format kRomfs{"romfs", kMagic, recognise, open};

}  // namespace lintel::firmware
