// A firmware image as read: the parts it is made of, one inside another, and the files of its file systems. Nothing is ever written to
// disk. Made by open_image() (open.h); not thread-safe.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "data/json.h"

namespace lintel::firmware {

inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);

enum class FileKind { file, folder, symlink, device, other };

// A file of a file system or archive. Names and targets are the image's own bytes: not safe to print, never followed outside the image.
struct File {
  std::size_t part = 0;
  std::string path{};  // "etc/shadow": without a leading slash, without "." and ".."; what can't be written so is a problem of the part
  FileKind kind = FileKind::file;
  std::uint16_t mode = 0;  // permission bits with setuid, setgid, sticky
  std::uint32_t uid = 0, gid = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  // seconds since 1970; 0: not said
  std::string target{};       // of a symlink
  std::uint64_t handle = 0;   // the volume's own
};

// Reads files of an opened file system.
class Volume {
 public:
  virtual ~Volume() = default;
  // The first `most` bytes of a file, at most File::size; `most` is taken from the budget already. Errors: protocol (damaged), unsupported
  // (compression), timeout, cancelled.
  virtual Result<Bytes> read(const File& file, std::uint64_t most) = 0;
};

struct Part {
  std::string format;           // of formats.h; "linux" or "u-boot" (program.h); or "unknown"
  std::string name{};           // of a piece of a container: "kernel-1", "rootfs"; else empty
  std::size_t parent = kNone;
  std::uint64_t offset = 0;     // in the parent's bytes, or in those it unpacked
  std::uint64_t length = 0;     // in the parent's bytes
  int depth = 0;
  ByteView bytes{};             // may lie in `unpacked` of the image
  Json header = Json::object();  // what its header says; members by format
  std::vector<std::string> problems{};  // wrong check sums, lengths that lie, what could not be read
  std::shared_ptr<Volume> volume{};  // of a file system
  double entropy = 0;           // of "unknown": bits a byte
  std::uint64_t file_count = 0; // entries of its file system
  double understood = 0;        // share of its bytes that some format reads, or that are padding: 0 to 1
};

// How much of the image is understood. Parts of an unpacked layer count by their share of it. The sum of the four is `bytes`.
struct Coverage {
  std::uint64_t bytes = 0, parsed = 0, padding = 0, high_entropy = 0, low_entropy = 0;
};

struct Image {
  std::vector<Part> parts;  // a parent before its children
  std::vector<File> files;
  Coverage coverage;
  std::vector<std::shared_ptr<const Bytes>> unpacked;  // what parts point into
};

}  // namespace lintel::firmware
