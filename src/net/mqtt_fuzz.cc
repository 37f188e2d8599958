// Fuzz target: packets of a broker, whole and cut into pieces, in both versions.
#include "net/mqtt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  using namespace lintel::net::mqtt;
  for (const Version version : {Version::v3_1_1, Version::v5}) {
    Bytes whole(data, data + size), pieces;
    std::size_t fed = 0;
    while (true) {
      const auto packet = take_packet(version, whole);
      auto piece = take_packet(version, pieces);
      while (piece && !*piece && fed < size) {
        pieces.push_back(data[fed++]);
        piece = take_packet(version, pieces);
      }
      if (packet.has_value() != piece.has_value()) __builtin_trap();
      if (!packet || !*packet) break;
      if (!*piece || (*packet)->type != (*piece)->type || (*packet)->code != (*piece)->code || (*packet)->message.payload != (*piece)->message.payload)
        __builtin_trap();
      matches((*packet)->message.topic, (*packet)->message.payload);
    }
  }
  return 0;
}
