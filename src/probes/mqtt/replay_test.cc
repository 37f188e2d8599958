// Commands to a device in memory: one that checks everything, one for each thing that it fails to check.
#include <doctest/doctest.h>

#include "base/text.h"
#include "flow/fake_broker.h"
#include "flow/tamper.h"

namespace lintel::probes::mqtt {
extern const probe::Probe probe;
}

using namespace lintel;
using model::Status;

namespace {

// Takes "SIGNATURE {json}" and reports what it did, with the nonce of the command.
struct Device {
  bool checks_signature = true, wants_signature = true, checks_time = true, checks_nonce = true, checks_device = true, covers_nonce = true;
  bool chatters = false, deaf = false;
  int dies_after = 1000;
  bool with_nonce = true;  // in the report
  std::set<std::string> nonces;

  std::optional<std::string> react(const std::string& payload) {
    const std::size_t space = payload.find(' ');
    if (deaf || dies_after-- <= 0 || space == std::string::npos) return std::nullopt;
    const std::string signature = payload.substr(0, space), body = payload.substr(space + 1);
    const auto json = parse_json(body);
    if (!json) return std::nullopt;
    const std::string nonce = text_or(*json, "nonce");
    std::string covered = body;
    if (!covers_nonce) covered = body.substr(0, body.find(", \"nonce\""));
    if (wants_signature && signature.empty()) return std::nullopt;
    if (checks_signature && !signature.empty() && signature != *flow::hmac_hex("hmac-sha256", "k", covered)) return std::nullopt;
    if (checks_device && text_or(*json, "device") != "01A1") return std::nullopt;
    const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(parse_time("2026-11-21T10:00:00Z")->time_since_epoch()).count();
    if (checks_time && std::abs(integer_or(*json, "at", 0) - now) > 30) return std::nullopt;
    if (checks_nonce && !nonces.insert(nonce).second) return std::nullopt;
    return fmt::format("{{\"level\": {}{}}}", integer_or(*json, "level", 0), with_nonce ? ", \"to\": \"" + nonce + "\"" : "");
  }
};

struct Home {
  probe::FakeContext context;
  flow::FakeBroker broker;
  Device device;

  Home() {
    context.world.item.kind = model::ItemKind::mqtt;
    context.world.item.data = *parse_json(R"({"id": "broker", "address": "127.0.10.1", "port": 1884, "tls": false, "accounts": {
      "app": {"user": "app", "password": "a", "device": "01A1", "device_key": "env:KEY", "reads": ["home/lamp/result"], "writes": ["home/lamp/command"]},
      "next": {"user": "next", "password": "n", "device": "02B2"}},
      "command": {"as": "app", "topic": "home/lamp/command", "algorithm": "hmac-sha256", "key": "{device_key}",
        "payload": "{signature} {\"device\": \"{device}\", \"at\": {now}, \"level\": 40, \"nonce\": \"{nonce}\"}",
        "over": "{\"device\": \"{device}\", \"at\": {now}, \"level\": 40, \"nonce\": \"{nonce}\"}",
        "effect": {"topic": "home/lamp/result", "contains": "\"level\": 40"}}})");
    context.world.params = {{"wait", 1}, {"settle", 0}};
    context.world.secrets = {{"env:KEY", "k"}};
    broker.accounts = {{"app", {"a", {"home/lamp/result"}, {"home/lamp/command"}}}, {"next", {"n", {}, {}}}};
    context.world.peers[1884] = [this] { return broker.connection(); };
    broker.published = [this](const std::string& topic, const std::string& payload) {
      if (topic != "home/lamp/command") return;
      if (const auto report = device.react(payload)) broker.deliver("home/lamp/result", *report);
    };
    broker.pinged = [this] {
      if (device.chatters) broker.deliver("home/lamp/result", R"({"level": 40})");
    };
  }
  model::Observation look() { return probe::look(probes::mqtt::probe, context); }
};

const char* const kLooks[] = {"replayed", "stale", "reused_nonce", "changed", "unsigned", "other_device"};

}  // namespace

TEST_CASE("a device that checks everything") {
  Home home;
  const auto seen = home.look();
  CHECK_MESSAGE(seen.status == Status::ok, seen.message);
  CHECK(seen.facts["command"]["control"] == "yes");
  CHECK(seen.facts["command"]["control_after"] == "yes");
  CHECK(seen.facts["command"]["signed"] == true);
  for (const char* fact : kLooks) CHECK_MESSAGE(seen.facts["command"][fact] == "no", fact);
}

TEST_CASE("each thing that a device fails to check shows") {
  struct Row {
    const char* name;
    std::function<void(Device&)> fault;
    std::set<std::string> yes;
  };
  const Row rows[] = {{"time and nonce", [](Device& d) { d.checks_time = d.checks_nonce = false; }, {"replayed", "stale", "reused_nonce"}},
                      {"time", [](Device& d) { d.checks_time = false; }, {"stale"}},
                      {"nonce", [](Device& d) { d.checks_nonce = false; }, {"replayed", "reused_nonce"}},
                      {"signature", [](Device& d) { d.checks_signature = false; }, {"changed"}},
                      {"signature of all", [](Device& d) { d.checks_signature = d.wants_signature = false; }, {"changed", "unsigned"}},
                      {"missing signature", [](Device& d) { d.wants_signature = false; }, {"unsigned"}},
                      {"device", [](Device& d) { d.checks_device = false; }, {"other_device"}}};
  for (const Row& row : rows) {
    Home home;
    row.fault(home.device);
    const auto seen = home.look();
    CHECK_MESSAGE(seen.status == Status::ok, row.name, seen.message);
    for (const char* fact : kLooks) CHECK_MESSAGE(seen.facts["command"][fact] == (row.yes.contains(fact) ? "yes" : "no"), row.name, " ", fact);
  }
}

TEST_CASE("a signature that leaves the nonce out is found out by its change") {
  Home home;
  home.device.covers_nonce = false;
  home.context.world.item.data["command"]["over"] = "{\"device\": \"{device}\", \"at\": {now}, \"level\": 40";
  home.context.world.item.data["command"]["effect"]["contains"] = "\"level\": 40, \"to\": \"{nonce}\"";
  const auto seen = home.look();
  CHECK_MESSAGE(seen.status == Status::ok, seen.message);
  CHECK(seen.facts["command"]["changed"] == "yes");
  CHECK(seen.facts["command"]["replayed"] == "no");
}

TEST_CASE("a second account watches where the sender may not") {
  Home home;
  home.context.world.item.data["accounts"]["app"]["reads"] = Json::array();
  home.context.world.item.data["accounts"]["next"]["reads"] = Json::array({"home/+/result"});
  home.broker.accounts["next"].reads = {"home/lamp/result"};
  home.broker.accounts["app"].reads.clear();
  const auto seen = home.look();
  CHECK_MESSAGE(seen.status == Status::ok, seen.message);
  CHECK(seen.facts["command"]["replayed"] == "no");
}

TEST_CASE("no fact lets a check pass when the device or the declaration is of no use") {
  const std::pair<const char*, std::function<void(Home&)>> rows[] = {
      {"the command shows no effect", [](Home& h) { h.device.deaf = true; }},
      {"the command no longer shows its effect", [](Home& h) { h.device.dies_after = 3; }},
      {"the effect also shows without a command", [](Home& h) { h.device.chatters = true; }},
      {"declare the `effect`", [](Home& h) { h.context.world.item.data["command"].erase("effect"); }},
      {"declare `command` with `as`", [](Home& h) { h.context.world.item.data["command"]["as"] = "nobody"; }},
      {"no declared account reads", [](Home& h) { h.context.world.item.data["accounts"]["app"].erase("reads"); }}};
  for (const auto& [note, fault] : rows) {
    Home home;
    fault(home);
    const auto seen = home.look();
    const bool said = std::ranges::any_of(seen.notes, [&](const std::string& one) { return one.find(note) != std::string::npos; });
    CHECK_MESSAGE(said, note);
    for (const char* fact : kLooks) CHECK_MESSAGE(text_or(member(seen.facts, "command"), fact) != "no", note, " ", fact);
  }
}

TEST_CASE("a command without a signature is itself an unsigned one") {
  Home home;
  home.device.checks_signature = home.device.wants_signature = false;
  home.context.world.item.data["command"].erase("algorithm");
  home.context.world.item.data["command"]["payload"] = " {\"device\": \"{device}\", \"at\": {now}, \"level\": 40, \"nonce\": \"{nonce}\"}";
  const auto seen = home.look();
  CHECK(seen.facts["command"]["unsigned"] == "yes");
  CHECK(seen.facts["command"]["signed"] == false);
  CHECK(seen.facts["command"]["replayed"] == "no");
  CHECK_FALSE(seen.facts["command"].contains("changed"));
}
