// Certificates of further kinds of keys: found by suites and by schemes, and never taken for absent when the answer was none.
#include "probes/tls/other_keys.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "probes/tls/table_server.h"

using namespace lintel;
using namespace lintel::probes::tls;

namespace {

Bytes certificate(const std::string& name) {
  const auto pem = read_file(std::string(LINTEL_SOURCE_DIR "/src/crypto/testdata/") + name + ".pem", 1 << 16);
  REQUIRE_MESSAGE(pem, name);
  const std::size_t begin = pem->find("-----\n") + 6;
  return from_base64(std::string_view(*pem).substr(begin, pem->find("-----END") - begin)).value();
}

// A key, the suites that go by it, and the schemes that it signs with.
struct Key {
  std::string file;
  Codes suites, schemes;
};
const Key kEc{"ec-leaf", {0xC02B}, {0x0403, 0x0503}}, kRsa{"cn-only", {0xC02F}, {0x0804, 0x0401}}, kEd{"ed25519", {0xC02B}, {0x0807}}, kEd448{"ed448", {0xC02B}, {0x0808}},
    kDsa{"dsa", {0x00A2}, {0x0402}}, kPss{"pss-key", {0xC02F}, {0x0809}};

// Up to TLS 1.2: takes the first key that fits the offer.
probe::Answer answer(const std::vector<Key>& keys, const ClientHello& hello) {
  for (const Key& key : keys) {
    const auto suite = choose(key.suites, hello.suites, true);
    if (hello.tls13 || !suite || !choose(key.schemes, hello.schemes, true)) continue;
    const Bytes der = certificate(key.file);
    Bytes body, all = record(22, 0x0303, server_hello_message(0x0303, *suite));
    append_number(body, der.size() + 3, 3);
    append_number(body, der.size(), 3);
    join(body, der);
    join(all, record(22, 0x0303, message(11, body)));
    join(all, record(22, 0x0303, message(14, {})));
    return {all, probe::Answer::Then::stay};
  }
  return {alert(40), probe::Answer::Then::close};
}

struct Found {
  bool all = false;
  std::string keys;  // types, in the order seen
  int connections = 0;
};

Found look(Desk& desk, const Survey& survey, const std::vector<Key>& seen = {kEc}, bool listed = false) {
  for (const Key& key : seen) desk.talk.saw({certificate(key.file)}, Version::tls1_2);
  Found found;
  found.all = ask_for_other_keys(desk.talk, survey, listed);
  for (const Shown& one : desk.talk.shown) found.keys += (found.keys.empty() ? "" : " ") + crypto::parse_certificate(one.chain.front())->key_type;
  found.connections = desk.talk.asker.connections();
  return found;
}

const Survey kOnly12 = surveyed({{Version::tls1_2, 0xC02B}});

Found look(const std::vector<Key>& keys) {
  Desk desk([keys](const ClientHello& hello, int) { return answer(keys, hello); });
  return look(desk, kOnly12, {keys.front()});
}

}  // namespace

TEST_CASE("a server with one kind of key costs two connections and has nothing else") {
  for (const Key& key : {kEc, kRsa, kDsa, kEd}) {
    const Found found = look({key});
    CHECK_MESSAGE(found.all, key.file);
    CHECK(found.connections == (key.file == "dsa" ? 3 : 2));  // beside DSA more suites are left than go into one hello
  }
}

TEST_CASE("every further kind is found, by suites or by schemes") {
  const struct {
    std::vector<Key> keys;
    std::string found;
  } rows[] = {{{kEc, kRsa}, "EC RSA"}, {{kRsa, kEc}, "RSA EC"}, {{kEc, kEd}, "EC ED25519"}, {{kRsa, kDsa}, "RSA DSA"}, {{kRsa, kPss}, "RSA RSA"}, {{kEc, kRsa, kEd, kEd448, kDsa}, "EC RSA DSA ED25519 ED448"}};
  for (const auto& row : rows) {
    const Found found = look(row.keys);
    CHECK(found.keys == row.found);
    CHECK(found.all);
    CHECK(found.connections <= 7);
  }
}

TEST_CASE("what was listed is not asked again, and TLCP's certificate is no key of TLS") {
  Desk listed([](const ClientHello& hello, int) { return answer({kEc}, hello); });
  CHECK(look(listed, kOnly12, {kEc}, true).all);
  CHECK(listed.talk.asker.connections() == 0);

  Desk both([](const ClientHello& hello, int) { return answer({kEc, kRsa}, hello); });
  both.talk.saw({certificate("cn-only")}, Version::tlcp1_1);
  CHECK(look(both, kOnly12).all);
  CHECK(both.talk.shown[0].versions == std::vector{Version::tlcp1_1, Version::tls1_2});

  Survey tlcp = surveyed({{Version::tlcp1_1, 0xE013}});
  Desk unseen([](const ClientHello&, int) { return probe::hang_up(); });
  CHECK_FALSE(ask_for_other_keys(unseen.talk, tlcp, false));
  unseen.talk.saw({certificate("sm2-leaf")}, Version::tlcp1_1);
  CHECK(ask_for_other_keys(unseen.talk, tlcp, false));
}

TEST_CASE("silence, nonsense, a spent budget and versions that are not known leave it open") {
  const auto open = [](const Desk::AnswerTo& answer_to, int connections = 400) {
    Desk desk(answer_to, connections);
    return !look(desk, kOnly12).all;
  };
  CHECK(open([](const ClientHello&, int) { return probe::stall(); }));
  CHECK(open([](const ClientHello&, int) { return probe::Answer{alert(80), probe::Answer::Then::close}; }));
  CHECK(open([](const ClientHello&, int) { return probe::Answer{{'H', 'T', 'T', 'P'}, probe::Answer::Then::close}; }));
  CHECK(open([](const ClientHello&, int) { return probe::Answer{flight(0x0303, 0x0005), probe::Answer::Then::close}; }));  // chosen, but without a certificate
  CHECK(open([](const ClientHello&, int) { return probe::Answer{alert(50), probe::Answer::Then::close}; }, 2));
  CHECK(open([](const ClientHello& hello, int) { return answer({kEc}, hello); }, 1));

  Survey vague = kOnly12;
  vague.at(Version::tls1_3).offered = Known::unknown;
  Desk desk([](const ClientHello& hello, int) { return answer({kEc}, hello); });
  CHECK_FALSE(look(desk, vague).all);
  Desk none([](const ClientHello&, int) { return probe::Answer{alert(40), probe::Answer::Then::close}; });
  CHECK_FALSE(look(none, kOnly12, {}).all);
}

TEST_CASE("a refusal without a word counts while the server takes what it took") {
  const auto wordless = [](bool there) {
    Desk desk([there](const ClientHello& hello, int) {
      const probe::Answer given = answer({kEc}, hello);
      return given.bytes.size() < 20 || !there ? probe::hang_up() : given;
    });
    return look(desk, kOnly12).all;
  };
  CHECK(wordless(true));
  CHECK_FALSE(wordless(false));
}

TEST_CASE("a server that gives the same to everyone, and servers that never do") {
  // Whatever is offered: its one certificate, with the first suite of the offer.
  Desk same([](const ClientHello& hello, int) {
    Key any = kEc;
    any.suites = hello.suites;
    any.schemes = hello.schemes;
    return answer({any}, hello);
  });
  const Found found = look(same, kOnly12);
  CHECK(found.all);
  CHECK(found.keys == "EC");
  CHECK(found.connections <= 7);

  // Two with one kind of key: there may be a third.
  Desk changing([](const ClientHello& hello, int) { return answer({kRsa}, hello); });
  changing.talk.saw({certificate("pss")}, Version::tls1_0);
  CHECK_FALSE(look(changing, kOnly12, {kRsa}).all);
  CHECK(changing.talk.anomalies == std::vector<std::string>{"different certificates with the same kind of key on different connections"});

  Desk crowd([](const ClientHello& hello, int) { return answer({kRsa}, hello); });
  for (std::uint8_t i = 0; i < 20; ++i) crowd.talk.saw({Bytes{0x30, i}}, Version::tls1_2);
  CHECK(crowd.talk.shown.size() == kMostShown);
  CHECK_FALSE(ask_for_other_keys(crowd.talk, kOnly12, false));
  CHECK(crowd.talk.asker.connections() < 10);
}

TEST_CASE("TLS 1.3: a refusal is one connection, and takes a server that wants nothing else") {
  const Survey only13 = surveyed({{Version::tls1_3, 0x1301}});
  Survey with_group = only13;
  with_group.at(Version::tls1_3).reply.group = 29;
  Desk desk([](const ClientHello& hello, int) {
    CHECK(hello.tls13);
    CHECK(hello.groups == Codes{29});
    CHECK(hello.key_shares == 1);
    CHECK(std::ranges::find(hello.schemes, 0x0403) == hello.schemes.end());
    CHECK(std::ranges::find(hello.schemes, 0x0503) != hello.schemes.end());  // of another curve
    CHECK(std::ranges::find(hello.extensions, 50) != hello.extensions.end());
    return probe::Answer{alert(40), probe::Answer::Then::close};
  });
  const Found found = look(desk, with_group);
  CHECK(found.all);
  CHECK(found.connections == 1);
  // It takes them, and then breaks off: something is there that nobody saw.
  Desk taken([](const ClientHello& hello, int number) { return number == 1 ? probe::Answer{flight(0x0304, hello.suites.front()), probe::Answer::Then::close} : probe::Answer{alert(40), probe::Answer::Then::close}; });
  CHECK_FALSE(look(taken, with_group).all);
}
