#include "probes/tls/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace lintel::probes::tls {

std::string_view name_protocol(ByteView bytes) {
  const std::string_view text = as_text(bytes.first(std::min<std::size_t>(bytes.size(), 1024)));
  const std::string lower = to_lower(text);
  if (text.starts_with("HTTP/") || lower.starts_with("<!doc") || lower.starts_with("<html")) return "http";
  if (text.starts_with("SSH-")) return "ssh";
  if (text.starts_with("RTSP/")) return "rtsp";
  if (text.starts_with("AMQP")) return "amqp";
  if (text.starts_with("+OK")) return "pop3";
  if (text.starts_with("* OK")) return "imap";
  if (text.starts_with("-ERR") || text.starts_with("-NOAUTH") || text.starts_with("-DENIED")) return "redis";
  if (text.starts_with("RFB ")) return "vnc";
  if (text.starts_with("220") && lower.find("ftp") != std::string::npos) return "ftp";
  if (text.starts_with("220") && lower.find("smtp") != std::string::npos) return "smtp";
  if (bytes.size() >= 2 && bytes[0] == 0xFF && bytes[1] >= 0xFA) return "telnet";
  if (bytes.size() >= 4 && bytes[0] == 0x20 && bytes[1] >= 2 && bytes[1] < 128) return "mqtt";  // CONNACK
  // A response of LDAP: SEQUENCE, message id 0, ExtendedResponse (notice of disconnection, RFC 4511 4.4.1).
  if (bytes.size() >= 6 && bytes[0] == 0x30 && bytes[2] == 0x02 && bytes[3] == 0x01 && bytes[4] == 0x00 && bytes[5] == 0x78) return "ldap";
  if (bytes.size() >= 10 && bytes[0] == 0x30 && bytes[1] == 0x84 && bytes[6] == 0x02 && bytes[7] == 0x01 && bytes[8] == 0x00 && bytes[9] == 0x78) return "ldap";
  return "other";
}

std::string alert_name(int description) {
  switch (description) {
    case 0:
      return "close_notify";
    case 10:
      return "unexpected_message";
    case 20:
      return "bad_record_mac";
    case 22:
      return "record_overflow";
    case 40:
      return "handshake_failure";
    case 41:
      return "no_certificate";
    case 42:
      return "bad_certificate";
    case 43:
      return "unsupported_certificate";
    case 46:
      return "certificate_unknown";
    case 47:
      return "illegal_parameter";
    case 48:
      return "unknown_ca";
    case 49:
      return "access_denied";
    case 50:
      return "decode_error";
    case 51:
      return "decrypt_error";
    case 70:
      return "protocol_version";
    case 71:
      return "insufficient_security";
    case 80:
      return "internal_error";
    case 86:
      return "inappropriate_fallback";
    case 90:
      return "user_canceled";
    case 109:
      return "missing_extension";
    case 110:
      return "unsupported_extension";
    case 112:
      return "unrecognized_name";
    case 116:
      return "certificate_required";
    case 120:
      return "no_application_protocol";
    default:
      return fmt::format("alert {}", description);
  }
}

}  // namespace lintel::probes::tls
