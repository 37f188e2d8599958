// The tls probe against servers that behave, from OpenSSL, and against peers that do not.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "data/schema.h"
#include "net/dialer.h"
#include "probe/fake.h"
#include "probes/tls/ask.h"
#include "probes/tls/test_server.h"
#include "random/tokens/sample.h"

namespace lintel::probes::tls {
extern const probe::Probe probe;
}

using namespace lintel;
using namespace lintel::probes::tls;
using model::Status;
using probe::Answer;

namespace {

constexpr std::uint16_t kPort = 8443;

// Dials for real; everything else from memory.
struct LiveContext : probe::FakeContext {
  Result<std::unique_ptr<net::Stream>> dial(const net::Endpoint& endpoint, Deadline deadline) override {
    return net::dial(endpoint, deadline, cancel_button);
  }
};

void declare(probe::FakeContext& context, std::uint16_t port, Json more = Json::object()) {
  context.world.item.kind = model::ItemKind::service;
  context.world.item.data = Json{{"address", "127.0.0.1"}, {"port", port}, {"transport", "tcp"}};
  context.world.item.data.update(more);
}

// A peer that answers each hello by a function of it; nullopt stays silent.
using AnswerTo = std::function<Answer(const ClientHello&)>;
probe::Script speaks(AnswerTo answer_to) {
  return [answer_to = std::move(answer_to)](ByteView written) -> Answer {
    if (written.empty()) return {};
    const auto hello = parse_client_hello(written);
    return hello ? answer_to(*hello) : probe::hang_up();
  };
}

Answer bytes(Bytes all, Answer::Then then = Answer::Then::close) { return {std::move(all), then}; }

bool offers(const ClientHello& hello, std::uint16_t suite) {
  return std::ranges::find(hello.suites, suite) != hello.suites.end();
}

// A decent server with one suite for each version that it takes.
AnswerTo takes(std::vector<std::uint16_t> versions, std::uint8_t refusal = 70) {
  return [versions, refusal](const ClientHello& hello) {
    if (hello.ssl2)
      return versions.front() == 2 ? bytes(ssl2_server_hello({0x010080})) : bytes(alert(refusal));
    std::uint16_t chosen = 0;
    for (const auto version : versions)
      if (version == 0x0304 ? hello.tls13 : version != 2 && !hello.tls13 && version <= hello.version)
        chosen = std::max(chosen, version);
    const std::uint16_t suite = chosen == 0x0304 ? 0x1301 : 0x002F;
    if (chosen == 0 || !offers(hello, suite)) return bytes(alert(chosen == 0 ? refusal : 40));
    return bytes(flight(chosen, suite));
  };
}

model::Observation look_at(const AnswerTo& answer_to, probe::FakeContext& context,
                           Json more = Json::object()) {
  declare(context, kPort, std::move(more));
  context.world.peers[kPort] = [&] { return speaks(answer_to); };
  return probe::look(probes::tls::probe, context);
}
model::Observation look_at(const AnswerTo& answer_to) {
  probe::FakeContext context;
  return look_at(answer_to, context);
}

// "ssl2 ssl3 1.0 1.1 1.2 1.3" as y, n, ?.
std::string offered(const model::Observation& observation) {
  std::string all;
  for (const auto* name : {"ssl2", "ssl3", "tls1_0", "tls1_1", "tls1_2", "tls1_3"}) {
    const std::string word = text_or(member(member(observation.facts, "versions"), name), "offered", "-");
    all += word == "unknown" ? '?' : word[0];
  }
  return all;
}
std::string reason(const model::Observation& observation, const char* version) {
  return text_or(observation.facts["versions"][version], "reason");
}

}  // namespace

TEST_CASE("versions are told one by one") {
  CHECK(offered(look_at(takes({0x0303, 0x0304}))) == "nnnnyy");
  CHECK(offered(look_at(takes({0x0301, 0x0302, 0x0303}))) == "nnyyyn");
  CHECK(offered(look_at(takes({0x0300}))) == "nynnnn");
  CHECK(offered(look_at(takes({0x0304}))) == "nnnnny");
  const auto all = look_at(takes({2, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304}));
  CHECK(offered(all) == "yyyyyy");
  CHECK(all.status == Status::ok);
  CHECK(all.facts["spoken"] == "yes");
  CHECK(all.facts["lowest"] == "SSLv2");
  CHECK(all.facts["highest"] == "TLSv1.3");
  CHECK(all.facts["versions"]["ssl2"]["suite"] == "SSL_CK_RC4_128_WITH_MD5");
  CHECK(all.facts["versions"]["ssl3"]["suite"] == "TLS_RSA_WITH_AES_128_CBC_SHA");
  CHECK(all.facts["versions"]["tls1_3"]["suite"] == "TLS_AES_128_GCM_SHA256");
  CHECK(all.facts["anomalies"].empty());
}

TEST_CASE("an error of SSL 2.0 is a refusal when it is for want of a common suite, else unknown") {
  for (const std::uint8_t code : {std::uint8_t{1}, std::uint8_t{4}}) {
    const auto seen = look_at([&](const ClientHello& hello) { return hello.ssl2 ? bytes({0x80, 3, 0, 0, code}) : takes({0x0303})(hello); });
    CHECK(offered(seen) == (code == 1 ? "nnnnyn" : "?nnnyn"));
    CHECK(seen.facts["anomalies"].size() == 1);
  }
}

TEST_CASE("SSL 2.0 alone, the rest ended without a word") {
  const auto observation = look_at(
      [](const ClientHello& hello) { return hello.ssl2 ? bytes(ssl2_server_hello({})) : probe::hang_up(); });
  CHECK(offered(observation) == "ynnnnn");
  CHECK(observation.facts["spoken"] == "yes");
  CHECK(reason(observation, "tls1_2") == "closed");
}

TEST_CASE("an old version is found behind rare suites, and one byte at a time") {
  probe::FakeContext context;
  context.world.piece_bytes = 1;
  const auto observation = look_at(
      [](const ClientHello& hello) {
        if (hello.ssl2 || hello.tls13) return bytes(alert(40));
        const std::uint16_t suite = hello.version == 0x0300 ? 0x001E : 0x00A8;  // Kerberos; a pre-shared key
        return offers(hello, suite) ? bytes(flight(hello.version, suite)) : bytes(alert(40));
      },
      context);
  INFO(context.seen.find_evidence("handshakes.txt")->bytes);
  CHECK(offered(observation) == "nynnyn");
  CHECK(observation.facts["versions"]["ssl3"]["suite"] == "TLS_KRB5_WITH_DES_CBC_SHA");
  CHECK(observation.facts["connections_used"].get<int>() <= Manners{}.connections);
  const auto* evidence = context.seen.find_evidence("reply-ssl3.bin");
  REQUIRE(evidence);
  CHECK(evidence->about == std::vector<std::string>{"versions.ssl3"});
  CHECK(decode_reply(as_bytes(evidence->bytes)).version == 0x0300);
}

TEST_CASE("a stack that wants a key share or a small hello still counts") {
  const auto observation = look_at([](const ClientHello& hello) {
    if (hello.tls13) return hello.key_shares == 0 ? bytes(alert(47)) : bytes(flight(0x0304, 0x1301));
    if (hello.ssl2 || hello.version != 0x0303) return bytes(alert(70));
    return hello.suites.size() > 16 ? bytes(alert(50)) : bytes(flight(0x0303, hello.suites.front()));
  });
  CHECK(offered(observation) == "nnnnyy");
}

TEST_CASE("Diffie-Hellman alone, with or without a group for it, is a version that is taken") {
  const auto names_prime = [](const ClientHello& hello) { return std::ranges::find(hello.groups, 256) != hello.groups.end(); };
  for (const bool wants : {false, true})
    CHECK(offered(look_at([&](const ClientHello& hello) {
            if (hello.ssl2 || hello.tls13 || hello.version != 0x0303 || names_prime(hello) != wants || !offers(hello, 0x009E)) return bytes(alert(40));
            return bytes(flight(0x0303, 0x009E));
          })) == "nnnnyn");
  // OpenSSL with a policy against the old signature.
  CHECK(offered(look_at([&](const ClientHello& hello) {
          if (!hello.ssl2 && !hello.tls13 && hello.version == 0x0301 && names_prime(hello)) return bytes(alert(80));
          return takes({0x0303}, 40)(hello);
        })) == "nnnnyn");
}

TEST_CASE("Diffie-Hellman alone that wants a group for it is looked at to its end, at every depth") {
  for (const auto* depth : {"quick", "full"}) {
    probe::FakeContext context;
    context.world.params = {{"depth", depth}};
    const auto seen = look_at(
        [](const ClientHello& hello) {
          const bool names_prime = std::ranges::find(hello.groups, 256) != hello.groups.end();
          if (hello.ssl2 || hello.tls13 || hello.version < 0x0303 || !names_prime || !offers(hello, 0x009E)) return bytes(alert(40));
          return bytes(flight(0x0303, 0x009E));
        },
        context);
    CHECK(offered(seen) == "nnnnyn");
    CHECK(seen.facts["weak"]["anonymous"] == "no");
    CHECK(seen.facts["versions"]["tls1_2"].value("suites_complete", true));
    CHECK(seen.facts["connections_used"].get<int>() <= (std::string_view(depth) == "quick" ? 25 : 40));
  }
}

TEST_CASE("a suite that breaks the server leaves its list open, not whether it takes weak ones") {
  probe::FakeContext context;
  context.world.params = {{"depth", "full"}};
  const auto seen = look_at([](const ClientHello& hello) { return !hello.ssl2 && !hello.tls13 && hello.version == 0x0303 && offers(hello, 0xC020) && !offers(hello, 0x002F) ? bytes(alert(80)) : takes({0x0303}, 40)(hello); }, context);
  CHECK(seen.facts["versions"]["tls1_2"]["suites_complete"] == false);
  CHECK(seen.facts["weak"]["triple_des"] == "no");
}

TEST_CASE("silence is never a no") {
  const auto observation = look_at([](const ClientHello& hello) {
    if (hello.ssl2 || hello.version == 0x0301) return probe::stall();
    return takes({0x0303})(hello);
  });
  CHECK(offered(observation) == "?n?nyn");
  CHECK(reason(observation, "ssl2") == "timeout");
  CHECK(observation.status == Status::ok);
}

TEST_CASE("what was not offered is an anomaly, not support") {
  const auto observation = look_at([](const ClientHello& hello) {
    if (!hello.ssl2 && !hello.tls13 && hello.version == 0x0300) return bytes(flight(0x0300, 0x1301));
    if (!hello.ssl2 && !hello.tls13 && hello.version == 0x0301) return bytes(flight(0x0303, 0x002F));
    return takes({0x0303})(hello);
  });
  CHECK(offered(observation) == "n??nyn");
  REQUIRE(observation.facts["anomalies"].size() == 2);
  CHECK(observation.facts["anomalies"][1] ==
        "SSLv3: the server chose TLS_AES_128_GCM_SHA256, which was not offered");
}

TEST_CASE("a service that goes away after a while proves nothing by its wordless ends") {
  int connections = 0;
  const AnswerTo tired = [&](const ClientHello& hello) {
    if (++connections > 2) return probe::hang_up();
    return takes({0x0303, 0x0304}, 40)(hello);
  };
  const auto observation = look_at(tired);
  CHECK(offered(observation) == "????yy");
  CHECK(observation.facts["anomalies"].size() == 1);
}

TEST_CASE("a refusal without a word counts while the service goes on answering") {
  const auto observation = look_at([](const ClientHello& hello) {
    const bool known = !hello.ssl2 && !hello.tls13 && hello.version == 0x0303 && offers(hello, 0x002F);
    return known ? bytes(flight(0x0303, 0x002F)) : probe::break_off();
  });
  CHECK(offered(observation) == "nnnnyn");
  CHECK(reason(observation, "ssl3") == "reset");
  // The version that it takes would be asked again if one of these had been an accident.
  int seen = 0;
  const auto flaky = look_at([&](const ClientHello& hello) {
    const bool ssl3 = !hello.ssl2 && hello.version == 0x0300;
    if (ssl3 && ++seen <= 1) return probe::hang_up();
    return takes({0x0300, 0x0303})(hello);
  });
  CHECK(offered(flaky)[1] == 'y');
}

TEST_CASE("alerts alone show TLS, but no version of it") {
  const auto observation = look_at([](const ClientHello&) { return bytes(alert(40)); });
  CHECK(observation.facts["spoken"] == "yes");
  CHECK(offered(observation) == "??????");
  CHECK(observation.facts["offered"].empty());
  CHECK(observation.facts["connections_used"].get<int>() <= Manners{}.connections);
}

TEST_CASE("other protocols are named") {
  struct Row {
    std::string name;
    probe::Script script;
    std::string spoken, instead;
    Status status;
    std::string versions;
  };
  const auto says = [](std::string text) {
    return [text](ByteView written) {
      return written.empty() ? Answer{} : probe::answer(text, Answer::Then::close);
    };
  };
  const Row rows[] = {
      {"clear HTTP", says("HTTP/1.1 400 Bad Request\r\n\r\n"), "no", "http", Status::ok, "nnnnnn"},
      {"SSH",
       [](ByteView written) { return written.empty() ? probe::answer("SSH-2.0-dropbear\r\n") : Answer{}; },
       "no", "ssh", Status::ok, "nnnnnn"},
      {"clear MQTT",
       [](ByteView written) {
         if (written.empty()) return Answer{};
         return written[0] == 0x10 ? bytes({0x20, 2, 0, 5}) : probe::hang_up();
       },
       "no", "mqtt", Status::ok, "nnnnnn"},
      {"HTTP that waits for a line",
       [](ByteView written) {
         return as_text(written).starts_with("GET ") ? probe::answer("HTTP/1.0 200 OK\r\n\r\n") : Answer{};
       },
       "no", "http", Status::ok, "??????"},
      {"garbage",
       [](ByteView written) {
         return written.empty() ? Answer{} : Answer{{0xDE, 0xAD, 0xBE, 0xEF, 0, 1}, Answer::Then::stay};
       },
       "no", "other", Status::ok, "nnnnnn"},
      {"silence", [](ByteView) { return Answer{}; }, "unknown", "silence", Status::timeout, "??????"},
      {"half closed", [](ByteView written) { return written.empty() ? Answer{} : probe::hang_up(); },
       "unknown", "", Status::closed, "??????"},
      {"closed at once", [](ByteView) { return probe::hang_up(); }, "unknown", "", Status::closed, "??????"},
      {"reset", [](ByteView) { return probe::break_off(); }, "unknown", "", Status::closed, "??????"},
      {"a broken hello",
       [](ByteView written) {
         return written.empty() ? Answer{} : bytes(record(22, 0x0303, message(2, {3, 3})));
       },
       "unknown", "", Status::protocol_error, "??????"},
  };
  for (const Row& row : rows) {
    probe::FakeContext context;
    declare(context, kPort);
    context.world.peers[kPort] = [&] { return row.script; };
    const auto observation = probe::look(probes::tls::probe, context);
    CHECK_MESSAGE(observation.facts["spoken"] == row.spoken, row.name);
    CHECK_MESSAGE(text_or(observation.facts, "instead") == row.instead, row.name);
    CHECK_MESSAGE(observation.status == row.status, row.name);
    CHECK_MESSAGE(offered(observation) == row.versions, row.name);
    CHECK_MESSAGE(observation.facts["connections_used"].get<int>() <= Manners{}.connections, row.name);
    CHECK_MESSAGE(!observation.facts.contains("certificates"), row.name);
  }
}

TEST_CASE("what a person could do next is said") {
  const auto nameless = look_at([](const ClientHello& hello) { return bytes(alert(hello.server_name.empty() ? 112 : 40)); });
  CHECK(nameless.message.find("--server-name") != std::string::npos);
  probe::FakeContext named;
  CHECK(look_at([](const ClientHello&) { return bytes(alert(112)); }, named, {{"server_name", "home.example"}}).message.find("--server-name") == std::string::npos);
  const struct {
    std::string greeting, name;
  } rows[] = {{"* OK ready\r\n", "imap"}, {"+OK ready\r\n", "pop3"}, {"220 mail ESMTP SMTP\r\n", "smtp"}, {"220 FTP\r\n", "ftp"}, {std::string("\x30\x24\x02\x01\x00\x78\x1f", 7), "ldap"}};
  for (const auto& row : rows) {
    probe::FakeContext context;
    declare(context, kPort);
    context.world.peers[kPort] = [&] { return [&](ByteView written) { return written.empty() ? Answer{} : probe::answer(row.greeting, Answer::Then::close); }; };
    const auto observation = probe::look(probes::tls::probe, context);
    CHECK(observation.facts["instead"] == row.name);
    CHECK(observation.message.find("--starttls " + row.name + " ") != std::string::npos);
    CHECK(observation.facts["complete"] == true);
  }
}

TEST_CASE("a look that leaves a version unknown is not complete") {
  CHECK(look_at(takes({0x0303})).facts["complete"] == true);
  CHECK(look_at([](const ClientHello& hello) { return hello.ssl2 ? probe::stall() : takes({0x0303})(hello); }).facts["complete"] == false);
  CHECK(look_at([](const ClientHello&) { return bytes(alert(40)); }).facts["complete"] == false);
}

TEST_CASE("a closed UDP port accepts nothing") {
  LiveContext context;
  declare(context, 9, {{"transport", "udp"}});  // discard: nobody has it today
  context.world.params = Json{{"depth", "quick"}, {"wait", 1}};
  const auto observation = probe::look(probes::tls::probe, context);
  CHECK(observation.status == Status::refused);
  CHECK(observation.message.find("accepts connections") == std::string::npos);
}

TEST_CASE("printers are not sent what they would print") {
  probe::FakeContext context;
  declare(context, 9100);
  std::string written;
  context.world.peers[9100] = [&] {
    return [&](ByteView text) {
      written += as_text(text);
      return text.empty() ? Answer{} : probe::hang_up();
    };
  };
  probe::look(probes::tls::probe, context);
  CHECK(written.find("GET") == std::string::npos);
}

TEST_CASE("what never got through has no facts about TLS") {
  probe::FakeContext context;
  declare(context, kPort);
  auto observation = probe::look(probes::tls::probe, context);
  CHECK(observation.status == Status::refused);
  CHECK_FALSE(observation.facts.contains("spoken"));
  context.world.network_error = Error{ErrorCode::unreachable, "no route"};
  CHECK(probe::look(probes::tls::probe, context).status == Status::unreachable);
  context.cancel_button.request();
  CHECK(probe::look(probes::tls::probe, context).status == Status::interrupted);
  probe::FakeContext other;
  declare(other, kPort, {{"transport", "udp"}});
  CHECK(probe::look(probes::tls::probe, other).status == Status::refused);
  declare(other, kPort, {{"transport", "sctp"}});
  CHECK(probe::look(probes::tls::probe, other).status == Status::not_applicable);
}

TEST_CASE("a last hello shows that the service still answers, unless it could not be sent") {
  const auto afterwards = [](int connections) {
    probe::FakeContext context;
    context.world.params = {{"pace", "gentle"}, {"connections", connections}};
    return look_at(takes({0x0303}, 40), context).facts;
  };
  const Json whole = afterwards(25);
  CHECK(whole["answers_afterwards"] == "yes");
  CHECK(afterwards(whole["connections_used"].get<int>() - 1)["answers_afterwards"] == "unknown");
}

TEST_CASE("TLS 1.3 alone has no flaw of older versions; one that may be taken may have them") {
  const auto deep = [](const AnswerTo& answer_to) {
    probe::FakeContext context;
    context.world.params = Json{{"depth", "full"}};
    return look_at(answer_to, context).facts["vulnerable"];
  };
  const Json alone = deep(takes({0x0304}));
  CHECK(alone["heartbleed"] == "no");
  CHECK(alone["crime"] == "no");
  // Silent to TLS 1.2, so it is not known whether that is taken.
  const Json perhaps = deep([](const ClientHello& hello) {
    const bool tls12 = !hello.ssl2 && !hello.tls13 && hello.version == 0x0303;
    return tls12 ? Answer{} : takes({0x0304})(hello);
  });
  CHECK(perhaps["heartbleed"] == "unknown");
  CHECK(perhaps["early_change_cipher"] == "unknown");
  CHECK(perhaps["crime"] == "unknown");
}

TEST_CASE("session ids are a sample in the order of issue, which the analysis of identifiers reads") {
  probe::FakeContext context;
  context.world.params = Json{{"depth", "full"}};
  int issued = 0;
  std::vector<std::string> order;
  const auto observation = look_at(
      [&](const ClientHello& hello) {
        Answer answer = takes({0x0301, 0x0303})(hello);
        if (answer.bytes.front() != 22) return answer;
        Bytes body = server_hello_message(std::min<std::uint16_t>(hello.version, 0x0303), 0x002F);
        const Bytes id(32, static_cast<std::uint8_t>(200 - ++issued % 150));
        body.insert(body.begin() + 39, id.begin(), id.end());
        body[38] = 32;
        body[3] = static_cast<std::uint8_t>(body.size() - 4);
        Bytes all = record(22, 0x0303, body);
        const Bytes done = record(22, 0x0303, message(14, {}));
        all.insert(all.end(), done.begin(), done.end());
        if (hello.version != 0x0301 && hello.version != 0x0303) return answer;
        order.push_back(to_hex(id));
        return bytes(all, Answer::Then::stay);
      },
      context);
  const auto* evidence = context.seen.find_evidence("session-ids.tsv");
  REQUIRE(evidence);
  const auto sample = random::tokens::parse_sample(evidence->bytes);
  REQUIRE(sample);
  CHECK(sample->size() == observation.facts["session_ids"]["seen"].get<std::size_t>());
  CHECK(sample->size() >= 3);
  std::size_t at = 0;
  for (const auto& one : *sample) {
    CHECK(one.unix_us.has_value());
    while (at < order.size() && order[at] != one.value) ++at;  // those of the survey are not part of it
    CHECK(at < order.size());
  }
}

TEST_CASE("a cancel half-way keeps what was learned and decides nothing more") {
  probe::FakeContext context;
  int connections = 0;
  const auto observation = look_at(
      [&](const ClientHello& hello) {
        if (++connections == 3) context.cancel_button.request();
        return takes({0x0303, 0x0304})(hello);
      },
      context);
  CHECK(observation.status == Status::interrupted);
  CHECK(offered(observation).substr(4) == "yy");
  CHECK(offered(observation).substr(0, 3) == "???");
}

namespace {

struct Child {
  pid_t pid = -1;
  int to = -1, from = -1;
};

Child start(const std::vector<std::string>& arguments) {
  int in[2], out[2];
  REQUIRE(pipe2(in, O_CLOEXEC) == 0);
  REQUIRE(pipe2(out, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  std::vector<char*> words;
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  Child child;
  if (posix_spawnp(&child.pid, words[0], &actions, nullptr, words.data(), environ) != 0) child.pid = -1;
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  child.to = in[1];
  child.from = out[0];
  return child;
}

int finish(const Child& child) {
  int status = -1;
  close(child.to);
  if (child.pid > 0) waitpid(child.pid, &status, 0);
  close(child.from);
  return status;
}

// openssl s_server on a free port of loopback, until destroyed.
class OpensslServer {
 public:
  explicit OpensslServer(std::vector<std::string> options) {
    std::vector<std::string> arguments{"openssl", "s_server", "-accept", "127.0.0.1:0"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    child_ = start(arguments);
    // It prints "ACCEPT 127.0.0.1:PORT" when it listens.
    std::string text;
    char byte = 0;
    while (text.find("ACCEPT ") == std::string::npos || text.back() != '\n') {
      pollfd entry{child_.from, POLLIN, 0};
      if (poll(&entry, 1, 10'000) != 1 || read(child_.from, &byte, 1) != 1) break;
      text += byte;
    }
    const auto line = trim(std::string_view(text).substr(
        std::min(text.size(), text.rfind(':') == std::string::npos ? 0 : text.rfind(':') + 1)));
    port_ = parse_unsigned<std::uint16_t>(line).value_or(0);
    REQUIRE_MESSAGE(port_ != 0, text);
  }
  OpensslServer(const OpensslServer&) = delete;
  OpensslServer& operator=(const OpensslServer&) = delete;
  ~OpensslServer() {
    if (child_.pid > 0) kill(child_.pid, SIGKILL);
    finish(child_);
  }
  std::uint16_t port() const { return port_; }

 private:
  Child child_;
  std::uint16_t port_ = 0;
};

// Certificates made on the spot; none when there is no openssl program.
struct Pki {
  std::optional<TemporaryFolder> folder;
  std::string at(const std::string& name) const { return (folder->path() / name).string(); }
  bool make(const std::string& name, std::vector<std::string> key) {
    std::vector<std::string> arguments{
        "openssl", "req",
        "-x509",   "-nodes",
        "-days",   "30",
        "-subj",   "/O=Lintel/CN=" + name + ".example",
        "-addext", "subjectAltName=DNS:" + name + ".example,DNS:*.sub.example,IP:127.0.0.1",
        "-keyout", at(name + ".key"),
        "-out",    at(name + ".pem"),
        "-newkey"};
    arguments.insert(arguments.end(), key.begin(), key.end());
    return finish(start(arguments)) == 0;
  }
};

const Pki* pki() {
  static const Pki made = [] {
    Pki p;
    if (auto folder = TemporaryFolder::create()) p.folder.emplace(*std::move(folder));
    const bool done = p.folder && p.make("rsa", {"rsa:2048"}) &&
                      p.make("ec", {"ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"}) && p.make("weak", {"rsa:1024"}) && p.make("ed448", {"ed448"}) &&
                      finish(start({"openssl", "x509", "-in", p.at("rsa.pem"), "-signkey", p.at("rsa.key"), "-days", "-1",
                                    "-out", p.at("backwards.pem")})) == 0;
    if (!done) p.folder.reset();
    return p;
  }();
  return made.folder ? &made : nullptr;
}

model::Observation look_live(const OpensslServer& server, Json more,
                             std::vector<probe::KeptEvidence>* evidence = nullptr) {
  LiveContext context;
  declare(context, server.port(), std::move(more));
  context.world.folder = "/";
  context.world.clock =
      FixedClock(std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()));
  auto observation = probe::look(probes::tls::probe, context);
  CHECK(observation.facts["connections_used"].get<int>() < 25);
  static const std::string text = read_file(LINTEL_SOURCE_DIR "/src/probes/tls/facts.schema.json", 1 << 20).value();
  static const schema::Schema facts = schema::Schema::load(std::string_view(text), "facts").value();
  CHECK(schema::validate(observation.facts, facts.root(), schema::Missing::allowed).empty());
  if (evidence != nullptr) *evidence = context.seen.evidence;
  return observation;
}

std::string client(const model::Observation& observation) {
  return text_or(observation.facts["client_certificate"], "requested") + " " +
         text_or(observation.facts["client_certificate"], "required");
}

}  // namespace

TEST_CASE("OpenSSL's server: versions, certificate, no client certificate") {
  if (pki() == nullptr) {
    MESSAGE("skipped: no openssl program");
    return;
  }
  const OpensslServer server(
      {"-cert", pki()->at("rsa.pem"), "-key", pki()->at("rsa.key"), "-tls1_2", "-www"});
  std::vector<probe::KeptEvidence> evidence;
  const auto seen = look_live(
      server, {{"protocol", "https"}, {"server_name", "rsa.example"}, {"ca", pki()->at("rsa.pem").substr(1)}},
      &evidence);
  CHECK(seen.status == Status::ok);
  CHECK(offered(seen) == "nnnnyn");
  CHECK(client(seen) == "no no");
  const Json& certificate = seen.facts["certificates"][0];
  CHECK(certificate["subject"] == "CN=rsa.example,O=Lintel");
  CHECK(certificate["key"] == Json{{"type", "RSA"}, {"algorithm", "rsaEncryption"}, {"bits", 2048}});
  CHECK(certificate["signature_algorithm"] == "sha256WithRSAEncryption");
  CHECK(certificate["names"] == Json({"rsa.example", "*.sub.example", "127.0.0.1"}));
  CHECK(certificate["self_signed"] == true);
  CHECK(certificate["chain_trusted"] == true);
  CHECK(certificate["name_matches"] == true);
  CHECK(certificate["chain_length"] == 1);
  CHECK(certificate["lifetime_days"] == 30);
  CHECK(certificate["days_left"] == 29);
  CHECK(certificate["days_old"] == 0);
  CHECK(std::ranges::any_of(evidence, [](const auto& kept) {
    return kept.name == "chain.pem" && kept.bytes.starts_with("-----BEGIN CERTIFICATE-----\n");
  }));

  const auto stranger =
      look_live(server, {{"server_name", "a.sub.example"}, {"ca", pki()->at("ec.pem").substr(1)}});
  CHECK(stranger.facts["certificates"][0]["chain_trusted"] == false);
  CHECK(stranger.facts["certificates"][0]["name_matches"] == true);
  const auto undeclared = look_live(server, {{"server_name", "a.b.sub.example"}, {"ca", "no/such/file.pem"}});
  CHECK_FALSE(undeclared.facts["certificates"][0].contains("chain_trusted"));
  CHECK(undeclared.facts["certificates"][0]["name_matches"] == false);
  CHECK(look_live(server, {{"server_name", "127.0.0.1"}}).facts["certificates"][0]["name_matches"] == true);
}

TEST_CASE("OpenSSL's server: a certificate that ends before it begins costs no other fact") {
  if (pki() == nullptr) {
    MESSAGE("skipped: no openssl program");
    return;
  }
  const OpensslServer server({"-cert", pki()->at("backwards.pem"), "-key", pki()->at("rsa.key"), "-tls1_2", "-www"});
  const auto seen = look_live(server, {{"protocol", "https"}});
  CHECK(seen.status == Status::ok);
  CHECK(offered(seen) == "nnnnyn");
  CHECK(seen.facts["certificates"][0]["lifetime_days"] == -1);
  CHECK(seen.facts["certificates"][0]["days_left"] == -2);
}

// "EC 256, RSA 1024", and whether these are all.
std::pair<std::string, bool> keys(const model::Observation& observation) {
  std::string all;
  for (const Json& one : observation.facts["certificates"]) all += fmt::format("{}{} {}", all.empty() ? "" : ", ", text_or(one["key"], "type"), integer_or(one["key"], "bits", 0));
  return {all, observation.facts["certificates_complete"] == true};
}

TEST_CASE("OpenSSL's server: a second certificate is seen in every version, at every depth") {
  if (pki() == nullptr) {
    MESSAGE("skipped: no openssl program");
    return;
  }
  const auto serve = [](const std::string& first, const std::string& second, std::vector<std::string> more) {
    std::vector<std::string> all{"-cert", pki()->at(first + ".pem"), "-key", pki()->at(first + ".key"), "-cipher", "ALL:@SECLEVEL=0", "-www"};
    if (!second.empty()) all.insert(all.end(), {"-dcert", pki()->at(second + ".pem"), "-dkey", pki()->at(second + ".key")});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  using Keys = std::pair<std::string, bool>;
  for (const auto* version : {"-tls1_1", "-tls1_2", "-tls1_3", "-no_tls1"}) {
    INFO(version);
    const OpensslServer dual(serve("ec", "weak", {version})), alone(serve("ec", "", {version}));
    const auto seen = look_live(dual, {{"protocol", "https"}, {"server_name", "ec.example"}, {"ca", pki()->at("ec.pem").substr(1)}});
    CHECK(keys(seen) == Keys("EC 256, RSA 1024", true));
    CHECK(seen.facts["certificates"][0]["name_matches"] == true);
    CHECK(seen.facts["certificates"][0]["chain_trusted"] == true);
    CHECK(seen.facts["certificates"][1]["name_matches"] == false);
    CHECK(seen.facts["certificates"][1]["chain_trusted"] == false);
    CHECK(keys(look_live(alone, {{"protocol", "https"}})) == Keys("EC 256", true));
  }
  for (const auto* version : {"-tls1_2", "-tls1_3"}) CHECK(keys(look_live(OpensslServer(serve("rsa", "ed448", {version, "-serverpref"})), {{"protocol", "https"}})).second);
  // Suites of TLS 1.2 hide it there, not in TLS 1.3.
  CHECK(keys(look_live(OpensslServer(serve("ec", "weak", {"-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0"})), {{"protocol", "https"}})) == Keys("EC 256, RSA 1024", true));
}

TEST_CASE("OpenSSL's server: who names no server may get another certificate, which is told and judged by nobody") {
  if (pki() == nullptr) {
    MESSAGE("skipped: no openssl program");
    return;
  }
  for (const auto* version : {"-tls1_2", "-tls1_3", "-no_tls1"}) {
    INFO(version);
    const OpensslServer server({"-cert", pki()->at("rsa.pem"), "-key", pki()->at("rsa.key"), "-cert2", pki()->at("ec.pem"), "-key2", pki()->at("ec.key"), "-servername", "ec.example", version, "-www"});
    std::vector<probe::KeptEvidence> evidence;
    const auto named = look_live(server, {{"protocol", "https"}, {"server_name", "ec.example"}}, &evidence);
    CHECK(keys(named) == std::pair<std::string, bool>("EC 256", true));
    CHECK(named.facts["without_name"]["answer"] == "other");
    CHECK(named.facts["without_name"]["certificate"]["subject"] == "CN=rsa.example,O=Lintel");
    CHECK_FALSE(named.facts["without_name"]["certificate"].contains("name_matches"));
    CHECK(named.notes == std::vector<std::string>{"clients that name no server are shown another certificate: CN=rsa.example,O=Lintel"});
    CHECK(std::ranges::any_of(evidence, [](const auto& kept) { return kept.name == "chain-without-name.pem" && kept.bytes.starts_with("-----BEGIN CERTIFICATE-----\n"); }));
    const auto unnamed = look_live(server, {{"protocol", "https"}});
    CHECK(keys(unnamed) == std::pair<std::string, bool>("RSA 2048", true));
    CHECK_FALSE(unnamed.facts.contains("without_name"));
    CHECK_FALSE(unnamed.facts["certificates"][0].contains("name_matches"));
    const auto same = look_live(server, {{"protocol", "https"}, {"server_name", "rsa.example"}});
    CHECK(same.facts["without_name"] == Json{{"answer", "same"}});
    CHECK(same.notes.empty());
  }
}

TEST_CASE("a host that is declared by name is asked for by it") {
  if (pki() == nullptr) {
    MESSAGE("skipped: no openssl program");
    return;
  }
  const OpensslServer server({"-cert", pki()->at("rsa.pem"), "-key", pki()->at("rsa.key"), "-cert2", pki()->at("ec.pem"), "-key2", pki()->at("ec.key"), "-servername", "localhost", "-www"});
  const auto seen = look_live(server, {{"address", "localhost"}, {"protocol", "https"}});
  CHECK(seen.facts["certificates"][0]["subject"] == "CN=ec.example,O=Lintel");
  CHECK(seen.facts["certificates"][0]["name_matches"] == false);
  CHECK(seen.facts["without_name"]["answer"] == "other");
}

TEST_CASE("a refusal of those who name no server is told, and silence is unknown") {
  const auto picky = [](Answer otherwise) {
    return [otherwise](const ClientHello& hello) {
      if (!hello.ssl2 && hello.server_name.empty() && hello.version == 0x0303 && !hello.tls13) return otherwise;
      return takes({0x0303})(hello);
    };
  };
  probe::FakeContext context;
  CHECK(look_at(picky(bytes(alert(112))), context, {{"server_name", "lamp.example"}}).facts["without_name"] == Json{{"answer", "refused"}});
  CHECK(look_at(picky(probe::hang_up()), context, {{"server_name", "lamp.example"}}).facts["without_name"] == Json{{"answer", "unknown"}});
}

TEST_CASE("OpenSSL's server: a client certificate demanded or wished for") {
  if (pki() == nullptr) {
    MESSAGE("skipped: no openssl program");
    return;
  }
  const std::vector<std::string> ec{"-cert", pki()->at("ec.pem"), "-key", pki()->at("ec.key")};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> all = ec;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  {
    const auto seen = look_live(OpensslServer(with({"-tls1_3", "-Verify", "1"})), {{"protocol", "mqtt"}});
    CHECK(offered(seen) == "nnnnny");
    CHECK(client(seen) == "yes yes");
    CHECK(seen.facts["certificates"][0]["key"] == Json{{"type", "EC"}, {"algorithm", "id-ecPublicKey"}, {"bits", 256}, {"curve", "prime256v1"}});
  }
  CHECK(client(look_live(OpensslServer(with({"-tls1_2", "-Verify", "1"})), {{"protocol", "https"}})) ==
        "yes yes");
  CHECK(client(look_live(OpensslServer(with({"-Verify", "1"})), {{"protocol", "mqtt"}})) == "yes yes");
  CHECK(client(look_live(OpensslServer(with({"-tls1_3", "-verify", "1", "-www"})),
                         {{"protocol", "https"}})) == "yes no");
  CHECK(client(look_live(OpensslServer(with({"-tls1_3", "-verify", "1"})), Json::object())) == "yes no");
  CHECK(client(look_live(OpensslServer(with({"-tls1_2", "-verify", "1"})), {{"protocol", "coap"}})) ==
        "yes no");
}

TEST_CASE("OpenSSL's server: TLS 1.3 alone, with CCM, asking for a certificate, with ALPN") {
  if (pki() == nullptr) {
    MESSAGE("skipped: no openssl program");
    return;
  }
  const OpensslServer server({"-cert", pki()->at("ec.pem"), "-key", pki()->at("ec.key"), "-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_8_SHA256", "-Verify", "1", "-alpn", "mqtt"});
  const auto mutual = look_live(server, {{"protocol", "mqtt"}});
  CHECK(offered(mutual) == "nnnnny");
  CHECK(client(mutual) == "yes yes");
  LiveContext context;
  declare(context, server.port());
  context.world.params = Json{{"depth", "full"}, {"pace", "brisk"}};
  const Json features = probe::look(probes::tls::probe, context).facts["features"];
  CHECK(features["alpn"] == "mqtt");
  CHECK(features["stapled_status"] == "no");
  CHECK(features["heartbeat"] == "no");
}

TEST_CASE("OpenSSL's server: old versions") {
  if (pki() == nullptr) {
    MESSAGE("skipped: no openssl program");
    return;
  }
  const OpensslServer server(
      {"-cert", pki()->at("rsa.pem"), "-key", pki()->at("rsa.key"), "-cipher", "ALL:@SECLEVEL=0", "-www"});
  const auto seen = look_live(server, {{"protocol", "https"}});
  CHECK(offered(seen) == "nnyyyy");
  CHECK(seen.facts["lowest"] == "TLSv1.0");
  CHECK(seen.facts["offered"] == Json({"TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"}));
  const OpensslServer oldest({"-cert", pki()->at("rsa.pem"), "-key", pki()->at("rsa.key"), "-cipher",
                              "ALL:@SECLEVEL=0", "-tls1", "-www"});
  const auto old = look_live(oldest, {{"protocol", "https"}});
  CHECK(offered(old) == "nnynnn");
  CHECK(old.facts["certificates"][0]["subject"] == "CN=rsa.example,O=Lintel");
  CHECK(client(old) == "no no");
}
