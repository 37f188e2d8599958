#include "probes/mqtt/topics.h"

namespace lintel::probes::mqtt {

std::vector<std::string> concrete_topics(const std::vector<flow::BrokerAccount>& accounts, std::size_t most) {
  std::set<std::string> topics;
  for (const flow::BrokerAccount& account : accounts)
    for (const auto* list : {&account.reads, &account.writes})
      for (const std::string& topic : *list)
        if (topic.find_first_of("+#") == std::string::npos && !topic.starts_with('$')) topics.insert(topic);
  std::vector<std::string> all(topics.begin(), topics.end());
  if (all.size() > most) all.resize(most);
  return all;
}

bool is_foreign(const flow::BrokerAccount& reader, const std::string& topic) {
  return !topic.starts_with('$') && !flow::may(reader.reads, topic) && !flow::may(reader.writes, topic);
}

Binding judge(const std::vector<flow::BrokerAccount>& accounts, const std::vector<std::string>& topics, const Traffic& traffic) {
  Binding found;
  const auto writes = [&](const Sighting& one) { return flow::may(accounts[one.writer].writes, topics[one.topic]); };
  const auto reads = [&](const Sighting& one) { return flow::may(accounts[one.reader].reads, topics[one.topic]); };
  const auto forbidden_read = [&](const Sighting& one) { return one.writer != one.reader && writes(one) && is_foreign(accounts[one.reader], topics[one.topic]); };
  const auto forbidden_write = [&](const Sighting& one) { return one.writer != one.reader && !writes(one) && reads(one); };
  std::set<std::size_t> works;
  for (const Sighting& one : traffic.seen) {
    if (writes(one) && reads(one)) works.insert(one.topic);
    if (forbidden_read(one)) found.reads.push_back(one);
    if (forbidden_write(one)) found.writes.push_back(one);
  }
  found.controls = works.size();
  for (const Sighting& one : traffic.tried) {
    if (!works.contains(one.topic)) continue;
    if (forbidden_read(one)) found.read = Known::no;
    if (forbidden_write(one)) found.write = Known::no;
  }
  if (!found.reads.empty()) found.read = Known::yes;
  if (!found.writes.empty()) found.write = Known::yes;
  return found;
}

}  // namespace lintel::probes::mqtt
