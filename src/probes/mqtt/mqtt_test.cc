// The mqtt probe on a broker in memory: one that behaves, one for each of its faults, and peers that are no broker.
#include <doctest/doctest.h>

#include "flow/fake_broker.h"
#include "probes/mqtt/topics.h"

namespace lintel::probes::mqtt {
extern const probe::Probe probe;
}

using namespace lintel;
using namespace lintel::probes::mqtt;
using model::Status;

namespace {

constexpr std::uint16_t kPort = 1884;

struct Home {
  probe::FakeContext context;
  flow::FakeBroker broker;

  Home() {
    context.world.item.kind = model::ItemKind::mqtt;
    context.world.item.data = *parse_json(R"({"id": "broker", "address": "127.0.10.1", "port": 1884, "tls": false, "accounts": {
      "lamp": {"client_id": "lamp-1", "user": "lamp", "password": "env:LAMP", "device": "01A1", "reads": ["home/lamp/command"], "writes": ["home/lamp/state"]},
      "next": {"user": "next", "password": "env:NEXT", "reads": ["home/next/command"], "writes": ["home/next/state"]},
      "platform": {"user": "platform", "password": "env:PLATFORM", "reads": ["home/+/state"], "writes": ["home/+/command"]}}})");
    context.world.params = {{"wait", 5}, {"settle", 0}, {"topics", 24}, {"plain_port", 1883}};
    context.world.secrets = {{"env:LAMP", "l"}, {"env:NEXT", "n"}, {"env:PLATFORM", "p"}};
    broker.accounts = {{"lamp", {"l", {"home/lamp/command"}, {"home/lamp/state"}}},
                       {"next", {"n", {"home/next/command"}, {"home/next/state"}}},
                       {"platform", {"p", {"home/+/state"}, {"home/+/command"}}}};
    context.world.peers[kPort] = [this] { return broker.connection(); };
  }
  model::Observation look() { return probe::look(probes::mqtt::probe, context); }
};

std::string at(const model::Observation& observation, const char* pointer) {
  const Json::json_pointer where(pointer);
  return observation.facts.contains(where) ? observation.facts.at(where).get<std::string>() : "-";
}

}  // namespace

TEST_CASE("a broker that keeps its doors and topics") {
  Home home;
  home.broker.retained["home/lamp/state"] = "on";
  const auto seen = home.look();
  CHECK(seen.status == Status::ok);
  for (const char* version : {"v3_1_1", "v5"})
    for (const auto& [name, value] : {std::pair("spoken", "yes"), {"control", "yes"}, {"anonymous", "no"}, {"bare_id", "no"}, {"wrong_password", "no"}})
      CHECK_MESSAGE(seen.facts["versions"][version][name] == value, version, " ", name);
  CHECK(seen.facts["credential"] == "password");
  CHECK(seen.facts["topics"]["controls"] == 4);
  CHECK(at(seen, "/topics/foreign_read") == "no");
  CHECK(at(seen, "/topics/foreign_write") == "no");
  CHECK(at(seen, "/topics/retained_read") == "no");
  CHECK(at(seen, "/qos2_once") == "yes");
  const auto* transcript = home.context.seen.find_evidence("transcript.txt");
  REQUIRE(transcript != nullptr);
  CHECK(transcript->bytes.find("CONNACK 5 not authorized") != std::string::npos);
}

TEST_CASE("each fault of a broker shows, and nothing else changes") {
  struct Row {
    const char* name;
    std::function<void(flow::FakeBroker&)> fault;
    std::map<std::string, std::string> facts;
  };
  const Row rows[] = {
      {"anonymous", [](auto& b) { b.anonymous = true; }, {{"/versions/v3_1_1/anonymous", "yes"}, {"/versions/v5/anonymous", "yes"}, {"/versions/v5/bare_id", "yes"}, {"/versions/v3_1_1/bare_id", "yes"}}},
      {"client id alone", [](auto& b) { b.client_id_alone = true; }, {{"/versions/v3_1_1/bare_id", "yes"}, {"/versions/v5/bare_id", "yes"}}},
      {"user alone", [](auto& b) { b.user_alone = true; }, {{"/versions/v3_1_1/bare_id", "yes"}, {"/versions/v5/bare_id", "yes"}}},
      {"any password", [](auto& b) { b.any_password = true; },
       {{"/versions/v3_1_1/bare_id", "yes"}, {"/versions/v5/bare_id", "yes"}, {"/versions/v3_1_1/wrong_password", "yes"}, {"/versions/v5/wrong_password", "yes"}}},
      {"no rules for reading", [](auto& b) { b.read_rules = false; }, {{"/topics/foreign_read", "yes"}, {"/topics/retained_read", "yes"}}},
      {"no rules for writing", [](auto& b) { b.write_rules = false; }, {{"/topics/foreign_write", "yes"}}},
      {"qos 2 twice", [](auto& b) { b.twice = true; }, {{"/qos2_once", "no"}}},
      {"3.1.1 only", [](auto& b) { b.versions = {4}; },
       {{"/versions/v5/spoken", "no"}, {"/versions/v5/control", "-"}, {"/versions/v5/anonymous", "-"}, {"/versions/v5/bare_id", "-"}, {"/versions/v5/wrong_password", "-"}}},
      {"filters refused", [](auto& b) { b.refuses_filters = true; }, {{"/topics/system_read", "no"}}},
      {"ends the connection", [](auto& b) { b.ends_on_forbidden = true; }, {}},
  };
  std::map<std::string, std::string> usual{{"/topics/foreign_read", "no"}, {"/topics/foreign_write", "no"}, {"/topics/retained_read", "no"}, {"/topics/system_read", "unknown"}, {"/qos2_once", "yes"}};
  for (const char* version : {"v3_1_1", "v5"})
    for (const char* name : {"spoken", "control", "anonymous", "bare_id", "wrong_password"})
      usual[fmt::format("/versions/{}/{}", version, name)] = name[0] == 's' || name[0] == 'c' ? "yes" : "no";
  for (const Row& row : rows) {
    Home home;
    home.broker.retained["home/lamp/state"] = "on";
    row.fault(home.broker);
    const auto seen = home.look();
    CHECK(seen.status == Status::ok);
    for (const auto& [pointer, value] : usual) {
      const auto other = row.facts.find(pointer);
      CHECK_MESSAGE(at(seen, pointer.c_str()) == (other == row.facts.end() ? value : other->second), row.name, " ", pointer);
    }
  }
}

TEST_CASE("with two connections the accounts meet two and two") {
  Home home;
  const auto dial_two = [](flow::FakeBroker& broker) { broker.read_rules = false; };
  dial_two(home.broker);
  home.context.world.item.data["accounts"].erase("platform");
  const auto seen = home.look();
  // lamp and next share nothing: what arrives on foreign topics is forbidden with or without a control.
  CHECK(at(seen, "/topics/foreign_read") == "yes");
  CHECK(seen.facts["topics"]["controls"] == 0);
  home.broker.read_rules = true;
  const auto kept = home.look();
  CHECK(at(kept, "/topics/foreign_read") == "unknown");
  CHECK(at(kept, "/topics/foreign_write") == "unknown");
}

TEST_CASE("without an account that is let in a refusal says nothing") {
  Home home;
  home.context.world.secrets["env:LAMP"] = home.context.world.secrets["env:NEXT"] = home.context.world.secrets["env:PLATFORM"] = "old";
  const auto refused = home.look();
  CHECK(refused.status == Status::auth_failed);
  CHECK(at(refused, "/versions/v3_1_1/control") == "no");
  CHECK(at(refused, "/versions/v3_1_1/anonymous") == "unknown");
  home.context.world.item.data.erase("accounts");
  const auto none = home.look();
  CHECK(none.status == Status::ok);
  CHECK(at(none, "/versions/v3_1_1/control") == "-");
  CHECK(at(none, "/versions/v3_1_1/anonymous") == "unknown");
  CHECK(none.notes.size() == 1);
  home.broker.anonymous = true;
  CHECK(at(home.look(), "/versions/v3_1_1/anonymous") == "yes");
}

TEST_CASE("a secret that is not there is not declared") {
  Home home;
  home.context.world.secrets.clear();
  CHECK(home.look().status == Status::not_declared);
}

TEST_CASE("peers that are no broker give no fact that lets a check pass") {
  const std::pair<probe::Answer, Status> rows[] = {{probe::stall(), Status::timeout},
                                                   {probe::hang_up(), Status::closed},
                                                   {probe::break_off(), Status::closed},
                                                   {probe::answer("HTTP/1.1 400 Bad Request\r\n\r\n", probe::Answer::Then::close), Status::closed},
                                                   {probe::garbage(5000), Status::protocol_error}};
  for (const auto& [then, status] : rows) {
    Home home;
    home.context.world.peers[kPort] = [&] { return [&](ByteView written) { return written.empty() ? probe::stall() : then; }; };
    const auto seen = home.look();
    CHECK(seen.status == status);
    for (const char* pointer : {"/versions/v3_1_1/spoken", "/versions/v3_1_1/anonymous"}) CHECK(at(seen, pointer) == "unknown");
    CHECK_FALSE(seen.facts.contains("topics"));
    CHECK_FALSE(seen.facts.contains("in_clear"));
  }
  Home gone;
  gone.context.world.peers.clear();
  CHECK(gone.look().status == Status::refused);
}

TEST_CASE("clear MQTT beside TLS is looked for only where the broker answers") {
  Home home;
  const auto seen = home.look();
  CHECK(at(seen, "/in_clear/spoken") == "yes");
  CHECK(seen.facts["in_clear"]["port"] == kPort);
}

TEST_CASE("what a sighting means") {
  const std::vector<flow::BrokerAccount> accounts = [] {
    std::vector<flow::BrokerAccount> list(3);
    list[0].writes = {"a"};
    list[1].reads = {"a"};
    list[2].reads = {"b"};
    return list;
  }();
  const std::vector<std::string> topics{"a", "b"};
  const Sighting control{0, 1, 0}, read{0, 2, 0}, write{2, 1, 0};
  struct Row {
    std::set<Sighting> tried, seen;
    Known read, write;
  };
  const Row rows[] = {{{}, {}, Known::unknown, Known::unknown},
                      {{control}, {control}, Known::unknown, Known::unknown},
                      {{control, read, write}, {}, Known::unknown, Known::unknown},
                      {{control, read}, {control}, Known::no, Known::unknown},
                      {{control, write}, {control}, Known::unknown, Known::no},
                      {{control, read, write}, {control, read, write}, Known::yes, Known::yes},
                      {{}, {read}, Known::yes, Known::unknown}};
  for (const Row& row : rows) {
    const Binding found = judge(accounts, topics, {row.tried, row.seen});
    CHECK(found.read == row.read);
    CHECK(found.write == row.write);
  }
}
