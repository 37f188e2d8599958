#include <lzma.h>

#include "firmware/unpack/decoder.h"

namespace lintel::firmware {
namespace {

constexpr std::uint64_t kDictionaryCap = 128ULL << 20;  // memory of the decoder; firmware is made for less

struct LzmaDecoder : Decoder {
  explicit LzmaDecoder(Compression compression) {
    ready = (compression == Compression::xz ? lzma_stream_decoder(&stream, kDictionaryCap, 0) : lzma_alone_decoder(&stream, kDictionaryCap)) == LZMA_OK;
  }
  ~LzmaDecoder() override { lzma_end(&stream); }

  Progress step(ByteView& input, std::span<std::uint8_t>& output) override {
    if (!ready) return Progress::damaged;
    stream.next_in = input.data();
    stream.avail_in = input.size();
    stream.next_out = output.data();
    stream.avail_out = output.size();
    const lzma_ret result = lzma_code(&stream, LZMA_RUN);
    input = input.subspan(input.size() - stream.avail_in);
    output = output.subspan(output.size() - stream.avail_out);
    if (result == LZMA_STREAM_END) return Progress::end;
    return result == LZMA_OK || result == LZMA_BUF_ERROR ? Progress::more : Progress::damaged;
  }

  lzma_stream stream = LZMA_STREAM_INIT;
  bool ready = false;
};

}  // namespace

std::unique_ptr<Decoder> make_lzma_decoder(Compression compression) { return std::make_unique<LzmaDecoder>(compression); }

}  // namespace lintel::firmware
