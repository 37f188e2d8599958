// For tests: a server made of tables (what it takes, in whose order, how it refuses), and a talk with one.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "probe/fake.h"
#include "probes/tls/code_list.h"
#include "probes/tls/codes.h"
#include "probes/tls/suite_traits.h"
#include "probes/tls/survey.h"
#include "probes/tls/talk.h"
#include "probes/tls/test_server.h"

namespace lintel::probes::tls {

struct TableServer {
  std::uint16_t version = 0x0303;
  Codes suites = {0x002F};  // best first
  Codes groups = {29, 23};
  Codes schemes = {0x0804, 0x0401};  // of an RSA certificate; up to TLS 1.2
  bool own_order = true;             // else the client's
  Codes extensions = {};             // of ServerHello, each empty
  Bytes certificate = {};            // up to TLS 1.2; empty: no such message
  probe::Answer refusal = {alert(40), probe::Answer::Then::close};

  probe::Answer answer(const ClientHello& hello) const;
};

inline std::optional<std::uint16_t> choose(const Codes& own, const Codes& offered, bool own_order) {
  const Codes& first = own_order ? own : offered;
  const Codes& second = own_order ? offered : own;
  const auto found = std::ranges::find_first_of(first, second);
  return found == first.end() ? std::nullopt : std::optional(*found);
}

inline void join(Bytes& all, const Bytes& part) { all.insert(all.end(), part.begin(), part.end()); }

// ECDHE parameters with a point of one byte and a signature of one.
inline Bytes ecdhe_body(std::uint16_t group, std::uint16_t scheme) {
  Bytes body{3};
  append_number(body, group, 2);
  join(body, {1, 4});
  append_number(body, scheme, 2);
  join(body, {0, 1, 9});
  return body;
}

inline Bytes with_extensions(Bytes hello, const Codes& types) {
  append_number(hello, types.size() * 4, 2);
  for (const std::uint16_t type : types) append_number(hello, static_cast<std::uint32_t>(type) << 16, 4);
  Bytes size;
  append_number(size, hello.size() - 4, 3);
  std::ranges::copy(size, hello.begin() + 1);
  return hello;
}

inline probe::Answer TableServer::answer(const ClientHello& hello) const {
  const bool tls13 = version == 0x0304;
  if (hello.ssl2 || hello.tls13 != tls13 || (!tls13 && hello.version < version)) return refusal;
  const auto suite = choose(suites, hello.suites, own_order), group = choose(groups, hello.groups, own_order);
  if (!suite) return refusal;
  if (tls13) {
    if (!group) return refusal;
    Bytes message = server_hello_message(version, *suite);
    message[message.size() - 2] = static_cast<std::uint8_t>(*group >> 8);
    message[message.size() - 1] = static_cast<std::uint8_t>(*group);
    return {record(22, 0x0303, message), probe::Answer::Then::close};
  }
  Bytes all = record(22, version, with_extensions(server_hello_message(version, *suite), extensions));
  if (!certificate.empty()) {
    Bytes list;
    append_number(list, certificate.size() + 3, 3);
    append_number(list, certificate.size(), 3);
    join(list, certificate);
    join(all, record(22, version, message(11, list)));
  }
  if (traits_of(*suite).key_exchange == "ECDHE") {
    const auto scheme = choose(schemes, hello.schemes, own_order);
    if (!group || !scheme) return refusal;
    join(all, record(22, version, message(12, ecdhe_body(*group, *scheme))));
  }
  join(all, record(22, version, message(14, {})));
  return {all, probe::Answer::Then::stay};
}

// A talk with a peer on a FakeContext. The function answers each hello; number counts connections from 1.
class Desk {
 public:
  using AnswerTo = std::function<probe::Answer(const ClientHello& hello, int number)>;

  explicit Desk(AnswerTo answer_to, int connections = 400) : Desk(script_of(std::move(answer_to)), connections) {}
  explicit Desk(const TableServer& server) : Desk([server](const ClientHello& hello, int) { return server.answer(hello); }) {}
  // The script of every connection, for peers that say more than a hello.
  Desk(std::function<probe::Script()> script, int connections) : asker_(context, {"127.0.0.1", kPort}, {.connections = connections}) {
    context.world.peers[kPort] = std::move(script);
  }

  static constexpr std::uint16_t kPort = 8443;
  probe::FakeContext context;

 private:
  static std::function<probe::Script()> script_of(AnswerTo answer_to) {
    return [answer_to = std::move(answer_to), number = std::make_shared<int>(0)]() -> probe::Script {
      ++*number;
      return [answer_to, now = *number](ByteView written) -> probe::Answer {
        if (written.empty()) return {};
        const auto hello = parse_client_hello(written);
        return hello ? answer_to(*hello, now) : probe::hang_up();
      };
    };
  }
  Asker asker_;

 public:
  Talk talk{.asker = asker_, .server_name = "home.example"};
};

// A survey that found these versions and no others of TCP, each with its suite.
inline Survey surveyed(const std::vector<std::pair<Version, std::uint16_t>>& offered) {
  Survey survey;
  survey.spoken = Known::yes;
  for (const Version version : kTcpVersions) survey.at(version).offered = Known::no;
  for (const auto& [version, suite] : offered) {
    VersionFinding& finding = survey.at(version);
    finding.offered = Known::yes;
    finding.reply.seen = Seen::server_hello;
    finding.reply.version = wire_version(version);
    finding.reply.suite = suite;
  }
  return survey;
}

}  // namespace lintel::probes::tls
