#include "crypto/cms.h"

#include <openssl/cms.h>
#include <openssl/ess.h>

#include <algorithm>

#include "crypto/certificate.h"
#include "crypto/der.h"
#include "crypto/openssl.h"
#include "crypto/x509.h"

namespace lintel::crypto {
namespace {

constexpr const char* kData = "1.2.840.113549.1.7.1";
constexpr const char* kSignedData = "1.2.840.113549.1.7.2";
constexpr const char* kContentType = "1.2.840.113549.1.9.3";
constexpr const char* kMessageDigest = "1.2.840.113549.1.9.4";
constexpr const char* kSigningTime = "1.2.840.113549.1.9.5";
constexpr const char* kSigningCertificate = "1.2.840.113549.1.9.16.2.47";  // RFC 5035
constexpr const char* kTimeStamp = "1.2.840.113549.1.9.16.2.14";           // RFC 3161 appendix A

struct CmsFree {
  void operator()(CMS_ContentInfo* cms) const { CMS_ContentInfo_free(cms); }
  void operator()(ESS_SIGNING_CERT_V2* list) const { ESS_SIGNING_CERT_V2_free(list); }
};
template <class Handle>
using Kept = std::unique_ptr<Handle, CmsFree>;

// ---- writing

const char* digest_oid(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::sha384: return "2.16.840.1.101.3.4.2.2";
    case DigestAlgorithm::sha512: return "2.16.840.1.101.3.4.2.3";
    case DigestAlgorithm::sm3: return "1.2.156.10197.1.401";
    case DigestAlgorithm::sha256:
    case DigestAlgorithm::sha1:
    case DigestAlgorithm::md5: break;  // the last two are never chosen
  }
  return "2.16.840.1.101.3.4.2.1";
}

Bytes signature_algorithm(const SignatureScheme& scheme) {
  const auto alone = [](const char* oid) { return der::element(der::kSequence, der::object_identifier(oid)); };
  switch (scheme.algorithm) {
    case SignatureAlgorithm::ecdsa:
      return alone(scheme.digest == DigestAlgorithm::sha512   ? "1.2.840.10045.4.3.4"
                   : scheme.digest == DigestAlgorithm::sha384 ? "1.2.840.10045.4.3.3"
                                                              : "1.2.840.10045.4.3.2");
    case SignatureAlgorithm::sm2: return alone("1.2.156.10197.1.501");
    case SignatureAlgorithm::ed25519: return alone("1.3.101.112");
    case SignatureAlgorithm::rsa_pkcs1:
    case SignatureAlgorithm::rsa_pss: break;  // PSS is never chosen
  }
  return der::element(der::kSequence, {der::object_identifier("1.2.840.113549.1.1.1"), der::element(der::kNull, {})});
}

Bytes attribute(const char* oid, const Bytes& value) {
  return der::element(der::kSequence, {der::object_identifier(oid), der::element(der::kSet, value)});
}

Bytes time_element(WallTime time) {
  std::string digits;
  for (const char c : format_time(std::chrono::floor<std::chrono::seconds>(time)))
    if (c >= '0' && c <= '9') digits += c;
  const bool short_year = digits < "2050";  // RFC 5652 11.3
  return der::element(short_year ? der::kUtcTime : der::kGeneralizedTime, as_bytes(digits.substr(short_year ? 2 : 0) + "Z"));
}

Result<Bytes> issuer_and_serial(const Bytes& certificate_der) {
  const auto certificate = TRY(decode_certificate(certificate_der));
  std::uint8_t* der = nullptr;
  const int name_size = i2d_X509_NAME(X509_get_issuer_name(certificate.get()), &der);
  Bytes both(der, der + std::max(name_size, 0));
  OPENSSL_free(der);
  der = nullptr;
  const int serial_size = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate.get()), &der);
  both.insert(both.end(), der, der + std::max(serial_size, 0));
  OPENSSL_free(der);
  return der::element(der::kSequence, both);
}

// ---- reading

std::optional<DigestAlgorithm> digest_of(const X509_ALGOR* algorithm) {
  switch (OBJ_obj2nid(algorithm->algorithm)) {
    case NID_sha256: return DigestAlgorithm::sha256;
    case NID_sha384: return DigestAlgorithm::sha384;
    case NID_sha512: return DigestAlgorithm::sha512;
    case NID_sm3: return DigestAlgorithm::sm3;
    default: return std::nullopt;
  }
}

std::optional<SignatureAlgorithm> signature_of(const X509_ALGOR* algorithm, const X509_ALGOR* digest) {
  const int nid = OBJ_obj2nid(algorithm->algorithm);
  int with = NID_undef, key = nid;
  if (OBJ_find_sigid_algs(nid, &with, &key) == 1 && with != NID_undef && with != OBJ_obj2nid(digest->algorithm)) return std::nullopt;
  if (nid == NID_rsassaPss) return SignatureAlgorithm::rsa_pss;
  if (key == NID_rsaEncryption) return SignatureAlgorithm::rsa_pkcs1;
  if (key == NID_X9_62_id_ecPublicKey) return SignatureAlgorithm::ecdsa;
  if (nid == NID_SM2_with_SM3) return SignatureAlgorithm::sm2;
  if (nid == NID_ED25519) return SignatureAlgorithm::ed25519;
  return std::nullopt;
}

Bytes octets(const ASN1_STRING* text) {
  const std::uint8_t* data = ASN1_STRING_get0_data(text);
  return Bytes(data, data + ASN1_STRING_length(text));
}

// The value of a signed attribute that must stand there exactly once, with one value. nullptr otherwise.
const void* signed_value(CMS_SignerInfo* signer, const char* oid, int type) {
  const std::unique_ptr<ASN1_OBJECT, decltype(&ASN1_OBJECT_free)> object(OBJ_txt2obj(oid, 1), ASN1_OBJECT_free);
  return CMS_signed_get0_data_by_OBJ(signer, object.get(), -3, type);
}

// What the signature is over: the signed attributes as a SET, in the order they were read.
Bytes signed_attributes(CMS_SignerInfo* signer) {
  Bytes content;
  for (int i = 0; i < CMS_signed_get_attr_count(signer); ++i) {
    std::uint8_t* der = nullptr;
    const int size = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(signer, i), &der);
    content.insert(content.end(), der, der + std::max(size, 0));
    OPENSSL_free(der);
  }
  return der::element(der::kSet, content);
}

std::optional<WallTime> signing_time(CMS_SignerInfo* signer) {
  for (const int type : {V_ASN1_UTCTIME, V_ASN1_GENERALIZEDTIME})
    if (const auto* time = static_cast<const ASN1_TIME*>(signed_value(signer, kSigningTime, type))) return time_of(time);
  return std::nullopt;
}

// An ESS attribute that names another certificate: somebody exchanged the certificate for one with the same key.
bool names_other_certificate(CMS_SignerInfo* signer, X509* certificate) {
  const auto* value = static_cast<const ASN1_STRING*>(signed_value(signer, kSigningCertificate, V_ASN1_SEQUENCE));
  if (value == nullptr) return false;
  const std::uint8_t* at = ASN1_STRING_get0_data(value);
  const Kept<ESS_SIGNING_CERT_V2> list(d2i_ESS_SIGNING_CERT_V2(nullptr, &at, ASN1_STRING_length(value)));
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> chain(sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
  return !list || !chain || sk_X509_push(chain.get(), certificate) <= 0 || OSSL_ESS_check_signing_certs(nullptr, list.get(), chain.get(), 0) <= 0;
}

struct Algorithms {
  X509_ALGOR* digest = nullptr;
  X509_ALGOR* signature = nullptr;
};

Result<std::string> problem_of(CMS_SignerInfo* signer, X509* certificate, const ContentDigest& digest_of_content, CmsCheck& check) {
  Algorithms algorithms;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &algorithms.digest, &algorithms.signature);
  const auto digest_algorithm = digest_of(algorithms.digest);
  if (!digest_algorithm) return std::string("its digest is none of SHA-256, SHA-384, SHA-512, SM3");
  const auto signature = signature_of(algorithms.signature, algorithms.digest);
  if (!signature) return std::string("its signature algorithm is none of RSA, ECDSA, Ed25519, SM2, or does not go with its digest");
  check.algorithm = fmt::format("{} with {}", name_of(*signature), name_of(*digest_algorithm));
  const auto* type = static_cast<const ASN1_OBJECT*>(signed_value(signer, kContentType, V_ASN1_OBJECT));
  const auto* declared = static_cast<const ASN1_STRING*>(signed_value(signer, kMessageDigest, V_ASN1_OCTET_STRING));
  if (type == nullptr || declared == nullptr) return std::string("it has no signed content type and message digest");
  if (OBJ_obj2nid(type) != NID_pkcs7_data) return std::string("its content type is not data");
  if (const Bytes computed = TRY(digest_of_content(*digest_algorithm)); octets(declared) != computed)
    return fmt::format("it is over other content: {} {}, not {}", name_of(*digest_algorithm), to_hex(octets(declared)), to_hex(computed));
  if (names_other_certificate(signer, certificate)) return std::string("it names another certificate as the signer's");
  const auto key = load_public_key(to_pem(check.signer));
  if (!key) return "the certificate's key can't be used: " + key.error().message;
  SignatureScheme scheme;
  scheme.algorithm = *signature;
  scheme.digest = *digest_algorithm;
  const auto holds = verify(*key, scheme, signed_attributes(signer), check.signature);
  if (!holds) return holds.error().message;
  return std::string(*holds ? "" : "the certificate's key did not make it");
}

}  // namespace

Result<SignedCms> sign_cms(ByteView content, const PrivateKey& key, const Bytes& signer, const std::vector<Bytes>& others, WallTime now) {
  if (!TRY(is_key_of(key, signer))) return fail(ErrorCode::invalid_input, "the key is not the certificate's");
  const SignatureScheme scheme = sealing_scheme(key);
  const Bytes content_digest = TRY(digest(scheme.digest, content));
  const Bytes certificate_digest = TRY(digest(DigestAlgorithm::sha256, signer));
  const Bytes certificate_id = der::element(der::kSequence, der::element(der::kOctetString, certificate_digest));  // SHA-256 is the default
  std::vector<Bytes> attributes{attribute(kContentType, der::object_identifier(kData)), attribute(kSigningTime, time_element(now)),
                                attribute(kMessageDigest, der::element(der::kOctetString, content_digest)),
                                attribute(kSigningCertificate, der::element(der::kSequence, der::element(der::kSequence, certificate_id)))};
  Bytes to_sign = der::set_of(der::kSet, std::move(attributes));
  SignedCms made;
  made.signature = TRY(sign(key, scheme, to_sign));
  made.digest_algorithm = der::element(der::kSequence, der::object_identifier(digest_oid(scheme.digest)));
  std::vector<Bytes> certificates{signer};
  certificates.insert(certificates.end(), others.begin(), others.end());
  made.certificates = der::set_of(der::context(0), std::move(certificates));
  to_sign.front() = der::context(0);  // implicit tag, once signed
  const Bytes identifier = TRY(issuer_and_serial(signer));
  for (const Bytes& part : {der::small_integer(1), identifier, made.digest_algorithm, to_sign, signature_algorithm(scheme)})
    made.signer_head.insert(made.signer_head.end(), part.begin(), part.end());
  return made;
}

Bytes encode_cms(const SignedCms& made, ByteView time_stamp) {
  Bytes unsigned_attributes;
  if (!time_stamp.empty()) unsigned_attributes = der::element(der::context(1), attribute(kTimeStamp, Bytes(time_stamp.begin(), time_stamp.end())));
  const Bytes signer = der::element(der::kSequence, {made.signer_head, der::element(der::kOctetString, made.signature), unsigned_attributes});
  const Bytes data = der::element(der::kSequence, der::object_identifier(kData));
  const Bytes signed_data = der::element(der::kSequence, {der::small_integer(1), der::element(der::kSet, made.digest_algorithm), data, made.certificates,
                                                          der::element(der::kSet, signer)});
  return der::element(der::kSequence, {der::object_identifier(kSignedData), der::element(der::context(0), signed_data)});
}

Result<CmsCheck> check_cms(ByteView der, ByteView content) {
  return check_cms(der, [&](DigestAlgorithm algorithm) { return digest(algorithm, content); });
}

Result<CmsCheck> check_cms(ByteView der, const ContentDigest& digest_of_content) {
  if (der.size() > kCmsCapBytes) return fail(ErrorCode::limit, "a CMS signature of {} bytes; the cap is {}", der.size(), kCmsCapBytes);
  const std::uint8_t* at = der.data();
  const Kept<CMS_ContentInfo> cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
  const bool whole = cms && at == der.data() + der.size() && OBJ_obj2nid(CMS_get0_type(cms.get())) == NID_pkcs7_signed;
  drain_openssl_errors();
  if (!whole) return fail(ErrorCode::invalid_input, "no CMS SignedData");
  ASN1_OCTET_STRING** inside = CMS_get0_content(cms.get());
  if (inside == nullptr || *inside != nullptr) return fail(ErrorCode::invalid_input, "a CMS signature that is not detached");
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms.get());
  if (sk_CMS_SignerInfo_num(signers) != 1) return fail(ErrorCode::invalid_input, "a CMS signature of {} signers, not one", std::max(0, sk_CMS_SignerInfo_num(signers)));
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(signers, 0);

  CmsCheck check;
  const Held<STACK_OF(X509)> certificates(CMS_get1_certs(cms.get()));
  X509* mine = nullptr;
  for (int i = 0; certificates && i < std::min(sk_X509_num(certificates.get()), 100); ++i) {
    X509* one = sk_X509_value(certificates.get(), i);
    if (mine == nullptr && CMS_SignerInfo_cert_cmp(signer, one) == 0) {
      mine = one;
      check.signer = encode_certificate(one);
    } else {
      check.others.push_back(encode_certificate(one));
    }
  }
  if (mine == nullptr) return fail(ErrorCode::invalid_input, "the CMS signature lacks the certificate of its signer");
  check.signature = octets(CMS_SignerInfo_get0_signature(signer));
  check.signing_time = signing_time(signer);
  const std::unique_ptr<ASN1_OBJECT, decltype(&ASN1_OBJECT_free)> stamp(OBJ_txt2obj(kTimeStamp, 1), ASN1_OBJECT_free);
  if (const auto* token = static_cast<const ASN1_STRING*>(CMS_unsigned_get0_data_by_OBJ(signer, stamp.get(), -3, V_ASN1_SEQUENCE))) check.time_stamp = octets(token);
  check.problem = TRY(problem_of(signer, mine, digest_of_content, check));
  drain_openssl_errors();
  return check;
}

}  // namespace lintel::crypto
