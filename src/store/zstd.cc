#include "store/zstd.h"

#include <zstd.h>

#include <memory>

namespace lintel::store {

Bytes compress(ByteView bytes) {
  constexpr int kLevel = 3;
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  Bytes frame(ZSTD_compressBound(bytes.size()));
  const std::size_t size = ZSTD_compress2(context.get(), frame.data(), frame.size(), bytes.data(), bytes.size());
  frame.resize(size);  // can't fail: the buffer has the size that the library asks for
  return frame;
}

Result<Bytes> decompress(ByteView frame, std::size_t size_bytes, std::size_t cap_bytes) {
  if (size_bytes > cap_bytes)
    return fail(ErrorCode::limit, "{} bytes are more than the {} allowed here", size_bytes, cap_bytes);
  // Look at the frame's own word first: a 20-byte frame must not make us allocate 64 MiB.
  if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != size_bytes)
    return fail(ErrorCode::invalid_input, "compressed data does not hold the {} bytes it should", size_bytes);
  Bytes bytes(size_bytes);
  const std::size_t size = ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
  if (ZSTD_isError(size) != 0 || size != size_bytes)
    return fail(ErrorCode::invalid_input, "compressed data is damaged ({})",
                ZSTD_isError(size) != 0 ? ZSTD_getErrorName(size) : "wrong size");
  return bytes;
}

}  // namespace lintel::store
