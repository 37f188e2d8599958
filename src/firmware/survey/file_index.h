// The files of an image by path; links are followed inside their own file system. Holds views: the image must outlive it.
#pragma once
#include <map>
#include <string_view>
#include <utility>

#include "firmware/image/image.h"

namespace lintel::firmware {

class FileIndex {
 public:
  explicit FileIndex(const Image& image);
  // "/etc/rc" or "etc/rc" in a part, behind links; nullptr: not there, a loop, or a link out of the part.
  const File* find(std::size_t part, std::string_view path) const;
  // As find(); else, since parts are mounted on folders that only the device knows, a file of another part whose path is the end of this one,
  // of two names at least: /system/init/app.sh is init/app.sh in the part that is mounted on /system.
  const File* find_mounted(std::size_t part, std::string_view path) const;
  // A program by its path, or by its name in one of the usual folders of any part: the entry itself, which may be a link to busybox.
  const File* program(std::size_t part, const std::string& word) const;

 private:
  const File* entry(std::size_t part, std::string_view path) const;
  std::map<std::pair<std::size_t, std::string_view>, const File*> files_;
  std::size_t parts_ = 0;
};

// "a/../b/./c" -> "b/c"; what climbs out becomes "".
std::string normal_path(std::string_view path);

}  // namespace lintel::firmware
