// Decompression of the streams and blocks that firmware is made of. Wraps zlib, liblzma, libbz2, libzstd and liblz4; LZO is our own (lzo.h),
// since Debian's library is GPL only. Thread-safe.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace lintel::firmware {

enum class Compression {
  gzip,      // RFC 1952
  zlib,      // RFC 1950
  deflate,   // RFC 1951, bare
  xz,        // .xz, also as SquashFS blocks
  lzma,      // LZMA-alone, 13 bytes of header
  bzip2,
  zstd,      // RFC 8878
  lz4,       // frame, or the legacy one of Linux kernels
  lz4_block,
  lzo,       // LZO1X block
};
std::string_view name_of(Compression compression);

struct Unpacked {
  Bytes bytes;           // what came out, also when it ended early
  std::size_t used = 0;  // of the input; what lies behind the stream's end is not looked at. A block uses all of it
  // Why it ended before its end: protocol (damaged or cut off), limit, or what may_grow said.
  std::optional<Error> early{};
};

// Asked before each further piece of output, in bytes; an error ends the unpacking.
using MayGrow = std::function<Result<void>(std::uint64_t bytes)>;

// One stream or block, to its end or until there are `most` bytes.
Unpacked unpack(Compression compression, ByteView input, std::uint64_t most, const MayGrow& may_grow);
// The first bytes of a stream, at most `most`, as far as they can be had; empty when not even one can. For telling a stream from chance.
Bytes unpack_head(Compression compression, ByteView input, std::size_t most);

}  // namespace lintel::firmware
