#include "probes/burning/proof.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/chain.h"
#include "crypto/cms.h"
#include "data/json.h"
#include "probes/burning/keys.h"

namespace lintel::probes::burning {
namespace {

constexpr std::size_t kPemCapBytes = 1 << 20;

// PEM or DER.
Bytes der_of(const std::string& text) {
  const std::size_t begin = text.find("-----BEGIN "), start = text.find('\n', begin), end = text.find("-----END ", start);
  if (begin == std::string::npos || end == std::string::npos) return Bytes(text.begin(), text.end());
  return from_base64(std::string_view(text).substr(start, end - start)).value_or(Bytes{});
}

Result<void> judge_file(probe::Context& context, const Json& declared, const FileDigests& digests, Proof& proof) {
  const std::string name = text_or(declared, "cms");
  const std::string text = TRY(context.read_file(name, crypto::kCmsCapBytes));
  context.keep_evidence("receipts.p7s", "application/pkcs7-signature", as_bytes(text), {"signature"});
  const std::string ca = TRY(context.read_file(text_or(declared, "ca"), kPemCapBytes));
  const Bytes der = der_of(text);
  const auto digest_of = [&](crypto::DigestAlgorithm algorithm) -> Result<Bytes> {
    for (const auto& [each, value] : digests)
      if (each == algorithm) return value;
    return fail(ErrorCode::unsupported, "the signature's digest {} was not computed", crypto::name_of(algorithm));
  };
  const auto check = crypto::check_cms(der, digest_of);
  if (!check) return add_context(check.error(), name);
  proof.algorithm = check->algorithm;
  if (check->signing_time) proof.signing_time = format_time(*check->signing_time);
  if (const auto certificate = crypto::parse_certificate(check->signer)) proof.signer = printable(certificate->subject);
  const WallTime now = context.clock().now(), at = check->signing_time.value_or(now);
  const auto chain = TRY(crypto::check_chain(check->signer, check->others, ca, "", {at, at}, crypto::Use::sign));
  proof.reason = printable(!check->problem.empty() ? check->problem : chain.trust != crypto::Trust::trusted ? chain.reason : "");
  if (proof.reason.empty() && at > now + std::chrono::minutes(5)) proof.reason = "its signing time lies in the future";
  const bool understood = !check->algorithm.empty();  // else it is made in a way that we don't know
  proof.state = proof.reason.empty() ? "valid" : understood ? "invalid" : "unknown";
  return {};
}

}  // namespace

Proof check_file(probe::Context& context, const Json& declared, const FileDigests& digests) {
  Proof proof;
  proof.by = "file";
  if (const auto done = judge_file(context, declared, digests, proof); !done) {
    proof.state = "unknown";
    proof.reason = done.error().message;
  }
  return proof;
}

Result<ReceiptSignatures> ReceiptSignatures::create(probe::Context& context, const Json& declared) {
  ReceiptSignatures made;
  made.proof_.by = "receipt";
  made.column_ = text_or(declared, "column");
  const std::string over = text_or(declared, "over");
  for (std::string_view rest = over; !rest.empty();) {
    const std::size_t open = rest.find('{'), close = rest.find('}', open);
    if (open > 0) made.over_.push_back({std::string(rest.substr(0, open)), false, false});
    if (open == std::string_view::npos) break;
    if (close == std::string_view::npos) return fail(ErrorCode::invalid_input, "receipt_signature.over: a {{ without a }}");
    made.over_.push_back({std::string(rest.substr(open + 1, close - open - 1)), true, false});
    rest.remove_prefix(close + 1);
  }
  const std::string path = text_or(declared, "public_key");
  auto key = crypto::load_public_key(TRY(context.read_file(path, kPemCapBytes)));
  if (!key) return add_context(key.error(), path);
  made.key_ = *std::move(key);
  made.scheme_.algorithm = crypto::signature_named(text_or(declared, "algorithm")).value_or(crypto::SignatureAlgorithm::ecdsa);
  made.scheme_.digest = made.scheme_.algorithm == crypto::SignatureAlgorithm::sm2 ? crypto::DigestAlgorithm::sm3
                                                                                  : crypto::digest_named(text_or(declared, "digest", "sha256")).value_or(crypto::DigestAlgorithm::sha256);
  if (auto fits = crypto::SignatureVerifier::create(made.key_, made.scheme_); !fits) return add_context(fits.error(), path);
  return made;
}

void ReceiptSignatures::add(const Row& row) {
  if (row.flaw != nullptr) return;
  const auto cell = [&](const std::string& name) { return std::find_if(row.fields.begin(), row.fields.end(), [&](const Field& field) { return field.name == name; }); };
  std::string message;
  for (Part& part : over_) {
    if (!part.is_column) {
      message += part.text;
    } else if (const auto found = cell(part.text); found != row.fields.end()) {
      part.seen = true;
      message += found->value;
    }
  }
  const auto written = cell(column_);
  column_seen_ = column_seen_ || written != row.fields.end();
  bool holds = false;
  if (written == row.fields.end() || written->value.empty()) {
    ++proof_.unsigned_receipts;
  } else {
    auto bytes = from_hex(written->value);
    if (!bytes) bytes = from_base64(written->value);
    holds = bytes && crypto::verify(key_, scheme_, as_bytes(message), *bytes).value_or(false);
    ++(holds ? proof_.valid : proof_.invalid);
  }
  if (!holds && proof_.lines.size() < kShown) proof_.lines.push_back(row.line);
}

Proof ReceiptSignatures::finish() {
  proof_.algorithm = fmt::format("{} with {}", crypto::name_of(scheme_.algorithm), crypto::name_of(scheme_.digest));
  proof_.signer = "sha256:" + key_.sha256;
  const auto missing = std::find_if(over_.begin(), over_.end(), [](const Part& part) { return part.is_column && !part.seen; });
  proof_.state = "unknown";
  if (!column_seen_) proof_.reason = fmt::format("no receipt has the column '{}', which is declared for the signature", printable(column_));
  else if (missing != over_.end()) proof_.reason = fmt::format("no receipt has the column '{}', which `over` names", printable(missing->text));
  else if (proof_.valid == 0 && proof_.invalid > 0) proof_.reason = "no signature holds; key, algorithm or `over` may be declared wrongly";
  else if (proof_.valid == 0) proof_.reason = "no receipt is signed";
  else proof_.state = proof_.invalid + proof_.unsigned_receipts == 0 ? "valid" : "invalid";
  if (proof_.state == "invalid") proof_.reason = fmt::format("{} receipts carry a wrong signature, {} none", proof_.invalid, proof_.unsigned_receipts);
  return proof_;
}

}  // namespace lintel::probes::burning
