// LZ4 frames (magic 184D2204) by the library; the legacy frame (184C2102) that Linux kernels use is a row of blocks, each 4 bytes of length
// and up to 8 MiB unpacked, and ends where no further block follows.
#include <lz4.h>
#include <lz4frame.h>

#include <algorithm>
#include <cstring>

#include "firmware/unpack/decoder.h"

namespace lintel::firmware {
namespace {

constexpr std::size_t kLegacyBlock = 8 << 20;
constexpr std::uint8_t kLegacyMagic[] = {0x02, 0x21, 0x4C, 0x18};

struct Lz4Decoder : Decoder {
  Lz4Decoder() { ready = !LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)); }
  ~Lz4Decoder() override { LZ4F_freeDecompressionContext(context); }

  Progress step(ByteView& input, std::span<std::uint8_t>& output) override {
    if (!begun) {
      begun = true;
      legacy = input.size() >= 4 && std::memcmp(input.data(), kLegacyMagic, 4) == 0;
      if (legacy) input = input.subspan(4);
    }
    return legacy ? step_legacy(input, output) : step_frame(input, output);
  }

  Progress step_frame(ByteView& input, std::span<std::uint8_t>& output) {
    if (!ready) return Progress::damaged;
    std::size_t in = input.size(), out = output.size();
    const std::size_t result = LZ4F_decompress(context, output.data(), &out, input.data(), &in, nullptr);
    input = input.subspan(in);
    output = output.subspan(out);
    if (LZ4F_isError(result)) return Progress::damaged;
    return result == 0 ? Progress::end : Progress::more;
  }

  Progress step_legacy(ByteView& input, std::span<std::uint8_t>& output) {
    if (given == block.size()) {
      if (input.size() < 8) return Progress::end;
      const std::size_t size = input[0] | static_cast<std::size_t>(input[1]) << 8 | static_cast<std::size_t>(input[2]) << 16 | static_cast<std::size_t>(input[3]) << 24;
      if (size == 0 || size > LZ4_COMPRESSBOUND(kLegacyBlock) || size > input.size() - 4) return blocks > 0 ? Progress::end : Progress::damaged;
      block.resize(kLegacyBlock);
      const int got = LZ4_decompress_safe(reinterpret_cast<const char*>(input.data() + 4), reinterpret_cast<char*>(block.data()), static_cast<int>(size), static_cast<int>(kLegacyBlock));
      if (got < 0) {
        block.clear();
        return blocks > 0 ? Progress::end : Progress::damaged;
      }
      block.resize(static_cast<std::size_t>(got));
      given = 0;
      ++blocks;
      input = input.subspan(4 + size);
    }
    const std::size_t count = std::min(output.size(), block.size() - given);
    std::copy_n(block.begin() + static_cast<std::ptrdiff_t>(given), count, output.begin());
    given += count;
    output = output.subspan(count);
    return Progress::more;
  }

  LZ4F_dctx* context = nullptr;
  bool ready = false, begun = false, legacy = false;
  Bytes block{};
  std::size_t given = 0, blocks = 0;
};

}  // namespace

std::unique_ptr<Decoder> make_lz4_decoder() { return std::make_unique<Lz4Decoder>(); }

}  // namespace lintel::firmware
