// Every compression: round trips with the libraries' own encoders, and what is damaged, cut off, too large or followed by something else.
#include <bzlib.h>
#include <doctest/doctest.h>
#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <array>

#include "firmware/unpack/lzo.h"
#include "firmware/unpack/unpack.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

// Text with repeats near and far, and stretches without any.
Bytes sample(std::size_t size) {
  Bytes bytes;
  std::uint32_t state = 1;
  while (bytes.size() < size) {
    state = state * 1664525 + 1013904223;
    if (state >> 30 != 0)
      for (const char c : std::string_view("a smart lamp on the kitchen wall. ")) bytes.push_back(static_cast<std::uint8_t>(c));
    else
      for (int i = 0; i < 40; ++i) bytes.push_back(static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24));
  }
  bytes.resize(size);
  return bytes;
}

Bytes pack(Compression compression, const Bytes& plain) {
  Bytes out(plain.size() * 2 + 4096);
  std::size_t size = 0;
  switch (compression) {
    case Compression::gzip:
    case Compression::zlib:
    case Compression::deflate: {
      z_stream stream{};
      REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, compression == Compression::gzip ? 31 : compression == Compression::zlib ? 15 : -15, 9, Z_DEFAULT_STRATEGY) == Z_OK);
      stream.next_in = const_cast<Bytef*>(plain.data());
      stream.avail_in = static_cast<uInt>(plain.size());
      stream.next_out = out.data();
      stream.avail_out = static_cast<uInt>(out.size());
      REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
      size = stream.total_out;
      deflateEnd(&stream);
      break;
    }
    case Compression::xz:
      REQUIRE(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, nullptr, plain.data(), plain.size(), out.data(), &size, out.size()) == LZMA_OK);
      break;
    case Compression::lzma: {
      lzma_options_lzma options;
      lzma_lzma_preset(&options, 6);
      lzma_stream stream = LZMA_STREAM_INIT;
      REQUIRE(lzma_alone_encoder(&stream, &options) == LZMA_OK);
      stream.next_in = plain.data();
      stream.avail_in = plain.size();
      stream.next_out = out.data();
      stream.avail_out = out.size();
      REQUIRE(lzma_code(&stream, LZMA_FINISH) == LZMA_STREAM_END);
      size = stream.total_out;
      lzma_end(&stream);
      break;
    }
    case Compression::bzip2: {
      unsigned length = static_cast<unsigned>(out.size());
      REQUIRE(BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(out.data()), &length, const_cast<char*>(reinterpret_cast<const char*>(plain.data())), static_cast<unsigned>(plain.size()), 9, 0, 0) == BZ_OK);
      size = length;
      break;
    }
    case Compression::zstd: size = ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 9); break;
    case Compression::lz4: size = LZ4F_compressFrame(out.data(), out.size(), plain.data(), plain.size(), nullptr); break;
    case Compression::lz4_block:
      size = static_cast<std::size_t>(LZ4_compress_default(reinterpret_cast<const char*>(plain.data()), reinterpret_cast<char*>(out.data()), static_cast<int>(plain.size()), static_cast<int>(out.size())));
      break;
    case Compression::lzo: break;
  }
  out.resize(size);
  return out;
}

constexpr Compression kStreams[] = {Compression::gzip, Compression::zlib, Compression::deflate, Compression::xz, Compression::lzma, Compression::bzip2, Compression::zstd, Compression::lz4};
const MayGrow kFreely = [](std::uint64_t) { return Result<void>(); };

}  // namespace

TEST_CASE("what was packed comes out again, and what follows is left alone") {
  for (const std::size_t size : {1UL, 1000UL, 300'000UL, 1'000'000UL}) {
    const Bytes plain = sample(size);
    for (const Compression compression : kStreams) {
      CAPTURE(name_of(compression));
      Bytes packed = pack(compression, plain);
      const std::size_t length = packed.size();
      packed.insert(packed.end(), 100, 0xFF);
      const auto stream = unpack(compression, packed, 1 << 24, kFreely);
      CHECK_FALSE(stream.early);
      CHECK(stream.bytes == plain);
      CHECK(stream.used == length);
      const Bytes head = unpack_head(compression, packed, 500);
      CHECK(head == Bytes(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(500, size))));
    }
    const auto block = unpack(Compression::lz4_block, pack(Compression::lz4_block, plain), plain.size(), kFreely);
    CHECK_FALSE(block.early);
    CHECK(block.bytes == plain);
  }
}

TEST_CASE("a stream that is cut off gives what was there, and says so") {
  const Bytes plain = sample(600'000);
  for (const Compression compression : kStreams) {
    CAPTURE(name_of(compression));
    const Bytes packed = pack(compression, plain);
    for (std::size_t part = 0; part < 64; ++part) {
      const auto stream = unpack(compression, ByteView(packed).first(packed.size() * part / 64), 1 << 24, kFreely);
      REQUIRE(stream.early);
      CHECK(stream.early->code == ErrorCode::protocol);
      CHECK(stream.bytes.size() < plain.size());
      CHECK(std::equal(stream.bytes.begin(), stream.bytes.end(), plain.begin()));
    }
  }
}

TEST_CASE("output ends at the cap and where growing is refused") {
  const Bytes plain(4 << 20, 0);
  for (const Compression compression : kStreams) {
    CAPTURE(name_of(compression));
    const Bytes packed = pack(compression, plain);
    const auto exact = unpack(compression, packed, plain.size(), kFreely);
    CHECK_FALSE(exact.early);
    const auto capped = unpack(compression, packed, plain.size() - 1, kFreely);
    REQUIRE(capped.early);
    CHECK(capped.early->code == ErrorCode::limit);
    CHECK(capped.bytes.size() == plain.size() - 1);
    std::uint64_t granted = 0;
    const auto refused = unpack(compression, packed, 1 << 24, [&](std::uint64_t bytes) -> Result<void> {
      if (granted + bytes > 1 << 20) return fail(ErrorCode::limit, "enough");
      granted += bytes;
      return {};
    });
    REQUIRE(refused.early);
    CHECK(refused.early->message == "enough");
    CHECK(refused.bytes.size() <= (1 << 20) + 256 * 1024);
  }
}

TEST_CASE("bytes that are no stream") {
  const Bytes noise = sample(5000);
  for (const Compression compression : kStreams) {
    CAPTURE(name_of(compression));
    const auto stream = unpack(compression, noise, 1 << 20, kFreely);
    CHECK(stream.early);
    CHECK(unpack(compression, {}, 1 << 20, kFreely).early);
  }
  CHECK(unpack(Compression::lz4_block, noise, 1 << 20, kFreely).early);
  CHECK(unpack(Compression::lzo, noise, 1 << 20, kFreely).early);
}

TEST_CASE("lz4 in the legacy frame of kernels: blocks until none follows") {
  const Bytes plain = sample(100'000), block = pack(Compression::lz4_block, plain);
  Bytes framed = {0x02, 0x21, 0x4C, 0x18};
  for (int i = 0; i < 2; ++i) {
    for (int shift = 0; shift < 32; shift += 8) framed.push_back(static_cast<std::uint8_t>(block.size() >> shift));
    framed.insert(framed.end(), block.begin(), block.end());
  }
  const std::size_t length = framed.size();
  framed.insert(framed.end(), 64, 0);
  const auto stream = unpack(Compression::lz4, framed, 1 << 24, kFreely);
  CHECK_FALSE(stream.early);
  CHECK(stream.used == length);
  CHECK(stream.bytes.size() == 200'000);
  CHECK(std::equal(plain.begin(), plain.end(), stream.bytes.begin() + 100'000));
}

TEST_CASE("lzo, instruction by instruction") {
  std::array<std::uint8_t, 64> out{};
  const auto text = [&](Bytes packed) -> std::string {
    const auto size = unpack_lzo(packed, out);
    return size ? std::string(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*size)) : "damaged";
  };
  const auto with = [](Bytes head, std::string_view literals, Bytes tail) {
    for (const char c : literals) head.push_back(static_cast<std::uint8_t>(c));
    head.insert(head.end(), tail.begin(), tail.end());
    return head;
  };
  const Bytes end = {0x11, 0, 0};
  CHECK(text(with({17 + 5}, "hello", end)) == "hello");
  CHECK(text(with({2}, "hello", end)) == "hello");                        // state 0: 2 + 3 literals
  CHECK(text(with({17 + 4}, "abcd", {0x6C, 0x00, 0x11, 0, 0})) == "abcdabcd");  // 64..127: 4 bytes, distance 4
  CHECK(text(with({17 + 4}, "abcd", {0x8C, 0x00, 0x11, 0, 0})) == "abcdabcda");   // 128..: 5 bytes
  CHECK(text(with({17 + 4}, "abcd", {0x28, 0x0C, 0x00, 0x11, 0, 0})) == "abcdabcdabcdab");  // 32..63: 10 bytes, distance 4
  CHECK(text(with({17 + 4}, "abcd", {0x20, 0x03, 0x0C, 0x00, 0x11, 0, 0})).size() == 4 + 33 + 3);  // a length in a byte of its own
  CHECK(text(with({17 + 2}, "ab", {0x04, 0x00, 0x11, 0, 0})) == "abab");        // after two literals: 2 bytes, distance 2
  for (const Bytes& wrong : {Bytes{}, Bytes{0x11}, Bytes{17 + 5, 'a'}, with({17 + 4}, "abcd", {}), with({17 + 4}, "abcd", {0x70, 0x00, 0x11, 0, 0}), with({0, 0, 0, 0, 0}, "x", end)})
    CHECK(text(wrong) == "damaged");
}
