// What the libraries have in common, as unpack.cc drives them.
#pragma once
#include <memory>
#include <span>

#include "firmware/unpack/unpack.h"

namespace lintel::firmware {

enum class Progress { more, end, damaged };

struct Decoder {
  virtual ~Decoder() = default;
  // Reads from the front of `input` and writes to the front of `output`, and shortens both by what it used.
  virtual Progress step(ByteView& input, std::span<std::uint8_t>& output) = 0;
};

std::unique_ptr<Decoder> make_zlib_decoder(Compression compression);  // gzip, zlib, deflate
std::unique_ptr<Decoder> make_lzma_decoder(Compression compression);  // xz, lzma
std::unique_ptr<Decoder> make_bzip2_decoder();
std::unique_ptr<Decoder> make_zstd_decoder();
std::unique_ptr<Decoder> make_lz4_decoder();

}  // namespace lintel::firmware
