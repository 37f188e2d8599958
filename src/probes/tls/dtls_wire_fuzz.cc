// Whatever comes as datagrams must be put together without harm, and all of it told again changes nothing. Input: u8 length, datagram, ...
#include <algorithm>

#include "probes/tls/dtls_wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  using namespace lintel::probes::tls;
  DtlsFlight flight;
  const auto tell = [&] {
    Cursor cursor(ByteView(data, size));
    while (cursor.remaining() > 0) {
      flight.take(cursor.take(std::min<std::size_t>(cursor.u8(), cursor.remaining())));
      if (const Reply reply = flight.reply(); reply.done && reply.seen != Seen::server_hello) __builtin_trap();
    }
    return flight.reply();
  };
  const Reply once = tell(), twice = tell();
  if (once.seen != twice.seen || once.suite != twice.suite || once.cookie != twice.cookie || once.alert != twice.alert) __builtin_trap();
  return 0;
}
