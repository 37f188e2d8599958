// Whose topics are whose, and what it means that somebody received something. Pure.
#pragma once
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "probes/mqtt/known.h"

namespace lintel::probes::mqtt {

// Every declared topic without wildcards, sorted, at most `most`.
std::vector<std::string> concrete_topics(const std::vector<flow::BrokerAccount>& accounts, std::size_t most);

// Accounts by their place in the list of accounts, topics by theirs.
struct Sighting {
  std::size_t writer = 0, reader = 0, topic = 0;
  auto operator<=>(const Sighting&) const = default;
};

struct Traffic {
  std::set<Sighting> tried;  // sent, and the reader was still connected afterwards
  std::set<Sighting> seen;
};

struct Binding {
  Known read = Known::unknown;   // an account received what it may not read
  Known write = Known::unknown;  // what an account may not write reached somebody who reads there
  std::vector<Sighting> reads, writes;  // those
  std::size_t controls = 0;      // topics on which an entitled reader received what an entitled writer sent
};

// No: something forbidden was tried on a topic that demonstrably works, and nothing forbidden was seen anywhere. What an account writes itself, or
// may write, it may see.
Binding judge(const std::vector<flow::BrokerAccount>& accounts, const std::vector<std::string>& topics, const Traffic& traffic);

// A topic of which this account may know nothing; topics of the broker itself ($SYS) are not meant.
bool is_foreign(const flow::BrokerAccount& reader, const std::string& topic);

}  // namespace lintel::probes::mqtt
