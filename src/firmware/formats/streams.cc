// Compressed streams: gzip (RFC 1952), xz, bzip2, zstd (RFC 8878), lz4 frames, LZMA-alone. A stream counts only when its beginning unpacks,
// for the magics are short and LZMA-alone has none.
#include <algorithm>

#include "firmware/formats/formats.h"
#include "firmware/image/header.h"
#include "firmware/unpack/unpack.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHead = 1024;       // a stream of chance does not get so far

std::optional<Found> recognise_stream(Compression compression, ByteView from_here) {
  if (from_here.size() < 18) return std::nullopt;
  const Bytes head = unpack_head(compression, from_here.first(std::min<std::size_t>(from_here.size(), 1 << 20)), kHead);
  if (head.size() < kHead) {  // short: only a stream that is whole
    const auto whole = unpack(compression, from_here.first(std::min<std::size_t>(from_here.size(), 64 * 1024)), kHead, [](std::uint64_t) { return Result<void>(); });
    if (whole.early || whole.bytes.empty() || whole.used < 18) return std::nullopt;
  }
  return Found{.length = from_here.size(), .to_the_end = true};
}

Result<void> open_stream(Compression compression, Opening& opening) {
  Budget& budget = opening.budget();
  auto stream = unpack(compression, opening.bytes(), budget.unpack_left(), [&](std::uint64_t bytes) { return budget.unpack(bytes); });
  opening.ends_at(stream.used);
  opening.header()["unpacked_bytes"] = stream.bytes.size();
  if (!stream.bytes.empty()) opening.unpacked("", std::move(stream.bytes));
  if (stream.early) return tl::unexpected<Error>(*stream.early);
  return {};
}

// RFC 1952 2.3: method 8, no reserved flag; with the file's name.
std::optional<Found> recognise_gzip(ByteView from_here) {
  const Header header(from_here, Endian::little);
  if (header.size() < 18 || header.u8(2) != 8 || (header.u8(3) & 0xE0) != 0) return std::nullopt;
  auto found = recognise_stream(Compression::gzip, from_here);
  if (!found) return found;
  if (const std::uint32_t time = header.u32(4); time != 0) found->header["modified"] = time;
  if ((header.u8(3) & 0x0C) == 0x08) found->header["name"] = header.text(10, 256);
  return found;
}

// 13 bytes: properties (lc + 9 lp + 45 pb), dictionary size, unpacked size or all ones.
std::optional<Found> recognise_lzma(ByteView from_here) {
  const Header header(from_here, Endian::little);
  if (header.size() < 18 || header.u8(0) >= 225) return std::nullopt;
  const std::uint32_t dictionary = header.u32(1);
  const std::uint64_t size = header.u64(5);
  const bool usual = dictionary >= 1 << 12 && dictionary <= 1U << 27 && ((dictionary & (dictionary - 1)) == 0 || (dictionary % 3 == 0 && ((dictionary / 3) & (dictionary / 3 - 1)) == 0));
  if (!usual || (size != UINT64_MAX && (size == 0 || size > 1ULL << 32)) || header.u8(13) != 0) return std::nullopt;
  return recognise_stream(Compression::lzma, from_here);
}

constexpr Magic kGzipMagic[] = {{"\x1F\x8B\x08"sv}}, kXzMagic[] = {{"\xFD" "7zXZ\0"sv}}, kBzip2Magic[] = {{"BZh"sv}}, kZstdMagic[] = {{"\x28\xB5\x2F\xFD"sv}},
                kLz4Magic[] = {{"\x04\x22\x4D\x18"sv}, {"\x02\x21\x4C\x18"sv}}, kLzmaMagic[] = {{"\x5D\0\0"sv}, {"\x6D\0\0"sv}};

}  // namespace

const Format kGzip{"gzip", kGzipMagic, recognise_gzip, [](Opening& opening) { return open_stream(Compression::gzip, opening); }};
const Format kXz{"xz", kXzMagic, [](ByteView bytes) { return recognise_stream(Compression::xz, bytes); }, [](Opening& opening) { return open_stream(Compression::xz, opening); }};
const Format kBzip2{"bzip2", kBzip2Magic, [](ByteView bytes) { return recognise_stream(Compression::bzip2, bytes); },
                    [](Opening& opening) { return open_stream(Compression::bzip2, opening); }};
const Format kZstd{"zstd", kZstdMagic, [](ByteView bytes) { return recognise_stream(Compression::zstd, bytes); },
                   [](Opening& opening) { return open_stream(Compression::zstd, opening); }};
const Format kLz4{"lz4", kLz4Magic, [](ByteView bytes) { return recognise_stream(Compression::lz4, bytes); }, [](Opening& opening) { return open_stream(Compression::lz4, opening); }};
const Format kLzma{"lzma", kLzmaMagic, recognise_lzma, [](Opening& opening) { return open_stream(Compression::lzma, opening); }};

}  // namespace lintel::firmware
