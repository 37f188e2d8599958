#include "cli/interrupt.h"

#include <signal.h>

#include <atomic>

namespace lintel::cli {
namespace {

std::atomic<Cancel*> current{nullptr};  // a signal handler has no other way to its data

extern "C" void on_signal(int) {
  if (Cancel* cancel = current.load()) cancel->request();
}

void install(void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  current = &cancel_;
  install(on_signal, static_cast<int>(SA_RESETHAND));
}

InterruptGuard::~InterruptGuard() {
  install(SIG_DFL, 0);
  current = nullptr;
}

}  // namespace lintel::cli
