// The TLCP client against a server of our own that behaves, or breaks exactly one thing.
#include "net/tlcp_stream.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "net/dialer.h"
#include "net/scripted_tlcp.h"

using namespace lintel;
using namespace lintel::net;
using namespace std::chrono_literals;
using tlcp::MessageType;

namespace {

struct World {
  crypto::testing::Identity authority = make_authority("Home CA"), other = make_authority("Other CA");
  TlcpCredentials server = make_double_certificate("gateway", authority);
  TlcpCredentials lamp = make_double_certificate("lamp", authority), stranger = make_double_certificate("stranger", other);
};
const World& world() {
  static const World made;
  return made;
}

TlcpServerOptions server_options(std::uint16_t suite, ClientCertificate client = ClientCertificate::none) {
  return {.credentials = world().server, .suites = {suite}, .client_certificate = client, .client_ca = world().authority.pem()};
}

// After the handshake what comes goes back.
ScriptedPeer::Script echo(const TlcpServerOptions& options) {
  return [&options](ScriptedConnection& connection, int) {
    TlcpServer server(connection, options);
    if (server.handshake())
      for (Bytes data = server.read_some(); !data.empty(); data = server.read_some()) server.write(data);
    connection.half_close();
    connection.stall();
  };
}

std::unique_ptr<TlcpStream> open(const ScriptedPeer& peer, const TlcpOptions& options, std::chrono::milliseconds time = 10s) {
  static const Cancel cancel;
  auto stream = dial({"127.0.0.1", peer.port(), Transport::tcp}, Deadline::after(10s), cancel);
  REQUIRE(stream);
  return TlcpStream::open(*std::move(stream), options, Deadline::after(time));
}

std::string echoed(TlcpStream& stream, const std::string& text) {
  REQUIRE(stream.write_all(as_bytes(text), Deadline::after(10s)));
  std::string back;
  std::array<std::uint8_t, 5000> buffer;
  while (back.size() < text.size()) {
    const auto size = stream.read_some(buffer, Deadline::after(10s));
    REQUIRE(size);
    REQUIRE(*size > 0);
    back += as_text(ByteView(buffer).first(*size));
  }
  return back;
}

const std::uint16_t kSuites[] = {0xE013, 0xE053, 0xE011, 0xE051};

}  // namespace

TEST_CASE("every suite carries data both ways, with and without a client certificate") {
  for (const TlcpDialect dialect : {TlcpDialect::usual, TlcpDialect::gmssl})
    for (const std::uint16_t suite : kSuites)
      for (const ClientCertificate client : {ClientCertificate::none, ClientCertificate::optional, ClientCertificate::required}) {
        TlcpServerOptions options = server_options(suite, client);
        options.dialect = dialect;
        ScriptedPeer peer(echo(options));
        const auto stream = open(peer, {.credentials = world().lamp, .suites = {}, .dialect = dialect});
        REQUIRE_MESSAGE(stream->finished(), stream->finished().error().message);
        CHECK(stream->spoken());
        CHECK(stream->version() == 0x0101);
        CHECK(stream->suite() == suite);
        CHECK(stream->suite_name() == tlcp::suite_of(suite)->name);
        CHECK(stream->key_exchange_signed() == true);
        CHECK(stream->chain().size() == 3);
        CHECK(crypto::to_pem(stream->chain()[1]) == world().server.encrypt_certificate);
        const bool ecdhe = suite == 0xE011 || suite == 0xE051;
        CHECK(stream->certificate_requested() == (ecdhe || client != ClientCertificate::none));
        CHECK(stream->requested_types() == (stream->certificate_requested() ? std::vector<std::uint8_t>{64} : std::vector<std::uint8_t>{}));
        CHECK(stream->requested_authorities().size() == (stream->certificate_requested() ? 1 : 0));
        CHECK(!stream->alert());
        CHECK(echoed(*stream, "hello") == "hello");
        const std::string big(40000, 'x');
        CHECK(echoed(*stream, big) == big);
      }
}

TEST_CASE("a server that wants a client certificate refuses a stranger's and the lack of one") {
  for (const std::uint16_t suite : {std::uint16_t{0xE013}, std::uint16_t{0xE053}}) {
    const TlcpServerOptions required = server_options(suite, ClientCertificate::required), optional = server_options(suite, ClientCertificate::optional);
    ScriptedPeer strict(echo(required)), lax(echo(optional));
    const auto none = open(strict, {});
    REQUIRE(!none->finished());
    CHECK(none->finished().error().code == ErrorCode::protocol);
    CHECK(none->alert() == 40);
    CHECK(none->certificate_requested());
    CHECK(none->chain().size() == 3);
    CHECK(none->key_exchange_signed() == true);
    CHECK(open(strict, {.credentials = world().stranger})->alert() == 48);
    CHECK(open(lax, {.credentials = world().stranger})->alert() == 48);
    const auto without = open(lax, {});
    REQUIRE(without->finished());
    CHECK(echoed(*without, "hello") == "hello");
  }
}

TEST_CASE("each dialect is refused by a server of the other") {
  TlcpServerOptions options = server_options(0xE013, ClientCertificate::required);
  ScriptedPeer usual(echo(options));
  // It takes the authority for the client's encryption certificate.
  CHECK(open(usual, {.credentials = world().lamp, .suites = {}, .dialect = TlcpDialect::gmssl})->alert() == 48);
  TlcpServerOptions other = options;
  other.dialect = TlcpDialect::gmssl;
  ScriptedPeer gmssl(echo(other));
  CHECK(open(gmssl, {.credentials = world().lamp})->alert() == 51);
}

TEST_CASE("ECDHE without an encryption certificate of ours ends before anything is claimed") {
  const TlcpServerOptions options = server_options(0xE011);
  ScriptedPeer peer(echo(options));
  const auto stream = open(peer, {.credentials = {}, .suites = {0xE011}});
  REQUIRE(!stream->finished());
  CHECK(stream->finished().error().code == ErrorCode::unsupported);
  CHECK(stream->certificate_requested());
  CHECK(stream->key_exchange_signed() == true);
  // It is not even offered unless asked for.
  const auto plain = open(peer, {});
  CHECK(plain->alert() == 40);
  CHECK(plain->suite() == 0);
  CHECK(plain->spoken());
}

TEST_CASE("credentials that can't be used are an error, and nothing is sent") {
  const TlcpCredentials& lamp = world().lamp;
  const auto with = [&](auto change) {
    TlcpOptions options{.credentials = lamp};
    change(options);
    return options;
  };
  const crypto::testing::Signer rsa = crypto::testing::Signer::rsa(2048);
  const std::pair<TlcpOptions, const char*> rows[] = {
      {with([](auto& o) { o.credentials.sign_certificate = "nonsense"; }), "the signature certificate is no PEM certificate"},
      {with([&](auto& o) { o.credentials.sign_key = lamp.encrypt_key; }), "the key does not fit the signature certificate"},
      {with([&](auto& o) { o.credentials.encrypt_key = lamp.sign_key; }), "the key does not fit the encryption certificate"},
      {with([&](auto& o) { o.credentials.sign_key = rsa.private_pem(); }), "the key of the signature certificate is no SM2 key"},
      {with([](auto& o) { o.credentials.encrypt_certificate = "nonsense"; }), "the encryption certificate is no PEM certificate"},
      {with([](auto& o) { o.suites = {0xC02F}; }), "no TLCP suite of ours: c02f"}};
  ScriptedPeer peer([](ScriptedConnection& connection, int) { CHECK(connection.read_some().empty()); });
  for (const auto& [options, message] : rows) {
    const auto stream = open(peer, options);
    REQUIRE(!stream->finished());
    CHECK(stream->finished().error().code == ErrorCode::invalid_input);
    CHECK(stream->finished().error().message == message);
    CHECK(!stream->spoken());
  }
}

TEST_CASE("a signature that does not fit the key exchange is a fact; the handshake goes on") {
  for (const std::uint16_t suite : kSuites) {
    TlcpServerOptions options = server_options(suite);
    options.before = [](TlcpServer&, MessageType type, Bytes& message) {
      if (type == MessageType::server_key_exchange) message.back() ^= 1;
      return true;
    };
    ScriptedPeer peer(echo(options));
    const auto stream = open(peer, {.credentials = world().lamp});
    CHECK_MESSAGE(stream->finished(), stream->finished().error().message);
    CHECK(stream->key_exchange_signed() == false);
  }
}

TEST_CASE("a server that breaks one thing is met with a reason") {
  struct Row {
    const char* name;
    MessageType at;
    std::function<bool(TlcpServer&, Bytes&)> act;  // before that message
    ErrorCode code;
    std::string message;
    std::uint16_t suite = 0xE013;
  };
  const auto change = [](auto act) {
    return [act](TlcpServer&, Bytes& message) {
      act(message);
      return true;
    };
  };
  const auto raw = [](Bytes bytes) {
    return [bytes](TlcpServer& server, Bytes&) {
      server.connection().write(bytes);
      return true;
    };
  };
  const auto chain = read_identity(world().server).value().value().chain;
  Bytes requests, warnings;
  for (int i = 0; i < 40; ++i) {
    append_number(requests, 0, 4);
    tlcp::append(warnings, Bytes{21, 1, 1, 0, 2, 1, 90});
  }
  const auto protocol = ErrorCode::protocol;
  const Row rows[] = {
      {"one certificate", MessageType::certificate, change([&](Bytes& m) { m = tlcp::encode_certificates({chain[0]}); }), protocol,
       "the server sent 1 certificates; TLCP needs one to sign and one to encrypt"},
      {"no certificate", MessageType::certificate, change([&](Bytes& m) { m = tlcp::encode_certificates({}); }), protocol,
       "the server sent 0 certificates; TLCP needs one to sign and one to encrypt"},
      {"too many", MessageType::certificate, change([&](Bytes& m) { m = tlcp::encode_certificates(std::vector<Bytes>(33, Bytes{1})); }), protocol,
       "more than 32 certificates"},
      {"nonsense certificates", MessageType::certificate, change([&](Bytes& m) { m = tlcp::encode_certificates({Bytes(9, 1), Bytes(9, 2)}); }),
       protocol, ""},
      {"wrong Finished", MessageType::finished, change([](Bytes& m) { m.back() ^= 1; }), protocol, "the server's Finished does not fit"},
      {"short Finished", MessageType::finished, change([](Bytes& m) { m = tlcp::encode_message(MessageType::finished, {}); }), protocol,
       "the server's Finished does not fit"},
      {"wrong version", MessageType::server_hello, change([](Bytes& m) { m[4] = 3; }), protocol, "the server chose version 0301"},
      {"unoffered suite", MessageType::server_hello, change([](Bytes& m) { m[m.size() - 2] = 0x51; }), protocol,
       "the server chose suite e051, which was not offered"},
      {"compression", MessageType::server_hello, change([](Bytes& m) { m.back() = 1; }), protocol, "compression 1, which was not offered"},
      {"length too long", MessageType::server_hello, change([](Bytes& m) { m[1] = 0xFF; }), protocol, "a handshake message of 16711718 bytes"},
      {"length too short", MessageType::server_hello, change([](Bytes& m) { m[3] = 30; }), protocol, "malformed ServerHello"},
      {"certificate length lies", MessageType::certificate, change([](Bytes& m) { m[8] ^= 0x40; }), protocol, "malformed Certificate"},
      {"signature length lies", MessageType::server_key_exchange, change([](Bytes& m) { m[5] ^= 1; }), protocol, "malformed ServerKeyExchange"},
      {"a body in ServerHelloDone", MessageType::server_hello_done, change([](Bytes& m) { m = {14, 0, 0, 1, 0}; }), protocol,
       "handshake message 14 out of order"},
      {"a message left out", MessageType::server_key_exchange, change([](Bytes& m) { m.clear(); }), protocol, "handshake message 14 out of order"},
      {"oversized record", MessageType::certificate, raw({22, 1, 1, 0xFF, 0xFF}), protocol, "a record of 65535 bytes, which is over the limit"},
      {"empty record", MessageType::certificate, raw({22, 1, 1, 0, 0}), protocol, "an empty handshake record"},
      {"data in the handshake", MessageType::certificate, raw({23, 1, 1, 0, 1, 0}), protocol, "application data inside the handshake"},
      {"early change", MessageType::certificate, raw({20, 1, 1, 0, 1, 1}), protocol, "ChangeCipherSpec out of order"},
      {"long alert", MessageType::certificate, raw({21, 1, 1, 0, 3, 2, 40, 0}), protocol, "an alert of 3 bytes"},
      {"warnings for ever", MessageType::certificate, raw(warnings), protocol, "more than 32 records or requests in a row that say nothing"},
      {"requests for ever", MessageType::certificate,
       [requests](TlcpServer& server, Bytes&) {
         server.connection().write(server.seal(tlcp::RecordType::handshake, requests));
         return true;
       },
       protocol, "more than 32 records or requests in a row that say nothing"},
      {"text", MessageType::server_hello, raw({'H', 'T', 'T', 'P', '/', '1', '.', '1'}), protocol,
       "no TLCP record: it starts with 485454502f"},
      {"end", MessageType::certificate, [](TlcpServer&, Bytes&) { return false; }, ErrorCode::closed, "the peer ended the connection"},
      {"reset", MessageType::server_hello_done,
       [](TlcpServer& server, Bytes&) {
         server.connection().reset();
         return false;
       },
       ErrorCode::reset, ""},
      {"no request with ECDHE", MessageType::certificate_request, change([](Bytes& m) { m.clear(); }), protocol,
       "the server agrees on keys without asking for our certificates", 0xE011},
      {"a point off the curve", MessageType::server_key_exchange, change([](Bytes& m) { m[50] ^= 1; }), protocol,
       "the peer's temporary key is no point of the SM2 curve", 0xE011},
      {"plain Finished", MessageType::finished,
       [](TlcpServer& server, Bytes& message) {
         Bytes record{22, 1, 1, 0, 16};
         tlcp::append(record, message);
         server.connection().write(record);
         return false;
       },
       protocol, "a record that does not decrypt"},
  };
  for (const Row& row : rows) {
    TlcpServerOptions options = server_options(row.suite);
    options.before = [&](TlcpServer& server, MessageType type, Bytes& message) { return type != row.at || row.act(server, message); };
    ScriptedPeer peer(echo(options));
    const auto stream = open(peer, {.credentials = world().lamp, .suites = {row.suite}});
    INFO(row.name);
    REQUIRE(!stream->finished());
    CHECK(stream->finished().error().code == row.code);
    if (!row.message.empty()) CHECK(stream->finished().error().message == row.message);
    std::array<std::uint8_t, 4> buffer{};
    CHECK(stream->read_some(buffer, Deadline::after(10s)).error().code == row.code);
    CHECK(stream->write_all(buffer, Deadline::after(10s)).error().code == row.code);
    CHECK(stream->await_reaction(Deadline::after(10s)).error().code == row.code);
  }
}

TEST_CASE("an alert at any stage is kept, and silence is a time-out") {
  for (const MessageType stage : {MessageType::server_hello, MessageType::certificate, MessageType::server_key_exchange,
                                  MessageType::certificate_request, MessageType::server_hello_done, MessageType::finished}) {
    TlcpServerOptions options = server_options(0xE053, ClientCertificate::optional), silent = options;
    options.before = [stage](TlcpServer& server, MessageType type, Bytes&) { return type != stage || server.send_alert(2, 80); };
    silent.before = [stage](TlcpServer& server, MessageType type, Bytes&) {
      if (type == stage) server.connection().stall();
      return type != stage;
    };
    ScriptedPeer peer(echo(options)), quiet(echo(silent));
    const auto refused = open(peer, {});
    CHECK(refused->alert() == 80);
    CHECK(refused->finished().error().message == "alert 80 from the peer");
    CHECK(refused->certificate_requested() == (stage >= MessageType::server_hello_done));
    CHECK(open(quiet, {}, 100ms)->finished().error().code == ErrorCode::timeout);
  }
}

TEST_CASE("what is odd but allowed is let through") {
  for (const std::uint16_t suite : kSuites) {
    TlcpServerOptions options = server_options(suite);
    options.record_size = 1;
    options.before = [](TlcpServer& server, MessageType type, Bytes&) {
      if (type == MessageType::certificate) {
        server.connection().write(server.seal(tlcp::RecordType::handshake, Bytes{0, 0, 0, 0}));
        server.send_alert(1, 90);
      }
      return true;
    };
    ScriptedPeer peer(echo(options));
    const auto stream = open(peer, {.credentials = world().lamp});
    REQUIRE_MESSAGE(stream->finished(), stream->finished().error().message);
    CHECK(stream->alert() == 90);
    CHECK(echoed(*stream, "hello") == "hello");
  }
}

TEST_CASE("after the handshake: a broken record, a refusal, a new negotiation, the end") {
  for (const std::uint16_t suite : {std::uint16_t{0xE013}, std::uint16_t{0xE053}}) {
    TlcpServerOptions options = server_options(suite);
    options.change_data_record = [](Bytes& record) { record.back() ^= 1; };
    ScriptedPeer peer(echo(options));
    const auto stream = open(peer, {});
    REQUIRE(stream->finished());
    REQUIRE(stream->write_all(as_bytes("hello"), Deadline::after(10s)));
    std::array<std::uint8_t, 16> buffer{};
    const auto read = stream->read_some(buffer, Deadline::after(10s));
    REQUIRE(!read);
    CHECK(read.error().code == ErrorCode::protocol);
    CHECK(read.error().message == "a record that does not decrypt");
  }
  const TlcpServerOptions plain = server_options(0xE053);
  ScriptedPeer peer([&](ScriptedConnection& connection, int number) {
    TlcpServer server(connection, plain);
    if (!server.handshake()) return;
    connection.write(server.seal(tlcp::RecordType::handshake, Bytes{0, 0, 0, 0}));
    connection.write(server.seal(tlcp::RecordType::application_data, {}));
    server.write(as_bytes("hi"));
    server.send_alert(number == 0 ? 1 : 2, number == 0 ? 0 : 40);
    connection.half_close();
    connection.stall();
  });
  for (const bool orderly : {true, false}) {
    const auto stream = open(peer, {});
    REQUIRE(stream->finished());
    CHECK(stream->await_reaction(Deadline::after(10s)));
    std::array<std::uint8_t, 16> buffer{};
    CHECK(stream->read_some(std::span(buffer).first(1), Deadline::after(10s)) == std::size_t{1});
    CHECK(stream->read_some(buffer, Deadline::after(10s)) == std::size_t{1});
    const auto end = stream->read_some(buffer, Deadline::after(10s));
    CHECK(end.has_value() == orderly);
    if (!orderly) CHECK(end.error().message == "alert 40 from the peer");
    CHECK(stream->alert() == (orderly ? 0 : 40));
  }
}

TEST_CASE("a server that speaks TLS only is told by its alert, and speaks no TLCP") {
  ScriptedPeer peer([](ScriptedConnection& connection, int) {
    connection.read_some();
    connection.write(Bytes{21, 3, 3, 0, 2, 2, 70});
    connection.stall();
  });
  const auto stream = open(peer, {});
  CHECK(stream->alert() == 70);
  CHECK(!stream->spoken());
  CHECK(stream->version() == 0);
}
