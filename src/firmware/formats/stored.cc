#include "firmware/formats/stored.h"

#include <algorithm>

#include "base/text.h"

namespace lintel::firmware {
namespace {

class StoredVolume : public Volume {
 public:
  explicit StoredVolume(ByteView bytes) : bytes_(bytes) {}
  Result<Bytes> read(const File& file, std::uint64_t most) override {
    const std::uint64_t there = file.handle < bytes_.size() ? bytes_.size() - file.handle : 0;
    if (file.size > there) return fail(ErrorCode::protocol, "{} of {} bytes are there", there, file.size);
    const ByteView content = bytes_.subspan(file.handle, std::min(file.size, most));
    return Bytes(content.begin(), content.end());
  }

 private:
  ByteView bytes_;
};

}  // namespace

std::shared_ptr<Volume> stored_volume(ByteView bytes) { return std::make_shared<StoredVolume>(bytes); }

std::optional<std::string> clean_path(std::string_view path) {
  if (path.size() > 4096) return std::nullopt;
  std::string clean;
  while (!path.empty()) {
    const std::string_view step = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), step.size() + 1));
    if (step.empty() || step == ".") continue;
    if (step == "..") return std::nullopt;
    if (!clean.empty()) clean += '/';
    clean += step;
  }
  return clean;
}

FileKind kind_of_mode(std::uint32_t mode) {
  switch (mode & 0170000) {
    case 0100000: return FileKind::file;
    case 0040000: return FileKind::folder;
    case 0120000: return FileKind::symlink;
    case 0060000:
    case 0020000: return FileKind::device;
    default: return FileKind::other;
  }
}

}  // namespace lintel::firmware
