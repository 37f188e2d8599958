#include "firmware/survey/file_index.h"

#include "base/text.h"

namespace lintel::firmware {

static constexpr int kMostLinks = 8;
static constexpr std::size_t kLongestPath = 1024, kMostParts = 64;

std::string normal_path(std::string_view path) {
  if (path.size() > kLongestPath) return "";
  std::vector<std::string_view> names;
  for (const std::string_view name : split(path, '/')) {
    if (name.empty() || name == ".") continue;
    if (name != "..") {
      names.push_back(name);
      continue;
    }
    if (names.empty()) return "";
    names.pop_back();
  }
  std::string normal;
  for (const std::string_view name : names) normal += (normal.empty() ? "" : "/") + std::string(name);
  return normal;
}

FileIndex::FileIndex(const Image& image) : parts_(std::min(image.parts.size(), kMostParts)) {
  for (const File& file : image.files) files_[{file.part, file.path}] = &file;
}

const File* FileIndex::entry(std::size_t part, std::string_view path) const {
  const auto found = files_.find({part, path});
  return found == files_.end() ? nullptr : found->second;
}

const File* FileIndex::find(std::size_t part, std::string_view path) const {
  std::string at = normal_path(path);
  for (int link = 0; link < kMostLinks; ++link) {
    const File* file = entry(part, at);
    if (file == nullptr || file->kind != FileKind::symlink) return file;
    const auto slash = at.rfind('/');
    at = normal_path(file->target.starts_with('/') ? file->target : (slash == std::string::npos ? "" : at.substr(0, slash + 1)) + file->target);
  }
  return nullptr;
}

const File* FileIndex::find_mounted(std::size_t part, std::string_view path) const {
  if (const File* file = find(part, path)) return file;
  const std::string whole = normal_path(path);
  for (auto slash = whole.find('/'); slash != std::string::npos; slash = whole.find('/', slash + 1)) {
    const std::string_view end = std::string_view(whole).substr(slash + 1);
    if (end.find('/') == std::string_view::npos) break;
    for (std::size_t other = 0; other < parts_; ++other)
      if (const File* file = other == part ? nullptr : find(other, end)) return file;
  }
  return nullptr;
}

const File* FileIndex::program(std::size_t part, const std::string& word) const {
  if (word.find('/') != std::string::npos) {
    const File* file = entry(part, normal_path(word));
    return file != nullptr ? file : find_mounted(part, word);
  }
  for (std::size_t i = 0; i <= parts_; ++i) {
    const std::size_t where = i == 0 ? part : i - 1;
    for (const std::string_view folder : {"bin/", "sbin/", "usr/bin/", "usr/sbin/", "usr/local/bin/", "usr/libexec/", "system/bin/", "opt/bin/"})
      if (const File* file = entry(where, normal_path(std::string(folder) + word))) return file;
  }
  return nullptr;
}

}  // namespace lintel::firmware
