// Whatever a server says must be decoded without harm, and more bytes never turn a hello back into none.
#include "probes/tls/names.h"
#include "probes/tls/reply.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  using namespace lintel::probes::tls;
  const ByteView bytes(data, size);
  const Reply whole = decode_reply(bytes);
  decode_ssl2_reply(bytes);
  name_protocol(bytes);
  const Reply part = decode_reply(bytes.first(size / 2));
  if (part.seen == Seen::server_hello && part.flight_ended &&
      (whole.seen != Seen::server_hello || whole.suite != part.suite))
    __builtin_trap();
  if (whole.alert) alert_name(*whole.alert);
  return 0;
}
