// Suites, groups and signature schemes struck off one by one, against servers made of tables and against peers that tire, lie or fall silent.
#include <doctest/doctest.h>

#include <set>

#include "probes/tls/groups.h"
#include "probes/tls/suites.h"
#include "probes/tls/table_server.h"

using namespace lintel;
using namespace lintel::probes::tls;
using probe::Answer;

namespace {

// A key on P-384, signed by itself.
constexpr std::string_view kP384Certificate =
    "MIIBtjCCATygAwIBAgIUKVw655JA9d+/NLf+BAu07lT7BukwCgYIKoZIzj0EAwIwEjEQMA4GA1UEAwwHZWMudGVzdDAeFw0yNjExMjIwMjQwMz"
    "NaFw0yNjEyMjIwMjQwMzNaMBIxEDAOBgNVBAMMB2VjLnRlc3QwdjAQBgcqhkjOPQIBBgUrgQQAIgNiAAR/2ZsivwQq471bzVcq3HQSuH+Vo/Kq"
    "pF6k4rIdmJRVOSP2JUJxQd59+xUGwP4BL8yFM3r7HYL/I+gqT8X9P7O3H7q5KRcUklxf0lHP0KVwMLRx5uyKEct6MXug9KDo0SejUzBRMB0GA1"
    "UdDgQWBBRBM0uvEI3FDqMB4AoDfCiXndQjqDAfBgNVHSMEGDAWgBRBM0uvEI3FDqMB4AoDfCiXndQjqDAPBgNVHRMBAf8EBTADAQH/MAoGCCqG"
    "SM49BAMCA2gAMGUCMCCgXDsO4KUhto3fw3ItBozwyJjxnBmdyl8zPQt/KFQYtbvgMiRxu3F4GqYu/LjIZQIxALGw2DFhCQYpJNzIUnjvkUYiVE"
    "7fK13miHb2J3+J8YeGlKkn+KtCHIHPZYEjy9hUxA==";

std::set<std::uint16_t> as_set(const Codes& codes) { return {codes.begin(), codes.end()}; }

const TableServer kEcdhe{.suites = {0xC02F, 0xC013, 0x009C}};
const TableServer kTls13{.version = 0x0304, .suites = {0x1303, 0x1301, 0x1302}, .groups = {4588, 29, 24}};

// Answers as the table for a number of connections, then otherwise.
Desk::AnswerTo tiring(const TableServer& server, int after, const Answer& then) {
  return [=](const ClientHello& hello, int number) { return number <= after ? server.answer(hello) : then; };
}

}  // namespace

TEST_CASE("suites come in the server's own order, or in the client's") {
  const TableServer own{.suites = {0x009C, 0xC030, 0x002F}};
  Desk desk(own);
  const SuiteList list = list_suites(desk.talk, Version::tls1_2);
  CHECK(codes_of(list) == own.suites);
  CHECK(list.order == Order::server);
  CHECK(list.complete);
  CHECK(desk.talk.anomalies.empty());
  const auto windows = static_cast<int>(suite_offers(Version::tls1_2, Reach::later).size());
  CHECK(desk.talk.asker.connections() <= 3 + windows + 3);  // the reverse, Diffie-Hellman with groups for it, and once more with all schemes

  TableServer clients = own;
  clients.own_order = false;
  Desk other(clients);
  const SuiteList second = list_suites(other.talk, Version::tls1_2);
  CHECK(as_set(codes_of(second)) == as_set(own.suites));
  CHECK(second.order == Order::client);
  CHECK(second.complete);
}

TEST_CASE("a server of one suite has no order") {
  Desk desk(TableServer{});
  const SuiteList list = list_suites(desk.talk, Version::tls1_2);
  CHECK(codes_of(list) == Codes{0x002F});
  CHECK(list.order == Order::unknown);
  CHECK(list.complete);
}

TEST_CASE("ChaCha20 that is put first for clients without AES is no order of the client's") {
  const auto is = [](std::uint16_t code, std::string_view cipher) { return traits_of(code).cipher.find(cipher) != std::string::npos; };
  // Go asks whether the first suite that it knows is AES-GCM; OpenSSL, whether the first that it knows is ChaCha20.
  const auto prefers = [&](TableServer server, bool like_go) {
    return [=](const ClientHello& hello, int) mutable {
      const std::uint16_t first = hello.suites.front();
      if (like_go ? !is(first, "_GCM") || traits_of(first).key_exchange == "RSA" : is(first, "CHACHA20")) std::ranges::stable_partition(server.suites, [&](std::uint16_t code) { return is(code, "CHACHA20"); });
      return server.answer(hello);
    };
  };
  const std::vector<TableServer> servers = {
      {.version = 0x0303, .suites = {0xC02F, 0xC030, 0xCCA8, 0xC013, 0x009D}}, {.version = 0x0303, .suites = {0xC02F, 0xCCA8}}, {.version = 0x0303, .suites = {0xC030, 0xCCA8, 0xCCAA, 0x002F}},
      {.version = 0x0304, .suites = {0x1301, 0x1302, 0x1303}},         {.version = 0x0304, .suites = {0x1301, 0x1303}}, {.version = 0x0304, .suites = {0x1302, 0x1303, 0x1301}, .groups = {29}},
      {.version = 0x0303, .suites = {0xCCA8, 0xC02F, 0xC013}},         {.version = 0x0304, .suites = {0x1303, 0x1301, 0x1302}}};
  for (TableServer server : servers)
    for (const bool like_go : {false, true}) {
      const Version version = server.version == 0x0304 ? Version::tls1_3 : Version::tls1_2;
      CAPTURE(suite_label(server.suites.front()));
      CAPTURE(server.suites.size());
      CAPTURE(like_go);
      server.own_order = true;
      Desk own(prefers(server, like_go), 400);
      const SuiteList list = list_suites(own.talk, version);
      CHECK(list.order == Order::server);
      CHECK(list.suites.front().code == server.suites.front());
      CHECK(list.complete);
      server.own_order = false;
      Desk client([&](const ClientHello& hello, int) { return server.answer(hello); });
      CHECK(list_suites(client.talk, version).order == Order::client);
    }
}

TEST_CASE("the order of a server of pre-shared keys, which is silent on other suites before its own") {
  const TableServer server{.suites = {0xCCAC, 0xD001, 0xC037}, .own_order = false};
  Desk desk([&](const ClientHello& hello, int) { return traits_of(hello.suites.front()).psk ? server.answer(hello) : probe::stall(); });
  const SuiteList list = list_suites(desk.talk, Version::tls1_2);
  CHECK(as_set(codes_of(list)) == as_set(server.suites));
  CHECK(list.order == Order::client);
}

TEST_CASE("a favourite that stands in a later window is still the server's order") {
  Codes suites;
  for (const auto& offer : suite_offers(Version::tls1_2, Reach::later))
    for (const std::uint16_t code : {offer.back(), offer.front()})
      if (traits_of(code).key_exchange != "ECDHE" && !traits_of(code).psk) suites.insert(suites.begin(), code);  // the rarest first
  Desk own(TableServer{.suites = suites});
  const SuiteList list = list_suites(own.talk, Version::tls1_2);
  CHECK(list.order == Order::server);
  CHECK(list.suites.front().code == suites.front());
  CHECK(list.complete);
}

TEST_CASE("TLS 1.3: the order is known where there is one group only") {
  for (const bool own : {true, false}) {
    Desk desk(TableServer{.version = 0x0304, .suites = {0x1302, 0x1301}, .groups = {24}, .own_order = own});
    const SuiteList list = list_suites(desk.talk, Version::tls1_3);
    CHECK(list.order == (own ? Order::server : Order::client));
    CHECK(list.complete);
    CHECK(list.groups_complete);
  }
}

TEST_CASE("rare suites are found in every window, pre-shared keys among them") {
  for (const Version version : {Version::ssl3, Version::tls1_0, Version::tls1_1, Version::tls1_2}) {
    Codes rare;
    for (const auto& offer : suite_offers(version, Reach::later))
      for (const std::uint16_t code : {offer.front(), offer[offer.size() / 2], offer.back()})
        if (traits_of(code).key_exchange != "ECDHE") rare.push_back(code);
    Desk desk(TableServer{.version = wire_version(version), .suites = rare});
    const SuiteList list = list_suites(desk.talk, version);
    CHECK_MESSAGE(as_set(codes_of(list)) == as_set(rare), display_name(version));
    CHECK_MESSAGE(list.complete, display_name(version));
  }
}

TEST_CASE("a server that bears no more than 64 suites at once is asked with 64") {
  for (const Answer& refusal : {Answer{alert(50), Answer::Then::close}, Answer{alert(47), Answer::Then::close}, probe::hang_up(), probe::break_off()}) {
    const TableServer server{.suites = {0x009C, 0x0005}};
    Desk desk([&](const ClientHello& hello, int) { return hello.suites.size() > 64 ? refusal : server.answer(hello); });
    const SuiteList list = list_suites(desk.talk, Version::tls1_2);
    CHECK(as_set(codes_of(list)) == as_set(server.suites));
    CHECK(list.complete);
  }
}

TEST_CASE("TLS 1.3: suites and groups are struck off together") {
  Desk desk(kTls13);
  const SuiteList list = list_suites(desk.talk, Version::tls1_3);
  CHECK(codes_of(list) == kTls13.suites);
  CHECK(list.groups == kTls13.groups);
  CHECK(list.order == Order::server);
  CHECK(list.complete);
  CHECK(desk.talk.asker.connections() == 7);  // three pairs, one refusal, one for each rest, the reverse

  // More of one than of the other.
  for (const TableServer& server : {TableServer{.version = 0x0304, .suites = {0x1301}, .groups = {29, 23, 24, 25}},
                                    TableServer{.version = 0x0304, .suites = {0x1302, 0x1301, 0x1303, 0x00C6}, .groups = {23}}}) {
    Desk uneven(server);
    const SuiteList found = list_suites(uneven.talk, Version::tls1_3);
    CHECK(as_set(codes_of(found)) == as_set(server.suites));
    CHECK(as_set(found.groups) == as_set(server.groups));
    CHECK(found.complete);
  }
}

TEST_CASE("TLS 1.3: a suite that goes with one group only is found behind others") {
  // Tongsuo has SM4 only with curveSM2, which AES is taken with first.
  Desk desk([](const ClientHello& hello, int) {
    const TableServer aes{.version = 0x0304, .suites = {0x1301}, .groups = {41, 29}}, sm{.version = 0x0304, .suites = {0x00C6}, .groups = {41}};
    return choose(aes.suites, hello.suites, true) ? aes.answer(hello) : sm.answer(hello);
  });
  const SuiteList list = list_suites(desk.talk, Version::tls1_3);
  CHECK(codes_of(list) == Codes{0x1301, 0x00C6});
  CHECK(list.complete);
}

TEST_CASE("TLS 1.3: a stack that refuses an empty key share still lists its suites, but its groups stay open") {
  Desk desk([](const ClientHello& hello, int) { return hello.key_shares == 0 ? Answer{alert(47), Answer::Then::close} : kTls13.answer(hello); });
  const SuiteList list = list_suites(desk.talk, Version::tls1_3);
  CHECK(as_set(codes_of(list)) == as_set(kTls13.suites));
  CHECK(list.complete);
  CHECK(as_set(list.groups) == as_set(kTls13.groups));
  CHECK(list.groups_complete);  // the last refusal was one of a hello with a share of P-256
  TableServer more = kTls13;
  more.groups = {29, 23, 24, 25};
  Desk open([&](const ClientHello& hello, int) { return hello.key_shares == 0 ? Answer{alert(47), Answer::Then::close} : more.answer(hello); });
  const SuiteList unknown = list_suites(open.talk, Version::tls1_3);
  CHECK(unknown.complete);
  CHECK(unknown.groups == Codes{29, 23, 24});
  // 25 is taken too, which only a share of another group would have shown.
  CHECK_FALSE(unknown.groups_complete);
}

TEST_CASE("refusals without a word cost no smaller offers of a server that reads large ones") {
  for (const std::size_t most : {std::size_t{120}, std::size_t{64}}) {
    const TableServer server{.suites = {0xC02F, 0x002F}, .refusal = probe::hang_up()};
    Desk desk([&](const ClientHello& hello, int) { return hello.suites.size() > most ? probe::hang_up() : server.answer(hello); });
    const SuiteList list = list_suites(desk.talk, Version::tls1_2);
    CHECK(codes_of(list) == Codes{0xC02F, 0x002F});
    CHECK(list.complete);
    CHECK(desk.talk.asker.connections() <= (most == 120 ? 19 : 29));
  }
}

TEST_CASE("a refusal without a word counts while the server goes on answering") {
  for (const Answer& refusal : {probe::hang_up(), probe::break_off()})
    for (TableServer server : {kEcdhe, TableServer{.suites = {0x009C}}, kTls13}) {
      server.refusal = refusal;
      Desk desk(server);
      const SuiteList list = list_suites(desk.talk, server.version == 0x0304 ? Version::tls1_3 : Version::tls1_2);
      CHECK(as_set(codes_of(list)) == as_set(server.suites));
      CHECK(list.complete);
    }
}

TEST_CASE("a server that goes away, falls silent or never answered leaves its list open") {
  for (const Version version : {Version::tls1_2, Version::tls1_3})
    for (const int after : {0, 1, 2})
      for (const Answer& then : {probe::hang_up(), probe::break_off(), probe::stall()}) {
        const TableServer& server = version == Version::tls1_3 ? kTls13 : kEcdhe;
        Desk desk(tiring(server, after, then));
        const SuiteList list = list_suites(desk.talk, version);
        CAPTURE(after);
        CAPTURE(display_name(version));
        CHECK(list.suites.size() == static_cast<std::size_t>(after));
        CHECK_FALSE(list.complete);
        CHECK_FALSE(list.groups_complete);
        CHECK(desk.talk.asker.connections() < 30);
      }
}

TEST_CASE("a server that starts to refuse what it took leaves its list open") {
  for (const Version version : {Version::tls1_2, Version::tls1_3})
    for (const int after : {0, 2, 3}) {
      Desk desk(tiring(version == Version::tls1_3 ? kTls13 : kEcdhe, after, {alert(80), Answer::Then::close}));
      const SuiteList list = list_suites(desk.talk, version);
      CHECK(list.suites.size() == static_cast<std::size_t>(after));
      CHECK_FALSE(list.complete);
    }
}

TEST_CASE("a silent hello is said once more before the list is given up") {
  Desk desk([](const ClientHello& hello, int number) { return number == 2 ? probe::stall() : kEcdhe.answer(hello); });
  const SuiteList list = list_suites(desk.talk, Version::tls1_2);
  CHECK(codes_of(list) == kEcdhe.suites);
  CHECK(list.complete);
}

TEST_CASE("suites, groups and versions that were not offered are anomalies and end the list") {
  Desk suite([](const ClientHello&, int) { return Answer{flight(0x0303, 0x1301), Answer::Then::close}; });
  CHECK_FALSE(list_suites(suite.talk, Version::tls1_2).complete);
  REQUIRE(suite.talk.anomalies.size() == 1);
  CHECK(suite.talk.anomalies[0] == "TLSv1.2: the server chose TLS_AES_128_GCM_SHA256, which was not offered");

  // HelloRetryRequest without end: always the same suite, or always the same group.
  Desk endless([](const ClientHello&, int) { return Answer{flight(0x0304, 0x1301), Answer::Then::close}; });
  const SuiteList once = list_suites(endless.talk, Version::tls1_3);
  CHECK(codes_of(once) == Codes{0x1301});
  CHECK_FALSE(once.complete);
  CHECK(endless.talk.asker.connections() <= 4);
  Desk stubborn([](const ClientHello& hello, int) { return Answer{flight(0x0304, hello.suites.front()), Answer::Then::close}; });
  const SuiteList twice = list_suites(stubborn.talk, Version::tls1_3);
  CHECK(twice.groups == Codes{29});
  CHECK_FALSE(twice.complete);
  CHECK(stubborn.talk.anomalies == std::vector<std::string>{"TLSv1.3: the server chose the group x25519, which was not offered"});

  Desk higher([](const ClientHello&, int) { return Answer{flight(0x0303, 0x002F), Answer::Then::close}; });
  CHECK_FALSE(list_suites(higher.talk, Version::tls1_0).complete);
  CHECK(higher.talk.asker.connections() <= 4);
}

TEST_CASE("a suite that is only taken in an older version is no suite of this one") {
  const TableServer old{.version = 0x0302, .suites = {0x0005}};
  Desk desk([&](const ClientHello& hello, int) {
    const Answer now = kEcdhe.answer(hello);
    return now.bytes == kEcdhe.refusal.bytes ? old.answer(hello) : now;
  });
  const SuiteList list = list_suites(desk.talk, Version::tls1_2);
  CHECK(codes_of(list) == kEcdhe.suites);
  CHECK(list.complete);
}

TEST_CASE("a spent budget ends the list and says so") {
  for (const Version version : {Version::tls1_2, Version::tls1_3}) {
    const TableServer& server = version == Version::tls1_3 ? kTls13 : kEcdhe;
    Desk desk([&](const ClientHello& hello, int) { return server.answer(hello); }, 2);
    const SuiteList list = list_suites(desk.talk, version);
    CHECK(list.suites.size() == 2);
    CHECK_FALSE(list.complete);
    REQUIRE(desk.talk.stopped);
    CHECK(desk.talk.stopped->code == ErrorCode::limit);
  }
}

TEST_CASE("TLCP: a suite that comes without a certificate is marked") {
  Desk desk([](const ClientHello& hello, int) {
    const auto suite = choose({0xE053, 0xE051}, hello.suites, true);
    if (!suite) return Answer{alert(40, 0x0101), Answer::Then::close};
    Bytes all = record(22, 0x0101, server_hello_message(0x0101, *suite));
    join(all, record(22, 0x0101, message(11, *suite == 0xE051 ? Bytes{0, 0, 0} : Bytes{0, 0, 4, 0, 0, 1, 0x30})));
    join(all, record(22, 0x0101, message(14, {})));
    return Answer{all, Answer::Then::stay};
  });
  const SuiteList list = list_suites(desk.talk, Version::tlcp1_1);
  REQUIRE(codes_of(list) == Codes{0xE053, 0xE051});
  CHECK_FALSE(list.suites[0].empty_certificate);
  CHECK(list.suites[1].empty_certificate);
  CHECK(list.complete);
}

TEST_CASE("schemes are learned by the way, and lack of one that the server's chain needs hides no suite") {
  TableServer server{.suites = {0xC02F, 0xC030, 0x009C}, .schemes = {0x0804, 0x0805, 0x0401}, .own_order = false};
  Desk plain(server);
  const SuiteList list = list_suites(plain.talk, Version::tls1_2);
  CHECK(list.schemes == Codes{0x0804, 0x0805});
  CHECK(list.complete);
  for (const Answer& refusal : {Answer{alert(40), Answer::Then::close}, probe::hang_up()}) {
    server.refusal = refusal;
    server.own_order = true;
    Desk desk([&](const ClientHello& hello, int) {  // it wants two of them
      const bool both = hello.schemes.empty() || (std::ranges::find(hello.schemes, 0x0401) != hello.schemes.end() && std::ranges::find(hello.schemes, 0x0804) != hello.schemes.end());
      return both ? server.answer(hello) : refusal;
    });
    const SuiteList found = list_suites(desk.talk, Version::tls1_2);
    CHECK(codes_of(found) == server.suites);
    CHECK(found.complete);
  }
}

namespace {

SuiteList taken(const Codes& codes) {
  SuiteList list;
  for (const std::uint16_t code : codes) list.suites.push_back({code, {}, false});
  list.complete = true;
  return list;
}

}  // namespace

TEST_CASE("what the survey has heard is not asked again, and proves nothing by itself") {
  for (const Version version : {Version::tls1_2, Version::tls1_3}) {
    const TableServer& server = version == Version::tls1_3 ? kTls13 : kEcdhe;
    Desk whole(server), saving(server);
    const SuiteList all = list_suites(whole.talk, version);
    Reply earlier;
    earlier.seen = Seen::server_hello;
    earlier.version = server.version;
    earlier.suite = server.suites.front();
    earlier.group = server.groups.front();
    if (version == Version::tls1_2) earlier.key = {.group = 29, .scheme = server.schemes.front()};
    earlier.retry_request = version == Version::tls1_3;
    const SuiteList list = list_suites(saving.talk, version, &earlier);
    CHECK(codes_of(list) == codes_of(all));
    CHECK(list.groups == all.groups);
    CHECK(list.order == Order::server);
    CHECK(list.complete);
    CHECK(saving.talk.asker.connections() == whole.talk.asker.connections() - 1);
    // It refuses everything now.
    Desk changed([&](const ClientHello&, int) { return server.refusal; });
    const SuiteList one = list_suites(changed.talk, version, &earlier);
    CHECK(codes_of(one) == Codes{earlier.suite});
    CHECK_FALSE(one.complete);
    CHECK_FALSE(one.groups_complete);
    // One suite, one group: the refusals of the others count, because it still takes these.
    TableServer small = server;
    small.suites.resize(1);
    small.groups.resize(1);
    Desk alone(small);
    const SuiteList only = list_suites(alone.talk, version, &earlier);
    CHECK(codes_of(only) == small.suites);
    CHECK(only.complete);
  }
}

TEST_CASE("schemes, groups: a server that goes by its own order is asked nothing twice") {
  TableServer server{.suites = {0xC02F, 0xC030, 0xC013, 0x009C}, .groups = {29, 23}, .schemes = {0x0804, 0x0401}};
  Desk desk(server);
  const SuiteList suites = list_suites(desk.talk, Version::tls1_2);
  CHECK(codes_of(suites) == server.suites);
  CHECK(suites.schemes == Codes{0x0804});
  const auto windows = static_cast<int>(suite_offers(Version::tls1_2, Reach::later).size());
  CHECK(desk.talk.asker.connections() == 4 + windows + 2);  // Diffie-Hellman with groups for it, and the reverse
  int before = desk.talk.asker.connections();
  const CodeList groups = list_groups(desk.talk, Version::tls1_2, suites);
  CHECK(groups.codes == server.groups);
  CHECK(groups.complete);
  CHECK(desk.talk.asker.connections() == before + 2);
  before = desk.talk.asker.connections();
  const CodeList schemes = list_schemes(desk.talk, Version::tls1_2, suites);
  CHECK(schemes.codes == server.schemes);
  CHECK(schemes.complete);
  CHECK(desk.talk.asker.connections() == before + 2);
  // Nothing but refusals: what the suites were taken with says nothing of now.
  Desk changed([&](const ClientHello&, int) { return server.refusal; });
  CHECK_FALSE(list_groups(changed.talk, Version::tls1_2, suites).complete);
  CHECK_FALSE(list_schemes(changed.talk, Version::tls1_2, suites).complete);
}

TEST_CASE("groups of TLS 1.2 are struck off until the server refuses") {
  TableServer server = kEcdhe;
  server.groups = {24, 23, 29, 26};
  Desk desk(server);
  const CodeList list = list_groups(desk.talk, Version::tls1_2, taken(server.suites));
  CHECK(list.codes == server.groups);
  CHECK(list.complete);
  CHECK(desk.talk.asker.connections() == 5);
}

TEST_CASE("internal_error is no refusal: what breaks the server is set apart, the rest is still found") {
  TableServer server{.suites = {0xC02F, 0x009E, 0x002F, 0x0035}, .own_order = true};
  // It chokes on every hello that names this one and nothing that it prefers.
  Desk chokes([&](const ClientHello& hello, int) {
    const bool better = std::ranges::find(hello.suites, 0xC02F) != hello.suites.end();
    if (!better && std::ranges::find(hello.suites, 0x009E) != hello.suites.end()) return probe::Answer{alert(80), probe::Answer::Then::close};
    return server.answer(hello);
  }, 400);
  const SuiteList list = list_suites(chokes.talk, Version::tls1_2);
  CHECK(codes_of(list) == Codes{0xC02F, 0x002F, 0x0035});
  CHECK_FALSE(list.complete);
}

TEST_CASE("a server that ends connections by accident is asked again, and noticed") {
  TableServer server{.suites = {0xC02F, 0x002F}};
  int asked = 0;
  Desk flaky([&](const ClientHello& hello, int) { return ++asked % 4 == 1 ? probe::hang_up() : server.answer(hello); }, 400);
  const SuiteList list = list_suites(flaky.talk, Version::tls1_2);
  CHECK(codes_of(list) == server.suites);
  CHECK(flaky.talk.flaky);
}

TEST_CASE("groups of ECDSA alone: what no client can have is not missing") {
  // The key of its certificate is on P-384, without which it takes nothing.
  const auto der = from_base64(kP384Certificate);
  REQUIRE(der);
  const auto bound = [&](TableServer server, bool to_curve) {
    server.certificate = *der;
    return [server, to_curve](const ClientHello& hello, int) { return to_curve && std::ranges::find(hello.groups, 24) == hello.groups.end() ? server.refusal : server.answer(hello); };
  };
  TableServer ecdsa{.suites = {0xC02B, 0xC009}, .groups = {29, 24, 23, 25}, .schemes = {0x0503}, .own_order = false};
  Desk client(bound(ecdsa, true));
  const CodeList by_client = list_groups(client.talk, Version::tls1_2, taken(ecdsa.suites));
  CHECK(as_set(by_client.codes) == as_set(ecdsa.groups));
  CHECK(by_client.complete);
  ecdsa.own_order = true;
  Desk server(bound(ecdsa, true));
  const CodeList by_server = list_groups(server.talk, Version::tls1_2, taken(ecdsa.suites));
  CHECK(by_server.codes == Codes{29, 24});  // whoever names P-384 gets it before the others
  CHECK(by_server.complete);
  // Another that likes it best but does without.
  ecdsa.groups = {24, 29, 23};
  Desk free(bound(ecdsa, false));
  const CodeList all = list_groups(free.talk, Version::tls1_2, taken(ecdsa.suites));
  CHECK(all.codes == ecdsa.groups);
  CHECK(all.complete);
}

TEST_CASE("Diffie-Hellman with primes of the server's own is found, and so is what needs a group for it") {
  const auto names_prime = [](const ClientHello& hello) { return std::ranges::any_of(hello.groups, [](std::uint16_t group) { return group >= 256 && group < 512; }); };
  for (const bool wants : {false, true})  // GnuTLS without groups for it refuses where one is named; others may want one
    for (const Version version : {Version::tls1_0, Version::tls1_2}) {
      const TableServer rsa{.version = wire_version(version), .suites = {0x002F}}, both{.version = wire_version(version), .suites = {0x0033, 0x002F}};
      Desk desk([&](const ClientHello& hello, int) { return (names_prime(hello) == wants ? both : rsa).answer(hello); });
      const SuiteList list = list_suites(desk.talk, version);
      CHECK(as_set(codes_of(list)) == std::set<std::uint16_t>{0x0033, 0x002F});
      CHECK(list.complete);
    }
}

TEST_CASE("groups stay open with ECDSA alone, after a wordless end and after a lie") {
  TableServer ecdsa{.suites = {0xC02B, 0xC009}, .groups = {23}, .schemes = {0x0403}};
  Desk bound(ecdsa);
  const CodeList of_ecdsa = list_groups(bound.talk, Version::tls1_2, taken(ecdsa.suites));
  CHECK(of_ecdsa.codes == Codes{23});
  CHECK_FALSE(of_ecdsa.complete);

  TableServer wordless = kEcdhe;
  wordless.refusal = probe::hang_up();
  Desk silent(wordless);
  const CodeList ended = list_groups(silent.talk, Version::tls1_2, taken(wordless.suites));
  CHECK(ended.codes == wordless.groups);
  CHECK_FALSE(ended.complete);

  // It uses P-256 whatever was offered.
  Desk liar([](ClientHello hello, int) {
    hello.groups = {23};
    return kEcdhe.answer(hello);
  });
  const CodeList lie = list_groups(liar.talk, Version::tls1_2, taken(kEcdhe.suites));
  CHECK(lie.codes == Codes{23});
  CHECK_FALSE(lie.complete);
  CHECK(liar.talk.anomalies == std::vector<std::string>{"TLSv1.2: the server chose the group secp256r1, which was not offered"});
}

TEST_CASE("what is taken only with a group of prime fields is listed with one, from the first suite to the last question") {
  const TableServer server{.suites = {0x009E, 0x0033, 0x0034}};
  Desk desk([&](const ClientHello& hello, int) {
    const bool names_prime = std::ranges::find(hello.groups, 256) != hello.groups.end();
    return names_prime ? server.answer(hello) : Answer{alert(40), Answer::Then::close};
  });
  desk.talk.primes[static_cast<std::size_t>(Version::tls1_2)] = true;
  Reply earlier;
  earlier.seen = Seen::server_hello;
  earlier.version = 0x0303;
  earlier.suite = 0x009E;
  const SuiteList list = list_suites(desk.talk, Version::tls1_2, &earlier);
  CHECK(codes_of(list) == Codes{0x009E, 0x0033, 0x0034});
  CHECK(list.complete);
}

TEST_CASE("groups: none without ECDHE, and none known where suites of ECDHE are suddenly refused") {
  Desk without(TableServer{});
  SuiteList rsa = taken({0x002F});
  CHECK(list_groups(without.talk, Version::tls1_2, rsa).complete);
  rsa.complete = false;
  CHECK_FALSE(list_groups(without.talk, Version::tls1_2, rsa).complete);
  CHECK(without.talk.asker.connections() == 0);

  Desk changed([](const ClientHello&, int) { return Answer{alert(80), Answer::Then::close}; });
  const CodeList none = list_groups(changed.talk, Version::tls1_2, taken(kEcdhe.suites));
  CHECK(none.codes.empty());
  CHECK_FALSE(none.complete);
}

TEST_CASE("signature schemes of RSA, and of ECDSA alone") {
  TableServer server = kEcdhe;
  server.schemes = {0x0401, 0x0201, 0x0806};
  Desk desk(server);
  const CodeList list = list_schemes(desk.talk, Version::tls1_2, taken(server.suites));
  CHECK(list.codes == server.schemes);
  CHECK(list.complete);

  TableServer ecdsa{.suites = {0xC02B}, .groups = {23}, .schemes = {0x0603, 0x0403}};
  Desk bound(ecdsa);
  const CodeList of_ecdsa = list_schemes(bound.talk, Version::tls1_2, taken(ecdsa.suites));
  CHECK(of_ecdsa.codes == ecdsa.schemes);
  CHECK(of_ecdsa.complete);
}

TEST_CASE("signature schemes stay open when the server ignores the offer, is silent or refuses all") {
  Desk deaf([](ClientHello hello, int) {
    hello.schemes = {0x0804};
    return kEcdhe.answer(hello);
  });
  const CodeList one = list_schemes(deaf.talk, Version::tls1_2, taken(kEcdhe.suites));
  CHECK(one.codes == Codes{0x0804});
  CHECK_FALSE(one.complete);
  CHECK(deaf.talk.anomalies == std::vector<std::string>{"TLSv1.2: the server signed with rsa_pss_rsae_sha256, which was not offered"});

  for (const Answer& then : {probe::stall(), probe::hang_up()}) {
    Desk tired(tiring(kEcdhe, 1, then));
    const CodeList some = list_schemes(tired.talk, Version::tls1_2, taken(kEcdhe.suites));
    CHECK(some.codes.size() == 1);
    CHECK_FALSE(some.complete);
  }
  // Go says ServerHello first, and only then that no scheme is in common.
  TableServer late = kEcdhe;
  late.refusal = {record(22, 0x0303, server_hello_message(0x0303, 0xC02F)), Answer::Then::close};
  join(late.refusal.bytes, alert(40));
  Desk go(late);
  const CodeList of_go = list_schemes(go.talk, Version::tls1_2, taken(late.suites));
  CHECK(of_go.codes == late.schemes);
  CHECK(of_go.complete);

  Desk changed([](const ClientHello&, int) { return Answer{alert(80), Answer::Then::close}; });
  CHECK_FALSE(list_schemes(changed.talk, Version::tls1_2, taken(kEcdhe.suites)).complete);
  Desk unasked(TableServer{});
  CHECK(list_schemes(unasked.talk, Version::tls1_2, taken({0x002F})).complete);
}
