// What worker threads hand to the one thread that runs the scan. Its fd lets that thread wait for it and for a cancel together.
#pragma once
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace lintel::scan {

template <class Letter>
class Outbox {
 public:
  Outbox() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Outbox() { close(event_); }
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  void put(Letter letter) {  // any thread
    const std::lock_guard lock(mutex_);
    letters_.push_back(std::move(letter));
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(event_, &one, sizeof one);
  }
  // All there is, in the order of putting; the fd is quiet afterwards.
  std::vector<Letter> take() {
    const std::lock_guard lock(mutex_);
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = read(event_, &count, sizeof count);
    return std::exchange(letters_, {});
  }
  int fd() const { return event_; }  // readable while letters wait

 private:
  int event_;
  std::mutex mutex_;
  std::vector<Letter> letters_;
};

}  // namespace lintel::scan
