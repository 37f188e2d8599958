// RFC 3161 time stamps: the request, the answer, and whether a token holds. Contacts nobody: the caller sends the request. Thread-safe.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "crypto/certificate.h"
#include "crypto/chain.h"

namespace lintel::crypto {

constexpr std::size_t kTimeStampCapBytes = 1 << 20;

// A DER TimeStampReq over the SHA-256 of data, with a random nonce, that asks for the authority's certificate.
Result<Bytes> time_stamp_request(ByteView data);
// The token of the answer to that request. Errors: refused (the authority says no, with its words), protocol (no answer to this request, or its
// signature is wrong). Whether the authority is known is left to check_time_stamp.
Result<Bytes> time_stamp_token(ByteView request, ByteView response);

struct TimeStampCheck {
  std::string problem;   // why the token does not hold for the data; empty: it does
  WallTime time{};       // what it says
  Certificate signer;    // the authority's certificate
  std::optional<ChainCheck> chain;  // nullopt: no authorities were given
};
// ca_pem: authorities, or empty. The chain is checked as of `at`. Errors: invalid_input (no token; no certificate in ca_pem), limit.
Result<TimeStampCheck> check_time_stamp(ByteView token, ByteView data, std::string_view ca_pem, std::string_view crl_pem, WallTime at);

}  // namespace lintel::crypto
