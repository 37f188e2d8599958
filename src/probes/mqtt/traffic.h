// Real messages between the declared accounts: everybody listens to everything, everybody writes everywhere.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probes/mqtt/knock.h"
#include "probes/mqtt/topics.h"

namespace lintel::probes::mqtt {

struct Subscription {
  std::string account, filter;
  Known granted = Known::unknown;
};

struct Overheard {
  std::string account, topic;
  bool retained = false;
  auto operator<=>(const Overheard&) const = default;
};

struct Exchange {
  Traffic traffic;
  std::vector<Subscription> subscriptions;  // to what the account may not read
  std::set<Overheard> overheard;            // messages of others on foreign topics
  std::set<std::string> retained;           // topics on which an entitled account received a retained message
  std::set<std::string> system;             // accounts that received $SYS without being entitled
  Known once = Known::unknown;              // a repeated message of qos 2 arrived once
  std::vector<std::string> notes;
};

// Lets the accounts in, all at once or, where the target allows fewer connections, two and two. Each subscribes to what it may read and to
// `#`, `+/#`, `$SYS/#` and the declared topics of others; each sends one message with a mark of ours to every topic, the forbidden ones first.
// accounts: those with declared topics. settle: time for messages that were sent to arrive.
Exchange exchange(const Visitor& visitor, const std::vector<flow::BrokerAccount>& accounts, const std::vector<std::string>& topics,
                  net::mqtt::Version version, std::chrono::milliseconds settle);

}  // namespace lintel::probes::mqtt
