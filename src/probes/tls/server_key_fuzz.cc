// Whatever a server sends as its key parameters must be read without harm, and no more bits be seen than came. Input: u16 version, u16 suite, body.
#include "probes/tls/server_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  using namespace lintel::probes::tls;
  Cursor cursor(ByteView(data, size));
  const std::uint16_t version = cursor.u16(), suite = cursor.u16();
  const ByteView body = cursor.take(cursor.remaining());
  const ServerKey key = read_server_key(body, version, suite);
  const auto most = static_cast<int>(body.size() * 8);
  if (key.dh_bits < 0 || key.dh_bits > most || key.rsa_bits < 0 || key.rsa_bits > most) __builtin_trap();
  if ((key.group != 0) + (key.dh_bits != 0) + (key.rsa_bits != 0) > 1) __builtin_trap();
  return 0;
}
