#include "random/attacks/targets.h"

#include <algorithm>

#include "base/bytes.h"

namespace lintel::random {
namespace {

using crypto::DigestAlgorithm;

// 3 or 5 when the text is such a UUID.
int hashed_uuid(std::string_view value) {
  const bool dashed = value.size() == 36 && value[8] == '-' && value[13] == '-' && value[18] == '-' && value[23] == '-';
  if (!dashed) return 0;
  const bool variant = std::string_view("89abAB").find(value[19]) != std::string_view::npos;
  return variant && (value[14] == '3' || value[14] == '5') ? value[14] - '0' : 0;
}

std::uint64_t start_of(std::string_view bytes) {
  std::uint64_t start = 0;
  for (std::size_t i = 0; i < 8; ++i) start = start << 8 | static_cast<std::uint8_t>(bytes[i]);
  return start;
}

}  // namespace

Targets targets_of(std::span<const Token> tokens) {
  Targets targets;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string& bytes = tokens[i].digest;
    if (bytes.size() < 16) continue;
    if (targets.list.empty()) {
      targets.bytes = bytes.size();
      targets.uuid_version = hashed_uuid(tokens[i].value);
      if (targets.uuid_version != 0) targets.start_mask = ~std::uint64_t{0xF000};
    }
    if (bytes.size() != targets.bytes || hashed_uuid(tokens[i].value) != targets.uuid_version) return {};
    targets.list.push_back({i, tokens[i].unix_us, bytes, start_of(bytes) & targets.start_mask});
  }
  if (targets.uuid_version == 3) targets.algorithms = {DigestAlgorithm::md5};
  else if (targets.uuid_version == 5) targets.algorithms = {DigestAlgorithm::sha1};
  else
    for (const auto algorithm : {DigestAlgorithm::md5, DigestAlgorithm::sha1, DigestAlgorithm::sha256})
      if (crypto::size_bytes(algorithm) >= targets.bytes) targets.algorithms.push_back(algorithm);
  return targets.algorithms.empty() ? Targets{} : targets;  // longer than any of these digests
}

bool meets(const Targets& targets, const Target& target, DigestAlgorithm algorithm, std::string_view message) {
  const auto digest = crypto::digest(algorithm, as_bytes(message));
  if (!digest || digest->size() < targets.bytes) return false;
  for (std::size_t i = 0; i < targets.bytes; ++i) {
    const unsigned mask = targets.uuid_version == 0 ? 0xFFU : i == 6 ? 0x0FU : i == 8 ? 0x3FU : 0xFFU;
    if ((((*digest)[i] ^ static_cast<std::uint8_t>(target.bytes[i])) & mask) != 0) return false;
  }
  return true;
}

std::vector<std::string> namespaces(const Targets& targets) {
  if (targets.uuid_version == 0) return {""};
  std::vector<std::string> list;
  for (const char* last : {"10", "11", "12", "14"}) {
    const auto bytes = from_hex(std::string("6ba7b8") + last + "9dad11d180b400c04fd430c8");
    if (bytes) list.emplace_back(as_text(*bytes));
  }
  list.emplace_back(16, '\0');
  list.emplace_back();
  return list;
}

std::string_view name_for_people(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::md5 ? "MD5" : algorithm == DigestAlgorithm::sha1 ? "SHA-1" : "SHA-256";
}

}  // namespace lintel::random
