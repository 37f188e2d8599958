// A run file changed as a whole or not at all: the work is done on a copy beside it, NAME.draft, without the seal, and the copy takes the file's name
// when all of it is done. For sealing, and for whatever changes a sealed run: until then the file and its seal stay as they are, byte for byte.
// Errors of all functions: io, permission, refused (another draft lies there, somebody changed the file meanwhile), and those of RunFile.
#pragma once
#include <filesystem>
#include <functional>

#include <sys/stat.h>

#include "base/error.h"
#include "store/run_file.h"

namespace lintel::store {

class Draft {
 public:
  // Requires: nothing of an unfinished scan lies beside the file (RunFile::open has folded it in).
  static Result<Draft> begin(const std::filesystem::path& run);
  Draft(Draft&& other) noexcept;
  Draft& operator=(Draft&&) = delete;
  ~Draft();  // removes the copy unless it was kept
  const std::filesystem::path& path() const { return path_; }
  // Requires: the copy is closed.
  Result<void> keep();

 private:
  Draft() = default;
  std::filesystem::path run_, path_;  // path_ is empty when there is nothing to remove
  struct stat before_ {};
};

// Does it to a draft, and keeps that; the seal is gone then. Requires: `change` leaves nothing unfinished (RunFile::finish).
Result<void> change_sealed(const std::filesystem::path& run, const std::function<Result<void>(RunFile&)>& change);

}  // namespace lintel::store
