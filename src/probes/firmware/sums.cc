#include "probes/firmware/sums.h"

#include <algorithm>

#include "base/text.h"

namespace lintel::probes::firmware {
namespace {

using crypto::DigestAlgorithm;

constexpr std::size_t kMostLines = 10'000, kMostSums = 64;

struct Line {
  std::optional<DigestAlgorithm> algorithm;
  std::string hex;
  std::string_view name;
};

bool is_hex(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// "SHA2-256" is what openssl 3 calls SHA-256.
std::optional<DigestAlgorithm> tagged(std::string_view name) {
  std::string plain = to_lower(trim(name));
  if (plain.starts_with("sha2-")) plain = "sha" + plain.substr(5);
  return crypto::digest_named(plain);
}

std::optional<Line> parse_tagged(std::string_view text) {
  const std::size_t open = text.find('('), close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  const auto algorithm = tagged(text.substr(0, open));
  std::string_view rest = trim(text.substr(close + 1));
  if (!algorithm || !rest.starts_with('=')) return std::nullopt;
  rest = trim(rest.substr(1));
  if (!is_hex(rest)) return std::nullopt;
  return Line{algorithm, std::string(rest), text.substr(open + 1, close - open - 1)};
}

std::optional<Line> parse_bare(std::string_view text) {
  if (text.starts_with('\\')) text.remove_prefix(1);  // sha256sum marks names with escapes so
  const std::size_t end = text.find_first_of(" \t");
  Line line{std::nullopt, std::string(text.substr(0, end)), {}};
  if (!is_hex(line.hex)) return std::nullopt;
  if (end != std::string_view::npos) line.name = trim(text.substr(end));
  if (line.name.starts_with('*')) line.name.remove_prefix(1);
  if (line.name == "-") line.name = {};
  switch (line.hex.size()) {
    case 32: line.algorithm = DigestAlgorithm::md5; break;
    case 40: line.algorithm = DigestAlgorithm::sha1; break;
    case 64: break;  // SHA-256 or SM3: the image tells
    case 96: line.algorithm = DigestAlgorithm::sha384; break;
    case 128: line.algorithm = DigestAlgorithm::sha512; break;
    default: return std::nullopt;
  }
  return line;
}

}  // namespace

Result<std::vector<DeclaredDigest>> parse_sums(std::string_view text, std::string_view image_name) {
  std::vector<DeclaredDigest> found;
  std::size_t number = 0, others = 0;
  for (const std::string_view raw : split(text, '\n')) {
    const std::string_view content = trim(raw);
    if (++number > kMostLines) return fail(ErrorCode::invalid_input, "more than {} lines", kMostLines);
    if (content.empty() || content.starts_with('#')) continue;
    auto line = parse_tagged(content);
    if (!line) line = parse_bare(content);
    if (!line) return fail(ErrorCode::invalid_input, "line {} is neither JSON nor a checksum as sha256sum or openssl dgst print it", number);
    if (!line->name.empty() && base_name(line->name) != base_name(image_name)) {
      ++others;
      continue;
    }
    if (found.size() >= kMostSums) return fail(ErrorCode::invalid_input, "more than {} checksums for one file", kMostSums);
    found.push_back({line->algorithm, std::move(line->hex), Source::manifest});
  }
  if (found.empty() && others > 0)
    return fail(ErrorCode::invalid_input, "{} checksum(s), none of them for {}", others, base_name(image_name));
  if (found.empty()) return fail(ErrorCode::invalid_input, "the file is empty");
  return found;
}

}  // namespace lintel::probes::firmware
