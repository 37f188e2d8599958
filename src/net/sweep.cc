#include "net/sweep.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <limits>
#include <optional>

namespace lintel::net {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int kPasses = 8;                // over silent ports, lossy passes included
constexpr std::size_t kCanaryEvery = 64;  // asks of a silent pass
constexpr auto kStarved = std::chrono::seconds(5);
constexpr std::uint64_t kCancelTag = std::numeric_limits<std::uint64_t>::max();

enum class State : std::uint8_t { waiting, open, refused, silent };
enum class Answer { open, refused, pending, no_route, out_of_resources, silent };

struct Slot {
  int fd = -1;
  std::uint16_t port = 0;
  bool busy = false;
  bool canary = false;
  bool watched = false;    // in the epoll set
  std::uint32_t turn = 0;  // tells a timer of an earlier port in this slot
};

struct Timer {
  Steady::time_point when;
  std::uint32_t slot;
  std::uint32_t turn;
};

// Deterministic everywhere, which std::shuffle is not.
void shuffle(std::vector<std::uint16_t>& ports, std::uint64_t seed) {
  for (std::size_t left = ports.size(); left > 1; --left) {
    seed += 0x9E3779B97F4A7C15U;  // splitmix64
    std::uint64_t word = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9U;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBU;
    std::swap(ports[left - 1], ports[(word ^ (word >> 31)) % left]);
  }
}

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

class Sweep {
 public:
  Sweep(const Address& host, const SweepPlan& plan, Deadline deadline, const Cancel& cancel,
        const SweepProgress& progress)
      : host_(host),
        plan_(plan),
        deadline_(deadline),
        cancel_(cancel),
        progress_(progress),
        state_(65536, State::waiting),
        ceiling_(static_cast<std::size_t>(std::max(1, plan.in_flight))),
        window_(ceiling_) {}
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;
  ~Sweep() {
    for (const Slot& slot : slots_)
      if (slot.fd >= 0) close(slot.fd);
    if (epoll_ >= 0) close(epoll_);
  }

  Result<SweepResult> run() {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kCancelTag;
    if (epoll_ < 0 || epoll_ctl(epoll_, EPOLL_CTL_ADD, cancel_.fd(), &event) != 0)
      return fail(ErrorCode::limit, "{}: no file descriptor left", host_of(host_));
    std::vector<std::uint16_t> ports = plan_.ports;
    shuffle(ports, plan_.seed);
    bool proven = true;  // the last pass lost no canary
    const int tries = std::max(1, plan_.tries);
    for (int pass = 1; pass <= std::max(kPasses, tries); ++pass) {
      canaries_lost_ = 0;
      TRY(ask_all(ports, pass > 1 || tries == 1));
      std::erase_if(ports, [&](std::uint16_t port) {
        return state_[port] == State::open || state_[port] == State::refused;
      });
      proven = canaries_lost_ == 0;
      if (stopped_ || ports.empty() || (pass >= tries && proven)) break;
      if (!proven) window_ = ceiling_ = std::max<std::size_t>(1, ceiling_ / 4);
    }
    return result(proven);
  }

 private:
  // One pass. Ends when every port of the list was answered or timed out, or at the deadline or a cancel.
  Result<void> ask_all(const std::vector<std::uint16_t>& ports, bool with_canaries) {
    std::size_t next = 0, asked = 0;
    auto fed = Steady::now();  // last time that a descriptor could be had
    while (next < ports.size() || busy_ > 0) {
      if ((asked++ % 32 == 0 && early_end()) || stopped_) return {};
      if (next < ports.size() && busy_ < window_) {
        const bool canary = with_canaries && canary_ && next % kCanaryEvery == 0 && canary_turn_ != next + 1;
        switch (start(canary ? *canary_ : ports[next], canary)) {
          case Answer::no_route:
            if (settled_ == 0)
              return fail(ErrorCode::unreachable, "{}: no route from this machine", host_of(host_));
            stopped_ = true;  // the network of this machine went away: keep what was learned
            break;
          case Answer::out_of_resources:
            window_ = std::max<std::size_t>(1, std::min(window_, busy_) * 3 / 4);
            if (Steady::now() - fed > kStarved)
              return fail(ErrorCode::limit, "{}: no file descriptor or local port left for the sweep",
                          host_of(host_));
            wait_events(10);
            break;
          default:
            fed = Steady::now();
            canary_turn_ = canary ? next + 1 : 0;
            if (!canary) ++next;
            if (window_ < ceiling_ && asked % 64 == 0) ++window_;
        }
        if (busy_ == 0 || asked % 16 != 0)
          continue;  // look at answers now and then while the window is being filled
        wait_events(0);
      } else {
        wait_events(10);
      }
      expire();
      if (progress_ && asked % 256 == 0) progress_(settled_, plan_.ports.size());
    }
    if (progress_) progress_(settled_, plan_.ports.size());
    return {};
  }

  bool early_end() {
    if (cancel_.requested() || deadline_.passed()) stopped_ = true;
    return stopped_;
  }

  // Asks one port. Sockets are used again after a refusal: Linux resets a refused socket, and a second
  // connect() on a pending one tells how the first went, so a refused port costs two system calls.
  Answer start(std::uint16_t port, bool canary) {
    const auto index = free_slot();
    if (!index) return Answer::out_of_resources;
    Slot& slot = slots_[*index];
    slot.port = port;
    slot.canary = canary;
    ++slot.turn;
    Answer answer = attempt(slot);
    if (answer == Answer::pending)
      answer = attempt(slot);  // on this machine the answer is often there already
    if (answer == Answer::no_route || answer == Answer::out_of_resources) {
      drop(slot);
      free_.push_back(*index);
      return answer;
    }
    slot.busy = true;
    ++busy_;
    if (answer != Answer::pending) {
      settle(*index, answer);
      return answer;
    }
    if (!slot.watched) {
      epoll_event event{};
      event.events = EPOLLOUT | EPOLLET;
      event.data.u64 = *index;
      slot.watched = epoll_ctl(epoll_, EPOLL_CTL_ADD, slot.fd, &event) == 0;
    }
    timers_.push_back({Steady::now() + plan_.timeout, *index, slot.turn});
    return answer;
  }

  std::optional<std::uint32_t> free_slot() {
    std::uint32_t index = 0;
    if (!free_.empty()) {
      index = free_.back();
      free_.pop_back();
    } else {
      index = static_cast<std::uint32_t>(slots_.size());
      slots_.emplace_back();
    }
    Slot& slot = slots_[index];
    if (slot.fd < 0) slot.fd = socket(host_.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (slot.fd >= 0) return index;
    free_.push_back(index);
    return std::nullopt;
  }

  // connect(), to start or to ask how it went.
  Answer attempt(Slot& slot) {
    const Address to = with_port(host_, slot.port);
    if (connect(slot.fd, to.get(), to.size) == 0) {
      // Sweeping this machine: the kernel may lend us the very port that we ask, and TCP's simultaneous open
      // then joins the socket to itself.
      if (!connected_to_itself(slot.fd)) return Answer::open;
      drop(slot);
      return Answer::refused;
    }
    switch (errno) {
      case EINPROGRESS:
      case EALREADY:
      case EINTR:
        return Answer::pending;
      case EISCONN:
      case ECONNRESET:
      case EPIPE:
        return Answer::open;  // the handshake was completed before the peer broke off
      case ECONNREFUSED:
        return Answer::refused;
      case ENETUNREACH:
      case EINVAL:
      case EAFNOSUPPORT:
        return Answer::no_route;
      case EADDRNOTAVAIL:
      case EAGAIN:
      case ENOBUFS:
      case ENOMEM:
      case EMFILE:
      case ENFILE:
        return Answer::out_of_resources;
      default:
        return Answer::silent;  // EHOSTUNREACH, ETIMEDOUT, EACCES: a router or firewall spoke, not the host
    }
  }

  void settle(std::uint32_t index, Answer answer) {
    Slot& slot = slots_[index];
    slot.busy = false;
    --busy_;
    free_.push_back(index);
    if (answer != Answer::refused) drop(slot);  // a refused socket is as new
    const bool answered = answer == Answer::open || answer == Answer::refused;
    if (slot.canary) {
      canaries_lost_ += answered ? 0 : 1;
      return;
    }
    if (answered) {
      ++settled_;
      alive_ = true;
      // A refused port is the better canary: asking it again troubles no service.
      if (!canary_ || (answer == Answer::refused && state_[*canary_] == State::open)) canary_ = slot.port;
    }
    state_[slot.port] = answer == Answer::open ? State::open : answered ? State::refused : State::silent;
  }

  // Closes a slot's socket; an open connection is broken with RST.
  void drop(Slot& slot) {
    if (slot.fd < 0) return;
    const linger abort{1, 0};
    setsockopt(slot.fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    close(slot.fd);
    slot.fd = -1;
    slot.watched = false;
  }

  void wait_events(int longest_milliseconds) {
    std::array<epoll_event, 256> events;
    int wait = longest_milliseconds;
    if (wait > 0 && !timers_.empty()) {
      const auto rest =
          std::chrono::ceil<std::chrono::milliseconds>(timers_.front().when - Steady::now()).count();
      wait = static_cast<int>(std::clamp<long>(rest, 0, wait));
    }
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait);
    if (longest_milliseconds > 0 && deadline_.passed()) stopped_ = true;
    for (int i = 0; i < count; ++i) {
      const std::uint64_t tag = events[static_cast<std::size_t>(i)].data.u64;
      if (tag == kCancelTag) {
        stopped_ = true;
        continue;
      }
      const auto index = static_cast<std::uint32_t>(tag);
      if (!slots_[index].busy) continue;
      const Answer answer = attempt(slots_[index]);
      if (answer == Answer::pending) continue;
      settle(index, answer == Answer::open || answer == Answer::refused ? answer : Answer::silent);
    }
  }

  // Timers run in the order they were set: one timeout for all.
  void expire() {
    const auto now = Steady::now();
    while (!timers_.empty() && timers_.front().when <= now) {
      const Timer timer = timers_.front();
      timers_.pop_front();
      if (slots_[timer.slot].busy && slots_[timer.slot].turn == timer.turn)
        settle(timer.slot, Answer::silent);
    }
  }

  SweepResult result(bool proven) const {
    SweepResult result;
    result.alive = alive_;
    for (const std::uint16_t port : plan_.ports) {
      switch (state_[port]) {
        case State::open:
          result.open.push_back(port);
          break;
        case State::refused:
          ++result.refused;
          break;
        case State::silent:
          ++(stopped_ || !proven ? result.undecided : result.unanswered);
          break;
        case State::waiting:
          ++result.undecided;
          break;
      }
    }
    std::ranges::sort(result.open);
    return result;
  }

  const Address& host_;
  const SweepPlan& plan_;
  const Deadline deadline_;
  const Cancel& cancel_;
  const SweepProgress& progress_;
  int epoll_ = -1;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::deque<Timer> timers_;
  std::vector<State> state_;  // by port
  std::size_t ceiling_;       // of the window: what was asked for, less after lossy passes
  std::size_t window_;        // attempts at once; less when resources are short
  std::size_t busy_ = 0;
  std::size_t settled_ = 0;
  bool alive_ = false;
  bool stopped_ = false;
  std::optional<std::uint16_t> canary_;
  std::size_t canary_turn_ = 0;
  std::size_t canaries_lost_ = 0;
};

}  // namespace

Result<SweepResult> sweep(const Address& host, const SweepPlan& plan, Deadline deadline, const Cancel& cancel,
                          const SweepProgress& progress) {
  if (plan.ports.empty()) return fail(ErrorCode::invalid_input, "{}: no ports to sweep", host_of(host));
  raise_file_limit();
  return Sweep(host, plan, deadline, cancel, progress).run();
}

}  // namespace lintel::net
