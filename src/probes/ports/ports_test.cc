// The ports probe on recorded sweeps, and once over real loopback.
#include <doctest/doctest.h>

#include "net/scripted_peer.h"
#include "net/sweep.h"
#include "probe/fake.h"
#include "probes/ports/range.h"

namespace lintel::probes::ports {
extern const probe::Probe probe;
}

using namespace lintel;
using namespace lintel::probes::ports;
using model::Status;

namespace {

std::string intervals_of(std::string_view text) {
  const auto intervals = parse_range(text);
  if (!intervals) return "refused";
  std::string all;
  for (const Interval& interval : *intervals) all += fmt::format("{}-{} ", interval.first, interval.last);
  return all;
}

void set_up(probe::FakeContext& context, std::string_view range) {
  context.world.item.kind = model::ItemKind::host;
  context.world.item.data = Json{{"address", "127.0.10.1"}};
  if (!range.empty()) context.world.params["range"] = range;
}

net::SweepResult swept(std::vector<std::uint16_t> open, std::uint32_t refused, std::uint32_t unanswered,
                       std::uint32_t undecided = 0) {
  net::SweepResult result;
  result.alive = !open.empty() || refused > 0;
  result.open = std::move(open);
  result.refused = refused;
  result.unanswered = unanswered;
  result.undecided = undecided;
  return result;
}

}  // namespace

TEST_CASE("port ranges are read strictly") {
  CHECK(intervals_of("1-65535") == "1-65535 ");
  CHECK(intervals_of("8000-8100, 22,80") == "22-22 80-80 8000-8100 ");
  CHECK(intervals_of("1-5,3-9,10,12") == "1-10 12-12 ");
  CHECK(intervals_of("65535,65535") == "65535-65535 ");
  for (const auto* text :
       {"", ",", "0", "1-", "-1", "5-1", "65536", "1-65536", "http", "1--2", "1-2-3", "+1", "1,,2"})
    CHECK_MESSAGE(intervals_of(text) == "refused", text);
}

TEST_CASE("a target that allows fewer ports is not swept beyond them, and nothing counts as complete") {
  probe::FakeContext context;
  set_up(context, "1-65535");
  context.world.item.data["ports"] = "22,80-90";
  std::vector<std::string> asked;
  context.world.sweep = [&](const std::string&, const probe::SweepOptions& options) {
    asked.push_back(fmt::format("{}-{}", options.first, options.last));
    return swept({}, options.last - options.first + 1u, 0);
  };
  const auto observation = probe::look(probes::ports::probe, context);
  CHECK(asked == std::vector<std::string>{"22-22", "80-90"});
  CHECK(observation.facts["range"] == "22,80-90");
  CHECK(observation.facts["complete"] == false);
  CHECK(observation.notes.size() == 1);
  context.world.params["range"] = "9000";
  const auto none = probe::look(probes::ports::probe, context);
  CHECK(none.status == model::Status::not_declared);
  CHECK_FALSE(none.facts.contains("complete"));
}

TEST_CASE("an answering host gives its open ports") {
  probe::FakeContext context;
  set_up(context, "20-25,8443");
  std::vector<std::string> asked;
  context.world.sweep = [&](const std::string& address,
                            const probe::SweepOptions& options) -> Result<net::SweepResult> {
    asked.push_back(fmt::format("{} {}-{}", address, options.first, options.last));
    return options.first == 20 ? swept({22}, 5, 0) : swept({8443}, 0, 0);
  };
  const auto observation = probe::look(probes::ports::probe, context);
  CHECK(observation.status == Status::ok);
  CHECK(asked == std::vector<std::string>{"127.0.10.1 20-25", "127.0.10.1 8443-8443"});
  CHECK(observation.facts["open_tcp"] == Json({22, 8443}));
  CHECK(observation.facts["refused"] == 5);
  CHECK(observation.facts["unanswered"] == 0);
  CHECK(observation.facts["complete"] == true);
  CHECK(observation.facts["range"] == "20-25,8443");
  const auto* evidence = context.seen.find_evidence("ports.txt");
  REQUIRE(evidence);
  CHECK(evidence->bytes.find("8443/tcp open\n") != std::string::npos);
}

TEST_CASE("the range comes from the check, then the host, then it is everything") {
  probe::FakeContext context;
  set_up(context, "");
  context.world.sweep = [](const std::string&, const probe::SweepOptions&) -> Result<net::SweepResult> {
    return swept({}, 1, 0);
  };
  CHECK(probe::look(probes::ports::probe, context).facts["range"] == "1-65535");
  context.world.item.data["ports"] = "1-100";
  CHECK(probe::look(probes::ports::probe, context).facts["range"] == "1-100");
  context.world.params["range"] = "7";
  CHECK(probe::look(probes::ports::probe, context).facts["range"] == "7");
  context.world.params["range"] = "x";
  CHECK(probe::look(probes::ports::probe, context).status == Status::not_declared);
}

TEST_CASE("what is not certain is never complete") {
  struct Row {
    const char* name;
    Result<net::SweepResult> result;
    bool cancel;
    Status status;
    bool has_open;
    bool complete;
  };
  const Row rows[] = {
      {"nothing answers", swept({}, 0, 100), false, Status::unreachable, false, false},
      {"no route", fail(ErrorCode::unreachable, "no route"), false, Status::unreachable, false, false},
      {"no such name", fail(ErrorCode::invalid_input, "no name"), false, Status::not_declared, false, false},
      {"silent ports of a live host", swept({80}, 9, 90), false, Status::ok, true, true},
      {"a lossy host", swept({80}, 9, 0, 90), false, Status::timeout, true, false},
      {"cancelled half-way", swept({80}, 9, 0, 90), true, Status::interrupted, true, false},
      {"cancelled before an answer", swept({}, 0, 0, 100), true, Status::interrupted, false, false},
      {"cancelled at the very end", swept({80}, 99, 0), true, Status::ok, true, true},
  };
  for (const Row& row : rows) {
    probe::FakeContext context;
    set_up(context, "1-100");
    context.world.sweep = [&](const std::string&, const probe::SweepOptions&) {
      if (row.cancel) context.cancel_button.request();
      return row.result;
    };
    const auto observation = probe::look(probes::ports::probe, context);
    CHECK_MESSAGE(observation.status == row.status, row.name);
    CHECK_MESSAGE(observation.facts.contains("open_tcp") == row.has_open, row.name);
    CHECK_MESSAGE(observation.facts["complete"] == row.complete, row.name);
    CHECK_MESSAGE(observation.message.empty() == (row.status == Status::ok), row.name);
  }
}

TEST_CASE("a deadline between two parts of a list leaves the rest undecided") {
  probe::FakeContext context;
  set_up(context, "1-10,20-30");
  context.world.deadline = Deadline::after(std::chrono::milliseconds(-1));
  int sweeps = 0;
  context.world.sweep = [&](const std::string&, const probe::SweepOptions&) -> Result<net::SweepResult> {
    ++sweeps;
    return swept({5}, 4, 0, 5);
  };
  const auto observation = probe::look(probes::ports::probe, context);
  CHECK(sweeps == 1);
  CHECK(observation.status == Status::timeout);
  CHECK(observation.facts["open_tcp"] == Json({5}));
  CHECK(observation.facts["complete"] == false);
  CHECK(observation.message == "127.0.10.1: time was up with 16 ports not asked to the end");
}

TEST_CASE(
    "real peers on loopback: one that serves, one that stalls, one that resets, one that is half closed") {
  using net::ScriptedConnection;
  using net::ScriptedPeer;
  ScriptedPeer serves([](ScriptedConnection& connection, int) { connection.write("220 ready\r\n"); });
  ScriptedPeer stalls([](ScriptedConnection& connection, int) { connection.stall(); });
  ScriptedPeer resets([](ScriptedConnection& connection, int) { connection.reset(); });
  ScriptedPeer half([](ScriptedConnection& connection, int) {
    connection.half_close();
    connection.stall();
  });
  const net::SilentPort silent;
  std::vector<std::uint16_t> expected{serves.port(), stalls.port(), resets.port(), half.port()};
  std::string range = fmt::format("{}", silent.port());
  for (const auto port : expected) range += fmt::format(",{}", port);
  std::ranges::sort(expected);

  probe::FakeContext context;
  set_up(context, range);
  context.world.item.data["address"] = "127.0.0.1";
  context.world.sweep = [&](const std::string& address, const probe::SweepOptions& options) {
    net::SweepPlan plan;
    for (int port = options.first; port <= options.last; ++port)
      plan.ports.push_back(static_cast<std::uint16_t>(port));
    plan.timeout = std::chrono::milliseconds(20);
    return net::sweep(*net::parse_address(address, 0), plan, context.deadline(), context.cancel());
  };
  const auto observation = probe::look(probes::ports::probe, context);
  CHECK(observation.status == Status::ok);
  CHECK(observation.facts["open_tcp"] == Json(expected));
  CHECK(observation.facts["unanswered"] == 1);
  CHECK(observation.facts["complete"] == true);
}
