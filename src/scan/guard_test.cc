// What a job may touch: scope, secrets, the asset's gate, and the live context on loopback.
#include <doctest/doctest.h>

#include <fstream>
#include <thread>

#include "base/files.h"
#include "data/json.h"
#include "net/scripted_peer.h"
#include "scan/live_context.h"

namespace lintel::scan {
namespace {

model::Asset make_asset() {
  return {"cloud", model::Role::platform, 1, {},
          {{model::ItemKind::service, "edge", Json{{"address", "Edge.Example"}, {"ca", "pki/ca.pem"}}},
           {model::ItemKind::host, "six", Json{{"address", "2001:db8::1"}}},
           {model::ItemKind::host, "local", Json{{"address", "127.0.0.1"}}},
           {model::ItemKind::session, "login", Json{{"url", "https://home.example:8443/login?next=http://evil.example/"}}}}};
}

}  // namespace

TEST_CASE("hosts: only those of the asset, by their spelling") {
  const Scope scope(make_asset(), {}, "/nowhere");
  for (const char* host : {"edge.example", "EDGE.example", "2001:db8::1", "[2001:DB8::1]", "127.0.0.1", "home.example"}) {
    CAPTURE(host);
    CHECK(scope.check_host(host).has_value());
  }
  for (const char* host : {"", "127.0.0.2", "127.1", "0x7f000001", "localhost", "evil.example", "edge.example.", "home.example:8443", "2001:db8:0::1"}) {
    CAPTURE(host);
    const auto checked = scope.check_host(host);
    REQUIRE(!checked.has_value());
    CHECK(checked.error().code == ErrorCode::permission);
  }
}

TEST_CASE("a name in the DNS opens its listed addresses, and for its own job its resolver") {
  const model::Item name{model::ItemKind::domain, "portal", Json{{"name", "home.example"}, {"resolver", "[2001:DB8::53]:5353"}, {"addresses", {"192.0.2.1", "192.0.2.2"}}}};
  const model::Asset asset{"cloud", model::Role::platform, 1, {}, {name}};
  for (const char* host : {"192.0.2.1", "192.0.2.2", "2001:db8::53"}) CHECK(Scope(asset, name, "/nowhere").check_host(host).has_value());
  CHECK(!Scope(asset, name, "/nowhere").check_host("192.0.2.3").has_value());
  CHECK(!Scope(asset, name, "/nowhere").check_host("home.example").has_value());
  CHECK(!Scope(asset, {}, "/nowhere").check_host("2001:db8::53").has_value());
}

TEST_CASE("URLs: what parsers read in different ways is refused") {
  CHECK(*url_host("https://Home.Example:8443/login") == "home.example");
  CHECK(*url_host("http://[2001:DB8::1]:80/") == "2001:db8::1");
  CHECK(*url_host("HTTP://127.0.0.1") == "127.0.0.1");
  for (const char* url : {"", "home.example", "ftp://home.example/", "https://", "https:///x", "https://home.example@evil.example/",
                          "https://evil.example\\@home.example/", "https://home.example /", "https://home.example\r\nHost: x/", "https://home.example:80:81/",
                          "https://home.example:8x/", "https://[::1", "https://[::1]x/", "https://home%2eexample/", "https://høme.example/"}) {
    CAPTURE(url);
    CHECK(!url_host(url).has_value());
  }
}

TEST_CASE("files: those of the item, beside them, and of the target's folder") {
  const auto folder = *TemporaryFolder::create();
  const auto elsewhere = *TemporaryFolder::create();
  const std::string image = (elsewhere.path() / "lamp.bin").string();
  std::ofstream(image) << "x";
  const model::Item item{model::ItemKind::firmware, "lamp", Json{{"image", image}, {"hmac", {{"key", "file:../keys/hmac"}}}, {"note", "/etc"}}};
  const Scope scope({}, item, folder.path());
  const auto allowed = [&](const std::string& path) { return scope.check_file(path).has_value(); };
  CHECK(allowed("lamp.sig"));
  CHECK(allowed("run/deep/lamp.sig"));
  CHECK(allowed(image));
  CHECK(allowed((elsewhere.path() / "lamp.sig").string()));
  CHECK(allowed("../keys/hmac"));
  CHECK(!allowed("../keys/other"));
  CHECK(!allowed("run/../../outside"));
  CHECK(!allowed("/etc/passwd"));
  CHECK(!allowed(folder.path().string() + "-neighbour/x"));
  CHECK(*scope.check_file("run/../lamp.sig") == folder.path() / "lamp.sig");
}

TEST_CASE("secrets are found in every common coat") {
  Secrets secrets;
  secrets.add("correct horse/9");
  struct Row {
    const char* text;
    const char* clean;
  };
  const Row rows[] = {
      {"a correct horse/9 b", "a [secret] b"},
      {"xcorrect horse/9x", "x[secret]x"},
      {"p=correct+horse%2F9&", "p=[secret]&"},
      {"p=correct%20horse%2f9&", "p=[secret]&"},
      {"Y29ycmVjdCBob3JzZS85", "[secret]"},
      {"636f727265637420686f7273652f39", "[secret]"},
      {"correct horse", "correct horse"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(secrets.redact(row.text) == row.clean);
  }
  for (const char* before : {"", "a", "ab", "abc", "tester:", "longer-user:"}) {  // as in Authorization: Basic
    CAPTURE(before);
    const std::string clean = secrets.redact(to_base64(as_bytes(before + std::string("correct horse/9") + "tail")));
    CHECK(clean.find("[secret]") != std::string::npos);
    CHECK(clean.size() < 8 + 8 + to_base64(as_bytes(before)).size() + 8);
  }
  Json facts{{"list", {"is correct horse/9", 9}}, {"correct horse/9", true}};
  secrets.redact(facts);
  CHECK(facts == Json{{"list", {"is [secret]", 9}}, {"[secret]", true}});
}

TEST_CASE("a short secret is cut out as a word only") {
  Secrets secrets;
  secrets.add("443");
  CHECK(secrets.redact("port 443, 4430 and x443") == "port [secret], 4430 and x443");
}

TEST_CASE("references to secrets") {
  const auto folder = *TemporaryFolder::create();
  std::ofstream(folder.path() / "key") << "in a file\r\n";
  std::ofstream(folder.path() / "empty") << "\n";
  setenv("LINTEL_TEST_SECRET", "in the environment", 1);
  Secrets secrets;
  CHECK(*secrets.resolve("env:LINTEL_TEST_SECRET", folder.path()) == "in the environment");
  CHECK(*secrets.resolve("file:key", folder.path()) == "in a file");
  CHECK(*secrets.resolve("as it is", folder.path()) == "as it is");
  CHECK(secrets.redact("in the environment, in a file, as it is") == "[secret], [secret], as it is");
  CHECK(secrets.resolve("env:LINTEL_TEST_ABSENT", folder.path()).error().message ==
        "the environment variable LINTEL_TEST_ABSENT is not set; set it before scanning");
  CHECK(secrets.resolve("file:empty", folder.path()).error().code == ErrorCode::not_found);
  CHECK(secrets.resolve("file:none", folder.path()).error().code == ErrorCode::not_found);
}

TEST_CASE("the gate lets in as many as it has connections") {
  AssetGate gate(2, std::chrono::milliseconds(0));
  const Cancel cancel;
  const Deadline now = Deadline::after(std::chrono::milliseconds(0));
  CHECK(gate.enter(now, cancel).has_value());
  CHECK(gate.enter(now, cancel).has_value());
  const auto third = gate.enter(now, cancel);
  REQUIRE(!third.has_value());
  CHECK(third.error().code == ErrorCode::timeout);
  std::thread other([&] { gate.leave(); });
  CHECK(gate.enter(Deadline::after(std::chrono::seconds(30)), cancel).has_value());
  other.join();
  Cancel pressed;
  pressed.request();
  CHECK(gate.enter(Deadline::never(), pressed).error().code == ErrorCode::cancelled);
}

TEST_CASE("the gap is kept between connections") {
  AssetGate gate(2, std::chrono::hours(1));
  const Cancel cancel;
  CHECK(gate.wait_gap(Deadline::never(), cancel).has_value());  // the first needs none
  CHECK(gate.wait_gap(Deadline::after(std::chrono::minutes(1)), cancel).error().code == ErrorCode::timeout);
  Cancel pressed;
  pressed.request();
  CHECK(gate.wait_gap(Deadline::never(), pressed).error().code == ErrorCode::cancelled);
}

TEST_CASE("the live context dials what is declared, within the limit") {
  net::ScriptedPeer peer([](net::ScriptedConnection& connection, int) {
    connection.write("hello");
    connection.stall();
  });
  model::Target target;
  const model::Asset asset = make_asset();
  const model::Job job;
  AssetGate gate(1, std::chrono::milliseconds(0));
  Secrets secrets;
  const Cancel stop;
  const SystemClock clock;
  LiveContext context({target, asset, asset.items[2], job, gate, secrets, stop, clock, Deadline::after(std::chrono::seconds(30)), {}});
  const net::Endpoint declared{"127.0.0.1", peer.port()};
  std::array<std::uint8_t, 5> buffer{};
  {
    auto stream = context.dial(declared, Deadline::never());
    REQUIRE(stream.has_value());
    CHECK(*(*stream)->read_some(buffer, Deadline::after(std::chrono::seconds(30))) > 0);
    const auto second = context.dial(declared, Deadline::never());
    REQUIRE(!second.has_value());
    CHECK(second.error().code == ErrorCode::limit);
  }
  {
    auto again = context.dial(declared, Deadline::never());  // the first gave its place back
    REQUIRE(again.has_value());
    CHECK(*(*again)->read_some(buffer, Deadline::after(std::chrono::seconds(30))) > 0);
  }
  net::HttpOptions elsewhere;
  elsewhere.connect_to = "127.0.0.2";
  for (const auto& refused : {context.dial({"127.0.0.2", peer.port()}, Deadline::never()).error(),
                              context.sweep("127.0.0.2", {}).error(),
                              context.open_http(elsewhere).error()})
    CHECK(refused.code == ErrorCode::permission);
  auto session = context.open_http({});
  REQUIRE(session.has_value());
  CHECK((*session)->send({"GET", "http://127.0.0.2/", {}, ""}).error().code == ErrorCode::permission);
  CHECK(peer.connections() == 2);

  probe::SweepOptions range;
  range.first = range.last = peer.port();
  const auto swept = context.sweep("127.0.0.1", range);
  REQUIRE(swept.has_value());
  CHECK(swept->open == std::vector<std::uint16_t>{peer.port()});
}

TEST_CASE("two jobs that want each other's connection do not wait for ever") {
  net::ScriptedPeer peer([](net::ScriptedConnection& connection, int) { connection.stall(); });
  model::Target target;
  const model::Asset asset = make_asset();
  const model::Job job;
  AssetGate gate(2, std::chrono::milliseconds(0));
  Secrets secrets;
  const Cancel stop;
  const SystemClock clock;
  const LiveWorld world{target, asset, asset.items[2], job, gate, secrets, stop, clock, Deadline::never(), {}, std::chrono::milliseconds(0)};
  LiveContext one(world), other(world);
  const net::Endpoint declared{"127.0.0.1", peer.port()};
  const auto first = one.dial(declared, Deadline::never()), second = other.dial(declared, Deadline::never());
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  const auto third = one.dial(declared, Deadline::never());
  REQUIRE(!third.has_value());
  CHECK(third.error().code == ErrorCode::limit);
}

TEST_CASE("waiting for a turn does not eat the time to connect") {
  net::ScriptedPeer peer([](net::ScriptedConnection& connection, int) { connection.stall(); });
  model::Target target;
  const model::Asset asset = make_asset();
  const model::Job job;
  AssetGate gate(1, std::chrono::milliseconds(600));
  Secrets secrets;
  const Cancel stop;
  const SystemClock clock;
  LiveContext context({target, asset, asset.items[2], job, gate, secrets, stop, clock, Deadline::after(std::chrono::seconds(30)), {}});
  for (int time = 0; time < 2; ++time)  // the second waits for the gap, longer than it may take to connect
    CHECK(context.dial({"127.0.0.1", peer.port()}, Deadline::after(std::chrono::milliseconds(500))).has_value());
  LiveContext hurried({target, asset, asset.items[2], job, gate, secrets, stop, clock, Deadline::after(std::chrono::milliseconds(0)), {}});
  const auto late = hurried.dial({"127.0.0.1", peer.port()}, Deadline::never());
  REQUIRE(!late.has_value());
  CHECK(late.error().code == ErrorCode::timeout);  // the job's time it does eat
}

TEST_CASE("evidence has caps") {
  model::Target target;
  const model::Asset asset = make_asset();
  const model::Job job;
  AssetGate gate(1, std::chrono::milliseconds(0));
  Secrets secrets;
  const Cancel stop;
  const SystemClock clock;
  LiveContext context({target, asset, asset.items[0], job, gate, secrets, stop, clock, Deadline::never(), {}});
  context.keep_evidence("big", "text/plain", Bytes(kEvidenceCapBytes - 10), {});
  context.keep_evidence("too much", "text/plain", Bytes(11), {});
  context.keep_evidence("fits", "text/plain", Bytes(10), {});
  CHECK(context.evidence.size() == 2);
  CHECK(context.evidence_dropped == 1);
}

}  // namespace lintel::scan
