#include <algorithm>
#include <bzlib.h>
#include <climits>

#include "firmware/unpack/decoder.h"

namespace lintel::firmware {
namespace {

struct Bzip2Decoder : Decoder {
  Bzip2Decoder() { ready = BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK; }
  ~Bzip2Decoder() override { if (ready) BZ2_bzDecompressEnd(&stream); }

  Progress step(ByteView& input, std::span<std::uint8_t>& output) override {
    if (!ready) return Progress::damaged;
    const unsigned in = static_cast<unsigned>(std::min<std::size_t>(input.size(), INT_MAX)), out = static_cast<unsigned>(std::min<std::size_t>(output.size(), INT_MAX));
    stream.next_in = const_cast<char*>(reinterpret_cast<const char*>(input.data()));
    stream.avail_in = in;
    stream.next_out = reinterpret_cast<char*>(output.data());
    stream.avail_out = out;
    const int result = BZ2_bzDecompress(&stream);
    input = input.subspan(in - stream.avail_in);
    output = output.subspan(out - stream.avail_out);
    if (result == BZ_STREAM_END) return Progress::end;
    return result == BZ_OK ? Progress::more : Progress::damaged;
  }

  bz_stream stream{};
  bool ready = false;
};

}  // namespace

std::unique_ptr<Decoder> make_bzip2_decoder() { return std::make_unique<Bzip2Decoder>(); }

}  // namespace lintel::firmware
