// The coap probe against a server in memory that keeps the door, ones that leave it open in one way, and ones that don't behave.
#include <doctest/doctest.h>

#include "net/coap.h"
#include "net/scripted_dtls.h"
#include "probe/fake.h"

namespace lintel::probes::coap {
extern const probe::Probe probe;
namespace {

namespace wire = net::coap;
using probe::Answer;

// What the server answers to whom; the code for the resource read and changed.
struct Door {
  std::optional<std::uint8_t> read, write;
};
constexpr Door kOpen{wire::code(2, 5), wire::code(2, 4)}, kRefuses{wire::code(4, 1), wire::code(4, 1)}, kSilent{};

Bytes serve(const Door& door, ByteView datagram) {
  const auto request = wire::decode(datagram);
  if (!request || request->code == 0) return {};
  const auto code = request->code == wire::kGet ? door.read : door.write;
  return code ? wire::encode({wire::Type::acknowledgement, *code, request->id, request->token}) : Bytes();
}

struct Home {
  std::string server_key = "0123456789";     // empty: takes anybody
  Door inside = kOpen;
  std::optional<Door> clear = std::nullopt;  // nullopt: nobody listens
  bool any_key = false;
};

void set_up(probe::FakeContext& context, const Home& home, const Json& more) {
  Json item{{"id", "light"}, {"address", "127.0.0.1"}, {"port", 5683}, {"secure_port", 5684}, {"dtls", "required"}, {"identity", "lamp"}, {"key", "env:KEY"},
            {"resources", {"/light"}}, {"writes", {{{"path", "/light"}, {"method", "PUT"}, {"payload", "{}"}}}}};
  item.update(more);
  context.world.item = {model::ItemKind::coap, "light", item};
  context.world.params = {{"wait", 1}, {"first_wait", 100}, {"tries", 2}};
  context.world.secrets = {{"env:KEY", "0123456789"}};
  context.world.peers[5684] = [home, dialed = 0]() mutable -> probe::Script {
    // With any_key the server knows, as no real one can, what the client takes for the key.
    const int number = dialed++;
    std::string key = home.server_key;
    if (home.any_key && number == 2) key = "1123456789";
    auto server = std::make_shared<net::ScriptedDtls>(key, [home](ByteView data) { return serve(home.inside, data); });
    return [server](ByteView written) { return written.empty() ? probe::stall() : Answer{server->feed(written)}; };
  };
  if (home.clear)
    context.world.peers[5683] = [door = *home.clear]() -> probe::Script {
      return [door](ByteView written) { return Answer{serve(door, written)}; };
    };
}

struct Context : probe::FakeContext {
  explicit Context(const Home& home, const Json& more = Json::object()) { set_up(*this, home, more); }
};

Json look(const Home& home, const Json& more = Json::object()) {
  Context context(home, more);
  return probe::look(probe, context).facts;
}

}  // namespace

TEST_CASE("a server that keeps the door") {
  Context context(Home{});
  const auto seen = probe::look(probe, context);
  CAPTURE(seen.facts.dump(2));
  CHECK(seen.status == model::Status::ok);
  CHECK(seen.facts["control"] == "yes");
  CHECK(seen.facts["open"] == Json{{"discovery", "no"}, {"read", "no"}, {"write", "no"}});
  CHECK(seen.facts["plain"]["spoken"] == "no");
  CHECK(seen.facts["secure"]["spoken"] == "yes");
  CHECK(seen.facts["secure"]["version"] == "DTLSv1.2");
  CHECK(seen.facts["secure"]["without_credentials"] == "no");
  CHECK(seen.facts["secure"]["wrong_key"] == "no");
  CHECK(context.seen.find_evidence("transcript.txt")->bytes.find("2.05") != std::string::npos);
}

TEST_CASE("silence in clear is a no while DTLS works, a refusal is a no of the resource only") {
  const Json silent = look({.clear = kSilent});
  CHECK(silent["plain"]["spoken"] == "no");
  CHECK(silent["open"]["read"] == "no");
  const Json refuses = look({.clear = kRefuses});
  CHECK(refuses["plain"]["spoken"] == "yes");
  CHECK(refuses["open"]["read"] == "no");
  CHECK(refuses["open"]["write"] == "no");
}

TEST_CASE("each way in is found") {
  const Json clear = look({.clear = kOpen});
  CHECK(clear["plain"]["spoken"] == "yes");
  CHECK(clear["open"]["read"] == "yes");
  CHECK(clear["open"]["write"] == "yes");
  const Json only_writes = look({.clear = Door{wire::code(4, 3), wire::code(2, 4)}});
  CHECK(only_writes["open"]["read"] == "no");
  CHECK(only_writes["open"]["write"] == "yes");
  const Json any_key = look({.any_key = true});
  CHECK(any_key["secure"]["wrong_key"] == "yes");
  CHECK(any_key["open"]["read"] == "no");
  // Takes anybody, and so refuses the key: no control, but what is open is open.
  const Json anybody = look({.server_key = ""});
  CHECK(anybody["control"] != "yes");
  CHECK(anybody["secure"]["without_credentials"] == "yes");
  CHECK(anybody["open"]["read"] == "yes");
}

TEST_CASE("without DTLS a refusal stands for itself") {
  const Json none{{"dtls", "none"}};
  CHECK(look({.clear = kRefuses}, none)["open"]["read"] == "no");
  CHECK(look({.clear = kOpen}, none)["open"]["read"] == "yes");
  CHECK(look({.clear = Door{wire::code(4, 4), wire::code(5, 0)}}, none)["open"] == Json{{"discovery", "unknown"}, {"read", "unknown"}, {"write", "unknown"}});
  CHECK_FALSE(look({.clear = kOpen}, none).contains("secure"));
}

TEST_CASE("nothing is a no without a control") {
  const auto never_no = [](const Json& facts) {
    CAPTURE(facts.dump(2));
    CHECK(facts["control"] != "yes");
    CHECK(facts["plain"]["spoken"] != "no");
    for (const auto& [name, known] : facts["open"].items()) CHECK(known != "no");
    if (facts.contains("secure")) CHECK(facts["secure"].value("wrong_key", "unknown") != "no");
  };
  SUBCASE("the key is wrong") {
    Context context(Home{.server_key = "another"});
    const auto seen = probe::look(probe, context);
    CHECK(seen.status == model::Status::auth_failed);
    never_no(seen.facts);
  }
  SUBCASE("no key is declared") {
    Context context(Home{.clear = kRefuses});
    context.world.item.data.erase("key");
    const auto seen = probe::look(probe, context);
    CHECK_FALSE(seen.notes.empty());
    never_no(seen.facts);
  }
  SUBCASE("the server opens a session and answers nothing") { never_no(look({.inside = kSilent})); }
  SUBCASE("it is silent") {
    Context context(Home{});
    context.world.peers[5684] = [] { return [](ByteView) { return probe::stall(); }; };
    const auto seen = probe::look(probe, context);
    CHECK(seen.status == model::Status::timeout);
    never_no(seen.facts);
  }
  SUBCASE("it talks nonsense") {
    Context context(Home{});
    for (const std::uint16_t port : {std::uint16_t{5683}, std::uint16_t{5684}})
      context.world.peers[port] = [] { return [](ByteView written) { return written.empty() ? probe::stall() : probe::garbage(200); }; };
    never_no(probe::look(probe, context).facts);
  }
  SUBCASE("nobody listens") {
    Context context(Home{});
    context.world.peers.clear();
    const auto seen = probe::look(probe, context);
    CHECK(seen.status != model::Status::ok);
    never_no(seen.facts);
  }
  SUBCASE("it leaves half-way") {
    Context context(Home{.clear = kSilent});
    auto first = context.world.peers[5684];
    context.world.peers[5684] = [first, dialed = 0]() mutable -> probe::Script {
      return ++dialed < 5 ? first() : [](ByteView) { return probe::stall(); };
    };
    never_no(probe::look(probe, context).facts);
  }
}

TEST_CASE("a resource that the credentials do not open is not called closed") {
  const Json facts = look({.inside = {wire::code(4, 4), wire::code(2, 4)}});
  CHECK(facts["control"] == "yes");
  CHECK(facts["open"]["read"] == "unknown");
  CHECK(facts["open"]["write"] == "no");
}

TEST_CASE("the key is declared and not there, or far too much is declared") {
  Context context(Home{});
  context.world.secrets.clear();
  CHECK(probe::look(probe, context).facts.empty());
  Context much(Home{}, {{"resources", std::vector<std::string>(30, "/light")}});
  CHECK(probe::look(probe, much).facts.empty());
}

}  // namespace lintel::probes::coap
