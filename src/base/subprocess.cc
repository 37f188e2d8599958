#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace lintel {
namespace {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    reset();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  ~Fd() { reset(); }
  int get() const { return fd_; }
  void reset() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

// A pair of sockets, not a pipe: send() can be told to give no SIGPIPE.
Result<std::pair<Fd, Fd>> make_pair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(ErrorCode::io, "can't make a socket pair: {}", std::strerror(errno));
  return std::pair<Fd, Fd>(Fd(ends[0]), Fd(ends[1]));
}

std::vector<std::string> allowed_environment() {
  std::vector<std::string> list;
  for (const char* name : {"PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
                           "FONTCONFIG_FILE", "FONTCONFIG_PATH", "FONTCONFIG_SYSROOT"})
    if (const char* value = std::getenv(name)) list.push_back(std::string(name) + "=" + value);
  return list;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

// The child with a process group of its own, so that ending it ends what it started.
class Child {
 public:
  static Result<Child> start(std::vector<std::string> arguments, int in, int out, int err);
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}
  ~Child() { (void)end(); }
  int fd() const { return pidfd_.get(); }  // readable once the child has ended

  // Kills what is left of the group and collects the exit code.
  int end() {
    if (pid_ < 0) return -1;
    kill(-pid_, SIGKILL);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  Child(pid_t pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  pid_t pid_ = -1;
  Fd pidfd_;
};

Result<Child> Child::start(std::vector<std::string> arguments, int in, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  posix_spawn_file_actions_adddup2(&actions, err, 2);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> environment = allowed_environment();
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, arguments[0].c_str(), &actions, &attributes, pointers(arguments).data(),
                                 pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error == ENOENT) return fail(ErrorCode::not_found, "there is no program {}", arguments[0]);
  if (error == EACCES) return fail(ErrorCode::permission, "{} may not be run", arguments[0]);
  if (error != 0) return fail(ErrorCode::io, "can't run {}: {}", arguments[0], std::strerror(error));
  Child child(pid, Fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))));
  if (child.fd() < 0) return fail(ErrorCode::io, "can't watch {}: {}", arguments[0], std::strerror(errno));
  return child;
}

// Reads what is there. False at the end of the stream.
bool drain(int fd, std::string& into, std::size_t cap, bool& over, const std::function<void(std::string_view)>& watch = {}) {
  char buffer[1 << 16];
  while (true) {
    const ssize_t got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return false;
    if (watch) watch(std::string_view(buffer, static_cast<std::size_t>(got)));
    const std::size_t room = cap - into.size();
    over = over || static_cast<std::size_t>(got) > room;
    into.append(buffer, std::min(room, static_cast<std::size_t>(got)));
    if (over) return true;  // the caller decides
  }
}

}  // namespace

Result<Finished> run_command(const Command& command, Deadline deadline, const Cancel& cancel) {
  if (command.arguments.empty()) return fail(ErrorCode::internal, "run_command: no program named");
  auto [in, child_in] = TRY(make_pair());
  auto [out, child_out] = TRY(make_pair());
  auto [err, child_err] = TRY(make_pair());
  Child child = TRY(Child::start(command.arguments, child_in.get(), child_out.get(), child_err.get()));
  child_in.reset();
  child_out.reset();
  child_err.reset();

  Finished finished;
  std::string_view rest = command.input;
  bool too_much = false;
  bool dropped = false;
  if (rest.empty()) in.reset();
  const std::string& name = command.arguments[0];
  while (true) {
    // Negative descriptors are ignored by poll().
    pollfd entries[] = {{cancel.fd(), POLLIN, 0},
                        {in.get(), POLLOUT, 0},
                        {out.get(), POLLIN, 0},
                        {err.get(), POLLIN, 0},
                        {child.fd(), POLLIN, 0}};
    if (poll(entries, std::size(entries), deadline.poll_milliseconds()) < 0 && errno != EINTR)
      return fail(ErrorCode::io, "poll failed: {}", std::strerror(errno));
    if (entries[0].revents != 0) return fail(ErrorCode::cancelled, "{} was stopped", name);
    if (entries[1].revents != 0) {
      const ssize_t sent = send(in.get(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent > 0) rest.remove_prefix(static_cast<std::size_t>(sent));
      const bool broken = sent < 0 && errno != EAGAIN && errno != EINTR;  // it doesn't want to read: its affair
      if (rest.empty() || broken) in.reset();
    }
    if (entries[2].revents != 0 && !drain(out.get(), finished.output, command.output_cap_bytes, too_much)) out.reset();
    if (entries[3].revents != 0 && !drain(err.get(), finished.errors, command.errors_cap_bytes, dropped, command.watch_errors)) err.reset();
    if (too_much) return fail(ErrorCode::limit, "{} gave more than {} bytes", name, command.output_cap_bytes);
    if (entries[4].revents != 0) break;
    if (deadline.passed()) return fail(ErrorCode::timeout, "{} did not end in time", name);
  }
  // What it wrote just before its end. A grandchild that still holds the other end is not waited for.
  if (out.get() >= 0) drain(out.get(), finished.output, command.output_cap_bytes, too_much);
  if (err.get() >= 0) drain(err.get(), finished.errors, command.errors_cap_bytes, dropped, command.watch_errors);
  if (too_much) return fail(ErrorCode::limit, "{} gave more than {} bytes", name, command.output_cap_bytes);
  finished.exit_code = child.end();
  return finished;
}

}  // namespace lintel
