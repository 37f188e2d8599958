// DTLS 1.0 and 1.2 framing (RFC 6347 4.1, 4.2.2): one hello to a datagram, and datagrams to what the server said. Pure.
//
// Record: u8 type, u16 version, u16 epoch, u48 sequence number, u16 length. Handshake message: u8 type, u24 length,
// u16 message number, u24 offset and u24 length of the fragment.
#pragma once
#include <map>

#include "probes/tls/hello.h"
#include "probes/tls/reply.h"

namespace lintel::probes::tls {

// One datagram with the whole hello. number: 0 for the first, 1 for the one that brings the cookie.
Bytes encode_dtls_hello(const Hello& hello, std::uint16_t number);
// A fatal alert: frees servers that keep one peer until it has gone.
Bytes encode_dtls_goodbye(std::uint64_t sequence);

// Puts a server's flight together from datagrams that come in any order, twice, or in fragments.
class DtlsFlight {
 public:
  void take(ByteView datagram);
  // As decode_reply(): hello_verify with the cookie, server_hello, alert; flight_ended when nothing more will come.
  Reply reply() const;

 private:
  struct Message {
    std::uint8_t type = 0;
    Bytes body;
    std::vector<bool> have;
    std::size_t missing = 0;
  };
  void take_fragment(Cursor& cursor);

  std::map<std::uint16_t, Message> messages_;  // by number
  std::size_t size_ = 0;                       // of all bodies
  std::uint16_t record_version_ = 0;
  std::optional<int> alert_;
  bool fatal_ = false;
  bool any_ = false;      // a record of DTLS
  bool strange_ = false;  // a datagram that is none
  std::string problem_;
};

}  // namespace lintel::probes::tls
