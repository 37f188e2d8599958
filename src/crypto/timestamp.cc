#include "crypto/timestamp.h"

#include <openssl/pkcs7.h>
#include <openssl/rand.h>
#include <openssl/ts.h>

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/openssl.h"
#include "crypto/x509.h"

namespace lintel::crypto {
namespace {

struct StampFree {
  void operator()(TS_REQ* request) const { TS_REQ_free(request); }
  void operator()(TS_RESP* response) const { TS_RESP_free(response); }
  void operator()(TS_MSG_IMPRINT* imprint) const { TS_MSG_IMPRINT_free(imprint); }
  void operator()(TS_VERIFY_CTX* context) const { TS_VERIFY_CTX_free(context); }
  void operator()(TS_TST_INFO* info) const { TS_TST_INFO_free(info); }
  void operator()(PKCS7* token) const { PKCS7_free(token); }
  void operator()(X509_ALGOR* algorithm) const { X509_ALGOR_free(algorithm); }
  void operator()(ASN1_INTEGER* number) const { ASN1_INTEGER_free(number); }
};
template <class Handle>
using Kept = std::unique_ptr<Handle, StampFree>;

template <class Handle, class Decode>
Kept<Handle> decode(ByteView der, Decode function) {
  const std::uint8_t* at = der.data();
  Kept<Handle> value(function(nullptr, &at, static_cast<long>(der.size())));
  if (value && at != der.data() + der.size()) value.reset();
  drain_openssl_errors();
  return value;
}

// The certificate of the one signer, whose signature over the token's content holds; the chain is not looked at.
Result<X509*> signer_of(PKCS7* token) {
  STACK_OF(X509)* certificates = token->d.sign->cert;
  if (certificates == nullptr || sk_X509_num(certificates) > 100) return fail(ErrorCode::protocol, "it holds no certificate of its authority, or too many");
  for (int i = 0; i < sk_X509_num(certificates); ++i) prepare_sm2(sk_X509_value(certificates, i));
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> signers(PKCS7_get0_signers(token, nullptr, 0),
                                                                           [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
  if (!signers || sk_X509_num(signers.get()) != 1) {
    drain_openssl_errors();
    return fail(ErrorCode::protocol, "it does not hold the certificate of one signer");
  }
  const bool holds = PKCS7_verify(token, nullptr, nullptr, nullptr, nullptr, PKCS7_NOVERIFY) == 1;
  const std::string reason = drain_openssl_errors();
  if (!holds) return fail(ErrorCode::protocol, "its signature does not hold: {}", reason);
  return sk_X509_value(signers.get(), 0);
}

std::string imprint_problem(TS_TST_INFO* info, ByteView data) {
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info);
  const auto algorithm = digest_named(OBJ_nid2sn(OBJ_obj2nid(TS_MSG_IMPRINT_get_algo(imprint)->algorithm)));
  if (!algorithm || !is_strong(*algorithm)) return "its imprint is made with a digest that is none of SHA-256, SHA-384, SHA-512, SM3";
  const ASN1_OCTET_STRING* value = TS_MSG_IMPRINT_get_msg(imprint);
  const Bytes stamped(ASN1_STRING_get0_data(value), ASN1_STRING_get0_data(value) + ASN1_STRING_length(value));
  const auto expected = digest(*algorithm, data);
  if (!expected || stamped != *expected)
    return fmt::format("it is for something else: imprint {}, expected {}", to_hex(stamped), expected ? to_hex(*expected) : "");
  return "";
}

// Whether the token's own attribute names this certificate (RFC 5816): OpenSSL checks it together with a chain only, so the certificate is its own anchor.
bool names_certificate(PKCS7* token, X509* signer, WallTime at) {
  const Held<X509_STORE> store(X509_STORE_new());
  if (!store || X509_STORE_add_cert(store.get(), signer) != 1) return false;
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), std::chrono::system_clock::to_time_t(at));
  const bool named = TS_RESP_verify_signature(token, nullptr, store.get(), nullptr) == 1;
  drain_openssl_errors();
  return named;
}

std::string status_words(TS_STATUS_INFO* status) {
  std::string words;
  const STACK_OF(ASN1_UTF8STRING)* texts = TS_STATUS_INFO_get0_text(status);
  for (int i = 0; texts != nullptr && i < std::min(sk_ASN1_UTF8STRING_num(texts), 10); ++i) {
    const ASN1_UTF8STRING* text = sk_ASN1_UTF8STRING_value(texts, i);
    const std::string_view view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text)));
    words += (words.empty() ? "" : "; ") + printable(view.substr(0, 200));
  }
  return words.empty() ? "without a reason" : words;
}

}  // namespace

Result<Bytes> time_stamp_request(ByteView data) {
  const Bytes hash = TRY(digest(DigestAlgorithm::sha256, data));
  std::uint8_t random[8];
  const Kept<TS_REQ> request(TS_REQ_new());
  const Kept<TS_MSG_IMPRINT> imprint(TS_MSG_IMPRINT_new());
  const Kept<X509_ALGOR> algorithm(X509_ALGOR_new());
  const Kept<ASN1_INTEGER> nonce(ASN1_INTEGER_new());
  Bytes hash_copy = hash;
  const bool made = request && imprint && algorithm && nonce && RAND_bytes(random, sizeof random) == 1 &&
                    ASN1_INTEGER_set_uint64(nonce.get(), Cursor(ByteView(random)).u64() >> 1 | std::uint64_t{1} << 62) == 1 &&
                    X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1 &&
                    TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
                    TS_MSG_IMPRINT_set_msg(imprint.get(), hash_copy.data(), static_cast<int>(hash_copy.size())) == 1 &&
                    TS_REQ_set_version(request.get(), 1) == 1 && TS_REQ_set_msg_imprint(request.get(), imprint.get()) == 1 &&
                    TS_REQ_set_nonce(request.get(), nonce.get()) == 1 && TS_REQ_set_cert_req(request.get(), 1) == 1;
  std::uint8_t* der = nullptr;
  const int size = made ? i2d_TS_REQ(request.get(), &der) : 0;
  Bytes out(der, der + std::max(size, 0));
  OPENSSL_free(der);
  const std::string reason = drain_openssl_errors();
  if (out.empty()) return fail(ErrorCode::internal, "no time stamp request can be made: {}", reason);
  return out;
}

Result<Bytes> time_stamp_token(ByteView request_der, ByteView response_der) {
  const auto request = decode<TS_REQ>(request_der, d2i_TS_REQ);
  const auto response = decode<TS_RESP>(response_der.first(std::min(response_der.size(), kTimeStampCapBytes)), d2i_TS_RESP);
  if (!request || !response) return fail(ErrorCode::protocol, "the answer is no RFC 3161 time stamp response");
  TS_STATUS_INFO* status = TS_RESP_get_status_info(response.get());
  const auto code = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status));
  if (code != TS_STATUS_GRANTED && code != TS_STATUS_GRANTED_WITH_MODS)
    return fail(ErrorCode::refused, "the authority gives no time stamp (status {}): {}", code, status_words(status));
  PKCS7* token = TS_RESP_get_token(response.get());
  if (token == nullptr || !PKCS7_type_is_signed(token)) return fail(ErrorCode::protocol, "the answer holds no time stamp token");
  // Imprint, nonce, policy and version of the request; the signature comes next.
  const Kept<TS_VERIFY_CTX> context(TS_REQ_to_TS_VERIFY_CTX(request.get(), nullptr));
  if (context) TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_NONCE);
  const bool fits = context && TS_RESP_verify_token(context.get(), token) == 1;
  const std::string reason = drain_openssl_errors();
  if (!fits) return fail(ErrorCode::protocol, "the answer is not for this request: {}", reason);
  TRY(signer_of(token));
  std::uint8_t* der = nullptr;
  const int size = i2d_PKCS7(token, &der);
  Bytes out(der, der + std::max(size, 0));
  OPENSSL_free(der);
  return out;
}

Result<TimeStampCheck> check_time_stamp(ByteView token_der, ByteView data, std::string_view ca_pem, std::string_view crl_pem, WallTime at) {
  if (token_der.size() > kTimeStampCapBytes) return fail(ErrorCode::limit, "a time stamp of {} bytes; the cap is {}", token_der.size(), kTimeStampCapBytes);
  const auto token = decode<PKCS7>(token_der, d2i_PKCS7);
  if (!token || !PKCS7_type_is_signed(token.get()) || token->d.sign == nullptr) return fail(ErrorCode::invalid_input, "no time stamp token");
  const Kept<TS_TST_INFO> info(PKCS7_to_TS_TST_INFO(token.get()));
  drain_openssl_errors();
  const auto time = info ? time_of(TS_TST_INFO_get_time(info.get())) : std::nullopt;
  if (!time) return fail(ErrorCode::invalid_input, "no time stamp token");
  TimeStampCheck check;
  check.time = *time;
  const auto signer = signer_of(token.get());
  if (!signer) {
    check.problem = signer.error().message;
    return check;
  }
  const Bytes signer_der = encode_certificate(*signer);
  check.signer = TRY(parse_certificate(signer_der));
  check.problem = imprint_problem(info.get(), data);
  if (check.problem.empty()) check.problem = TRY(refused_use(signer_der, Use::time_stamp));
  if (check.problem.empty() && !(check.signer.not_before <= *time && *time <= check.signer.not_after))
    check.problem = fmt::format("it was made at {}, when its certificate was not valid ({} to {})", format_time(*time), format_time(check.signer.not_before),
                                format_time(check.signer.not_after));
  if (check.problem.empty() && !names_certificate(token.get(), *signer, *time)) check.problem = "it does not name the certificate that signed it";
  if (ca_pem.empty()) return check;
  std::vector<Bytes> others;
  for (int i = 0; i < std::min(sk_X509_num(token->d.sign->cert), 100); ++i) others.push_back(encode_certificate(sk_X509_value(token->d.sign->cert, i)));
  check.chain = TRY(check_chain(signer_der, others, ca_pem, crl_pem, {at, at, *time}, Use::time_stamp));
  return check;
}

}  // namespace lintel::crypto
