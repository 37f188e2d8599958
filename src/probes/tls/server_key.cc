#include "probes/tls/server_key.h"

#include <bit>

#include "probes/tls/suite_traits.h"
#include "probes/tls/version.h"

namespace lintel::probes::tls {

namespace {

constexpr std::uint8_t kNamedCurve = 3;

int length_in_bits(ByteView number) {
  while (!number.empty() && number[0] == 0) number = number.subspan(1);
  return number.empty() ? 0 : static_cast<int>((number.size() - 1) * 8 + static_cast<std::size_t>(std::bit_width(number[0])));
}

}  // namespace

ServerKey read_server_key(ByteView body, std::uint16_t version, std::uint16_t suite) {
  const SuiteTraits traits = traits_of(suite);
  ServerKey key;
  Cursor cursor(body);
  if (traits.psk) cursor.take(cursor.u16());  // identity hint
  const std::string& method = traits.key_exchange;
  if (method == "ECDHE" || (traits.anonymous && method == "ECDH")) {
    if (cursor.u8() != kNamedCurve) return key;
    key.group = cursor.u16();
    cursor.take(cursor.u8());
  } else if (method == "DHE" || (traits.anonymous && method == "DH")) {
    key.dh_bits = length_in_bits(cursor.take(cursor.u16()));
    cursor.take(cursor.u16());
    cursor.take(cursor.u16());
  } else if (method == "RSA" && traits.export_grade) {
    key.rsa_bits = length_in_bits(cursor.take(cursor.u16()));
    cursor.take(cursor.u16());
  } else {
    return key;
  }
  const bool names_scheme = version == wire_version(Version::tls1_2) || version == wire_version(Version::dtls1_2);
  if (names_scheme && !traits.anonymous && !traits.psk) key.scheme = cursor.u16();
  return cursor.failed() ? ServerKey{} : key;
}

}  // namespace lintel::probes::tls
