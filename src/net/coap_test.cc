// CoAP messages, a request with retransmission, and DTLS, against peers in memory.
#include <doctest/doctest.h>

#include <deque>

#include "net/coap_client.h"
#include "net/dtls_stream.h"
#include "net/scripted_dtls.h"

using namespace lintel;
using namespace lintel::net;
using namespace std::chrono_literals;

namespace {

using Datagrams = std::vector<Bytes>;

// Datagrams from a function: each write may be answered by any number of them. Silence is a timeout at once.
class Peer : public Stream {
 public:
  using Script = std::function<Datagrams(ByteView)>;
  Peer(Script script, int& writes) : script_(std::move(script)), writes_(writes) {}
  Result<std::size_t> read_some(std::span<std::uint8_t> buffer, Deadline) override {
    if (pending_.empty()) return fail(ErrorCode::timeout, "silent");
    const Bytes next = pending_.front();
    pending_.pop_front();
    std::copy(next.begin(), next.end(), buffer.begin());
    return next.size();
  }
  Result<void> write_all(ByteView bytes, Deadline) override {
    ++writes_;
    for (Bytes& answer : script_(bytes))
      if (!answer.empty()) pending_.push_back(std::move(answer));
    return {};
  }

 private:
  Script script_;
  int& writes_;
  std::deque<Bytes> pending_;
};

coap::Message reply_to(ByteView request, coap::Type type, std::string_view payload = "") {
  const auto asked = coap::decode(request);
  coap::Message reply{type, coap::code(2, 5), asked->id, asked->token};
  reply.payload.assign(payload.begin(), payload.end());
  return reply;
}

Result<coap::Message> ask(Peer::Script script, int* writes = nullptr) {
  int count = 0;
  Peer peer(std::move(script), writes != nullptr ? *writes : count);
  return coap::ask(peer, {coap::kGet, "/light"}, {.first = 1ms, .tries = 3}, Deadline::after(10s));
}

Bytes hex(std::string_view text) { return *from_hex(text); }

}  // namespace

TEST_CASE("a message reads as it was written, and as the RFC shows it") {
  // RFC 7252, appendix A, figure 16: GET /temperature, id 0x7d34.
  const Bytes figure = hex("40017d34bb74656d7065726174757265");
  const auto read = coap::decode(figure);
  REQUIRE(read.has_value());
  CHECK(read->code == coap::kGet);
  CHECK(read->id == 0x7d34);
  REQUIRE(read->options.size() == 1);
  CHECK(read->options[0].number == coap::kUriPath);
  CHECK(coap::encode({coap::Type::confirmable, coap::kGet, 0x7d34, {}, coap::path_options("/temperature")}) == figure);
  coap::Message long_one{coap::Type::acknowledgement, coap::code(2, 5), 1, hex("0102030405060708")};
  long_one.options = {{2000, Bytes(300, 7)}, {12, hex("32")}, {60, Bytes(20, 1)}, {60, {}}};
  long_one.payload = Bytes(1000, 9);
  const auto again = coap::decode(coap::encode(long_one));
  REQUIRE(again.has_value());
  REQUIRE(again->options.size() == 4);
  CHECK(again->options[0].number == 12);
  CHECK(again->options[3].number == 2000);
  CHECK(again->options[3].value.size() == 300);
  CHECK(again->token == long_one.token);
  CHECK(again->payload == long_one.payload);
  CHECK(coap::path_options("/a/b?x=1&y").size() == 4);
  CHECK(coap::path_options("/").empty());
  CHECK(coap::code_text(coap::code(4, 1)) == "4.01");
}

TEST_CASE("malformed messages are refused") {
  for (const char* text : {"", "40", "400100", "00010001", "80010001", "c0010001", "49010001010203040506070809", "4201000101", "4000000101",
                           "41000001aa", "40450001ff", "40450001f0", "404500010f", "40450001d0", "40450001e001", "4045000105aa",
                           "40450001e0ffffe0ffff"}) {
    CAPTURE(text);
    CHECK(coap::decode(hex(text)).error().code == ErrorCode::protocol);
  }
  Bytes many = hex("40450001");
  many.resize(many.size() + 65, 0x10);
  CHECK(coap::decode(many).error().code == ErrorCode::limit);
  CHECK(coap::decode(hex("40450001")).has_value());
}

TEST_CASE("an answer comes with the acknowledgement, or later and is acknowledged") {
  const auto together = ask([](ByteView request) { return Datagrams{coap::encode(reply_to(request, coap::Type::acknowledgement, "on"))}; });
  REQUIRE(together.has_value());
  CHECK(as_text(together->payload) == "on");
  int writes = 0;
  const auto later = ask(
      [](ByteView request) -> Datagrams {
        const auto asked = coap::decode(request);
        if (asked->code == 0) return {};
        coap::Message reply = reply_to(request, coap::Type::confirmable, "off");
        reply.id = static_cast<std::uint16_t>(asked->id + 1);
        return {coap::encode({coap::Type::acknowledgement, 0, asked->id}), coap::encode(reply)};
      },
      &writes);
  REQUIRE(later.has_value());
  CHECK(as_text(later->payload) == "off");
  CHECK(writes == 2);
  const auto reset = ask([](ByteView request) { return Datagrams{coap::encode({coap::Type::reset, 0, coap::decode(request)->id})}; });
  REQUIRE(reset.has_value());
  CHECK(reset->type == coap::Type::reset);
}

TEST_CASE("a silent peer is asked again, a busy one is not; others' answers and nonsense are passed over") {
  int writes = 0;
  CHECK(ask([](ByteView) { return Datagrams{}; }, &writes).error().code == ErrorCode::timeout);
  CHECK(writes == 3);
  writes = 0;
  CHECK(ask([](ByteView request) { return Datagrams{coap::encode({coap::Type::acknowledgement, 0, coap::decode(request)->id})}; }, &writes).error().code ==
        ErrorCode::timeout);
  CHECK(writes == 1);
  const auto second = ask([tries = 0](ByteView request) mutable {
    coap::Message other = reply_to(request, coap::Type::acknowledgement, "not mine");
    other.token[0] ^= 1;
    Datagrams sent{coap::encode(other), {1, 2, 3}};
    if (++tries == 2) sent.push_back(coap::encode(reply_to(request, coap::Type::acknowledgement, "mine")));
    return sent;
  });
  REQUIRE(second.has_value());
  CHECK(as_text(second->payload) == "mine");
  CHECK(ask([](ByteView) { return Datagrams{{1, 2, 3}}; }).error().code == ErrorCode::protocol);
  writes = 0;
  CHECK(ask([](ByteView) { return Datagrams(1000, Bytes{1}); }, &writes).error().code == ErrorCode::protocol);
  CHECK(writes == 1);
}

TEST_CASE("DTLS with a pre-shared key, with a wrong one, and with none") {
  int writes = 0;
  const auto open = [&](const std::string& server_key, const DtlsOptions& options) {
    auto server = std::make_shared<ScriptedDtls>(server_key, [](ByteView data) { return Bytes(data.rbegin(), data.rend()); });
    return DtlsStream::open(std::make_unique<Peer>([server](ByteView datagram) { return Datagrams{server->feed(datagram)}; }, writes), options,
                            Deadline::after(10s));
  };
  const auto good = open("secret", {.identity = "lamp", .key = "secret"});
  REQUIRE_MESSAGE(good->finished().has_value(), good->finished().error().message);
  CHECK(good->version() == "DTLSv1.2");
  REQUIRE(good->write_all(as_bytes("abc"), Deadline::after(10s)).has_value());
  std::array<std::uint8_t, 100> buffer{};
  REQUIRE(*good->read_some(buffer, Deadline::after(10s)) == 3);
  CHECK(as_text({buffer.data(), 3}) == "cba");
  CHECK(good->read_some(buffer, Deadline::after(10s)).error().code == ErrorCode::timeout);
  const auto wrong = open("secret", {.identity = "lamp", .key = "secreT"});
  CHECK_FALSE(wrong->finished().has_value());
  CHECK(wrong->answered());
  const auto none = open("secret", {});
  CHECK(none->finished().error().code == ErrorCode::protocol);
  CHECK(none->alert().has_value());
  CHECK(open("", {})->finished().has_value());
  const auto unusable = open("secret", {.certificate = "no PEM", .private_key = "no PEM"});
  CHECK(unusable->finished().error().code == ErrorCode::invalid_input);
}

TEST_CASE("DTLS against peers that are silent or talk nonsense") {
  int writes = 0;
  const auto open = [&](const Bytes& answer) {
    return DtlsStream::open(std::make_unique<Peer>([answer](ByteView) { return Datagrams{answer}; }, writes), {.key = "secret"}, Deadline::after(10s));
  };
  const auto silent = open({});
  CHECK(silent->finished().error().code == ErrorCode::timeout);
  CHECK_FALSE(silent->answered());
  for (const Bytes& nonsense : {Bytes(5, 1), Bytes(2000, 0x16), hex("16fefd00000000000000000001ff")}) {
    const auto stream = open(nonsense);
    CHECK_FALSE(stream->finished().has_value());
    CHECK(stream->version().empty());
  }
}
