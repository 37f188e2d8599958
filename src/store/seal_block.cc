#include "store/seal_block.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "store/run_file.h"

namespace lintel::store {
namespace {

constexpr std::string_view kFirstLine = "LINTEL-SEAL/1\n";
constexpr std::size_t kEndBytes = 4 + 20 + 1 + 64 + 1;
constexpr std::size_t kSealCapBytes = kManifestCapBytes + (8 << 20);
constexpr std::size_t kSignatureCapBytes = 4 << 20;

std::string end_line(std::size_t total, std::string_view before) { return fmt::format("end {:020} {}\n", total, sha256_hex(as_bytes(before))); }

class OpenFile {
 public:
  OpenFile(const std::filesystem::path& path, int flags) : path_(path), fd_(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }
  tl::unexpected<Error> error() const {
    const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : errno == EACCES || errno == EPERM || errno == EROFS ? ErrorCode::permission : ErrorCode::io;
    return fail(code, "{}: {}", path_.string(), std::strerror(errno));
  }
  Result<std::uint64_t> size() const {
    struct stat info {};
    if (fd_ < 0 || fstat(fd_, &info) != 0) return error();
    if (!S_ISREG(info.st_mode)) return fail(ErrorCode::invalid_input, "{} is not a regular file", path_.string());
    return static_cast<std::uint64_t>(info.st_size);
  }
  // Fewer bytes at the end of the file.
  Result<std::string> read(std::uint64_t offset, std::size_t count) const {
    std::string out(count, '\0');
    std::size_t have = 0;
    while (have < count) {
      const ssize_t got = pread(fd_, out.data() + have, count - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return error();
      if (got == 0) break;
      have += static_cast<std::size_t>(got);
    }
    out.resize(have);
    return out;
  }

 private:
  const std::filesystem::path& path_;
  int fd_;
};

// Where the end line says that the block begins, if there is such a line.
std::optional<std::uint64_t> begin_by_end_line(std::string_view end, std::uint64_t file_bytes) {
  if (end.size() != kEndBytes || !end.starts_with("end ") || end[24] != ' ' || end.back() != '\n') return std::nullopt;
  const auto total = parse_unsigned<std::uint64_t>(end.substr(4, 20));
  if (!total || *total > file_bytes) return std::nullopt;
  return file_bytes - *total;
}

// Where the database ends as its own header has it (SQLite file format 1.3.7).
std::optional<std::uint64_t> begin_by_header(std::string_view header) {
  if (header.size() < 100) return std::nullopt;
  const auto number = [&](std::size_t offset) { return Cursor(as_bytes(header).subspan(offset)); };
  std::uint64_t page_bytes = number(16).u16();
  if (page_bytes == 1) page_bytes = 65536;
  return page_bytes * number(28).u32();
}

tl::unexpected<Error> damaged(std::uint64_t from, std::uint64_t size, std::string_view what) {
  return fail(ErrorCode::invalid_input, "the seal, bytes {} to {} of the file: {}", from, from + std::max<std::uint64_t>(size, 1) - 1, what);
}

// The section of that name at `at`, which moves behind it.
Result<std::string_view> section(std::string_view name, std::string_view block, std::size_t cap_bytes, std::uint64_t offset, std::size_t& at) {
  const std::size_t end = block.substr(at, 120).find('\n');
  const std::string_view line = block.substr(at, end);
  const auto words = split(line, ' ');
  const auto size = words.size() == 3 && words[0] == name ? parse_unsigned<std::size_t>(words[1]) : std::nullopt;
  if (end == std::string_view::npos || !size || line != fmt::format("{} {} {}", name, *size, words[2]) || words[2].size() != 64)
    return damaged(offset + at, std::min<std::size_t>(120, block.size() - at), fmt::format("no line \"{} SIZE SHA256\"", name));
  if (*size > cap_bytes) return fail(ErrorCode::limit, "the seal's {} has {} bytes; the cap is {}", name, *size, cap_bytes);
  const std::size_t begin = at + end + 1;
  if (*size > block.size() - begin) return damaged(offset + at, end, fmt::format("the {} is cut short", name));
  const std::string_view content = block.substr(begin, *size);
  if (const std::string found = sha256_hex(as_bytes(content)); found != words[2])
    return damaged(offset + at, end + 1 + *size, fmt::format("the {} has SHA-256 {}, expected {}", name, found, printable(words[2])));
  at = begin + *size;
  return content;
}

}  // namespace

std::string encode_seal(const Seal& seal) {
  std::string block(kFirstLine);
  const auto add = [&](std::string_view name, std::string_view content) {
    block += fmt::format("{} {} {}\n", name, content.size(), sha256_hex(as_bytes(content)));
    block += content;
  };
  add("manifest", seal.manifest);
  add("cms", as_text(seal.cms));
  return block + end_line(block.size() + kEndBytes, block);
}

Result<Seal> parse_seal(std::string_view block, std::uint64_t offset) {
  if (!block.starts_with(kFirstLine)) return damaged(offset, kFirstLine.size(), "its first line is not LINTEL-SEAL/1");
  std::size_t at = kFirstLine.size();
  Seal seal;
  seal.database_bytes = offset;
  seal.manifest = TRY(section("manifest", block, kManifestCapBytes, offset, at));
  const std::string_view cms = TRY(section("cms", block, kSignatureCapBytes, offset, at));
  seal.cms.assign(cms.begin(), cms.end());
  if (block.substr(at) != end_line(at + kEndBytes, block.substr(0, at)))
    return damaged(offset + at, block.size() - at, fmt::format("its last line is not \"{}\"", trim(end_line(at + kEndBytes, block.substr(0, at)))));
  return seal;
}

Result<std::optional<std::uint64_t>> find_seal(const std::filesystem::path& path) {
  const OpenFile file(path, O_RDONLY);
  const std::uint64_t size = TRY(file.size());
  const auto begins_at = [&](std::uint64_t offset) -> Result<bool> { return TRY(file.read(offset, kFirstLine.size())) == kFirstLine; };
  const std::string end = TRY(file.read(size - std::min<std::uint64_t>(size, kEndBytes), kEndBytes));
  const std::string header = TRY(file.read(0, 100));
  const auto by_end = begin_by_end_line(end, size);
  const auto by_header = begin_by_header(header);
  // One changed byte spoils one of the two marks; the other still tells that there is a seal.
  if (by_end && TRY(begins_at(*by_end))) return by_end;
  if (by_header && TRY(begins_at(*by_header))) return by_header;
  return by_end;
}

Result<std::optional<Seal>> read_seal(const std::filesystem::path& path) {
  const auto begin = TRY(find_seal(path));
  if (!begin) return std::nullopt;
  const OpenFile file(path, O_RDONLY);
  const std::uint64_t size = TRY(file.size()) - *begin;
  if (size > kSealCapBytes) return fail(ErrorCode::limit, "a seal of {} bytes; the cap is {}", size, kSealCapBytes);
  const std::string block = TRY(file.read(*begin, size));
  return TRY(parse_seal(block, *begin));
}

Result<void> append_seal(const std::filesystem::path& path, const Seal& seal) {
  if (TRY(find_seal(path))) return fail(ErrorCode::refused, "{} is sealed already", path.string());
  const OpenFile file(path, O_WRONLY | O_APPEND);
  if (TRY(file.size()) != seal.database_bytes) return fail(ErrorCode::refused, "{} has changed since its seal was made", path.string());
  const std::string block = encode_seal(seal);
  for (std::size_t done = 0; done < block.size();) {
    const ssize_t put = ::write(file.fd(), block.data() + done, block.size() - done);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return file.error();
    done += static_cast<std::size_t>(put);
  }
  return {};
}

Result<void> break_seal(const std::filesystem::path& path) {
  const auto begin = TRY(find_seal(path));
  if (!begin) return {};
  const OpenFile file(path, O_WRONLY);
  if (file.fd() < 0 || ftruncate(file.fd(), static_cast<off_t>(*begin)) != 0) return file.error();
  return {};
}

}  // namespace lintel::store
