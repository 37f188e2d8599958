#include "random/attacks/jwt.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "data/json.h"
#include "random/attacks/words.h"

namespace lintel::random {
namespace {

constexpr std::size_t kMostToken = 16'384, kMostLooked = 200;

struct Signed {
  std::string algorithm;     // of the header, as it stands
  std::string_view content;  // header.payload
  std::string signature;     // raw
};

std::optional<std::string> from_base64url(std::string_view text) {
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  standard.append((4 - standard.size() % 4) % 4, '=');
  const auto bytes = from_base64(standard);
  if (!bytes) return std::nullopt;
  return std::string(as_text(*bytes));
}

// RFC 7515's compact form.
std::optional<Signed> signed_in(std::string_view token) {
  if (token.size() > kMostToken || !token.starts_with("eyJ")) return std::nullopt;
  const std::size_t first = token.find('.'), second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  const auto header = from_base64url(token.substr(0, first));
  const auto signature = from_base64url(token.substr(second + 1));
  if (!header || !signature) return std::nullopt;
  const auto json = parse_json(*header);
  if (!json || !json->is_object()) return std::nullopt;
  return Signed{text_or(*json, "alg"), token.substr(0, second), *signature};
}

std::optional<crypto::DigestAlgorithm> digest_of(std::string_view algorithm) {
  if (algorithm == "HS256") return crypto::DigestAlgorithm::sha256;
  if (algorithm == "HS384") return crypto::DigestAlgorithm::sha384;
  if (algorithm == "HS512") return crypto::DigestAlgorithm::sha512;
  return std::nullopt;
}

bool made_with(const Signed& token, std::string_view key) {
  const auto algorithm = digest_of(token.algorithm);
  if (!algorithm) return false;
  const auto made = crypto::hmac(*algorithm, as_bytes(key), as_bytes(token.content));
  return made && as_text(*made) == token.signature;
}

}  // namespace

std::optional<Prediction> search_jwt(std::span<const Token> tokens, const Budget& budget) {
  std::vector<Signed> found;
  for (const Token& token : tokens.first(std::min(tokens.size(), kMostLooked)))
    if (auto one = signed_in(token.value)) found.push_back(std::move(*one));
  if (found.empty()) return std::nullopt;
  Prediction hit;
  hit.view = "JSON Web Token";
  hit.checked = found.size();
  hit.right = static_cast<std::uint64_t>(std::count_if(found.begin(), found.end(), [](const Signed& token) { return to_lower(token.algorithm) == "none"; }));
  if (hit.right > 0) {
    hit.attack = "jwt none";
    hit.generator = "JSON Web Token without signature (alg none): anybody can make one";
    hit.predicted_bits = 256 * hit.right;
    return hit;
  }
  for (const std::string_view key : common_keys()) {
    if (budget.spent()) return std::nullopt;
    if (!made_with(found.front(), key)) continue;
    hit.right = static_cast<std::uint64_t>(std::count_if(found.begin(), found.end(), [&](const Signed& token) { return made_with(token, key); }));
    hit.attack = "jwt key";
    hit.generator = fmt::format("JSON Web Token signed ({}) with the common key \"{}\"", found.front().algorithm, key);
    hit.predicted_bits = 8 * found.front().signature.size() * hit.right;
    hit.bits_per_value = 8.0 * static_cast<double>(found.front().signature.size());
    return hit;
  }
  return std::nullopt;
}

}  // namespace lintel::random
