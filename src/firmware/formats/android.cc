// Android's boot images, versions 0 to 4, and Verified Boot's metadata. Layouts: AOSP's system/tools/mkbootimg/include/bootimg and
// external/avb/libavb.
//   boot 0-2, little-endian  0 "ANDROID!" | 8 kernel size | 16 ramdisk size | 24 second size | 36 page size | 40 version | 44 os | 48 name[16] | 64 command line[512] |
//                            608 more of it[1024] | 1632 overlay size | 1648 device tree size; each of them begins at a page
//   boot 3-4                 8 kernel size | 12 ramdisk size | 16 os | 40 version | 44 command line[1536] | 1580 signature size; pages of 4096
//   vbmeta, big-endian       0 "AVB0" | 4 version | 12 authentication bytes u64 | 20 auxiliary bytes u64 | 28 algorithm | 32 hash | 48 signature | 64 key | 96 descriptors (each place and
//                            size u64, the first two in the authentication block, the others in the auxiliary) | 112 rollback index u64 | 120 flags | 128 release[48]
//   footer, big-endian       0 "AVBf" | 4 version | 12 original size u64 | 20 vbmeta at u64 | 28 vbmeta size u64
#include <algorithm>

#include "base/text.h"
#include "firmware/formats/digests.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLargestPage = 65536, kMetaHeader = 256, kFooter = 64;

struct Piece {
  const char* name;
  std::uint64_t size;
};

// The pieces in their order and the size of a page; a page of 0: no such image.
std::pair<std::uint64_t, std::vector<Piece>> pieces_of(const Header& header) {
  const std::uint32_t version = header.u32(40);
  if (version >= 3 && version <= 4 && header.size() >= 1584)
    return {4096, {{"kernel", header.u32(8)}, {"ramdisk", header.u32(12)}, {"signature", version == 4 ? header.u32(1580) : 0}}};
  const std::uint64_t page = header.u32(36);
  if (header.size() < 1660 || page < 1024 || page > kLargestPage || (page & (page - 1)) != 0 || version > 2) return {0, {}};
  return {page, {{"kernel", header.u32(8)}, {"ramdisk", header.u32(16)}, {"second", header.u32(24)}, {"overlay", version >= 1 ? header.u32(1632) : 0}, {"device-tree", version >= 2 ? header.u32(1648) : 0}}};
}

std::uint64_t in_pages(std::uint64_t size, std::uint64_t page) { return (size + page - 1) / page * page; }

std::optional<Found> recognise_boot(ByteView from_here) {
  const Header header(from_here, Endian::little);
  const auto [page, pieces] = pieces_of(header);
  if (page == 0 || pieces[0].size + pieces[1].size == 0) return std::nullopt;
  std::uint64_t whole = page, content = page;
  for (const Piece& piece : pieces) {
    if (piece.size > 0) content = whole + piece.size;
    whole += in_pages(piece.size, page);
  }
  if (page > from_here.size()) return std::nullopt;
  const bool is_new = header.u32(40) >= 3;
  Found found{.length = std::min<std::uint64_t>(whole, from_here.size())};
  found.header = {{"version", header.u32(40)}, {"page_bytes", page}, {"command_line", printable(is_new ? header.text(44, 1536) : header.text(64, 512) + header.text(608, 1024))}};
  if (!is_new) found.header["name"] = printable(header.text(48, 16));
  const std::uint32_t os = header.u32(is_new ? 16 : 44);
  if (os != 0) {
    found.header["os_version"] = fmt::format("{}.{}.{}", os >> 25, (os >> 18) & 0x7F, (os >> 11) & 0x7F);
    found.header["patch_level"] = fmt::format("{}-{:02}", 2000 + ((os >> 4) & 0x7F), os & 0xF);
  }
  if (content > from_here.size()) found.problems.push_back(fmt::format("cut off: {} of {} bytes are there", from_here.size(), content));
  return found;
}

Result<void> open_boot(Opening& opening) {
  const auto [page, pieces] = pieces_of(Header(opening.bytes(), Endian::little));
  std::uint64_t at = page;
  for (const Piece& piece : pieces) {
    if (piece.size > 0) opening.piece(piece.name, at, piece.size);
    at += in_pages(piece.size, page);
  }
  return {};
}

struct Algorithm {
  std::string_view name;
  crypto::DigestAlgorithm digest = crypto::DigestAlgorithm::sha256;
};
constexpr Algorithm kAlgorithms[] = {{"none"},
                                     {"SHA256_RSA2048"},
                                     {"SHA256_RSA4096"},
                                     {"SHA256_RSA8192"},
                                     {"SHA512_RSA2048", crypto::DigestAlgorithm::sha512},
                                     {"SHA512_RSA4096", crypto::DigestAlgorithm::sha512},
                                     {"SHA512_RSA8192", crypto::DigestAlgorithm::sha512}};

Json describe(const Header& descriptor) {
  const std::uint64_t tag = descriptor.u64(0);
  const auto text = [&](std::size_t at, std::uint64_t size) { return printable(as_text(descriptor.part(at, size))); };
  if (tag == 0) return {{"type", "property"}, {"name", text(32, descriptor.u64(16))}, {"value", text(33 + std::min<std::uint64_t>(descriptor.u64(16), descriptor.size()), std::min<std::uint64_t>(descriptor.u64(24), 256))}};
  if (tag == 1) return {{"type", "hashtree"}, {"partition", text(180, descriptor.u32(104))}, {"digest", printable(descriptor.text(72, 32))}, {"bytes", descriptor.u64(20)}};
  if (tag == 2) return {{"type", "hash"}, {"partition", text(132, descriptor.u32(56))}, {"digest", printable(descriptor.text(24, 32))}, {"bytes", descriptor.u64(16)}};
  if (tag == 3) return {{"type", "command_line"}, {"value", text(24, descriptor.u32(20))}};
  if (tag == 4) return {{"type", "chain"}, {"partition", text(92, descriptor.u32(20))}, {"rollback_location", descriptor.u32(16)}};
  return {{"type", fmt::format("{}", tag)}};
}

std::optional<Found> recognise_meta(ByteView from_here) {
  const Header header(from_here, Endian::big);
  const std::uint64_t authentication = header.u64(12), auxiliary = header.u64(20), whole = kMetaHeader + authentication + auxiliary;
  const std::uint32_t algorithm = header.u32(28);
  if (header.size() < kMetaHeader || header.u32(4) != 1 || authentication % 64 != 0 || auxiliary % 64 != 0 || authentication > 1 << 20 || auxiliary > 1 << 20 || algorithm >= std::size(kAlgorithms)) return std::nullopt;
  Found found{.length = std::min<std::uint64_t>(whole, from_here.size())};
  found.header = {{"algorithm", kAlgorithms[algorithm].name}, {"rollback_index", header.u64(112)}, {"flags", header.u32(120)}, {"release", printable(header.text(128, 48))}, {"descriptors", Json::array()}};
  if (whole > from_here.size()) {
    found.problems.push_back(fmt::format("cut off: {} of {} bytes are there", from_here.size(), whole));
    return found;
  }
  const Header signing(from_here.subspan(kMetaHeader, authentication), Endian::big), rest(from_here.subspan(kMetaHeader + authentication, auxiliary), Endian::big);
  if (algorithm != 0) {
    Bytes signed_bytes(from_here.begin(), from_here.begin() + kMetaHeader);
    const ByteView all = rest.part(0, auxiliary), key = rest.part(header.u64(64), header.u64(72));
    signed_bytes.insert(signed_bytes.end(), all.begin(), all.end());
    const bool right = has_digest(kAlgorithms[algorithm].digest, signed_bytes, signing.part(header.u64(32), header.u64(40)));
    found.header["hash_right"] = right;
    found.header["key_sha256"] = sha256_hex(key);
    found.header["signature"] = {{"scheme", "AVB"}, {"offset", kMetaHeader + header.u64(48)}, {"length", header.u64(56)}};
    if (!right) found.problems.push_back("the hash is wrong");
  }
  const std::uint64_t end = header.u64(96) + header.u64(104);
  for (std::uint64_t at = header.u64(96); at < end && end <= auxiliary && at + 16 <= end && found.header["descriptors"].size() < 256;) {
    const std::uint64_t size = rest.u64(at + 8);
    if (size > end - at - 16) {
      found.problems.push_back(fmt::format("the descriptor at {} is cut off", at));
      break;
    }
    found.header["descriptors"].push_back(describe(Header(rest.part(at, 16 + size), Endian::big)));
    at += 16 + size;
  }
  return found;
}

std::optional<Found> recognise_footer(ByteView from_here) {
  const Header header(from_here, Endian::big);
  if (header.size() < kFooter || header.u32(4) != 1 || header.u64(28) == 0 || header.u64(28) > 1 << 20 || header.u64(20) < header.u64(12)) return std::nullopt;
  return Found{.length = kFooter, .header = {{"original_bytes", header.u64(12)}, {"vbmeta_offset", header.u64(20)}, {"vbmeta_bytes", header.u64(28)}}};
}

constexpr Magic kBootMagic[] = {{"ANDROID!"sv}}, kMetaMagic[] = {{"AVB0"sv}}, kFooterMagic[] = {{"AVBf"sv}};

}  // namespace

const Format kAndroidBoot{"android-boot", kBootMagic, recognise_boot, open_boot};
const Format kVbmeta{"vbmeta", kMetaMagic, recognise_meta, nullptr};
const Format kAvbFooter{"avb-footer", kFooterMagic, recognise_footer, nullptr};

}  // namespace lintel::firmware
