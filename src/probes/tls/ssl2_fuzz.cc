// Whatever answers an SSL 2.0 hello must be decoded without harm; only whole SERVER-HELLOs of SSL 2.0 count as one.
#include <algorithm>

#include "probes/tls/reply.h"
#include "probes/tls/suite_traits.h"
#include "probes/tls/suites.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  using namespace lintel::probes::tls;
  const ByteView bytes(data, size);
  const Reply reply = decode_ssl2_reply(bytes);
  const bool ssl2 = size > 0 && (data[0] & 0x80) != 0;
  if (ssl2 && reply.seen == Seen::server_hello && (reply.version != 0x0002 || reply.ssl2_suites.size() * 3 > size)) __builtin_trap();
  if (!ssl2 && !reply.ssl2_suites.empty()) __builtin_trap();
  for (const std::uint32_t code : reply.ssl2_suites) traits_of(ssl2_suite_name(code));
  const Reply part = decode_ssl2_reply(bytes.first(size / 2));
  if (ssl2 && part.seen == Seen::server_hello && reply.ssl2_suites != part.ssl2_suites) __builtin_trap();
  return 0;
}
