#include "store/draft.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "store/seal_block.h"

namespace lintel::store {

namespace fs = std::filesystem;

static Result<void> make_durable(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool done = fd >= 0 && fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (!done) return fail(ErrorCode::io, "{}: {}", path.string(), std::strerror(error));
  return {};
}

Result<Draft> Draft::begin(const fs::path& run) {
  std::error_code error;
  Draft draft;
  draft.run_ = fs::canonical(run, error);  // a link stays one
  if (error || stat(draft.run_.c_str(), &draft.before_) != 0) return fail(ErrorCode::io, "{}: {}", run.string(), error ? error.message() : std::strerror(errno));
  const fs::path copy = draft.run_.string() + ".draft";
  if (fs::exists(fs::symlink_status(copy, error)))  // somebody else's unfinished work is left alone
    return fail(ErrorCode::refused, "{} lies there; remove it unless somebody is changing the run just now", copy.string());
  const bool copied = fs::copy_file(draft.run_, copy, error);
  if (copied || error != std::errc::file_exists) draft.path_ = copy;
  if (!copied) return fail(error == std::errc::permission_denied ? ErrorCode::permission : ErrorCode::io, "can't write {}: {}", copy.string(), error.message());
  TRY(break_seal(copy));
  return draft;
}

Draft::Draft(Draft&& other) noexcept : run_(std::move(other.run_)), path_(std::exchange(other.path_, {})), before_(other.before_) {}

Draft::~Draft() {
  if (path_.empty()) return;
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-journal", "-shm"}) fs::remove(path_.string() + suffix, ignored);
}

Result<void> Draft::keep() {
  TRY(make_durable(path_));
  struct stat now {};
  const bool same = stat(run_.c_str(), &now) == 0 && now.st_ino == before_.st_ino && now.st_size == before_.st_size &&
                    now.st_mtim.tv_sec == before_.st_mtim.tv_sec && now.st_mtim.tv_nsec == before_.st_mtim.tv_nsec;
  if (!same) return fail(ErrorCode::refused, "{} was changed by somebody else meanwhile; try again", run_.string());
  std::error_code error;
  fs::rename(path_, run_, error);
  if (error) return fail(ErrorCode::io, "can't write {}: {}", run_.string(), error.message());
  path_.clear();
  return {};
}

Result<void> change_sealed(const fs::path& run, const std::function<Result<void>(RunFile&)>& change) {
  Draft draft = TRY(Draft::begin(run));
  {
    RunFile file = TRY(RunFile::open(draft.path(), Access::write));
    TRY(change(file));
  }
  return draft.keep();
}

}  // namespace lintel::store
