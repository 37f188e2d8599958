// Probe dns_geo: all addresses of a name in the DNS, where each is by a country database, and whether each answers.
#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "net/country_database.h"
#include "net/dns_client.h"
#include "probe/context.h"
#include "probe/probe.h"

namespace lintel::probes::dns_geo {
namespace {

using model::Status;
namespace dns = net::dns;

constexpr std::size_t kMostAddresses = 256;
constexpr std::size_t kMostContacted = 32;
constexpr std::size_t kTranscriptCapBytes = 1 << 20;

struct Look {
  probe::Context& context;
  model::Observation& observation;
  std::chrono::seconds wait;
  std::string transcript;

  void note(const std::string& line) {
    if (transcript.size() < kTranscriptCapBytes) transcript += printable(line) + "\n";
  }
  void end(Status status, std::string message) const {
    if (observation.status != Status::ok) return;  // the first reason stays
    observation.status = status;
    observation.message = std::move(message);
  }
  void end(const Error& error) const { end(probe::status_of(error), printable(error.message)); }
};

struct Names {
  std::vector<std::string> aliases, addresses;
  bool exists = false;
  bool complete = true;
};

void add_new(std::vector<std::string>& list, const std::vector<std::string>& more) {
  for (const std::string& one : more)
    if (list.size() < kMostAddresses && std::ranges::find(list, one) == list.end()) list.push_back(one);
}

// One question of each type a round. The first server that answers is kept to; nothing is learned from one that does not.
Names resolve(Look& look, const std::string& name, std::vector<net::Address> servers) {
  Names names;
  const auto rounds = integer_or(look.context.params(), "rounds", 3);
  for (std::int64_t round = 0; round < rounds; ++round)
    for (const dns::Type type : {dns::Type::a, dns::Type::aaaa}) {
      Result<dns::Found> found = fail(ErrorCode::internal, "no name server");
      while (!servers.empty()) {
        const net::Address server = servers.front();
        dns::Client client;
        client.dial = [&](net::Transport transport, Deadline deadline) {
          const std::string shown = net::to_string(server);
          const auto port = parse_unsigned<std::uint16_t>(std::string_view(shown).substr(shown.rfind(':') + 1));
          return look.context.dial({net::host_of(server), port.value_or(53), transport}, deadline);
        };
        client.wait = look.wait;
        client.note = [&](const std::string& line) { look.note(line); };
        found = dns::look_up(client, name, type, look.context.deadline());
        const bool silent = !found && (found.error().code == ErrorCode::timeout || found.error().code == ErrorCode::refused);
        if (!silent || servers.size() == 1 || look.context.deadline().passed()) break;
        look.note(fmt::format("{} does not answer", net::to_string(server)));
        servers.erase(servers.begin());
      }
      if (!found) {
        look.end(found.error());
        names.complete = false;
        if (round == 0) continue;
        return names;
      }
      look.observation.facts["server"] = net::to_string(servers.front());
      names.exists = names.exists || found->exists;
      add_new(names.aliases, found->aliases);
      add_new(names.addresses, found->addresses);
    }
  return names;
}

// The database, when one is declared; what is wrong with it ends the look in words.
std::optional<net::CountryDatabase> open_database(Look& look) {
  const std::string path = text_or(look.context.item().data, "database");
  if (path.empty()) {
    look.observation.notes.push_back("declare `database`, a country database in MaxMind's format, to have the countries of the addresses looked up");
    return std::nullopt;
  }
  const auto content = look.context.read_file(path, net::kCountryDatabaseCapBytes);
  if (!content) {
    look.end(Status::not_declared, printable(content.error().message));
    return std::nullopt;
  }
  auto database = net::CountryDatabase::open(as_bytes(*content));
  if (!database) {
    look.end(Status::not_declared, printable(fmt::format("{}: {}", path, database.error().message)));
    return std::nullopt;
  }
  Json& fact = look.observation.facts["database"] = {{"type", database->type()}};
  if (const auto sum = crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(*content))) fact["sha256"] = to_hex(*sum);
  constexpr std::int64_t kYear9999 = 253402300799;
  if (database->built() > 0 && database->built() <= kYear9999) fact["built"] = format_time(WallTime(std::chrono::seconds(database->built())));
  return std::move(*database);
}

// As the target file writes it, because the scope compares spellings. Empty when it is not listed.
std::string as_listed(const Json& item, const net::Address& address) {
  std::vector<std::string> listed{text_or(item, "address")};
  for (const Json& one : member(item, "addresses"))
    if (one.is_string()) listed.push_back(one.get<std::string>());
  for (const std::string& text : listed)
    if (const auto parsed = net::parse_address(text, 0); parsed && net::same(*parsed, net::with_port(address, 0))) return text;
  return "";
}

std::string answers(Look& look, const std::string& host, std::uint16_t port) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto stream = look.context.dial({host, port}, Deadline::earlier(look.context.deadline(), Deadline::after(look.wait)));
    look.note(fmt::format("{}:{} {}", host, port, stream ? "takes a connection" : stream.error().message));
    if (stream) return "yes";
    if (stream.error().code == ErrorCode::refused) return "no";
    if (stream.error().code != ErrorCode::timeout) break;
  }
  return "unknown";
}

void run(probe::Context& context, model::Observation& observation) {
  const Json& item = context.item().data;
  Look look{context, observation, std::chrono::seconds(integer_or(context.params(), "wait", 3)), ""};
  const std::string name = text_or(item, "name"), resolver = text_or(item, "resolver");
  std::vector<net::Address> servers = resolver.empty() ? dns::system_servers() : std::vector<net::Address>{};
  if (const auto declared = dns::parse_server(resolver)) servers.push_back(*declared);
  if (servers.empty())
    return look.end(Status::not_declared, resolver.empty() ? "this machine has no name server; declare `resolver`" : printable(fmt::format("`resolver` is no address: {}", resolver)));
  Json& facts = observation.facts;
  const Names names = resolve(look, name, servers);
  facts["resolved"] = !names.addresses.empty() ? "yes" : names.complete ? "no" : "unknown";
  facts["complete"] = names.complete;
  if (!names.aliases.empty()) facts["aliases"] = names.aliases;
  if (names.addresses.empty() && names.complete)
    look.end(Status::not_declared, names.exists ? fmt::format("{} has no address in the DNS", name) : fmt::format("{} does not exist in the DNS", name));
  const auto database = open_database(look);
  const auto port = static_cast<std::uint16_t>(integer_or(item, "port", 443));
  std::vector<std::string> foreign;
  std::size_t contacted = 0;
  for (const std::string& text : names.addresses) {
    const auto address = net::parse_address(text, 0);
    if (!address) continue;
    const std::string listed = as_listed(item, *address);
    Json fact{{"address", text}, {"family", address->family() == AF_INET ? 4 : 6}, {"listed", !listed.empty()}, {"answers", "unknown"}};
    if (database) {
      const auto country = database->country_of(*address);
      if (!country) look.end(Status::not_declared, country.error().message);
      else if (*country) fact["country"] = **country;
      look.note(fmt::format("{} country {}", text, country && *country ? **country : "not known"));
    }
    if (listed.empty()) foreign.push_back(text);
    else if (contacted++ < kMostContacted) fact["answers"] = answers(look, listed, port);
    facts["addresses"].push_back(std::move(fact));
  }
  if (!foreign.empty())
    observation.notes.push_back(fmt::format("not contacted, because the target file does not list them under `addresses`: {}", join(std::span(foreign).first(std::min<std::size_t>(foreign.size(), 10)), ", ")));
  if (contacted > kMostContacted) observation.notes.push_back(fmt::format("only the first {} addresses were contacted", kMostContacted));
  context.keep_evidence("dns.txt", "text/plain", as_bytes(look.transcript), {"resolved", "aliases", "addresses"});
  if (context.cancel().requested()) look.end(Status::interrupted, "stopped before everything was looked at");
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "域名解析与地址归属",
    .title_en = "Addresses of a name and their countries",
    .version = "1",
    .takes = model::ItemKind::domain,
    .run = run,
};

}  // namespace lintel::probes::dns_geo
