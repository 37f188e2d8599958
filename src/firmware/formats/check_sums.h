// The check sums that several formats have. They find accidents; whoever changes an image changes them along.
#pragma once
#include <zlib.h>

#include <cstdint>

#include "base/bytes.h"

namespace lintel::firmware {

// CRC-32 as zip and Ethernet have it. Several formats leave out the inversion at the end: those compare with its complement.
inline std::uint32_t crc32_of(ByteView bytes) { return static_cast<std::uint32_t>(crc32_z(0, bytes.data(), bytes.size())); }

}  // namespace lintel::firmware
