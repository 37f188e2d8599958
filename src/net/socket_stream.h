// A Stream over a connected TCP or UDP socket.
#pragma once
#include <memory>

#include "net/stream.h"

namespace lintel::net {

// Takes a connected, non-blocking socket. `peer` stands in error messages. cancel must outlive the stream.
// Closing sends FIN and then RST: what was written still arrives, a device that holds one connection only
// gets its slot back at once even when it hangs, and no port of ours stays in TIME_WAIT. If the last write
// must take effect, read the peer's answer or end first.
std::unique_ptr<Stream> make_socket_stream(int fd, std::string peer, const Cancel& cancel);

}  // namespace lintel::net
