// Takes everything from this process but computing, memory and its standard output and error: what reads hostile bytes may be taken over by
// them, and then has nothing. Wraps libseccomp and setrlimit; Linux. For the child of ask.h, which has one thread. docs/decisions/firmware-child.md.
#pragma once
#include <cstdint>

#include "base/error.h"

namespace lintel::firmware {

struct Limits {
  std::uint64_t memory_bytes = 0;  // of address space; not under AddressSanitizer, which reserves terabytes
  std::uint32_t cpu_seconds = 0;   // then SIGXCPU
};

// For good. A system call that is not allowed then ends the process with SIGSYS. Errors: unsupported (the kernel refuses the filter), io.
Result<void> confine(const Limits& limits);

}  // namespace lintel::firmware
