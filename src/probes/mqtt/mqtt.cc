// Probe mqtt: whom a broker lets in, whether accounts keep to their topics, whether recorded and spoiled commands work, and whether it also speaks
// in clear.
#include "base/text.h"
#include "probe/probe.h"
#include "probes/mqtt/replay.h"
#include "probes/mqtt/traffic.h"

namespace lintel::probes::mqtt {
namespace {

using flow::Admission;
using model::Status;
using net::mqtt::Version;

constexpr std::pair<Version, const char*> kVersions[] = {{Version::v3_1_1, "v3_1_1"}, {Version::v5, "v5"}};
constexpr std::size_t kMostAccounts = 6;
constexpr std::size_t kTranscriptCapBytes = 2 << 20;

// A refusal counts only where a declared account was let in: else the broker may refuse everybody.
void put_knocks(Json& fact, const char* name, const std::vector<Knock>& knocks, bool control, Json& reasons) {
  if (knocks.empty()) return;
  std::vector<Known> all;
  for (const Knock& knock : knocks) {
    all.push_back(let_in(knock.admission));
    reasons.push_back(printable(fmt::format("{}: {}", knock.as, knock.reason)));
  }
  const Known known = any_of(all);
  fact[name] = word(known == Known::no && !control ? Known::unknown : known);
}

Json version_facts(const Door& door) {
  Json fact{{"spoken", word(door.spoken)}};
  if (door.spoken == Known::no) return fact;
  Json reasons = Json::array();
  if (door.control) fact["control"] = word(*door.control);
  const bool control = door.control == Known::yes;
  put_knocks(fact, "anonymous", door.anonymous, control, reasons);
  put_knocks(fact, "bare_id", door.bare_id, control, reasons);
  put_knocks(fact, "wrong_password", door.wrong_password, control, reasons);
  fact["answers"] = reasons;
  return fact;
}

Json names(const std::vector<Sighting>& sightings, const std::vector<flow::BrokerAccount>& accounts, const std::vector<std::string>& topics) {
  Json list = Json::array();
  for (const Sighting& one : sightings)
    if (list.size() < 50) list.push_back({{"from", accounts[one.writer].name}, {"to", accounts[one.reader].name}, {"topic", printable(topics[one.topic])}});
  return list;
}

void put_topics(const Exchange& met, const std::vector<flow::BrokerAccount>& accounts, const std::vector<std::string>& topics, Json& facts) {
  Binding binding = judge(accounts, topics, met.traffic);
  if (!met.overheard.empty()) binding.read = Known::yes;
  facts["topics"] = {{"controls", binding.controls}, {"foreign_read", word(binding.read)}, {"foreign_write", word(binding.write)},
                     {"reads", names(binding.reads, accounts, topics)}, {"writes", names(binding.writes, accounts, topics)}};
  Json& fact = facts["topics"];
  Known retained = Known::unknown;
  for (const Overheard& one : met.overheard) {
    if (fact["overheard"].size() < 20) fact["overheard"].push_back({{"account", one.account}, {"topic", printable(one.topic)}, {"retained", one.retained}});
    if (one.retained) retained = Known::yes;
  }
  // Kept messages are there, somebody entitled got them, and nobody else did.
  if (retained == Known::unknown && !met.retained.empty() && binding.read == Known::no) retained = Known::no;
  fact["retained_read"] = word(retained);
  bool refused_system = false, granted_system = false;
  for (const Subscription& one : met.subscriptions) {
    fact["subscriptions"].push_back({{"account", one.account}, {"filter", printable(one.filter)}, {"granted", word(one.granted)}});
    if (one.filter == "$SYS/#") (one.granted == Known::no ? refused_system : granted_system) = true;
  }
  fact["system_read"] = word(!met.system.empty() ? Known::yes : refused_system && !granted_system ? Known::no : Known::unknown);
  facts["qos2_once"] = word(met.once);
}

void look_at_topics(const Visitor& visitor, Version version, model::Observation& observation) {
  std::vector<flow::BrokerAccount> accounts;
  for (const flow::BrokerAccount& account : visitor.broker.accounts)
    if (!account.reads.empty() || !account.writes.empty()) accounts.push_back(account);
  if (accounts.size() > kMostAccounts) {
    observation.notes.push_back(fmt::format("only the first {} accounts with topics were looked at", kMostAccounts));
    accounts.resize(kMostAccounts);
  }
  const Json& params = visitor.context.params();
  const auto topics = concrete_topics(accounts, static_cast<std::size_t>(integer_or(params, "topics", 24)));
  if (accounts.size() < 2 || topics.empty()) {
    observation.notes.push_back("declare `reads` and `writes` of two accounts or more, with topics without wildcards, to have their topics looked at");
    return;
  }
  const Exchange met = exchange(visitor, accounts, topics, version, std::chrono::milliseconds(integer_or(params, "settle", 500)));
  put_topics(met, accounts, topics, observation.facts);
  for (const std::string& note : met.notes)
    if (observation.notes.size() < 40) observation.notes.push_back(printable(note));
  if (observation.facts["topics"]["controls"] == 0)
    observation.notes.push_back("no message from an account to one that may read it arrived: nothing is said about foreign topics");
}

// How it ended when no declared account was let in.
void set_status(const probe::Context& context, const std::vector<Door>& doors, model::Observation& observation) {
  if (context.cancel().requested() || context.deadline().passed()) {
    observation.status = context.cancel().requested() ? Status::interrupted : Status::timeout;
    observation.message = "stopped before everything was looked at";
    return;
  }
  bool any_control = false, refused = false, heard = false;
  for (const Door& door : doors) {
    any_control = any_control || door.control == Known::yes;
    refused = refused || door.control == Known::no;
    heard = heard || door.spoken != Known::unknown;
  }
  if (any_control) return;
  for (const Door& door : doors)
    if (door.error && !heard && observation.message.empty()) {
      observation.status = probe::status_of(*door.error);
      observation.message = door.error->message;
    }
  if (refused) {
    observation.status = Status::auth_failed;
    observation.message = "no declared account was let in";
  }
}

void run(probe::Context& context, model::Observation& observation) {
  const auto broker = flow::read_broker(context);
  if (!broker) {
    observation.status = probe::status_of(broker.error());
    observation.message = broker.error().message;
    return;
  }
  std::string transcript;
  const auto note = [&](const std::string& line) {
    if (transcript.size() < kTranscriptCapBytes) transcript += printable(line) + "\n";
  };
  const Visitor visitor{context, *broker, std::chrono::seconds(integer_or(context.params(), "wait", 5)), note};
  std::vector<Door> doors;
  std::optional<Version> works;
  bool answers = false, connected = false;
  for (const auto& [version, name] : kVersions) {
    if (doors.size() == 1 && !connected) break;
    Door door = mqtt::knock(visitor, version);
    observation.facts["versions"][name] = version_facts(door);
    if (!works && door.control == Known::yes) works = version;
    answers = answers || door.spoken == Known::yes;
    connected = connected || door.connected;
    doors.push_back(std::move(door));
  }
  for (const Door& door : doors)
    if (!door.account.empty())
      for (const flow::BrokerAccount& account : broker->accounts)
        if (account.name == door.account)
          observation.facts["credential"] = account.password ? account.certificate.empty() ? "password" : "certificate+password" : "certificate";
  if (broker->accounts.empty()) observation.notes.push_back("declare an account: without one that is let in, a refusal says nothing");
  if (works) look_at_topics(visitor, *works, observation);
  if (works && context.item().data.contains("command"))
    if (const auto done = look_at_command(visitor, *works, observation); !done) observation.notes.push_back("command: " + printable(done.error().message));
  const auto plain_port = static_cast<std::uint16_t>(integer_or(context.params(), "plain_port", 1883));
  if (!broker->tls && answers) {
    observation.facts["in_clear"] = {{"spoken", "yes"}, {"port", broker->endpoint.port}, {"reason", "declared without TLS, and answers"}};
  } else if (broker->tls && answers && plain_port != broker->endpoint.port) {
    const PlainPort plain = knock_in_clear(visitor, plain_port);
    observation.facts["in_clear"] = {{"spoken", word(plain.spoken)}, {"port", plain_port}, {"reason", printable(plain.reason)}};
  }
  if (!transcript.empty()) context.keep_evidence("transcript.txt", "text/plain", as_bytes(transcript), {});
  set_status(context, doors, observation);
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "MQTT 接入认证、主题隔离与指令防重放",
    .title_en = "MQTT access, topics and replayed commands",
    .version = "1",
    .takes = model::ItemKind::mqtt,
    .run = run,
};

}  // namespace lintel::probes::mqtt
