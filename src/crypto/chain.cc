#include "crypto/chain.h"

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>

#include "crypto/certificate.h"
#include "crypto/openssl.h"
#include "crypto/revocation.h"
#include "crypto/x509.h"

namespace lintel::crypto {
namespace {

bool may_sign_documents(X509* certificate) {
  if ((X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) == 0) return true;
  if ((X509_get_extended_key_usage(certificate) & (XKU_SMIME | XKU_CODE_SIGN | XKU_ANYEKU)) != 0) return true;
  // RFC 9336, and what document signers of Microsoft and Adobe carry.
  static constexpr std::array<std::string_view, 3> kDocuments{"1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.311.10.3.12", "1.2.840.113583.1.1.5"};
  const std::unique_ptr<EXTENDED_KEY_USAGE, decltype(&EXTENDED_KEY_USAGE_free)> uses(
      static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr)), EXTENDED_KEY_USAGE_free);
  for (int i = 0; uses && i < sk_ASN1_OBJECT_num(uses.get()); ++i) {
    char dotted[80] = "";
    OBJ_obj2txt(dotted, sizeof dotted, sk_ASN1_OBJECT_value(uses.get(), i), 1);
    if (std::ranges::find(kDocuments, std::string_view(dotted)) != kDocuments.end()) return true;
  }
  return false;
}

std::string refused_use_of(X509* certificate, Use use) {
  if (use == Use::time_stamp)
    return X509_check_purpose(certificate, X509_PURPOSE_TIMESTAMP_SIGN, 0) == 1
               ? ""
               : "it is not made for time stamps alone (critical extended key usage timeStamping)";
  // A certificate without the extension may be used for all (RFC 5280 4.2.1.3); OpenSSL then answers with all bits.
  if ((X509_get_key_usage(certificate) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0) return "its key usage lacks digitalSignature";
  if (!may_sign_documents(certificate)) return "its extended key usage is for something else than signing documents, code or mail";
  return "";
}

Trust trust_of(int error) {
  switch (error) {
    case X509_V_OK: return Trust::trusted;
    case X509_V_ERR_CERT_HAS_EXPIRED: return Trust::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID: return Trust::not_yet_valid;
    case X509_V_ERR_CERT_REVOKED: return Trust::revoked;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE: return Trust::revocation_unknown;
    case X509_V_ERR_INVALID_PURPOSE: return Trust::wrong_use;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED: return Trust::unknown_authority;
    default: return Trust::bad_chain;
  }
}

struct Question {
  X509_STORE* store;
  X509* leaf;
  STACK_OF(X509) * others;
  Use use;
};
struct Answer {
  ChainCheck check;
  WallTime ends = WallTime::max();  // the last second in which all certificates of the chain are valid, as OpenSSL has it
};

std::string reason_of(X509_STORE_CTX* context, int error, Trust trust) {
  std::string reason = X509_verify_cert_error_string(error);
  if (trust == Trust::revocation_unknown) return reason + words_of_list(context);
  X509* at_fault = X509_STORE_CTX_get_current_cert(context);
  const auto parsed = at_fault == nullptr ? Result<Certificate>() : parse_certificate(encode_certificate(at_fault));
  if (at_fault == nullptr || !parsed) return reason;
  if (trust == Trust::expired) return fmt::format("{} ({}, valid until {})", reason, parsed->subject, format_time(parsed->not_after));
  if (trust == Trust::not_yet_valid) return fmt::format("{} ({}, valid from {})", reason, parsed->subject, format_time(parsed->not_before));
  return fmt::format("{} ({})", reason, parsed->subject);
}

// look nullptr: without revocation lists.
Result<Answer> ask(const Question& question, WallTime at, RevocationLook* look) {
  const Held<X509_STORE_CTX> context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), question.store, question.leaf, question.others) != 1)
    return fail(ErrorCode::internal, "certificate verification cannot start: {}", drain_openssl_errors());
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(rules, std::chrono::system_clock::to_time_t(at));
  X509_VERIFY_PARAM_set_purpose(rules, question.use == Use::time_stamp ? X509_PURPOSE_TIMESTAMP_SIGN : X509_PURPOSE_ANY);
  X509_VERIFY_PARAM_set_depth(rules, 10);
  if (look != nullptr) look_for_revocation(context.get(), *look);
  Answer answer;
  const bool verified = X509_verify_cert(context.get()) == 1;
  const int error = X509_STORE_CTX_get_error(context.get());
  answer.check.trust = verified ? Trust::trusted : error == X509_V_OK ? Trust::bad_chain : trust_of(error);
  if (!verified) answer.check.reason = reason_of(context.get(), error, answer.check.trust);
  STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i)
    if (const auto after = time_of(X509_get0_notAfter(sk_X509_value(chain, i)))) answer.ends = std::min(answer.ends, *after - std::chrono::seconds(1));
  drain_openssl_errors();
  return answer;
}

}  // namespace

std::string_view name_of(Trust trust) {
  switch (trust) {
    case Trust::trusted: return "trusted";
    case Trust::unknown_authority: return "unknown_authority";
    case Trust::expired: return "expired";
    case Trust::not_yet_valid: return "not_yet_valid";
    case Trust::revoked: return "revoked";
    case Trust::revocation_unknown: return "revocation_unknown";
    case Trust::wrong_use: return "wrong_use";
    case Trust::bad_chain: return "bad_chain";
  }
  return "bad_chain";
}

Result<std::string> refused_use(ByteView leaf, Use use) {
  const auto certificate = TRY(decode_certificate(leaf));
  return refused_use_of(certificate.get(), use);
}

Result<ChainCheck> check_chain(ByteView leaf, const std::vector<Bytes>& others, std::string_view ca_pem, std::string_view crl_pem, const ChainTimes& times, Use use) {
  const auto store = TRY(store_of(ca_pem));
  if (!crl_pem.empty()) TRY(add_lists(store.get(), crl_pem));
  const auto certificate = TRY(decode_certificate(leaf));
  if (std::string why = refused_use_of(certificate.get(), use); !why.empty()) return ChainCheck{Trust::wrong_use, std::move(why)};
  const Held<STACK_OF(X509)> untrusted(sk_X509_new_null());
  for (std::size_t i = 0; i < std::min(others.size(), kChainCap); ++i) {
    auto other = decode_certificate(others[i]);
    if (other && sk_X509_push(untrusted.get(), other->get()) > 0) [[maybe_unused]]
      auto* owned = other->release();
  }
  const Question question{store.get(), certificate.get(), untrusted.get(), use};
  const Answer chain = TRY(ask(question, times.valid, nullptr));
  if (chain.check.trust != Trust::trusted || crl_pem.empty()) return chain.check;
  // Lists need not name a certificate any more once it has expired (RFC 5280 3.3): the last that had to is the one that tells.
  const WallTime moment = std::min(times.lists, chain.ends);
  RevocationLook look{use, times.proven, {}, false};
  ChainCheck check = TRY(ask(question, moment, &look)).check;
  if (check.trust == Trust::revoked) check.reason = look.entry;
  if (check.trust == Trust::revocation_unknown && moment < times.lists)
    check.reason += fmt::format("; it takes a list that was in force at {}, when the chain's first certificate expired", format_time(moment));
  if (look.forgiven) check.revoked_later = look.entry;
  return check;
}

Result<std::vector<Bytes>> certificates_of(std::string_view pem) {
  std::vector<Bytes> found;
  const auto bio = bio_of(pem);
  while (const Held<X509> certificate{PEM_read_bio_X509(bio.get(), nullptr, no_prompt, nullptr)}) found.push_back(encode_certificate(certificate.get()));
  if (!at_end_of_pem()) return fail(ErrorCode::invalid_input, "a certificate in it can't be read");
  if (found.empty()) return fail(ErrorCode::invalid_input, "no certificate in PEM in it");
  return found;
}

}  // namespace lintel::crypto
