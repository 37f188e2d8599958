#include "crypto/openssl.h"

#include <openssl/err.h>

namespace lintel::crypto {

std::string drain_openssl_errors() {
  const unsigned long newest = ERR_peek_last_error();
  const char* reason = newest == 0 ? nullptr : ERR_reason_error_string(newest);
  const std::string text = reason != nullptr ? reason : newest != 0 ? "error " + std::to_string(newest) : "no reason given";
  ERR_clear_error();
  return text;
}

}  // namespace lintel::crypto
