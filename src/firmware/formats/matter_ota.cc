// Matter's upgrade files: a header in the specification's own encoding, then the program. The file carries a digest and no signature: that is
// the program's own business. Little-endian. Layout: Matter Core Specification, chapter 11.21, and appendix A for the encoding.
//   0 magic 1BEEF11E | 4 total size u64 | 12 header length | 16 header: 15, elements (control byte, tag, value), 18 | the program
#include <algorithm>

#include "base/text.h"
#include "firmware/formats/digests.h"
#include "firmware/formats/formats.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kFixed = 16, kLargestHeader = 4096;

struct Element {
  std::uint8_t tag = 0;
  std::uint64_t number = 0;  // of an integer
  ByteView bytes{};          // of a string
};

// The elements of the outermost structure; nullopt: it is none, or damaged.
std::optional<std::vector<Element>> elements_of(ByteView bytes) {
  const Header header(bytes, Endian::little);
  if (header.u8(0) != 0x15) return std::nullopt;
  std::vector<Element> elements;
  std::size_t at = 1;
  while (at < bytes.size() && header.u8(at) != 0x18) {
    const std::uint8_t control = header.u8(at), type = control & 0x1F;
    Element element{.tag = header.u8(at + 1)};
    if (control >> 5 != 1) return std::nullopt;  // every tag is of one byte here
    at += 2;
    const std::size_t width = std::size_t{1} << (type & 3);
    const auto number = [&] { return width == 1 ? header.u8(at) : width == 2 ? header.u16(at) : width == 4 ? header.u32(at) : header.u64(at); };
    if (type <= 7) {  // integers with and without sign
      element.number = number();
      at += width;
    } else if (type >= 0x0C && type <= 0x13) {  // text and bytes
      const std::uint64_t size = number();
      at += width;
      if (at > bytes.size() || size > bytes.size() - at) return std::nullopt;
      element.bytes = bytes.subspan(at, size);
      at += size;
    } else {
      return std::nullopt;
    }
    elements.push_back(element);
  }
  if (at >= bytes.size()) return std::nullopt;
  return elements;
}

// Of the Named Information Hash Algorithm Registry.
std::optional<crypto::DigestAlgorithm> digest_of(std::uint64_t type) {
  if (type == 1) return crypto::DigestAlgorithm::sha256;
  if (type == 7) return crypto::DigestAlgorithm::sha384;
  if (type == 8) return crypto::DigestAlgorithm::sha512;
  return std::nullopt;
}

std::optional<Found> recognise(ByteView from_here) {
  const Header header(from_here, Endian::little);
  const std::uint64_t total = header.u64(4), size = header.u32(12);
  if (header.size() < kFixed || size > kLargestHeader || total < kFixed + size || total > 1ULL << 32) return std::nullopt;
  const auto elements = elements_of(header.part(kFixed, size));
  if (!elements) return std::nullopt;
  Found found{.length = std::min<std::uint64_t>(total, from_here.size())};
  std::uint64_t digest_type = 0, program = 0;
  ByteView digest;
  for (const Element& element : *elements) switch (element.tag) {
      case 0: found.header["vendor"] = element.number; break;
      case 1: found.header["product"] = element.number; break;
      case 2: found.header["version"] = element.number; break;
      case 3: found.header["version_text"] = printable(as_text(element.bytes)); break;
      case 4: program = element.number; break;
      case 5: found.header["from_version"] = element.number; break;
      case 6: found.header["to_version"] = element.number; break;
      case 7: found.header["release_notes"] = printable(as_text(element.bytes)); break;
      case 8: digest_type = element.number; break;
      case 9: digest = element.bytes; break;
      default: break;
    }
  found.header["program_bytes"] = program;
  if (total > from_here.size()) {
    found.problems.push_back(fmt::format("cut off: {} of {} bytes are there", from_here.size(), total));
  } else if (program != total - kFixed - size) {
    found.problems.push_back(fmt::format("the program has {} bytes, not the {} that the header says", total - kFixed - size, program));
  }
  if (total > from_here.size()) return found;
  if (const auto algorithm = digest_of(digest_type)) {
    const bool right = has_digest(*algorithm, from_here.subspan(kFixed + size, total - kFixed - size), digest);
    found.header["digest"] = crypto::name_of(*algorithm);
    found.header["digest_right"] = right;
    if (!right) found.problems.push_back("the digest is wrong");
  } else {
    found.problems.push_back(fmt::format("the digest is of kind {}, which is not known", digest_type));
  }
  return found;
}

Result<void> open(Opening& opening) {
  const std::uint64_t begin = kFixed + Header(opening.bytes(), Endian::little).u32(12);
  if (begin < opening.bytes().size()) opening.piece("program", begin, opening.bytes().size() - begin);
  return {};
}

constexpr Magic kMagic[] = {{"\x1E\xF1\xEE\x1B"sv}};

}  // namespace

const Format kMatterOta{"matter-ota", kMagic, recognise, open};

}  // namespace lintel::firmware
