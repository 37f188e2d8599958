// What the files of this floor share about OpenSSL: owners for its handles, and its error queue emptied into a sentence.
#pragma once
#include <openssl/bio.h>
#include <openssl/evp.h>

#include <memory>
#include <string>

namespace lintel::crypto {

struct OpensslFree {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <class Handle>
using Owned = std::unique_ptr<Handle, OpensslFree>;

// The reason of the newest error of this thread; the queue is empty afterwards, so that nobody else finds our leftovers.
std::string drain_openssl_errors();

}  // namespace lintel::crypto
