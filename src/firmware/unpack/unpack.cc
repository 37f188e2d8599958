#include "firmware/unpack/unpack.h"

#include <algorithm>
#include <lz4.h>

#include "firmware/unpack/decoder.h"
#include "firmware/unpack/lzo.h"

namespace lintel::firmware {
namespace {

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::uint64_t kLargestBlock = 64 << 20;

std::unique_ptr<Decoder> decoder_of(Compression compression) {
  switch (compression) {
    case Compression::gzip:
    case Compression::zlib:
    case Compression::deflate: return make_zlib_decoder(compression);
    case Compression::xz:
    case Compression::lzma: return make_lzma_decoder(compression);
    case Compression::bzip2: return make_bzip2_decoder();
    case Compression::zstd: return make_zstd_decoder();
    case Compression::lz4: return make_lz4_decoder();
    case Compression::lz4_block:
    case Compression::lzo: return nullptr;
  }
  return nullptr;
}

Error damaged(Compression compression, const char* what, std::size_t after) {
  return {ErrorCode::protocol, fmt::format("{} {} after {} bytes", name_of(compression), what, after)};
}

// Blocks do not say how large they become; the output is as large as the caller allows.
Unpacked unpack_block(Compression compression, ByteView input, std::uint64_t most) {
  Unpacked block{Bytes(static_cast<std::size_t>(std::min<std::uint64_t>(most, kLargestBlock))), input.size()};
  std::optional<std::size_t> size;
  if (compression == Compression::lzo) {
    size = unpack_lzo(input, block.bytes);
  } else if (input.size() <= LZ4_MAX_INPUT_SIZE) {
    const int got = LZ4_decompress_safe(reinterpret_cast<const char*>(input.data()), reinterpret_cast<char*>(block.bytes.data()), static_cast<int>(input.size()),
                                        static_cast<int>(block.bytes.size()));
    if (got >= 0) size = static_cast<std::size_t>(got);
  }
  if (!size) block.early = damaged(compression, "block is damaged", 0);
  block.bytes.resize(size.value_or(0));
  return block;
}

}  // namespace

std::string_view name_of(Compression compression) {
  switch (compression) {
    case Compression::gzip: return "gzip";
    case Compression::zlib: return "zlib";
    case Compression::deflate: return "deflate";
    case Compression::xz: return "xz";
    case Compression::lzma: return "lzma";
    case Compression::bzip2: return "bzip2";
    case Compression::zstd: return "zstd";
    case Compression::lz4:
    case Compression::lz4_block: return "lz4";
    case Compression::lzo: return "lzo";
  }
  return "";
}

Unpacked unpack(Compression compression, ByteView input, std::uint64_t most, const MayGrow& may_grow) {
  Unpacked stream;
  const auto decoder = decoder_of(compression);
  if (!decoder) {
    if (auto may = may_grow(std::min(most, kLargestBlock)); !may) return {{}, 0, may.error()};
    return unpack_block(compression, input, most);
  }
  ByteView rest = input;
  while (!stream.early) {
    const std::size_t had = stream.bytes.size(), left = rest.size();
    // One byte more than allowed tells the end from the cap.
    stream.bytes.resize(had + static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, most - had + 1)));
    std::span<std::uint8_t> output = std::span(stream.bytes).subspan(had);
    const Progress progress = decoder->step(rest, output);
    stream.bytes.resize(stream.bytes.size() - output.size());
    const std::size_t grown = stream.bytes.size() - had;
    if (grown > 0)
      if (auto may = may_grow(grown); !may) stream.early = may.error();
    if (stream.bytes.size() > most) {
      stream.bytes.resize(most);
      stream.early = Error{ErrorCode::limit, fmt::format("{} unpacks to more than {} bytes", name_of(compression), most)};
    }
    if (progress == Progress::end) break;
    if (progress == Progress::damaged) stream.early = damaged(compression, "is damaged", stream.bytes.size());
    if (grown == 0 && rest.size() == left) stream.early = damaged(compression, "is cut off", stream.bytes.size());
  }
  stream.used = input.size() - rest.size();
  return stream;
}

Bytes unpack_head(Compression compression, ByteView input, std::size_t most) {
  Bytes head;
  const auto decoder = decoder_of(compression);
  if (!decoder) return head;
  ByteView rest = input;
  head.resize(most);
  std::span<std::uint8_t> output = head;
  while (!output.empty()) {
    const std::size_t before = output.size() + rest.size();
    if (decoder->step(rest, output) != Progress::more || output.size() + rest.size() == before) break;
  }
  head.resize(most - output.size());
  return head;
}

}  // namespace lintel::firmware
