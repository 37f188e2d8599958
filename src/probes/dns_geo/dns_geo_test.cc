// The probe on name servers and addresses from memory: one home that conforms, each single break, and servers that do not behave.
#include <doctest/doctest.h>

#include "base/files.h"
#include "net/dns.h"
#include "probe/fake.h"

namespace lintel::probes::dns_geo {
extern const probe::Probe probe;
}

using namespace lintel;
using model::Status;
using probe::FakeContext;

namespace {

Bytes reply(ByteView query, int code, const std::vector<std::string>& addresses) {
  Bytes bytes(query.begin(), query.end());
  bytes[2] = 0x81;
  bytes[3] = static_cast<std::uint8_t>(0x80 | code);
  bytes[7] = static_cast<std::uint8_t>(addresses.size());
  for (const std::string& address : addresses) {
    append_number(bytes, 0xC00C, 2);
    append_number(bytes, address.size() == 4 ? 1 : 28, 2);
    append_number(bytes, 1, 2);
    append_number(bytes, 5, 4);
    append_number(bytes, address.size(), 2);
    bytes.insert(bytes.end(), address.begin(), address.end());
  }
  return bytes;
}

const std::string kHome("\x7f\0\x0a\x01", 4), kSecond("\x7f\0\x0a\x04", 4), kAbroad("\x7f\0\x14\x01", 4), kNowhere("\x0a\0\0\1", 4);

struct World {
  FakeContext context;
  std::vector<std::string> v4{kHome, kSecond}, v6;
  int code = 0, questions = 0;
  bool v6_silent = false;

  World() {
    auto& world = context.world;
    world.item = {model::ItemKind::domain, "portal", Json{{"id", "portal"}, {"name", "home.example"}, {"addresses", {"127.0.10.1", "127.0.10.4"}}, {"port", 8443},
                                                         {"resolver", "127.0.10.1:5353"}, {"database", "c.mmdb"}, {"use", "service"}}};
    world.files["c.mmdb"] = *read_file(LINTEL_SOURCE_DIR "/tests/fuzz/country_database_fuzz/sample.mmdb", 1 << 20);
    world.peers[8443] = [] { return [](ByteView) { return probe::stall(); }; };
    world.peers[5353] = [this] {
      return [this](ByteView query) {
        if (query.empty()) return probe::stall();
        ++questions;
        const bool six = net::dns::parse(query)->question_type == 28;
        if (six && v6_silent) return probe::stall();
        return probe::Answer{reply(query, code, six ? v6 : v4)};
      };
    };
  }
  model::Observation look() { return probe::look(probes::dns_geo::probe, context); }
  int contacted() const {
    return static_cast<int>(std::ranges::count_if(context.seen.dialed, [](const net::Endpoint& endpoint) { return endpoint.port == 8443; }));
  }
};

}  // namespace

TEST_CASE("every address, its country, and whether it answers") {
  World world;
  const auto seen = world.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["resolved"] == "yes");
  CHECK(seen.facts["complete"] == true);
  CHECK(seen.facts["server"] == "127.0.10.1:5353");
  CHECK(seen.facts["addresses"] == Json{{{"address", "127.0.10.1"}, {"family", 4}, {"listed", true}, {"country", "CN"}, {"answers", "yes"}},
                                        {{"address", "127.0.10.4"}, {"family", 4}, {"listed", true}, {"country", "CN"}, {"answers", "yes"}}});
  CHECK(seen.facts["database"]["type"] == "Sample-Country");
  CHECK(seen.facts["database"]["sha256"].get<std::string>().size() == 64);
  CHECK(world.questions == 6);
  const auto* evidence = world.context.seen.find_evidence("dns.txt");
  REQUIRE(evidence);
  CHECK(evidence->bytes.find("home.example A 127.0.10.4") != std::string::npos);
}

TEST_CASE("an address that is not listed is looked up and not contacted") {
  World world;
  world.v4 = {kHome, kAbroad, kNowhere};
  const auto seen = world.look();
  CHECK(seen.facts["addresses"][1] == Json{{"address", "127.0.20.1"}, {"family", 4}, {"listed", false}, {"country", "US"}, {"answers", "unknown"}});
  CHECK_FALSE(seen.facts["addresses"][2].contains("country"));
  CHECK(world.contacted() == 1);
  REQUIRE(seen.notes.size() == 1);
  CHECK(seen.notes[0].find("127.0.20.1, 10.0.0.1") != std::string::npos);
}

TEST_CASE("addresses that come one at a time are put together; spelling does not matter") {
  World world;
  world.context.world.item.data["addresses"] = {"127.0.10.1", "127.0.10.4", "2001:DB8:0::1"};
  world.v6 = {std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + "\1"};
  const auto whole = world.look();
  CHECK(whole.facts["addresses"][2]["answers"] == "yes");
  CHECK(whole.facts["addresses"][2]["family"] == 6);
  CHECK(world.context.seen.dialed.back().host == "2001:DB8:0::1");
  World turns;
  auto serve = turns.context.world.peers[5353];
  turns.context.world.peers[5353] = [&turns, serve] {
    turns.v4 = {turns.questions % 4 < 2 ? kHome : kSecond};
    return serve();
  };
  CHECK(turns.look().facts["addresses"].size() == 2);
}

TEST_CASE("a refusal is a no, silence is not") {
  World world;
  world.context.world.peers.erase(8443);
  CHECK(world.look().facts["addresses"][0]["answers"] == "no");
}

TEST_CASE("what lets no check pass") {
  struct Row {
    const char* name;
    std::function<void(World&)> change;
    Status status;
    const char* resolved;
    bool complete;
    const char* says;
  };
  const Row rows[] = {
      {"IPv6 is not answered", [](World& w) { w.v6_silent = true; }, Status::timeout, "yes", false, "home.example AAAA"},
      {"no such name", [](World& w) { w.code = 3, w.v4 = {}; }, Status::not_declared, "no", true, "does not exist in the DNS"},
      {"a name without addresses", [](World& w) { w.v4 = {}; }, Status::not_declared, "no", true, "has no address in the DNS"},
      {"the server fails", [](World& w) { w.code = 2, w.v4 = {}; }, Status::protocol_error, "unknown", false, "SERVFAIL"},
      {"the server is silent", [](World& w) { w.context.world.peers[5353] = [] { return [](ByteView) { return probe::stall(); }; }; }, Status::timeout, "unknown", false, "no answer in time"},
      {"the server hangs up", [](World& w) { w.context.world.peers[5353] = [] { return [](ByteView) { return probe::hang_up(); }; }; }, Status::closed, "unknown", false, ""},
      {"the server talks nonsense", [](World& w) { w.context.world.peers[5353] = [] { return [](ByteView) { return probe::garbage(60000); }; }; }, Status::protocol_error, "unknown", false, ""},
      {"no server there", [](World& w) { w.context.world.peers.erase(5353); }, Status::refused, "unknown", false, "refused"},
      {"the database is spoiled", [](World& w) { w.context.world.files["c.mmdb"].resize(200); }, Status::not_declared, "yes", true, "c.mmdb: no country database in MaxMind's format"},
      {"the database is missing", [](World& w) { w.context.world.files.clear(); }, Status::not_declared, "yes", true, "c.mmdb"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    World world;
    row.change(world);
    const auto seen = world.look();
    CHECK(seen.status == row.status);
    CHECK(seen.facts["resolved"] == row.resolved);
    CHECK(seen.facts["complete"] == row.complete);
    CHECK(seen.message.find(row.says) != std::string::npos);
  }
  World bad;
  bad.context.world.item.data["resolver"] = "ns.example";
  CHECK(bad.look().status == Status::not_declared);
  CHECK(bad.context.seen.dialed.empty());
  World without;
  without.context.world.item.data.erase("database");
  const auto seen = without.look();
  CHECK(seen.status == Status::ok);
  CHECK_FALSE(seen.facts["addresses"][0].contains("country"));
  CHECK(seen.notes.size() == 1);
}
