#include "probes/tls/flaws.h"

#include <algorithm>
#include <array>

#include "probes/tls/codes.h"
#include "probes/tls/suites.h"

namespace lintel::probes::tls {

namespace {

constexpr int kWeakPrimeBits = 1024;  // Logjam: within reach of states; 512 of anybody

// A connection that has heard the server's whole first flight; null when it did not come.
std::unique_ptr<net::Stream> after_hello_done(Talk& talk, Hello hello) {
  auto stream = talk.asker.connect();
  if (!stream) {
    talk.stopped = stream.error();
    return nullptr;
  }
  const auto heard = talk.asker.hear(**stream, encode_hello(hello), decode_reply);
  if (!heard || !heard->reply.done) return nullptr;
  return *std::move(stream);
}

Hello hello_for(const Talk& talk, Version version, const SuiteList& suites) {
  const Codes codes = codes_of(suites);
  return hello_of(talk, version, codes.empty() ? suite_offers(version).front() : codes);
}

Bytes record_of(std::uint8_t type, Version version, ByteView payload) {
  Bytes record{type};
  append_number(record, wire_version(version), 2);
  append_number(record, payload.size(), 2);
  record.insert(record.end(), payload.begin(), payload.end());
  return record;
}

Bytes close_record(Version version) { return record_of(kAlertRecord, version, std::array<std::uint8_t, 2>{1, 0}); }

// Hears one record's head: its type, and for an alert the description.
struct Answered {
  End end = End::timeout;
  int type = -1;  // -1: no whole record
  int length = 0;
  int alert = -1;
};

// Reads until the first record of type alert or heartbeat is whole enough to be told.
Answered hear_record(Talk& talk, net::Stream& stream, ByteView send) {
  Answered answered;
  const auto decode = [&](ByteView bytes) {
    Reply reply;
    Cursor cursor(bytes);
    while (cursor.remaining() >= 5) {
      const int type = cursor.u8();
      cursor.u16();
      const int length = cursor.u16();
      const bool whole = cursor.remaining() >= static_cast<std::size_t>(length);
      Cursor payload(cursor.take(std::min<std::size_t>(cursor.remaining(), static_cast<std::size_t>(length))));
      if (type == kHeartbeatRecord || (type == kAlertRecord && whole)) {
        payload.u8();
        answered = {End::answered, type, length, type == kAlertRecord ? payload.u8() : -1};
        reply.flight_ended = true;
        break;
      }
      if (!whole) break;
    }
    return reply;
  };
  const auto heard = talk.asker.hear(stream, send, decode);
  if (heard) answered.end = heard->end;
  return answered;
}

// An end or an alert shows that it did not fall for it; silence and noise show nothing.
Flawed ended(const Answered& answered) {
  return answered.type == kAlertRecord || answered.end == End::closed || answered.end == End::reset ? Flawed::not_vulnerable : Flawed::unknown;
}

// Whether every version with key parameters in clear is refused or listed whole.
bool lists_complete(const Survey& survey, std::span<const SuiteList> lists) {
  static constexpr std::array kClear = {Version::ssl3, Version::tls1_0, Version::tls1_1, Version::tls1_2};
  const auto settled = [&](Version version) {
    const Known offered = survey.at(version).offered;
    return offered == Known::no || (offered == Known::yes && lists[static_cast<std::size_t>(version)].complete);
  };
  return std::ranges::all_of(kClear, settled) || std::ranges::all_of(kUdpVersions, settled);
}

Known dh_within_reach(std::span<const SuiteList> lists, bool complete) {
  for (const SuiteList& list : lists)
    for (const ListedSuite& suite : list.suites) {
      if (suite.key.dh_bits > 0 && suite.key.dh_bits <= kWeakPrimeBits) return Known::yes;
      if (in_prime_field(traits_of(suite.code)) && suite.key.dh_bits == 0) complete = false;  // but none was readable
    }
  return complete ? Known::no : Known::unknown;
}

Flawed flawed(Known known) {
  return known == Known::yes ? Flawed::vulnerable : known == Known::no ? Flawed::not_vulnerable : Flawed::unknown;
}

Known any_of(std::initializer_list<Known> all) {
  if (std::ranges::find(all, Known::yes) != all.end()) return Known::yes;
  return std::ranges::find(all, Known::unknown) != all.end() ? Known::unknown : Known::no;
}

// Export suites with a temporary RSA key; those with DHE are Logjam's.
Known rsa_export(Known any_export, std::span<const SuiteList> lists, bool complete) {
  for (const SuiteList& list : lists)
    for (const ListedSuite& suite : list.suites) {
      const SuiteTraits traits = traits_of(suite.code);
      if (traits.export_grade && traits.key_exchange == "RSA") return Known::yes;
    }
  // Taken, but not seen with RSA: only whole lists could tell, and they show none.
  return any_export == Known::yes ? (complete ? Known::no : Known::unknown) : any_export;
}

}  // namespace

Flawed try_heartbleed(Talk& talk, Version version, const Features& features, const SuiteList& suites) {
  if (features.heartbeat == Known::no) return Flawed::not_vulnerable;
  if (features.heartbeat == Known::unknown || talk.stopped) return Flawed::unknown;
  Hello hello = hello_for(talk, version, suites);
  hello.features = {kHeartbeat};
  const auto stream = after_hello_done(talk, hello);
  if (!stream) return Flawed::unknown;
  // Below 4096 OpenSSL 1.0.1 keeps the answer in its write buffer. The goodbye behind it makes a sound server end at
  // once, without a wait for silence.
  Bytes request = record_of(kHeartbeatRecord, version, std::array<std::uint8_t, 3>{1, 0x10, 0x00});
  const Bytes goodbye = close_record(version);
  request.insert(request.end(), goodbye.begin(), goodbye.end());
  const Answered answered = hear_record(talk, *stream, request);
  talk.asker.transcript() += fmt::format("{:2}  {} heartbeat of 4096 bytes that are not there: {}\n", talk.asker.connections(), display_name(version),
                                         answered.type == kHeartbeatRecord ? fmt::format("answered with {} bytes", answered.length) : "not answered");
  if (answered.type == kHeartbeatRecord) return answered.length > 3 ? Flawed::vulnerable : Flawed::unknown;
  return ended(answered);
}

Flawed try_early_change_cipher(Talk& talk, Version version, const SuiteList& suites) {
  if (talk.stopped) return Flawed::unknown;
  const auto stream = after_hello_done(talk, hello_for(talk, version, suites));
  if (!stream) return Flawed::unknown;
  const Bytes change = record_of(kChangeCipherRecord, version, std::array<std::uint8_t, 1>{1});
  // A sound server answers the first already; only then is the second not needed.
  Bytes twice = change;
  twice.insert(twice.end(), change.begin(), change.end());
  const Answered answered = hear_record(talk, *stream, twice);
  talk.asker.transcript() += fmt::format("{:2}  {} early ChangeCipherSpec, twice: {}\n", talk.asker.connections(), display_name(version),
                                         answered.alert >= 0 ? fmt::format("alert {}", answered.alert) : "no alert");
  if (answered.alert == 20 || answered.alert == 21) return Flawed::vulnerable;  // bad_record_mac, decryption_failed: it had changed
  return ended(answered);
}

std::vector<Flaw> derive_flaws(const Survey& survey, const WeakFindings& weak, const Features& features, std::span<const SuiteList> lists) {
  const auto kind = [&](std::string_view name) {
    const auto kinds = weak_kinds();
    const auto found = std::ranges::find(kinds, name, &WeakKind::name);
    return found == kinds.end() ? Known::unknown : weak[static_cast<std::size_t>(found - kinds.begin())];
  };
  // POODLE needs a CBC suite in SSL 3.0; the survey's choice may already be one, else the list tells.
  Known cbc3 = survey.at(Version::ssl3).offered;
  if (cbc3 == Known::yes) {
    const SuiteList& list = lists[static_cast<std::size_t>(Version::ssl3)];
    const bool any = traits_of(survey.at(Version::ssl3).reply.suite).cbc ||
                     std::ranges::any_of(list.suites, [](const ListedSuite& suite) { return traits_of(suite.code).cbc; });
    cbc3 = any ? Known::yes : list.complete ? Known::no : Known::unknown;
  }
  const bool complete = lists_complete(survey, lists);
  const bool datagrams = std::ranges::any_of(kUdpVersions, [&](Version version) { return survey.at(version).offered == Known::yes; });
  const Known ssl2 = datagrams ? Known::no : survey.at(Version::ssl2).offered;  // there never was an SSL over UDP
  if (datagrams) cbc3 = Known::no;
  return {{"drown", flawed(ssl2)}, {"poodle", flawed(cbc3)},
          {"freak", flawed(rsa_export(kind("export"), lists, complete))}, {"logjam", flawed(dh_within_reach(lists, complete))},
          {"sweet32", flawed(any_of({kind("triple_des"), kind("single_des"), kind("rc2")}))},
          {"crime", flawed(features.compression)}};
}

}  // namespace lintel::probes::tls
