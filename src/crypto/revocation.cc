#include "crypto/revocation.h"

#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "crypto/certificate.h"
#include "crypto/openssl.h"
#include "crypto/signature.h"
#include "crypto/x509.h"

namespace lintel::crypto {
namespace {

struct Entry {
  WallTime revoked{};
  std::optional<int> reason;  // of CRL_REASON_...; absent: not said
  std::optional<WallTime> invalid_since;
  bool readable = true;
};

Entry read_entry(const X509_REVOKED* revoked) {
  Entry entry;
  const auto date = time_of(X509_REVOKED_get0_revocationDate(revoked));
  entry.revoked = date.value_or(WallTime());
  int state = 0;
  const std::unique_ptr<ASN1_ENUMERATED, decltype(&ASN1_ENUMERATED_free)> reason(
      static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, &state, nullptr)), ASN1_ENUMERATED_free);
  if (reason) entry.reason = static_cast<int>(ASN1_ENUMERATED_get(reason.get()));
  const bool reason_readable = reason || state == -1;  // -1: absent
  const std::unique_ptr<ASN1_GENERALIZEDTIME, decltype(&ASN1_GENERALIZEDTIME_free)> since(
      static_cast<ASN1_GENERALIZEDTIME*>(X509_REVOKED_get_ext_d2i(revoked, NID_invalidity_date, &state, nullptr)), ASN1_GENERALIZEDTIME_free);
  if (since) entry.invalid_since = time_of(since.get());
  entry.readable = date && reason_readable && (entry.invalid_since || (!since && state == -1));
  return entry;
}

std::string words_of(const Entry& entry) {
  static constexpr const char* kReasons[] = {"unspecified", "key compromise", "CA compromise", "affiliation changed", "superseded", "cessation of operation",
                                             "on hold", "", "remove from list", "privilege withdrawn", "AA compromise"};
  const bool named = entry.reason && *entry.reason >= 0 && *entry.reason < static_cast<int>(std::size(kReasons)) && *entry.reason != 7;
  std::string words = fmt::format("revoked at {}, {}", format_time(entry.revoked), named ? kReasons[*entry.reason] : "no reason given");
  if (entry.invalid_since) words += fmt::format(", invalid since {}", format_time(*entry.invalid_since));
  return words;
}

// Since when signatures of the key can't be believed; nullopt: that can't be told, it may have been at any time.
std::optional<WallTime> harm_since(const Entry& entry, Use use) {
  if (!entry.readable) return std::nullopt;
  const int reason = entry.reason.value_or(CRL_REASON_UNSPECIFIED);
  if (use == Use::time_stamp) {  // who has the authority's key writes any time he likes: only reasons that leave the key alone (RFC 3161 4)
    const bool key_is_safe = reason == CRL_REASON_UNSPECIFIED || reason == CRL_REASON_AFFILIATION_CHANGED || reason == CRL_REASON_SUPERSEDED ||
                             reason == CRL_REASON_CESSATION_OF_OPERATION;
    if (!entry.reason || !key_is_safe) return std::nullopt;
  }
  if (entry.invalid_since) return std::min(entry.revoked, *entry.invalid_since);
  const bool lost = reason == CRL_REASON_KEY_COMPROMISE || reason == CRL_REASON_CA_COMPROMISE || reason == CRL_REASON_AA_COMPROMISE;
  if (lost) return std::nullopt;  // found out at the revocation; lost before, nobody says when
  return entry.revoked;
}

bool is_forgiven(X509_STORE_CTX* context, RevocationLook& look) {
  X509_REVOKED* revoked = nullptr;
  X509_CRL* list = X509_STORE_CTX_get0_current_crl(context);
  if (list == nullptr || X509_CRL_get0_by_cert(list, &revoked, X509_STORE_CTX_get_current_cert(context)) != 1) return false;
  const Entry entry = read_entry(revoked);
  look.entry = words_of(entry);
  if (!look.proven) return false;
  const auto harm = harm_since(entry, look.use);
  if (!harm) look.entry += look.use == Use::sign ? ", without the date since when" : "; such a reason ends all its time stamps";
  return look.forgiven = harm && *look.proven < *harm;
}

// OpenSSL verifies SM2 signatures of lists without the signer's id, which all of them cover.
bool sm2_list_holds(X509_STORE_CTX* context) {
  X509_CRL* list = X509_STORE_CTX_get0_current_crl(context);
  X509* issuer = X509_STORE_CTX_get0_current_issuer(context);
  if (list == nullptr || issuer == nullptr || X509_CRL_get_signature_nid(list) != NID_SM2_with_SM3) return false;
  std::uint8_t* der = nullptr;
  const int size = i2d_re_X509_CRL_tbs(list, &der);
  const Bytes content(der, der + std::max(size, 0));
  OPENSSL_free(der);
  const ASN1_BIT_STRING* signature = nullptr;
  X509_CRL_get0_signature(list, &signature, nullptr);
  const std::uint8_t* bytes = ASN1_STRING_get0_data(signature);
  const auto key = load_public_key(to_pem(encode_certificate(issuer)));
  if (!key) return false;
  const auto holds = verify(*key, {SignatureAlgorithm::sm2, DigestAlgorithm::sm3}, content, ByteView(bytes, static_cast<std::size_t>(ASN1_STRING_length(signature))));
  return holds && *holds;
}

int judge_error(int ok, X509_STORE_CTX* context) {
  if (ok == 1) return ok;
  const int error = X509_STORE_CTX_get_error(context);
  auto& look = *static_cast<RevocationLook*>(X509_STORE_CTX_get_app_data(context));
  const bool overruled = (error == X509_V_ERR_CERT_REVOKED && is_forgiven(context, look)) || (error == X509_V_ERR_CRL_SIGNATURE_FAILURE && sm2_list_holds(context));
  if (overruled) X509_STORE_CTX_set_error(context, X509_V_OK);
  return overruled ? 1 : 0;
}

}  // namespace

Result<void> add_lists(X509_STORE* store, std::string_view crl_pem) {
  const auto bio = bio_of(crl_pem);
  int count = 0;
  while (const Held<X509_CRL> list{PEM_read_bio_X509_CRL(bio.get(), nullptr, no_prompt, nullptr)}) count += X509_STORE_add_crl(store, list.get());
  if (!at_end_of_pem() || count == 0) return fail(ErrorCode::invalid_input, "no readable revocation list in the CRL file");
  return {};
}

void look_for_revocation(X509_STORE_CTX* context, RevocationLook& look) {
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context), X509_V_FLAG_CRL_CHECK);
  X509_STORE_CTX_set_app_data(context, &look);
  X509_STORE_CTX_set_verify_cb(context, judge_error);
}

std::string words_of_list(X509_STORE_CTX* context) {
  const X509_CRL* list = X509_STORE_CTX_get0_current_crl(context);
  if (list == nullptr) return {};
  const auto words = [](const ASN1_TIME* time) {
    const auto moment = time == nullptr ? std::nullopt : time_of(time);  // a list may do without its end
    return moment ? format_time(*moment) : std::string("?");
  };
  return fmt::format(" (list of {} to {})", words(X509_CRL_get0_lastUpdate(list)), words(X509_CRL_get0_nextUpdate(list)));
}

}  // namespace lintel::crypto
