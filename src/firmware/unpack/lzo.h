// LZO1X decompression, as UBIFS, JFFS2 and SquashFS use it. Bounds-checked on both sides; after the description of the stream in the
// kernel's documentation (Documentation/staging/lzo.rst). Version 1 of the stream (run-length encoding) is not read.
#pragma once
#include <optional>
#include <span>

#include "base/bytes.h"

namespace lintel::firmware {

// How many bytes were written; nullopt: damaged, or the output is too small.
std::optional<std::size_t> unpack_lzo(ByteView input, std::span<std::uint8_t> output);

}  // namespace lintel::firmware
