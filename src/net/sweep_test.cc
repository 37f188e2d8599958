// The port sweep against this machine's loopback.
#include "net/sweep.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <numeric>

#include "net/scripted_peer.h"

using namespace lintel;
using namespace lintel::net;
using namespace std::chrono_literals;

namespace {
std::vector<std::uint16_t> range(int first, int last) {
  std::vector<std::uint16_t> ports(static_cast<std::size_t>(last - first + 1));
  std::iota(ports.begin(), ports.end(), static_cast<std::uint16_t>(first));
  return ports;
}
const Address loopback = *parse_address("127.0.0.1", 0);
bool has(const SweepResult& result, std::uint16_t port) {
  return std::binary_search(result.open.begin(), result.open.end(), port);
}
}  // namespace

TEST_CASE("every port of loopback is settled and the open ones are found") {
  ScriptedPeer one([](ScriptedConnection& connection, int) { connection.stall(); });
  ScriptedPeer two([](ScriptedConnection& connection, int) { connection.reset(); });
  const Cancel cancel;
  SweepPlan plan;
  plan.ports = range(1, 65535);
  std::size_t last = 0, total = 0;
  const auto result =
      sweep(loopback, plan, Deadline::after(60s), cancel, [&](std::size_t done, std::size_t all) {
        CHECK(done >= last);
        last = done;
        total = all;
      });
  REQUIRE(result);
  CHECK(result->alive);
  CHECK(has(*result, one.port()));
  CHECK(has(*result, two.port()));
  CHECK(result->undecided == 0);
  CHECK(result->open.size() + result->refused + result->unanswered == 65535);
  CHECK(total == 65535);
  CHECK(last == result->open.size() + result->refused);
  // The ports that the kernel lends to clients include the one that the sweep meets itself on; none may look
  // open.
  CHECK(result->open.size() < 1000);
}

TEST_CASE("a silent port is asked again and then counted as unanswered") {
  const SilentPort silent;
  ScriptedPeer peer([](ScriptedConnection&, int) {});
  const Cancel cancel;
  SweepPlan plan;
  plan.ports = {silent.port(), peer.port()};
  plan.timeout = 20ms;
  plan.tries = 3;
  const auto result = sweep(loopback, plan, Deadline::after(60s), cancel);
  REQUIRE(result);
  CHECK(result->alive);
  CHECK(result->open == std::vector<std::uint16_t>{peer.port()});
  CHECK(result->unanswered == 1);
  CHECK(result->undecided == 0);
}

TEST_CASE("silence alone shows no life") {
  const SilentPort silent;
  const Cancel cancel;
  SweepPlan plan;
  plan.ports = {silent.port()};
  plan.timeout = 10ms;
  const auto result = sweep(loopback, plan, Deadline::after(60s), cancel);
  REQUIRE(result);
  CHECK_FALSE(result->alive);
  CHECK(result->unanswered == 1);
}

TEST_CASE("an early end keeps what was learned and says what was not") {
  const SilentPort silent;
  ScriptedPeer peer([](ScriptedConnection&, int) {});
  SweepPlan plan;
  plan.ports = {silent.port(), peer.port()};
  plan.timeout = 60s;
  {
    const Cancel cancel;
    const auto result = sweep(loopback, plan, Deadline::after(30ms), cancel);
    REQUIRE(result);
    CHECK(has(*result, peer.port()));
    CHECK(result->undecided == 1);
  }
  Cancel cancel;
  ScriptedPeer stopper([&](ScriptedConnection&, int) { cancel.request(); });
  plan.ports.push_back(stopper.port());
  const auto result = sweep(loopback, plan, Deadline::never(), cancel);
  REQUIRE(result);
  CHECK(result->undecided == 1);
  CHECK(result->unanswered == 0);
}

TEST_CASE("a sweep that was cancelled before it began settles nothing") {
  Cancel cancel;
  cancel.request();
  SweepPlan plan;
  plan.ports = range(1, 1000);
  const auto result = sweep(loopback, plan, Deadline::never(), cancel);
  REQUIRE(result);
  CHECK(result->undecided == 1000);
  CHECK_FALSE(result->alive);
  plan.ports.clear();
  CHECK(sweep(loopback, plan, Deadline::never(), cancel).error().code == ErrorCode::invalid_input);
}

TEST_CASE("few descriptors make a sweep slow, not wrong") {
  ScriptedPeer peer([](ScriptedConnection& connection, int) { connection.stall(); });
  const SilentPort silent;
  const Cancel cancel;
  SweepPlan plan;
  plan.ports = {silent.port(), peer.port(), 1, 2, 3, 4, 5, 6, 7, 8, 9};
  plan.timeout = 30ms;
  // The sweep lifts the soft limit itself, so the descriptors are taken, all but four.
  std::vector<int> taken;
  rlimit old{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &old) == 0);
  const rlimit all{old.rlim_max, old.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &all) == 0);
  for (int fd = dup(0); fd >= 0; fd = dup(0)) taken.push_back(fd);
  REQUIRE(taken.size() > 4);
  for (int i = 0; i < 4; ++i) {
    close(taken.back());
    taken.pop_back();
  }
  const auto result = sweep(loopback, plan, Deadline::after(60s), cancel);
  for (const int fd : taken) close(fd);
  setrlimit(RLIMIT_NOFILE, &old);
  REQUIRE(result);
  CHECK(result->undecided == 0);
  CHECK(has(*result, peer.port()));
}
