// Compression of what the run file holds; the only file that calls libzstd. Thread-safe.
#pragma once
#include "base/bytes.h"
#include "base/error.h"

namespace lintel::store {

// One zstd frame, with a checksum of its own.
Bytes compress(ByteView bytes);

// The content of a frame that is said to hold exactly size_bytes. Never allocates more than size_bytes, and nothing when that is above cap_bytes.
// Errors: limit (above the cap), invalid_input (damaged, or another size than said).
Result<Bytes> decompress(ByteView frame, std::size_t size_bytes, std::size_t cap_bytes);

}  // namespace lintel::store
