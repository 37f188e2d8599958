// Opens connections. Called by the live probe context, which has checked that the address is the target's.
// Thread-safe.
#pragma once
#include <memory>

#include "net/stream.h"

namespace lintel::net {

// Connects, to each address of a name in turn until one answers; a silent one gets its share of the time
// only. Blocks until connected, the deadline or a cancel. cancel must outlive the stream. How a stream
// closes: socket_stream.h. Sends nothing but the TCP handshake. Over UDP nothing is sent, so the first address
// with a route is taken; each write is one datagram, each read the next one of this peer, cut at the size of
// the buffer. Errors: invalid_input, unreachable (no route, no such name), refused, reset, timeout, limit (no
// descriptor or port left here), cancelled.
Result<std::unique_ptr<Stream>> dial(const Endpoint& endpoint, Deadline deadline, const Cancel& cancel);

}  // namespace lintel::net
