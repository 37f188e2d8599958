// TCP connect sweep: which ports of one host accept connections. One thread, one epoll loop, no privilege
// needed.
//
// A port that answers is open or refused at once. A silent one is asked again. Silence proves something only
// while the host answers elsewhere, so the passes over silent ports mix in canaries, ports that answered
// before: while canaries get lost the window shrinks and the pass is repeated, and what is still silent after
// the last lossy pass is counted as undecided, not as unanswered. A host that drops connection attempts under
// load (small devices do) therefore never looks closed.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "net/address.h"
#include "net/stream.h"

namespace lintel::net {

struct SweepPlan {
  std::vector<std::uint16_t> ports;         // each once; asked in an order shuffled by `seed`
  std::chrono::milliseconds timeout{1000};  // for one try of one port
  int tries = 2;                            // at least 1
  int in_flight = 1000;                     // attempts at once; fewer when descriptors or local ports run out
  std::uint64_t seed = 1;
};

// Called now and then with the number of settled ports and the number of all.
using SweepProgress = std::function<void(std::size_t done, std::size_t total)>;

// Blocks until all is settled, the deadline or a cancel (noticed within 10 ms); ended early, it still gives
// what it learned, with undecided > 0. Sends TCP handshakes only and breaks each open connection with RST, so
// nothing stays in TIME_WAIT. Raises this process's soft limit of open files to the hard one. Errors:
// invalid_input (empty plan), unreachable (this machine has no route), limit (no descriptor or local port to
// be had for five seconds).
Result<SweepResult> sweep(const Address& host, const SweepPlan& plan, Deadline deadline, const Cancel& cancel,
                          const SweepProgress& progress = {});

}  // namespace lintel::net
