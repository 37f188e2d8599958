// The walk through the folders of a file system, for formats that can list one folder and describe what is in it. Names that are none,
// folders inside themselves or listed twice, and what is too deep become problems of the part.
#pragma once
#include <string>
#include <vector>

#include "firmware/image/format.h"

namespace lintel::firmware {

struct FolderEntry {
  std::string name;
  std::uint64_t id = 0;  // the file system's own: number or place of an inode
};

class Tree {
 public:
  virtual ~Tree() = default;
  // Appends what is in a folder, "." and ".." or not; what was read before an error is listed all the same.
  virtual Result<void> entries(std::uint64_t folder, std::vector<FolderEntry>& into) = 0;
  // Everything but path and part.
  virtual Result<File> describe(std::uint64_t id) = 0;
};

// Hands every file below `root` to the opening. Errors: limit (too many files), timeout, cancelled.
Result<void> list_tree(Opening& opening, Tree& tree, std::uint64_t root);

}  // namespace lintel::firmware
