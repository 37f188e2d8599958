#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace lintel {
namespace {

class File {  // owns a descriptor
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }
  int close_now() {
    const int fd = fd_;
    fd_ = -1;
    return ::close(fd);
  }

 private:
  int fd_;
};

tl::unexpected<Error> errno_error(const std::filesystem::path& path, const char* doing) {
  const ErrorCode code = errno == ENOENT                      ? ErrorCode::not_found
                         : errno == EACCES || errno == EPERM ? ErrorCode::permission
                                                              : ErrorCode::io;
  return fail(code, "can't {} {}: {}", doing, path.string(), std::strerror(errno));
}

Result<std::size_t> open_size(const File& file, const std::filesystem::path& path) {
  struct stat info {};
  if (file.fd() < 0) return errno_error(path, "open");
  if (fstat(file.fd(), &info) != 0) return errno_error(path, "read");
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::invalid_input, "{} is not a regular file", path.string());
  return static_cast<std::size_t>(info.st_size);
}

}  // namespace

Result<void> for_each_chunk(const std::filesystem::path& path, const std::function<Result<void>(ByteView)>& visit) {
  // O_NONBLOCK: opening a FIFO that somebody named as firmware must not hang.
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  const std::size_t size = TRY(open_size(file, path));
  // A profile is thousands of small files: a buffer of 1 MiB for each would cost more than reading them.
  Bytes buffer(std::clamp<std::size_t>(size + 1, 4096, 1 << 20));
  while (true) {
    const ssize_t got = read(file.fd(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(path, "read");
    if (got == 0) return {};
    TRY(visit(ByteView(buffer).first(static_cast<std::size_t>(got))));
  }
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t cap_bytes) {
  std::string content;
  TRY(for_each_chunk(path, [&](ByteView chunk) -> Result<void> {
    if (content.size() + chunk.size() > cap_bytes)
      return fail(ErrorCode::limit, "{} is larger than the {} bytes allowed here", path.string(), cap_bytes);
    content += as_text(chunk);
    return {};
  }));
  return content;
}

static bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t done = write(fd, content.data(), content.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

Result<void> write_file(const std::filesystem::path& path, const std::function<Result<void>(const WritePiece&)>& produce) {
  const std::filesystem::path partial = path.string() + ".partial";
  File file(open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (file.fd() < 0) return errno_error(path, "write");
  const auto give_up = [&](tl::unexpected<Error> error) {
    unlink(partial.c_str());
    return error;
  };
  const auto produced = produce([&](std::string_view piece) -> Result<void> {
    if (!write_all(file.fd(), piece)) return errno_error(path, "write");
    return {};
  });
  if (!produced) return give_up(tl::unexpected<Error>(produced.error()));
  if (fsync(file.fd()) != 0 && errno != EINVAL) return give_up(errno_error(path, "write"));
  if (file.close_now() != 0) return give_up(errno_error(path, "write"));
  if (rename(partial.c_str(), path.c_str()) != 0) return give_up(errno_error(path, "write"));
  return {};
}

Result<void> write_file(const std::filesystem::path& path, std::string_view content) {
  return write_file(path, [&](const WritePiece& write) { return write(content); });
}

Result<TemporaryFolder> TemporaryFolder::create() {
  const char* parent = std::getenv("TMPDIR");
  std::string name = (std::filesystem::path(parent != nullptr && *parent != 0 ? parent : "/tmp") / "lintel-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return errno_error(name, "create");
  return TemporaryFolder(name);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace lintel
