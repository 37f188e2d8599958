#include "probes/firmware/verification.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "probe/probe.h"

namespace lintel::probes::firmware {
namespace {

constexpr std::size_t kSignatureCapBytes = 64 << 10, kKeyCapBytes = 64 << 10;

Problem problem_of(const Error& error, std::string_view doing) {
  return {probe::status_of(error), fmt::format("{}: {}", doing, error.message)};
}

Result<Bytes> load_signature(probe::Context& context, const DeclaredSignature& declared) {
  if (!declared.file.empty()) return signature_bytes(TRY(context.read_file(declared.file, kSignatureCapBytes)));
  if (declared.value.empty()) return fail(ErrorCode::not_found, "neither file nor value is declared");
  auto bytes = from_base64(declared.value);
  if (!bytes) return fail(ErrorCode::protocol, "value is not base64");
  return std::move(*bytes);
}

// Fills in what follows from the key; the rest has to be said, because a guess that is wrong would blame the vendor.
Result<crypto::SignatureScheme> scheme_of(DeclaredSignature& declared, crypto::KeyType type) {
  using crypto::KeyType;
  if (declared.algorithm.empty() && type == KeyType::ec) declared.algorithm = "ecdsa";
  if (declared.algorithm.empty() && type == KeyType::sm2) declared.algorithm = "sm2";
  if (declared.algorithm.empty() && type == KeyType::ed25519) declared.algorithm = "ed25519";
  if (declared.digest.empty() && declared.algorithm == "sm2") declared.digest = "sm3";
  if (declared.algorithm.empty()) return fail(ErrorCode::not_found, "algorithm is not declared");
  const auto algorithm = crypto::signature_named(declared.algorithm);
  if (!algorithm) return fail(ErrorCode::not_found, "algorithm '{}' is not known (ecdsa, rsa-pkcs1, rsa-pss, sm2, ed25519)", printable(declared.algorithm));
  crypto::SignatureScheme scheme{*algorithm};
  if (*algorithm == crypto::SignatureAlgorithm::ed25519) return scheme;
  if (declared.digest.empty()) return fail(ErrorCode::not_found, "digest is not declared");
  const auto digest = crypto::digest_named(declared.digest);
  if (!digest) return fail(ErrorCode::not_found, "digest '{}' is not known", printable(declared.digest));
  declared.digest = crypto::name_of(*digest);
  scheme.digest = *digest;
  return scheme;
}

Result<void> prepare_signature(probe::Context& context, SignatureResult& signature) {
  signature.bytes = TRY(load_signature(context, signature.declared));
  if (signature.declared.public_key.empty()) return fail(ErrorCode::not_found, "public_key is not declared in the target file");
  const std::string pem = TRY(context.read_file(signature.declared.public_key, kKeyCapBytes));
  auto key = crypto::load_public_key(pem);
  if (!key) return add_context(key.error(), signature.declared.public_key);
  signature.key = std::move(*key);
  const crypto::SignatureScheme scheme = TRY(scheme_of(signature.declared, signature.key->type));
  signature.verifier = TRY(crypto::SignatureVerifier::create(*signature.key, scheme));
  return {};
}

Result<void> prepare_hmac(probe::Context& context, HmacResult& hmac) {
  if (hmac.declared.value.empty()) return fail(ErrorCode::not_found, "value is not declared");
  if (hmac.declared.digest.empty()) return fail(ErrorCode::not_found, "digest is not declared");
  const auto algorithm = crypto::digest_named(hmac.declared.digest);
  if (!algorithm) return fail(ErrorCode::not_found, "digest '{}' is not known", printable(hmac.declared.digest));
  hmac.declared.digest = crypto::name_of(*algorithm);
  if (hmac.declared.key.empty()) return fail(ErrorCode::not_found, "key is not declared in the target file");
  const std::string key = TRY(context.secret(hmac.declared.key));
  if (key.empty()) return fail(ErrorCode::not_found, "the key is empty");
  hmac.digester = TRY(crypto::HmacDigester::create(*algorithm, as_bytes(key)));
  return {};
}

Result<void> feed(Verification& found, crypto::Digester& digester, ByteView chunk) {
  found.size_bytes += chunk.size();
  TRY(digester.update(chunk));
  if (found.hmac && found.hmac->digester) TRY(found.hmac->digester->update(chunk));
  if (!found.signature || !found.signature->verifier) return {};
  const auto taken = found.signature->verifier->update(chunk);
  if (taken) return {};
  found.notes.push_back("signature not verified: " + taken.error().message);
  found.signature->verifier.reset();
  return {};
}

std::size_t mebibytes(std::uint64_t bytes) { return static_cast<std::size_t>((bytes + (1 << 20) - 1) >> 20); }

std::uint64_t size_for_progress(probe::Context& context, const std::string& image) {
  const auto path = context.file_path(image);
  std::error_code unknown;
  const auto size = path ? std::filesystem::file_size(*path, unknown) : 0;
  return unknown ? 0 : size;
}

}  // namespace

Bytes signature_bytes(std::string_view content) {
  std::string plain(content);
  std::erase_if(plain, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  // Hexadecimal first: its digits are base64 letters too, while a base64 text of this length has others.
  if (auto bytes = from_hex(plain); bytes && bytes->size() >= 32) return std::move(*bytes);
  if (auto bytes = from_base64(plain); bytes && bytes->size() >= 32) return std::move(*bytes);
  return {content.begin(), content.end()};
}

Result<Verification> verify_image(probe::Context& context, const std::string& image, const Declaration& declared, std::vector<Problem>& problems) {
  using crypto::DigestAlgorithm;
  Verification found;
  std::vector<DigestAlgorithm> wanted{DigestAlgorithm::sha256, DigestAlgorithm::sm3};
  for (const DeclaredDigest& digest : declared.digests)
    if (digest.algorithm) wanted.push_back(*digest.algorithm);
  crypto::Digester digester = TRY(crypto::Digester::create(wanted));
  if (declared.signature) {
    found.signature.emplace().declared = *declared.signature;
    if (const auto ready = prepare_signature(context, *found.signature); !ready) problems.push_back(problem_of(ready.error(), "signature"));
  }
  if (declared.hmac) {
    found.hmac.emplace().declared = *declared.hmac;
    if (const auto ready = prepare_hmac(context, *found.hmac); !ready) problems.push_back(problem_of(ready.error(), "hmac"));
  }

  const std::size_t total = mebibytes(size_for_progress(context, image));
  const auto visit = [&](ByteView chunk) -> Result<void> {
    if (context.cancel().requested()) return fail(ErrorCode::cancelled, "cancelled after {} bytes", found.size_bytes);
    if (context.deadline().passed()) return fail(ErrorCode::timeout, "out of time after {} bytes", found.size_bytes);
    TRY(feed(found, digester, chunk));
    const std::size_t done = mebibytes(found.size_bytes);
    context.progress(done, std::max(done, total));
    return {};
  };
  TRY(context.for_each_chunk(image, visit));

  found.digests = TRY(digester.finish());
  if (found.signature && found.signature->verifier) found.signature->verifies = TRY(found.signature->verifier->finish(found.signature->bytes));
  if (found.hmac && found.hmac->digester) {
    const Bytes computed = TRY(found.hmac->digester->finish());
    const auto given = from_hex(found.hmac->declared.value);
    if (!given || given->size() != computed.size()) found.notes.push_back("hmac.value is not the hexadecimal text of such an HMAC");
    found.hmac->verifies = given && crypto::equal_constant_time(*given, computed);
  }
  return found;
}

}  // namespace lintel::probes::firmware
