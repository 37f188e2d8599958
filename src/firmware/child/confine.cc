#include "firmware/child/confine.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

namespace lintel::firmware {
namespace {

Result<void> limit(int what, const char* name, std::uint64_t value, std::uint64_t hard) {
  const rlimit both{value, hard};
  if (setrlimit(static_cast<__rlimit_resource>(what), &both) != 0) return fail(ErrorCode::io, "can't limit {}: {}", name, std::strerror(errno));
  return {};
}

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};

// Negative: errno.
int load_filter() {
  const std::unique_ptr<void, Release> filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!filter) return -ENOMEM;
  int error = 0;
  const auto allow = [&](int call, auto... conditions) {
    if (error == 0) error = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, sizeof...(conditions), conditions...);
  };
  for (const int call : {SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),
                         SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(getpid),
                         SCMP_SYS(gettid), SCMP_SYS(sched_yield), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(close)})
    allow(call);
  for (const int call : {SCMP_SYS(write), SCMP_SYS(writev)}) {
    allow(call, SCMP_A0(SCMP_CMP_EQ, STDOUT_FILENO));
    allow(call, SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
  }
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) allow(call, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));  // no new code
  allow(SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid())));  // abort() says so by a signal to itself
  return error == 0 ? seccomp_load(filter.get()) : error;
}

}  // namespace

Result<void> confine(const Limits& limits) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_DUMPABLE, 0);
#ifndef __SANITIZE_ADDRESS__
  TRY(limit(RLIMIT_AS, "memory", limits.memory_bytes, limits.memory_bytes));
#endif
  TRY(limit(RLIMIT_CPU, "time", limits.cpu_seconds, limits.cpu_seconds + 2));  // SIGXCPU tells; at the hard limit it is SIGKILL
  TRY(limit(RLIMIT_CORE, "core files", 0, 0));
  TRY(limit(RLIMIT_FSIZE, "file sizes", 0, 0));
  if (const int error = load_filter(); error != 0)
    return fail(ErrorCode::unsupported, "this system takes no filter of system calls ({}), and without one no firmware image is read; allow seccomp in the container", std::strerror(-error));
  return {};
}

}  // namespace lintel::firmware
