// What a format is to the reader: how it is found, and how it is opened. One file a format in src/firmware/formats, listed in formats.h.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "firmware/image/budget.h"
#include "firmware/image/image.h"

namespace lintel::firmware {

struct Found {
  std::uint64_t length = 0;  // of the part, from its first byte; at most what was there
  Json header = Json::object();
  std::vector<std::string> problems{};
  // The length is where the image ends, for want of a better one (a compressed stream before it is unpacked). open() may shorten it.
  bool to_the_end = false;
};

// What open() hands over, one after the other.
class Opening {
 public:
  virtual ~Opening() = default;
  virtual ByteView bytes() const = 0;  // of the part
  virtual Budget& budget() = 0;
  virtual Json& header() = 0;
  virtual void problem(std::string text) = 0;
  // The part ends here after all.
  virtual void ends_at(std::uint64_t length) = 0;
  // A piece of the part's own bytes, looked at as an image of its own.
  virtual void piece(std::string name, std::uint64_t offset, std::uint64_t length) = 0;
  // The same of bytes that were unpacked (budget taken already).
  virtual void unpacked(std::string name, Bytes bytes) = 0;
  // A file system: first its volume, then its files. False: no room for more files.
  virtual void volume(std::shared_ptr<Volume> volume) = 0;
  virtual bool file(File file) = 0;
};

struct Magic {
  std::string_view bytes;    // at least two
  std::uint32_t offset = 0;  // of the magic within the part
};

struct Format {
  std::string_view name;  // "squashfs"
  std::span<const Magic> magics;
  // Looks at everything from the supposed beginning to the end of what holds it. nullopt: the magic was chance. Validates as much as it
  // can without unpacking: a chance hit hides what really lies there.
  std::optional<Found> (*recognise)(ByteView from_here);
  // nullptr: nothing inside. Errors end the look into this part and become one of its problems; what was handed over stays.
  Result<void> (*open)(Opening& opening);
};

}  // namespace lintel::firmware
