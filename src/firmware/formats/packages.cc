// Update packages made of an archive or a file system with a meaning: SWUpdate (cpio), Mender (tar), RAUC (SquashFS). Their signatures are
// located, and the digests that they list are compared with what is there; whether a signature verifies is for who has the declared keys.
//   SWUpdate  cpio: sw-description, then sw-description.sig where signed, then the images
//   Mender    tar: version, manifest (rows "sha256  path"), manifest.sig where signed, header.tar.gz, data/0000.tar.gz
//   RAUC      SquashFS, CMS, length of the CMS as big-endian u64
#include <algorithm>
#include <map>

#include "base/text.h"
#include "firmware/formats/cpio.h"
#include "firmware/formats/digests.h"
#include "firmware/formats/formats.h"
#include "firmware/formats/tar.h"
#include "firmware/image/header.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostListed = 1000, kLargestText = 1 << 20, kLargestCms = 1 << 20;
constexpr std::size_t kCpioHeader = 110;

ByteView content_of(ByteView bytes, const File& file) {
  if (file.handle > bytes.size()) return {};
  return bytes.subspan(file.handle, std::min<std::uint64_t>(file.size, bytes.size() - file.handle));
}
Json place_of(std::string_view scheme, const File& file) { return {{"scheme", scheme}, {"offset", file.handle}, {"length", file.size}}; }

std::optional<Found> recognise_swupdate(ByteView from_here) {
  constexpr std::string_view kFirst = "sw-description\0"sv;
  if (from_here.size() < kCpioHeader + kFirst.size() || as_text(from_here.subspan(kCpioHeader, kFirst.size())) != kFirst) return std::nullopt;
  auto found = kCpio.recognise(from_here);
  const auto first = cpio_entry_at(from_here, 0);
  if (!found || !first) return std::nullopt;
  const std::string_view description = as_text(content_of(from_here, first->file)).substr(0, kLargestText);
  found->header["images"] = Json::array();
  for (auto entry = cpio_entry_at(from_here, first->next); entry && entry->name != "TRAILER!!!" && found->header["images"].size() < kMostListed; entry = cpio_entry_at(from_here, entry->next)) {
    if (entry->name == "sw-description.sig") {
      found->header["signature"] = place_of("swupdate", entry->file);
      continue;
    }
    const bool listed = description.find(sha256_hex(content_of(from_here, entry->file))) != std::string_view::npos;
    found->header["images"].push_back({{"name", printable(entry->name)}, {"digest_listed", listed}});
  }
  return found;
}

std::optional<Found> recognise_mender(ByteView from_here) {
  const auto version = tar_entry_at(from_here, 0);
  if (!version || version->name != "version") return std::nullopt;
  const Json said = Json::parse(as_text(content_of(from_here, version->file)).substr(0, 4096), nullptr, false);
  if (!said.is_object() || said.value("format", Json()) != "mender") return std::nullopt;
  auto found = kTar.recognise(from_here);
  if (!found) return std::nullopt;
  found->header["version"] = said.value("version", Json());
  std::string_view manifest;
  for (auto entry = tar_entry_at(from_here, version->next); entry; entry = tar_entry_at(from_here, entry->next)) {
    if (entry->name == "manifest") manifest = as_text(content_of(from_here, entry->file)).substr(0, kLargestText);
    if (entry->name == "manifest.sig") found->header["signature"] = place_of("mender", entry->file);
  }
  // What lies in the archives inside has digests of its own in the manifest; these are of what lies here.
  std::map<std::string_view, std::string_view> digests;
  for (const std::string_view row : split(manifest.substr(0, manifest.find('\0')), '\n'))
    if (row.size() > 66) digests.emplace(row.substr(66), row.substr(0, 64));
  std::size_t listed = 0;
  for (auto entry = tar_entry_at(from_here, 0); entry && listed < kMostListed; entry = tar_entry_at(from_here, entry->next)) {
    const auto digest = digests.find(entry->name);
    if (digest == digests.end()) continue;
    ++listed;
    const bool right = digest->second == sha256_hex(content_of(from_here, entry->file));
    found->header["manifest"].push_back({{"name", printable(entry->name)}, {"digest_right", right}});
    if (!right) found->problems.push_back(fmt::format("{}: the manifest has another digest", printable(entry->name)));
  }
  return found;
}

std::optional<Found> recognise_rauc(ByteView from_here) {
  constexpr std::size_t kLength = 8;
  if (from_here.size() < 4096) return std::nullopt;
  const std::uint64_t size = Header(from_here.last(kLength), Endian::big).u64(0);
  if (size < 64 || size > kLargestCms || size > from_here.size() - kLength - 96) return std::nullopt;
  const std::uint64_t at = from_here.size() - kLength - size;
  const Header cms(from_here.subspan(at, size), Endian::big);
  // A DER sequence with two or three bytes of length that is exactly so long.
  const std::uint64_t said = cms.u16(0) == 0x3082 ? 4ULL + cms.u16(2) : cms.u16(0) == 0x3083 ? 5ULL + (cms.u32(1) & 0xFFFFFF) : 0;
  if (said != size || Header(from_here, Endian::little).u64(40) > at || !kSquashfs.recognise(from_here)) return std::nullopt;
  const std::string_view text = as_text(from_here.subspan(at, size));
  const std::string_view format = text.find("format=verity") != std::string_view::npos ? "verity" : text.find("format=crypt") != std::string_view::npos ? "crypt" : "plain";
  return Found{.length = from_here.size(), .header = {{"bundle_format", format}, {"signature", {{"scheme", "CMS"}, {"offset", at}, {"length", size}}}}};
}

Result<void> open_rauc(Opening& opening) {
  opening.piece("bundle", 0, opening.header()["signature"]["offset"]);
  return {};
}

constexpr Magic kCpioMagic[] = {{"070701"sv}, {"070702"sv}}, kTarMagic[] = {{"version\0"sv}}, kSquashfsMagic[] = {{"hsqs"sv}};

}  // namespace

const Format kSwupdate{"swupdate", kCpioMagic, recognise_swupdate, [](Opening& opening) { return kCpio.open(opening); }};
const Format kMender{"mender", kTarMagic, recognise_mender, [](Opening& opening) { return kTar.open(opening); }};
const Format kRauc{"rauc", kSquashfsMagic, recognise_rauc, open_rauc};

}  // namespace lintel::firmware
