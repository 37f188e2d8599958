// MQTT 3.1.1 and 5.0 on the wire: packets to bytes and back. Pure. Section numbers are of OASIS mqtt-v5.0; 3.1.1 has the same ones.
//
// A packet is type << 4 | flags, the remaining length as one to four bytes of seven bits each, least first, and the rest. Texts
// and binary data carry two bytes of length. In 5.0 most packets have properties: a length like the remaining one, then bytes that are
// skipped here.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace lintel::net::mqtt {

enum class Version : std::uint8_t { v3_1_1 = 4, v5 = 5 };

enum class Type : std::uint8_t {
  connect = 1, connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback, unsubscribe, unsuback, pingreq, pingresp, disconnect, auth,
};

constexpr std::size_t kPacketCapBytes = 1 << 20;

struct Connect {
  Version version = Version::v3_1_1;
  std::string client_id;
  std::optional<std::string> user, password;
};

struct Message {
  std::string topic = {};
  std::string payload = {};
  int qos = 0;
  bool retain = false;
  bool duplicate = false;  // DUP: sent before
  std::uint16_t id = 0;    // with qos 1 and 2
};

// Texts longer than 65535 bytes are cut there.
Bytes encode_connect(const Connect& connect);  // 3.1: clean start, keep-alive of a minute, no will
Bytes encode_publish(Version version, const Message& message);
Bytes encode_subscribe(Version version, std::uint16_t id, std::string_view filter, int qos);
Bytes encode_acknowledgement(Type type, std::uint16_t id);  // puback, pubrec, pubrel, pubcomp: success
Bytes encode_empty(Type type);                              // pingreq, disconnect

struct Packet {
  Type type = Type::connect;
  std::uint16_t id = 0;
  std::uint8_t code = 0;  // of connack, an acknowledgement, the first filter of a suback, disconnect
  Message message;        // of publish
};

// Takes the first whole packet from the front of `buffer`; nullopt when more bytes are needed. Errors: protocol (malformed), limit (larger than
// kPacketCapBytes).
Result<std::optional<Packet>> take_packet(Version version, Bytes& buffer);

// Whether a topic falls under a filter with `+` and `#` (4.7). `#` and `+` in front do not match topics that start with `$`.
bool matches(std::string_view filter, std::string_view topic);

// "not authorized" for a code of connack; the number when it has no name.
std::string connack_text(Version version, std::uint8_t code);

}  // namespace lintel::net::mqtt
