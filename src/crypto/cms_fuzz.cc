// Any bytes as a CMS signature, as a time stamp token and as an authority's answer.
#include "crypto/cms.h"
#include "crypto/timestamp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  const ByteView bytes(data, size);
  if (const auto check = crypto::check_cms(bytes, as_bytes("content")); check && check->problem.empty()) __builtin_trap();
  if (const auto check = crypto::check_time_stamp(bytes, as_bytes("content"), "", "", WallTime()); check && check->problem.empty()) __builtin_trap();
  static const Bytes request = *crypto::time_stamp_request(as_bytes("content"));
  if (crypto::time_stamp_token(request, bytes)) __builtin_trap();
  return 0;
}
