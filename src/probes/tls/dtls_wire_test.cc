// Datagrams in any order, twice, in pieces that overlap or lie; cookies, alerts and epochs that can't be read.
#include "probes/tls/dtls_wire.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "probes/tls/dtls.h"
#include "probes/tls/table_server.h"

using namespace lintel;
using namespace lintel::probes::tls;
using probe::Answer;

namespace {

Bytes datagram(std::uint8_t type, const Bytes& payload, std::uint16_t epoch = 0, std::uint16_t version = 0xFEFD) {
  Bytes out{type};
  append_number(out, version, 2);
  append_number(out, epoch, 2);
  append_number(out, 0, 6);
  append_number(out, payload.size(), 2);
  join(out, payload);
  return out;
}

Bytes fragment(std::uint8_t type, std::uint16_t number, const Bytes& body, std::size_t from, std::size_t size) {
  Bytes out{type};
  append_number(out, body.size(), 3);
  append_number(out, number, 2);
  append_number(out, from, 3);
  append_number(out, size, 3);
  out.insert(out.end(), body.begin() + static_cast<std::ptrdiff_t>(from), body.begin() + static_cast<std::ptrdiff_t>(from + size));
  return out;
}
Bytes whole(std::uint8_t type, std::uint16_t number, const Bytes& body) { return fragment(type, number, body, 0, body.size()); }

Bytes hello_body(std::uint16_t version = 0xFEFD, std::uint16_t suite = 0x002F) {
  Bytes body;
  append_number(body, version, 2);
  body.insert(body.end(), 32, 7);
  body.push_back(0);
  append_number(body, suite, 2);
  body.push_back(0);
  return body;
}
const Bytes kRequest{1, 1, 0, 0, 0, 0};  // CertificateRequest: RSA, no schemes, no names

Bytes cookie_request(const Bytes& cookie) {
  Bytes body{0xFE, 0xFF, static_cast<std::uint8_t>(cookie.size())};
  join(body, cookie);
  return whole(3, 0, body);
}

// Datagrams of a flight: hello in three pieces, a request in two, the end.
std::vector<Bytes> pieces() {
  const Bytes hello = hello_body();
  return {datagram(22, fragment(2, 1, hello, 0, 10)),       datagram(22, fragment(2, 1, hello, 10, 20)), datagram(22, fragment(2, 1, hello, 30, hello.size() - 30)),
          datagram(22, fragment(13, 2, kRequest, 0, 3)),    datagram(22, fragment(13, 2, kRequest, 3, 3)), datagram(22, whole(14, 3, {}))};
}

Reply heard(const std::vector<Bytes>& datagrams) {
  DtlsFlight flight;
  for (const Bytes& one : datagrams) flight.take(one);
  return flight.reply();
}

bool is_flight(const Reply& reply) {
  return reply.seen == Seen::server_hello && reply.version == 0xFEFD && reply.suite == 0x002F && reply.certificate_requested && reply.done && reply.flight_ended && reply.problem.empty();
}

}  // namespace

TEST_CASE("fragments make the same flight in any order") {
  auto order = pieces();
  std::ranges::sort(order);
  int orders = 0;
  do {
    REQUIRE(is_flight(heard(order)));
    ++orders;
  } while (std::ranges::next_permutation(order).found);
  CHECK(orders == 720);
}

TEST_CASE("fragments that come twice or overlap change nothing") {
  auto twice = pieces();
  for (const Bytes& one : pieces()) twice.push_back(one);
  CHECK(is_flight(heard(twice)));
  const Bytes hello = hello_body();
  CHECK(is_flight(heard({datagram(22, fragment(2, 1, hello, 5, 25)), datagram(22, fragment(2, 1, hello, 20, 18)), datagram(22, fragment(2, 1, hello, 0, 12)),
                         datagram(22, whole(13, 2, kRequest)), datagram(22, whole(14, 3, {}))})));
  // The first to come counts: a second telling can't turn what was heard.
  Bytes other = hello_body(0xFEFD, 0x0005);
  CHECK(is_flight(heard({datagram(22, whole(2, 1, hello)), datagram(22, whole(2, 1, other)), datagram(22, whole(13, 2, kRequest)), datagram(22, whole(14, 3, {}))})));
}

TEST_CASE("several messages in a record and several records in a datagram") {
  Bytes messages = whole(2, 0, hello_body());
  join(messages, whole(13, 1, kRequest));
  join(messages, whole(14, 2, {}));
  CHECK(is_flight(heard({datagram(22, messages)})));
  Bytes records;
  for (const Bytes& one : pieces()) join(records, one);
  CHECK(is_flight(heard({records})));
}

TEST_CASE("a flight with a hole waits") {
  const auto all = pieces();
  for (std::size_t missing = 0; missing < all.size(); ++missing) {
    auto some = all;
    some.erase(some.begin() + static_cast<std::ptrdiff_t>(missing));
    const Reply reply = heard(some);
    CHECK_FALSE(reply.flight_ended);
    CHECK_FALSE(reply.done);
    CHECK(reply.seen == (missing < 3 ? Seen::more_needed : Seen::server_hello));
  }
  CHECK(heard({}).seen == Seen::nothing);
}

TEST_CASE("lengths that lie are named, and never read beyond what came") {
  const Bytes hello = hello_body();
  const auto raw = [](std::uint32_t length, std::uint32_t from, std::uint32_t size, std::size_t real) {
    Bytes out{2};
    append_number(out, length, 3);
    append_number(out, 1, 2);
    append_number(out, from, 3);
    append_number(out, size, 3);
    out.insert(out.end(), real, 7);
    return datagram(22, out);
  };
  const struct {
    const char* name;
    std::vector<Bytes> datagrams;
  } rows[] = {{"fragment longer than the record", {raw(38, 0, 38, 10)}},
              {"fragment beyond its message", {raw(38, 30, 20, 20)}},
              {"offset beyond its message", {raw(38, 39, 0, 0)}},
              {"a message of 16 MB", {raw(0xFFFFFF, 0, 10, 10)}},
              {"header cut", {datagram(22, {2, 0, 0})}},
              {"two lengths of one message", {datagram(22, fragment(2, 1, hello, 0, 10)), raw(90, 10, 5, 5)}},
              {"two types of one message", {datagram(22, fragment(2, 1, hello, 0, 10)), datagram(22, fragment(11, 1, hello, 10, 28))}}};
  for (const auto& row : rows) {
    const Reply reply = heard(row.datagrams);
    CHECK_MESSAGE(reply.seen == Seen::malformed, row.name);
    CHECK_MESSAGE(reply.flight_ended, row.name);
    CHECK_MESSAGE(!reply.problem.empty(), row.name);
  }
  // Behind a whole ServerHello it is only a note.
  const Reply after = heard({datagram(22, whole(2, 0, hello)), raw(38, 30, 20, 20)});
  CHECK(after.seen == Seen::server_hello);
  CHECK_FALSE(after.problem.empty());
}

TEST_CASE("a flood of messages is cut off") {
  DtlsFlight flight;
  for (std::uint16_t number = 0; number < 40; ++number) flight.take(datagram(22, fragment(11, number, Bytes(8), 0, 1)));
  CHECK(flight.reply().seen == Seen::malformed);
  DtlsFlight large;
  for (std::uint16_t number = 0; number < 3; ++number) large.take(datagram(22, fragment(11, number, Bytes(30000), 0, 1)));
  CHECK(large.reply().seen == Seen::malformed);
}

TEST_CASE("a cookie is handed on as it stands") {
  const Bytes cookie{1, 2, 3, 4, 5, 6, 7, 8};
  const Reply reply = heard({datagram(22, cookie_request(cookie), 0, 0xFEFF)});
  CHECK(reply.seen == Seen::hello_verify);
  CHECK(reply.cookie == cookie);
  CHECK(reply.flight_ended);
  CHECK(heard({datagram(22, cookie_request({}))}).seen == Seen::hello_verify);
  CHECK(heard({datagram(22, whole(3, 0, {0xFE, 0xFF, 9, 1}))}).seen == Seen::malformed);
  // Its hello carries it, as message 1.
  Hello hello;
  hello.version = Version::dtls1_2;
  hello.suites = {0x002F};
  hello.cookie = cookie;
  const Bytes said = encode_dtls_hello(hello, 1);
  CHECK(to_hex(said).find("00080102030405060708") != std::string::npos);  // empty session id, then eight bytes
  CHECK(said[18] == 1);
  CHECK(said.size() == 13U + static_cast<std::size_t>(said[11] << 8 | said[12]));
}

TEST_CASE("alerts: fatal ones end the flight, warnings don't, those of other epochs can't be read") {
  const Reply refused = heard({datagram(21, {2, 70})});
  CHECK(refused.seen == Seen::alert);
  CHECK(refused.alert == 70);
  CHECK(refused.flight_ended);
  CHECK(heard({datagram(21, {1, 0})}).seen == Seen::alert);  // close_notify
  const Reply warned = heard({datagram(21, {1, 112})});
  CHECK(warned.seen == Seen::more_needed);
  CHECK_FALSE(warned.flight_ended);
  CHECK(heard({datagram(21, {2})}).seen == Seen::more_needed);
  CHECK(heard({datagram(21, {2, 70}, 1)}).seen == Seen::more_needed);
  CHECK(heard({datagram(22, whole(2, 0, hello_body()), 1)}).seen == Seen::more_needed);
  const Reply both = heard({datagram(22, whole(2, 0, hello_body())), datagram(21, {2, 40})});
  CHECK(both.seen == Seen::server_hello);
  CHECK(both.alert == 40);
  CHECK(both.flight_ended);
}

TEST_CASE("what is no DTLS is told, unless DTLS came before") {
  CHECK(heard({{'H', 'T', 'T', 'P'}}).seen == Seen::not_tls);
  CHECK(heard({record(22, 0x0303, server_hello_message(0x0303, 0x002F))}).seen == Seen::not_tls);  // TLS, without epoch and number
  CHECK(heard({datagram(22, whole(2, 0, hello_body())), {1, 2, 3}}).seen == Seen::server_hello);
  const Bytes one = datagram(22, whole(2, 0, hello_body()));
  for (std::size_t size = 1; size < one.size(); ++size) {
    const Reply cut = heard({Bytes(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(size))});
    CHECK(cut.seen == Seen::not_tls);
  }
}

namespace {

// A server of DTLS: what it says to each hello. Every write is one datagram.
Survey survey_of(const std::function<Bytes(std::uint16_t version, const Codes& suites)>& answer_to, int* connections = nullptr) {
  probe::FakeContext context;
  context.world.peers[Desk::kPort] = [&]() -> probe::Script {
    return [&](ByteView written) -> Answer {
      Cursor cursor(written);
      if (cursor.u8() != 22) return {};
      cursor.take(24);  // the rest of the record's head, and the message's
      const std::uint16_t version = cursor.u16();
      cursor.take(32);
      cursor.take(cursor.u8());
      cursor.take(cursor.u8());
      Cursor list(cursor.take(cursor.u16()));
      Codes suites;
      while (list.remaining() > 0) suites.push_back(list.u16());
      return {answer_to(version, suites), Answer::Then::stay};
    };
  };
  net::Endpoint endpoint{"127.0.0.1", Desk::kPort};
  endpoint.transport = net::Transport::udp;
  Asker asker(context, endpoint, {});
  const Survey survey = survey_dtls(asker, "");
  if (connections != nullptr) *connections = asker.connections();
  return survey;
}

bool offers(const Codes& suites, std::uint16_t suite) { return std::ranges::find(suites, suite) != suites.end(); }

Bytes flight_of(std::uint16_t version) {
  Bytes all = datagram(22, whole(2, 0, hello_body(version)));
  join(all, datagram(22, whole(14, 1, {})));
  return all;
}

std::string letters(const Survey& survey) {
  std::string all;
  for (const Version version : kUdpVersions) all += survey.at(version).offered == Known::unknown ? '?' : word(survey.at(version).offered)[0];
  return all;
}

}  // namespace

TEST_CASE("DTLS: versions by choice, by alert, and unknown by silence") {
  const auto takes = [](std::uint16_t wanted, const Bytes& otherwise) {
    return survey_of([=](std::uint16_t version, const Codes& suites) { return version == wanted && offers(suites, 0x002F) ? flight_of(version) : otherwise; });
  };
  CHECK(letters(takes(0xFEFD, datagram(21, {2, 70}))) == "ny");
  CHECK(letters(takes(0xFEFD, datagram(21, {2, 40}))) == "ny");
  CHECK(letters(takes(0xFEFD, {})) == "?y");
  CHECK(letters(survey_of([](std::uint16_t, const Codes&) { return flight_of(0xFEFF); })) == "yn");
  CHECK(letters(survey_of([](std::uint16_t, const Codes&) { return datagram(21, {2, 40}); })) == "??");
  int connections = 0;
  const Survey silent = survey_of([](std::uint16_t, const Codes&) { return Bytes(); }, &connections);
  CHECK(letters(silent) == "??");
  CHECK(silent.instead == "silence");
  CHECK(connections <= 2);
}

TEST_CASE("DTLS: an alert to one offer does not answer for another that was lost") {
  const Survey survey = survey_of([](std::uint16_t version, const Codes& suites) {
    if (version == 0xFEFD) return offers(suites, 0x002F) ? flight_of(version) : datagram(21, {2, 40});
    return offers(suites, 0x002F) ? Bytes() : datagram(21, {2, 40});
  });
  CHECK(letters(survey) == "?y");
}
