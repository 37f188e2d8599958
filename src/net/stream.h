// A connection as probes see it. Live ones come from a dialer; tests and replay make their own.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/cancel.h"
#include "base/error.h"

namespace lintel::net {

enum class Transport { tcp, udp };

struct Endpoint {
  std::string host;  // name or address, as the target file has it
  std::uint16_t port = 0;
  Transport transport = Transport::tcp;
};

// Closes when destroyed. One thread at a time. Waits end at the run's cancel (the maker of the stream binds
// it).
class Stream {
 public:
  virtual ~Stream() = default;
  // Blocks for at least one byte. 0 means that the peer ended the connection in order. Errors: timeout,
  // reset, cancelled.
  virtual Result<std::size_t> read_some(std::span<std::uint8_t> buffer, Deadline deadline) = 0;
  // Errors: timeout, closed, reset, cancelled.
  virtual Result<void> write_all(ByteView bytes, Deadline deadline) = 0;
};

// Result of a TCP connect sweep.
struct SweepResult {
  std::vector<std::uint16_t> open;  // sorted
  std::uint32_t refused = 0;
  std::uint32_t unanswered = 0;  // silent through all retries
  bool alive = false;            // at least one port answered, open or refused
  std::uint32_t undecided = 0;   // not settled: the sweep ended early, or the host lost probes to the end
};

}  // namespace lintel::net
