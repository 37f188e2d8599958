// Kinds of weak suites: each found and each refused, from a few hellos and from whole lists; what could not be asked is never a no.
#include "probes/tls/weak.h"

#include <doctest/doctest.h>

#include <array>

#include "probes/tls/suites.h"
#include "probes/tls/table_server.h"

using namespace lintel;
using namespace lintel::probes::tls;
using probe::Answer;

namespace {

Known of(const WeakFindings& findings, std::string_view name) {
  const auto kinds = weak_kinds();
  const auto found = std::ranges::find(kinds, name, &WeakKind::name);
  REQUIRE(found != kinds.end());
  return findings.at(static_cast<std::size_t>(found - kinds.begin()));
}

// "nn?y...": null, anonymous, export, single_des, rc2, rc4, triple_des, md5.
std::string letters(const WeakFindings& findings) {
  std::string all;
  for (const Known known : findings) all += known == Known::unknown ? '?' : word(known)[0];
  return all;
}

struct Row {
  std::string_view kind;
  std::uint16_t suite;
  std::string_view letters;
};
constexpr Row kRows[] = {{"null", 0x003B, "ynnnnnnn"},       {"anonymous", 0x0034, "nynnnnnn"}, {"export", 0x0008, "nnyynnnn"}, {"single_des", 0x0009, "nnnynnnn"},
                         {"rc2", 0x0006, "nnynynny"},        {"rc4", 0x0005, "nnnnnynn"},       {"triple_des", 0x000A, "nnnnnnyn"}, {"md5", 0x0004, "nnnnnyny"},
                         {"triple_des", 0x008B, "nnnnnnyn"}, {"null", 0x002C, "ynnnnnnn"}};

const Survey kTls12 = surveyed({{Version::tls1_2, 0x002F}});

std::array<SuiteList, kVersions.size()> lists_of(Version version, const Codes& codes, bool complete) {
  std::array<SuiteList, kVersions.size()> lists;
  SuiteList& list = lists[static_cast<std::size_t>(version)];
  for (const std::uint16_t code : codes) list.suites.push_back({code, {}, false});
  list.complete = complete;
  return lists;
}

}  // namespace

TEST_CASE("each weak kind is found by itself, and none where there is none") {
  for (const Row& row : kRows) {
    Desk desk(TableServer{.suites = {0x002F, row.suite}});
    const WeakFindings asked = ask_weak_kinds(desk.talk, kTls12);
    CHECK_MESSAGE(letters(asked) == row.letters, row.kind);
    CHECK_MESSAGE(of(asked, row.kind) == Known::yes, row.kind);
    CHECK_MESSAGE(letters(weak_kinds_of(kTls12, lists_of(Version::tls1_2, {0x002F, row.suite}, true))) == row.letters, row.kind);
  }
  Desk none(TableServer{.suites = {0xC02F, 0x002F}});
  CHECK(letters(ask_weak_kinds(none.talk, kTls12)) == "nnnnnnnn");
  CHECK(none.talk.asker.connections() <= 3);
  CHECK(letters(weak_kinds_of(kTls12, lists_of(Version::tls1_2, {0x002F}, true))) == "nnnnnnnn");
}

TEST_CASE("all kinds together take a connection a kind, not one a suite") {
  Codes all;
  for (const auto& offer : suite_offers(Version::tls1_2, Reach::later))
    for (const std::uint16_t code : offer)
      if (traits_of(code).key_exchange != "ECDHE") all.push_back(code);
  Desk desk(TableServer{.suites = all});
  CHECK(letters(ask_weak_kinds(desk.talk, kTls12)) == "yyyyyyyy");
  CHECK(desk.talk.asker.connections() <= 8);
}

TEST_CASE("every version that is offered is asked") {
  const TableServer old{.version = 0x0301, .suites = {0x002F, 0x0005}}, now{.suites = {0x002F}};
  Desk desk([&](const ClientHello& hello, int) { return hello.version == 0x0301 ? old.answer(hello) : now.answer(hello); });
  CHECK(letters(ask_weak_kinds(desk.talk, surveyed({{Version::tls1_0, 0x002F}, {Version::tls1_2, 0x002F}}))) == "nnnnnynn");
}

TEST_CASE("what the survey saw counts without asking, SSL 2.0's own list too") {
  Survey survey = surveyed({{Version::ssl2, 0}});
  survey.at(Version::ssl2).reply.ssl2_suites = {0x020080, 0x0700C0};
  Desk desk(TableServer{});
  CHECK(letters(ask_weak_kinds(desk.talk, survey)) == "nnynnyyy");
  CHECK(desk.talk.asker.connections() == 0);
  CHECK(letters(weak_kinds_of(survey, std::array<SuiteList, kVersions.size()>{})) == "nnynnyyy");
  Desk refusing(TableServer{});
  CHECK(of(ask_weak_kinds(refusing.talk, surveyed({{Version::tls1_2, 0x000A}})), "triple_des") == Known::yes);
}

TEST_CASE("a spent budget, silence, an end without a word and nonsense leave kinds unknown") {
  const TableServer server{.suites = {0x0005, 0x002F}};
  for (const int budget : {0, 1, 2}) {
    Desk desk([&](const ClientHello& hello, int) { return server.answer(hello); }, budget);
    const WeakFindings findings = ask_weak_kinds(desk.talk, kTls12);
    CHECK(letters(findings) == (budget == 0 ? "????????" : "?????y??"));
    CHECK(desk.talk.stopped);
  }
  for (const Answer& then : {probe::stall(), probe::hang_up(), probe::break_off(), probe::garbage(40), Answer{flight(0x0303, 0x1301), Answer::Then::close}}) {
    Desk desk([&](const ClientHello& hello, int number) { return number == 1 ? server.answer(hello) : then; });
    CHECK(letters(ask_weak_kinds(desk.talk, kTls12)) == "?????y??");
  }
}

TEST_CASE("a version that is not known leaves the kinds not seen unknown") {
  Survey survey = kTls12;
  survey.at(Version::tls1_0).offered = Known::unknown;
  Desk desk(TableServer{.suites = {0x002F, 0x000A}});
  CHECK(letters(ask_weak_kinds(desk.talk, survey)) == "??????y?");
  CHECK(letters(weak_kinds_of(survey, lists_of(Version::tls1_2, {0x002F, 0x000A}, true))) == "??????y?");
  CHECK(letters(weak_kinds_of(kTls12, lists_of(Version::tls1_2, {0x002F, 0x000A}, false))) == "??????y?");
}

TEST_CASE("a stack that can't read many suites at once is no stack without weak ones") {
  for (const std::uint8_t description : {std::uint8_t{47}, std::uint8_t{50}}) {
    const TableServer server{.suites = {0x002F, 0x0005}};
    Desk desk([&](const ClientHello& hello, int) { return hello.suites.size() > 64 ? Answer{alert(description), Answer::Then::close} : server.answer(hello); });
    CHECK(letters(ask_weak_kinds(desk.talk, kTls12)) == "nnnnnynn");
  }
}

TEST_CASE("suites in prime fields are found whichever groups the server wants to see for them") {
  const auto names_prime = [](const ClientHello& hello) { return std::ranges::any_of(hello.groups, [](std::uint16_t group) { return group >= 256 && group < 512; }); };
  struct Field {
    std::uint16_t sound, weak;
    std::string_view letters;
    int most;  // connections
  };
  for (const Field& field : {Field{0x002F, 0x0034, "nynnnnnn", 4}, Field{0x002F, 0x0016, "nnnnnnyn", 4}, Field{0x008C, 0x008F, "nnnnnnyn", 4}, Field{0x002F, 0x008F, "nnnnnnyn", 4}})
    for (const bool wants : {false, true}) {
      const TableServer both{.suites = {field.weak, field.sound}}, sound{.suites = {field.sound}};
      Desk desk([&](const ClientHello& hello, int) { return (names_prime(hello) == wants ? both : sound).answer(hello); });
      CHECK_MESSAGE(letters(ask_weak_kinds(desk.talk, surveyed({{Version::tls1_2, field.sound}}))) == field.letters, field.weak, wants);
      CHECK(desk.talk.asker.connections() <= field.most);
    }
}

TEST_CASE("DTLS: the versions of UDP are enough") {
  Survey survey;
  survey.spoken = Known::yes;
  survey.at(Version::dtls1_0).offered = Known::no;
  survey.at(Version::dtls1_2).offered = Known::yes;
  survey.at(Version::dtls1_2).reply.suite = 0x002F;
  CHECK(letters(weak_kinds_of(survey, lists_of(Version::dtls1_2, {0x002F}, true))) == "nnnnnnnn");
}
