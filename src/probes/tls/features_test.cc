// What a server adds to the handshake, against a server that has it, one that has not and some that break off.
#include "probes/tls/features.h"

#include <doctest/doctest.h>

#include "probes/tls/table_server.h"

using namespace lintel;
using namespace lintel::probes::tls;
using probe::Answer;

namespace {

const Survey kTls12 = surveyed({{Version::tls1_2, 0x002F}});

SuiteList taken(const Codes& codes) {
  SuiteList list;
  for (const std::uint16_t code : codes) list.suites.push_back({code, {}, false});
  list.complete = true;
  return list;
}

bool has(const Codes& codes, std::uint16_t code) { return std::ranges::find(codes, code) != codes.end(); }

// renegotiation, extended master secret, encrypt-then-MAC, heartbeat, compression, tickets, stapled, fallback.
std::string letters(const Features& features) {
  std::string all;
  for (const Known known : {features.renegotiation_info, features.extended_master_secret, features.encrypt_then_mac, features.heartbeat, features.compression,
                            features.tickets, features.stapled_status, features.fallback_signal})
    all += known == Known::unknown ? '?' : word(known)[0];
  return all;
}

Features look(const Desk::AnswerTo& answer_to, const Survey& survey = kTls12, const Codes& suites = {0x002F, 0x009C}) {
  Desk desk(answer_to);
  const Features features = look_at_features(desk.talk, survey, *highest_classic(survey), taken(suites));
  CHECK(desk.talk.asker.connections() <= 8);
  return features;
}

const TableServer kPlain{.suites = {0x002F, 0x009C}};
const TableServer kRich{.suites = {0x002F, 0x009C}, .extensions = {0xFF01, 23, 22, 15, 35}};

}  // namespace

TEST_CASE("each extension of the answer is a feature, and each that is absent is none") {
  CHECK(letters(look([](const ClientHello& hello, int) { return kPlain.answer(hello); })) == "nnnnnnn?");
  CHECK(letters(look([](const ClientHello& hello, int) { return kRich.answer(hello); })) == "yyyynyn?");
  const struct {
    std::uint16_t extension;
    const char* letters;
  } rows[] = {{0xFF01, "ynnnnnn?"}, {23, "nynnnnn?"}, {22, "nnynnnn?"}, {15, "nnnynnn?"}, {35, "nnnnnyn?"}};
  for (const auto& row : rows) {
    TableServer one = kPlain;
    one.extensions = {row.extension};
    CHECK(letters(look([&](const ClientHello& hello, int) { return one.answer(hello); })) == row.letters);
  }
}

TEST_CASE("compression, a stapled status and the protocol chosen are read from the flight") {
  const Features features = look([](const ClientHello&, int) {
    Bytes hello = server_hello_message(0x0303, 0x002F);
    hello.back() = 1;  // DEFLATE
    join(hello, {0, 9, 0, 16, 0, 5, 0, 3, 2, 'h', '2'});
    hello[3] = static_cast<std::uint8_t>(hello.size() - 4);
    Bytes all = record(22, 0x0303, hello);
    join(all, record(22, 0x0303, message(22, {1, 0, 0, 0})));
    join(all, record(22, 0x0303, message(14, {})));
    return Answer{all, Answer::Then::stay};
  });
  CHECK(features.compression == Known::yes);
  CHECK(features.stapled_status == Known::yes);
  CHECK(features.alpn == "h2");
  // Without the end of the flight nobody knows what would have come.
  const Features cut = look([](const ClientHello&, int) { return Answer{record(22, 0x0303, server_hello_message(0x0303, 0x002F)), Answer::Then::stay}; });
  CHECK(cut.stapled_status == Known::unknown);
  CHECK(cut.tickets == Known::no);
}

TEST_CASE("encrypt-then-MAC stays unknown without a CBC suite") {
  const TableServer aead{.suites = {0x009C}, .extensions = {22}};
  CHECK(letters(look([&](const ClientHello& hello, int) { return aead.answer(hello); }, kTls12, {0x009C})) == "nn?nnnn?");
  // It took CBC before, but refuses it in this hello: asked once more with all suites.
  const Features again = look([](const ClientHello& hello, int) { return has(hello.suites, 0x009C) ? TableServer{.suites = {0x009C}}.answer(hello) : kPlain.refusal; });
  CHECK(letters(again) == "nn?nnnn?");
}

TEST_CASE("a refusal, an end, silence or a lie in answer to the extensions leaves all unknown") {
  for (const Answer& then : {Answer{alert(40), Answer::Then::close}, probe::hang_up(), probe::break_off(), probe::stall(), probe::garbage(30), Answer{flight(0x0303, 0x1301), Answer::Then::close}})
    CHECK(letters(look([&](const ClientHello&, int) { return then; })) == "????????");
}

TEST_CASE("an extension that breaks the server hides no other") {
  for (const Answer& then : {Answer{alert(80), Answer::Then::close}, Answer{alert(120), Answer::Then::close}, probe::hang_up()})
    for (const std::uint16_t breaks : Codes{16, 15, 35}) {
      Desk desk([&](const ClientHello& hello, int) { return has(hello.extensions, breaks) ? then : kRich.answer(hello); }, 400);
      const Features features = look_at_features(desk.talk, kTls12, Version::tls1_2, taken({0x002F, 0x009C}));
      CHECK(letters(features) == (breaks == 16 ? "yyyynyn?" : breaks == 15 ? "yyy?nyn?" : "yyyyn?n?"));
      CHECK(std::ranges::count(desk.talk.anomalies, fmt::format("TLSv1.2: refuses a hello with extension {}", breaks)) == 1);
    }
}

TEST_CASE("a spent budget leaves what was not asked unknown") {
  Desk desk([](const ClientHello& hello, int) { return kRich.answer(hello); }, 1);
  const Survey survey = surveyed({{Version::tls1_1, 0x002F}, {Version::tls1_2, 0x002F}});
  CHECK(letters(look_at_features(desk.talk, survey, Version::tls1_2, taken({0x002F}))) == "yyyynyn?");
  CHECK(desk.talk.stopped);
}

TEST_CASE("the fallback signal needs a refusal by its own alert") {
  const Survey two = surveyed({{Version::tls1_1, 0x002F}, {Version::tls1_2, 0x002F}}), newest = surveyed({{Version::tls1_2, 0x002F}, {Version::tls1_3, 0x1301}});
  const struct {
    const char* name;
    Answer answer;
    Known known;
  } rows[] = {{"refused", {alert(86), Answer::Then::close}, Known::yes},
              {"refused for another reason", {alert(40), Answer::Then::close}, Known::unknown},
              {"wordless", probe::hang_up(), Known::unknown},
              {"silent", probe::stall(), Known::unknown}};
  for (const auto& row : rows)
    for (const Survey& survey : {two, newest}) {
      bool lower = false;
      const Features features = look(
          [&](const ClientHello& hello, int) {
            if (!has(hello.suites, 0x5600)) return kPlain.answer(hello);
            lower = survey.at(Version::tls1_3).offered == Known::yes ? hello.version == 0x0303 : hello.version == 0x0302;
            return row.answer;
          },
          survey);
      CHECK_MESSAGE(features.fallback_signal == row.known, row.name);
      CHECK_MESSAGE(lower, row.name);
    }
  const TableServer old{.version = 0x0302, .suites = {0x002F}};
  const auto ignores = [&](const ClientHello& hello, int) { return hello.version == 0x0302 ? old.answer(hello) : kPlain.answer(hello); };
  CHECK(look(ignores, two).fallback_signal == Known::no);
}

TEST_CASE("the highest classic version leaves TLS 1.3, TLCP and SSL 2.0 out") {
  CHECK(highest_classic(surveyed({{Version::ssl3, 0}, {Version::tls1_1, 0}, {Version::tls1_3, 0}})) == Version::tls1_1);
  CHECK(highest_classic(surveyed({{Version::ssl3, 0}})) == Version::ssl3);
  CHECK_FALSE(highest_classic(surveyed({{Version::ssl2, 0}, {Version::tls1_3, 0}, {Version::tlcp1_1, 0}})));
  Survey udp;
  udp.at(Version::dtls1_0).offered = Known::yes;
  CHECK(highest_classic(udp) == Version::dtls1_0);
}
