#include <zstd.h>

#include "firmware/unpack/decoder.h"

namespace lintel::firmware {
namespace {

constexpr int kWindowLog = 27;  // 128 MiB

struct ZstdDecoder : Decoder {
  ZstdDecoder() : stream(ZSTD_createDStream(), ZSTD_freeDStream) {
    if (stream) ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, kWindowLog);
  }

  Progress step(ByteView& input, std::span<std::uint8_t>& output) override {
    if (!stream) return Progress::damaged;
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    const std::size_t result = ZSTD_decompressStream(stream.get(), &out, &in);
    input = input.subspan(in.pos);
    output = output.subspan(out.pos);
    if (ZSTD_isError(result)) return Progress::damaged;
    return result == 0 ? Progress::end : Progress::more;
  }

  std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream;
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder() { return std::make_unique<ZstdDecoder>(); }

}  // namespace lintel::firmware
