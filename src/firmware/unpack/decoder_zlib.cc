#include <algorithm>
#include <climits>
#include <zlib.h>

#include "firmware/unpack/decoder.h"

namespace lintel::firmware {
namespace {

struct ZlibDecoder : Decoder {
  explicit ZlibDecoder(int window_bits) { ready = inflateInit2(&stream, window_bits) == Z_OK; }
  ~ZlibDecoder() override { if (ready) inflateEnd(&stream); }

  Progress step(ByteView& input, std::span<std::uint8_t>& output) override {
    if (!ready) return Progress::damaged;
    const uInt in = static_cast<uInt>(std::min<std::size_t>(input.size(), INT_MAX)), out = static_cast<uInt>(std::min<std::size_t>(output.size(), INT_MAX));
    stream.next_in = const_cast<Bytef*>(input.data());
    stream.avail_in = in;
    stream.next_out = output.data();
    stream.avail_out = out;
    const int result = inflate(&stream, Z_NO_FLUSH);
    input = input.subspan(in - stream.avail_in);
    output = output.subspan(out - stream.avail_out);
    if (result == Z_STREAM_END) return Progress::end;
    return result == Z_OK || result == Z_BUF_ERROR ? Progress::more : Progress::damaged;
  }

  z_stream stream{};
  bool ready = false;
};

}  // namespace

std::unique_ptr<Decoder> make_zlib_decoder(Compression compression) {
  const int window_bits = compression == Compression::gzip ? 15 + 16 : compression == Compression::zlib ? 15 : -15;
  return std::make_unique<ZlibDecoder>(window_bits);
}

}  // namespace lintel::firmware
