// Reads an image into its parts and files: looks for the magics of the formats at every offset, believes no header without looking at what
// it points to, opens what it finds, and goes on inside. Sends nothing, writes nothing.
#pragma once
#include <functional>
#include <span>

#include "firmware/image/format.h"

namespace lintel::firmware {

// Every regular file once, with its content as far as Budget::file_bytes(). The reference dies with the call.
using Visit = std::function<void(const Image& image, const File& file, ByteView content)>;

// The bytes must outlive the image. Never fails: what could not be read is a problem of its part, and budget.hit() says what ended early.
Image open_image(ByteView bytes, std::span<const Format* const> formats, Budget& budget, const Visit& visit);

// Where each magic stands; sorted by place. For open_image and its bench.
struct Hit {
  std::uint64_t at = 0;  // of the part's beginning
  const Format* format = nullptr;
};
std::vector<Hit> find_magics(ByteView bytes, std::span<const Format* const> formats);

}  // namespace lintel::firmware
