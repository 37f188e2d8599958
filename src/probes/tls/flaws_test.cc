// Heartbleed and the early ChangeCipherSpec against servers that fall for them and that don't; flaws that follow from what is offered.
#include "probes/tls/flaws.h"

#include <doctest/doctest.h>

#include <array>
#include <map>

#include "probes/tls/table_server.h"

using namespace lintel;
using namespace lintel::probes::tls;
using probe::Answer;

namespace {

using Lists = std::array<SuiteList, kVersions.size()>;

// Answers the hello, then all that follows with one answer.
std::function<probe::Script()> then_says(const Answer& then, const Answer& first = {}) {
  return [=]() -> probe::Script {
    return [=, heard = 0](ByteView written) mutable -> Answer {
      if (written.empty()) return {};
      if (heard++ > 0) return then;
      return first.bytes.empty() ? TableServer{}.answer(*parse_client_hello(written)) : first;
    };
  };
}

Answer says(const Bytes& bytes) { return {bytes, Answer::Then::close}; }

Features with_heartbeat(Known heartbeat) {
  Features features;
  features.heartbeat = heartbeat;
  return features;
}

SuiteList taken(const Codes& codes, bool complete = true) {
  SuiteList list;
  for (const std::uint16_t code : codes) list.suites.push_back({code, {}, false});
  list.complete = complete;
  return list;
}

Flawed heartbleed(const Answer& then, const Answer& first = {}) {
  Desk desk(then_says(then, first), 5);
  return try_heartbleed(desk.talk, Version::tls1_2, with_heartbeat(Known::yes), taken({0x002F}));
}
Flawed early_change(const Answer& then, const Answer& first = {}) {
  Desk desk(then_says(then, first), 5);
  return try_early_change_cipher(desk.talk, Version::tls1_2, taken({0x002F}));
}

std::string letters(const std::vector<Flaw>& flaws) {
  std::string all;
  for (const Flaw& flaw : flaws) all += flaw.found == Flawed::vulnerable ? 'y' : flaw.found == Flawed::not_vulnerable ? 'n' : '?';
  return all;
}

}  // namespace

TEST_CASE("Heartbleed: memory that comes back is the flaw, its first bytes are enough") {
  Bytes leak{2, 0x10, 0};
  leak.insert(leak.end(), 4096, 0x41);
  CHECK(heartbleed(says(record(24, 0x0303, leak))) == Flawed::vulnerable);
  CHECK(heartbleed({record(24, 0x0303, leak), Answer::Then::stay}) == Flawed::vulnerable);
  CHECK(heartbleed({{24, 3, 3, 0x40, 0, 2, 0x10}, Answer::Then::stay}) == Flawed::vulnerable);
  CHECK(heartbleed(says(record(24, 0x0303, {2, 0, 0}))) == Flawed::unknown);  // an answer, but nobody's memory
}

TEST_CASE("Heartbleed: an end, a reset or an alert is none; silence and a flight that never came are unknown") {
  CHECK(heartbleed(probe::hang_up()) == Flawed::not_vulnerable);
  CHECK(heartbleed(probe::break_off()) == Flawed::not_vulnerable);
  CHECK(heartbleed(says(alert(10))) == Flawed::not_vulnerable);
  CHECK(heartbleed({alert(0), Answer::Then::stay}) == Flawed::not_vulnerable);
  CHECK(heartbleed(probe::stall()) == Flawed::unknown);
  CHECK(heartbleed({{21, 3}, Answer::Then::stay}) == Flawed::unknown);
  CHECK(heartbleed({Bytes(kReplyCapBytes + 4096, 22), Answer::Then::stay}) == Flawed::unknown);
  CHECK(heartbleed(probe::hang_up(), says(alert(40))) == Flawed::unknown);
  CHECK(heartbleed(probe::hang_up(), {record(22, 0x0303, server_hello_message(0x0303, 0x002F)), Answer::Then::stay}) == Flawed::unknown);
}

TEST_CASE("Heartbleed: what is sent, and when nothing is") {
  Desk desk(then_says(probe::hang_up()), 5);
  try_heartbleed(desk.talk, Version::tls1_2, with_heartbeat(Known::yes), taken({0x002F}));
  REQUIRE(desk.context.seen.written.size() == 1);
  const std::string sent = to_hex(desk.context.seen.written[0]);
  CHECK(sent.ends_with("1803030003011000"  // three bytes, which claim 4096
                       "15030300020100"));  // close_notify

  Desk unasked(then_says(probe::hang_up()), 5);
  CHECK(try_heartbleed(unasked.talk, Version::tls1_2, with_heartbeat(Known::no), {}) == Flawed::not_vulnerable);
  CHECK(try_heartbleed(unasked.talk, Version::tls1_2, with_heartbeat(Known::unknown), {}) == Flawed::unknown);
  unasked.talk.stopped = Error{ErrorCode::cancelled, "stopped"};
  CHECK(try_heartbleed(unasked.talk, Version::tls1_2, with_heartbeat(Known::yes), {}) == Flawed::unknown);
  CHECK(try_early_change_cipher(unasked.talk, Version::tls1_2, {}) == Flawed::unknown);
  CHECK(unasked.talk.asker.connections() == 0);
}

TEST_CASE("early ChangeCipherSpec: only a server that has changed its keys fails to decrypt") {
  CHECK(early_change(says(alert(20))) == Flawed::vulnerable);
  CHECK(early_change(says(alert(21))) == Flawed::vulnerable);
  CHECK(early_change(says(alert(10))) == Flawed::not_vulnerable);
  CHECK(early_change(says(alert(40))) == Flawed::not_vulnerable);
  CHECK(early_change(probe::hang_up()) == Flawed::not_vulnerable);
  CHECK(early_change(probe::break_off()) == Flawed::not_vulnerable);
  CHECK(early_change(probe::stall()) == Flawed::unknown);
  CHECK(early_change({{21, 3, 3, 0, 2, 2}, Answer::Then::stay}) == Flawed::unknown);
  CHECK(early_change({Bytes(kReplyCapBytes + 4096, 22), Answer::Then::stay}) == Flawed::unknown);
  CHECK(early_change(probe::hang_up(), says(alert(40))) == Flawed::unknown);

  Desk desk(then_says(probe::hang_up()), 5);
  try_early_change_cipher(desk.talk, Version::tls1_0, taken({0x002F}));
  REQUIRE(desk.context.seen.written.size() == 1);
  Desk again(then_says(probe::hang_up()), 5);
  try_early_change_cipher(again.talk, Version::tls1_2, taken({0x002F}));
  REQUIRE(again.context.seen.written.size() == 1);
  CHECK(to_hex(again.context.seen.written[0]).ends_with("140303000101140303000101"));
}

TEST_CASE("derived flaws follow from versions, kinds, primes and compression") {
  struct Row {
    const char* name;
    std::vector<std::pair<Version, std::uint16_t>> offered;
    Codes listed;      // of the last version
    bool complete;
    Known compression;
    std::string flaws;  // drown, poodle, freak, logjam, sweet32, crime
  };
  const Row rows[] = {
      {"a sound server", {{Version::tls1_2, 0x002F}}, {0x002F}, true, Known::no, "nnnnnn"},
      {"SSL 2.0", {{Version::ssl2, 0}, {Version::tls1_2, 0x002F}}, {0x002F}, true, Known::no, "ynnnnn"},
      {"SSL 3.0 with CBC", {{Version::ssl3, 0x002F}}, {0x002F}, true, Known::no, "nynnnn"},
      {"SSL 3.0 with RC4 alone", {{Version::ssl3, 0x0005}}, {0x0005}, true, Known::no, "nnnnnn"},
      {"SSL 3.0 with RC4, perhaps more", {{Version::ssl3, 0x0005}}, {0x0005}, false, Known::no, "n????n"},
      {"SSL 3.0 with CBC behind RC4", {{Version::ssl3, 0x0005}}, {0x0005, 0x002F}, true, Known::no, "nynnnn"},
      {"export with RSA", {{Version::tls1_0, 0x002F}}, {0x002F, 0x0003}, true, Known::no, "nnynnn"},
      {"export with DHE alone, its prime unread", {{Version::tls1_0, 0x002F}}, {0x002F, 0x0014}, true, Known::no, "nnn?yn"},
      {"export with DHE, perhaps with RSA", {{Version::tls1_0, 0x002F}}, {0x002F, 0x0014}, false, Known::no, "nn??yn"},
      {"triple DES", {{Version::tls1_2, 0x002F}}, {0x002F, 0x000A}, true, Known::no, "nnnnyn"},
      {"compression", {{Version::tls1_2, 0x002F}}, {0x002F}, true, Known::yes, "nnnnny"},
      {"compression unknown", {{Version::tls1_2, 0x002F}}, {0x002F}, true, Known::unknown, "nnnnn?"},
      {"a list that is not complete", {{Version::tls1_2, 0x002F}}, {0x002F}, false, Known::no, "nn???n"},
  };
  for (const Row& row : rows) {
    const Survey survey = surveyed(row.offered);
    Lists lists;
    lists[static_cast<std::size_t>(row.offered.back().first)] = taken(row.listed, row.complete);
    Features features;
    features.compression = row.compression;
    const auto flaws = derive_flaws(survey, weak_kinds_of(survey, lists), features, lists);
    CHECK_MESSAGE(letters(flaws) == row.flaws, row.name);
  }
}

TEST_CASE("lists of TLS 1.3 and a silence of TLCP have no part in Logjam") {
  Survey survey = surveyed({{Version::tls1_2, 0x002F}, {Version::tls1_3, 0x1301}});
  survey.at(Version::tlcp1_1).offered = Known::unknown;
  Lists lists;
  lists[static_cast<std::size_t>(Version::tls1_2)] = taken({0x002F});
  CHECK(letters(derive_flaws(survey, weak_kinds_of(survey, lists), {}, lists))[3] == 'n');
}

TEST_CASE("Logjam counts primes, not names") {
  const Survey survey = surveyed({{Version::tls1_2, 0x0033}});
  for (const auto& [bits, found] : std::map<int, char>{{512, 'y'}, {768, 'y'}, {1024, 'y'}, {1025, 'n'}, {2048, 'n'}}) {
    Lists lists;
    lists[static_cast<std::size_t>(Version::tls1_2)] = taken({0x0033});
    lists[static_cast<std::size_t>(Version::tls1_2)].suites[0].key.dh_bits = bits;
    CHECK_MESSAGE(letters(derive_flaws(survey, weak_kinds_of(survey, lists), {}, lists))[3] == found, bits);
  }
}

TEST_CASE("unknown versions keep their attacks unknown; those of SSL are none over UDP") {
  const Survey nothing;
  const Lists none;
  CHECK(letters(derive_flaws(nothing, weak_kinds_of(nothing, none), {}, none)) == "??????");
  Survey one = surveyed({{Version::tls1_2, 0x002F}});
  one.at(Version::tls1_0).offered = Known::unknown;
  Lists lists;
  lists[static_cast<std::size_t>(Version::tls1_2)] = taken({0x002F});
  CHECK(letters(derive_flaws(one, weak_kinds_of(one, lists), with_heartbeat(Known::no), lists)) == "nn????");
  Survey udp;
  udp.at(Version::dtls1_2).offered = Known::yes;
  CHECK(letters(derive_flaws(udp, weak_kinds_of(udp, none), {}, none)).substr(0, 2) == "nn");
}
