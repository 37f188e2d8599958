// One file of an image by the name that a person gives it. Symbolic links are followed inside their own file system, never outside. Pure.
#pragma once
#include "firmware/image/image.h"

namespace lintel::firmware {

struct Located {
  std::size_t part = 0;
  const File* file = nullptr;  // of the image; nullptr: the part itself is meant
};

// "etc/passwd" or "/etc/passwd", when one part has it; "3:etc/passwd" in the third part; "3:" the part itself. Of several entries of one
// name, as archives may have, the last one counts. Errors: not_found; invalid_input when several parts have it, or it is a folder or device.
Result<Located> locate(const Image& image, std::string_view name);

}  // namespace lintel::firmware
