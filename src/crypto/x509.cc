#include "crypto/x509.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace lintel::crypto {
namespace {

// SM2 signatures cover an id of the signer (GM/T 0009); without it OpenSSL verifies none.
void set_sm2_id(X509* certificate) {
  static constexpr std::string_view id = "1234567812345678";
  ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
  if (value == nullptr) return;
  ASN1_OCTET_STRING_set(value, reinterpret_cast<const unsigned char*>(id.data()),
                        static_cast<int>(id.size()));
  X509_set0_distinguishing_id(certificate, value);
}

}  // namespace

void prepare_sm2(X509* certificate) {
  // What counts is who signed it: under an RSA authority an SM2 key's certificate has no such id, and OpenSSL refuses one.
  if (X509_get_signature_nid(certificate) == NID_SM2_with_SM3) set_sm2_id(certificate);
}

Result<Held<X509>> decode_certificate(ByteView der) {
  const unsigned char* at = der.data();
  Held<X509> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!certificate)
    return fail(ErrorCode::invalid_input, "unreadable certificate: {}", drain_openssl_errors());
  if (at != der.data() + der.size())
    return fail(ErrorCode::invalid_input, "unreadable certificate: bytes after its end");
  prepare_sm2(certificate.get());
  return certificate;
}

Bytes encode_certificate(X509* certificate) {
  std::uint8_t* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  Bytes out(der, der + std::max(size, 0));
  OPENSSL_free(der);
  return out;
}

std::optional<WallTime> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  using namespace std::chrono;
  const sys_days day = year(parts.tm_year + 1900) / (parts.tm_mon + 1) / parts.tm_mday;
  return WallTime(day) + hours(parts.tm_hour) + minutes(parts.tm_min) + seconds(parts.tm_sec);
}

Owned<BIO> bio_of(std::string_view text) {
  constexpr std::size_t kPemCapBytes = 8 << 20;
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(std::min(text.size(), kPemCapBytes))));
}

int no_prompt(char*, int, int, void*) { return -1; }

bool at_end_of_pem() {
  const unsigned long error = ERR_peek_last_error();
  const bool end = error == 0 || (ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE);
  drain_openssl_errors();
  return end;
}

Result<Held<X509_STORE>> store_of(std::string_view ca_pem) {
  Held<X509_STORE> store(X509_STORE_new());
  const auto bio = bio_of(ca_pem);
  int count = 0;
  while (store && bio) {
    const Held<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, no_prompt, nullptr));
    if (!certificate) break;
    prepare_sm2(certificate.get());
    count += X509_STORE_add_cert(store.get(), certificate.get());
  }
  drain_openssl_errors();
  if (count == 0) return fail(ErrorCode::invalid_input, "no certificate in the CA file");
  return store;
}

}  // namespace lintel::crypto
