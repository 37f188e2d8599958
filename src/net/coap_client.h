// One CoAP request and its answer over a datagram stream, plain or DTLS, with retransmission (RFC 7252, 4.2 and 5.2).
#pragma once
#include <functional>
#include <string>

#include "net/coap.h"
#include "net/stream.h"

namespace lintel::net::coap {

struct Request {
  std::uint8_t code = kGet;
  std::string path;
  std::string payload = {};
};

// A silent peer is asked again, after twice the time each time.
struct Patience {
  std::chrono::milliseconds first{2000};
  int tries = 3;
};

// Sends the request as confirmable and waits for its answer: piggybacked, separate (which is acknowledged), or a reset (type reset, code 0.00).
// Blocks. Others' messages are passed over. Errors: timeout (silent to the end), refused (nobody listens), protocol (nothing but nonsense came,
// or too much of it), those of the stream.
Result<Message> ask(Stream& stream, const Request& request, const Patience& patience, Deadline deadline);

}  // namespace lintel::net::coap
