#include "probes/ota/offer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "crypto/signature.h"

namespace lintel::probes::ota {
namespace {

using crypto::DigestAlgorithm;

constexpr DigestAlgorithm kAlgorithms[] = {DigestAlgorithm::sha256, DigestAlgorithm::sha384, DigestAlgorithm::sha512,
                                           DigestAlgorithm::sm3,    DigestAlgorithm::sha1,   DigestAlgorithm::md5};
constexpr std::size_t kKeyCapBytes = 64 << 10;

std::string value_of(const flow::Variables& variables, const std::string& name) {
  const auto found = variables.find(name);
  return found == variables.end() ? "" : std::string(trim(found->second));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Result<std::string> sha256_of(probe::Context& context, const std::string& path) {
  const DigestAlgorithm wanted[] = {DigestAlgorithm::sha256};
  auto digester = TRY(crypto::Digester::create(wanted));
  TRY(context.for_each_chunk(path, [&](ByteView chunk) -> Result<void> {
    if (context.cancel().requested()) return fail(ErrorCode::cancelled, "cancelled");
    if (context.deadline().passed()) return fail(ErrorCode::timeout, "out of time");
    return digester.update(chunk);
  }));
  const auto digests = TRY(digester.finish());
  return to_hex(digests.front().second);
}

// Hexadecimal or base64 of that many bytes, 0: any; else empty.
Bytes bytes_of(const std::string& text, std::size_t size) {
  for (auto bytes : {from_hex(text), from_base64(text)})
    if (bytes && (size == 0 || bytes->size() == size)) return *bytes;
  return {};
}

// What is not said follows from the key, but for the padding of RSA: a wrong guess would blame the vendor.
Result<crypto::SignatureScheme> scheme_of(const Json& declared, crypto::KeyType type) {
  using crypto::KeyType;
  std::string name = text_or(declared, "algorithm");
  if (name.empty()) name = type == KeyType::ec ? "ecdsa" : type == KeyType::sm2 ? "sm2" : type == KeyType::ed25519 ? "ed25519" : "";
  const auto algorithm = crypto::signature_named(name);
  if (!algorithm) return fail(ErrorCode::not_found, "no signature algorithm is declared");
  const std::string digest_name = text_or(declared, "digest", *algorithm == crypto::SignatureAlgorithm::sm2 ? "sm3" : "sha256");
  const auto digest = crypto::digest_named(digest_name);
  if (!digest) return fail(ErrorCode::not_found, "digest '{}' is not known", printable(digest_name));
  crypto::SignatureScheme scheme;
  scheme.algorithm = *algorithm;
  scheme.digest = *digest;
  return scheme;
}

Result<bool> verifies(probe::Context& context, const Json& declared, const Bytes& signature, std::string_view image) {
  const std::string pem = TRY(context.read_file(text_or(declared, "public_key"), kKeyCapBytes));
  const auto key = TRY(crypto::load_public_key(pem));
  const auto scheme = TRY(scheme_of(declared, key.type));
  return crypto::verify(key, scheme, as_bytes(image), signature);
}

}  // namespace

Offer offer_in(const flow::Variables& variables) {
  Offer offer{value_of(variables, "offer_version"), value_of(variables, "offer_model"), value_of(variables, "offer_url"), value_of(variables, "offer_signature"), {}};
  for (const DigestAlgorithm algorithm : kAlgorithms)
    if (auto value = value_of(variables, fmt::format("offer_{}", crypto::name_of(algorithm))); !value.empty()) offer.digests.emplace_back(algorithm, std::move(value));
  return offer;
}

void forget_offer(flow::Variables& variables) {
  std::erase_if(variables, [](const auto& entry) { return entry.first.starts_with("offer_"); });
}

std::string_view encrypted_link(std::string_view offered, std::string_view platform_url) {
  const std::string link = to_lower(offered), platform = to_lower(platform_url);
  if (link.starts_with("https://")) return "yes";
  if (link.starts_with("http://")) return "no";
  if (link.empty() || link.starts_with("//") || link.find("://") != std::string::npos) return "unknown";
  return platform.starts_with("https://") ? "yes" : "no";
}

std::string path_on(std::string_view platform_url, const std::string& offered) {
  if (offered.starts_with('/') && !offered.starts_with("//")) return offered;
  if (offered.size() > platform_url.size() && offered.starts_with(platform_url) && offered[platform_url.size()] == '/') return offered.substr(platform_url.size());
  return "";
}

std::string higher(std::string_view version) {
  const auto begin = std::ranges::find_if(version, is_digit);
  const auto end = std::find_if_not(begin, version.end(), is_digit);
  const auto number = parse_unsigned<std::uint64_t>(std::string_view(begin, end));
  if (!number || *number == UINT64_MAX) return "";
  return fmt::format("{}{}{}", std::string_view(version.begin(), begin), *number + 1, std::string_view(end, version.end()));
}

bool names(std::string_view image, std::string_view version) {
  const auto goes_on = [](char c) { return is_digit(c) || c == '.'; };
  for (std::size_t at = 0; !version.empty() && (at = image.find(version, at)) != std::string_view::npos; ++at) {
    const std::size_t end = at + version.size();
    if ((at == 0 || !goes_on(image[at - 1])) && (end == image.size() || !goes_on(image[end]))) return true;
  }
  return false;
}

std::string_view same_digest(std::string_view offered, const Bytes& computed) {
  if (const std::size_t colon = offered.rfind(':'); colon != std::string_view::npos) offered.remove_prefix(colon + 1);
  const Bytes bytes = bytes_of(std::string(trim(offered)), computed.size());
  return bytes.empty() ? "unknown" : bytes == computed ? "yes" : "no";
}

Result<std::vector<Known>> known_firmware(probe::Context& context, std::vector<std::string>& notes) {
  std::vector<Known> all;
  for (const model::Item& item : context.asset().items) {
    const std::string image = item.kind == model::ItemKind::firmware ? text_or(item.data, "image") : "";
    if (image.empty()) continue;
    auto sha256 = sha256_of(context, image);
    if (sha256) {
      all.push_back({item.id, text_or(item.data, "model"), text_or(item.data, "version"), std::move(*sha256), member(item.data, "signature")});
      continue;
    }
    if (sha256.error().code == ErrorCode::cancelled || sha256.error().code == ErrorCode::timeout) return tl::unexpected<Error>(sha256.error());
    notes.push_back(fmt::format("firmware {}: {}", item.id, sha256.error().message));
  }
  return all;
}

const Known* find_image(const std::vector<Known>& all, std::string_view sha256) {
  const auto found = std::ranges::find(all, sha256, &Known::sha256);
  return found == all.end() ? nullptr : &*found;
}

const Known* find_version(const std::vector<Known>& all, std::string_view model, std::string_view version) {
  const auto found = std::ranges::find_if(all, [&](const Known& one) { return one.model == model && one.version == version; });
  return found == all.end() ? nullptr : &*found;
}

std::string_view verified(probe::Context& context, const Known* firmware, const std::string& signature, std::string_view image, std::vector<std::string>& notes) {
  if (signature.empty()) return "absent";
  if (firmware == nullptr || text_or(firmware->signature, "public_key").empty()) {
    notes.emplace_back("the offer's signature: declare the offered firmware with `public_key` to have it verified");
    return "unknown";
  }
  const Bytes bytes = bytes_of(signature, 0);
  if (bytes.empty()) {
    notes.emplace_back("the offer's signature is neither hexadecimal nor base64");
    return "unknown";
  }
  const auto good = verifies(context, firmware->signature, bytes, image);
  if (good) return *good ? "yes" : "no";
  notes.push_back("the offer's signature: " + good.error().message);
  return "unknown";
}

}  // namespace lintel::probes::ota
