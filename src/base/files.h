// Reading with a size cap, writing so that a reader never sees half a file.
#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace lintel {

// The whole file. Errors: not_found, permission, io, limit (more than cap_bytes; nothing is read then), invalid_input (not a regular file).
Result<std::string> read_file(const std::filesystem::path& path, std::size_t cap_bytes);
// Calls visit with successive pieces of at most 1 MiB, so that a file of any size costs little memory. Stops at visit's first error.
Result<void> for_each_chunk(const std::filesystem::path& path, const std::function<Result<void>(ByteView)>& visit);
// Writes a neighbour file, syncs it and renames it over path: all or nothing. Errors: permission, io (disk full; the old file is intact).
Result<void> write_file(const std::filesystem::path& path, std::string_view content);
// The same for content that comes in pieces: produce calls the function it is given with each. Its error ends the writing; the old file is intact.
using WritePiece = std::function<Result<void>(std::string_view)>;
Result<void> write_file(const std::filesystem::path& path, const std::function<Result<void>(const WritePiece&)>& produce);

// A private folder that is removed with all it holds.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace lintel
