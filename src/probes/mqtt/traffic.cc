#include "probes/mqtt/traffic.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace lintel::probes::mqtt {
namespace {

using flow::BrokerAccount;
using net::mqtt::Message;

constexpr int kMostRevivals = 40;  // of one scan: brokers may answer each forbidden packet by ending the connection
constexpr std::size_t kMostPairs = 10;

class Meeting {
 public:
  Meeting(const Visitor& visitor, const std::vector<BrokerAccount>& accounts, const std::vector<std::string>& topics, net::mqtt::Version version,
          std::chrono::milliseconds settle, Exchange& found)
      : visitor_(visitor), accounts_(accounts), topics_(topics), version_(version), settle_(settle), found_(found) {
    flow::Variables made;
    flow::set_built_ins(made, visitor.context.clock());
    mark_ = "lintel " + made["nonce"] + " ";
  }

  // False when the target allows no further connection.
  bool join(std::size_t account) {
    Seat& seat = seats_.emplace_back();
    seat.account = account;
    const auto error = enter(seat);
    if (error && error->code == ErrorCode::limit) {
      seats_.pop_back();
      return false;
    }
    return true;
  }
  std::size_t size() const { return seats_.size(); }
  void leave() {
    for (Seat& seat : seats_)
      if (seat.client) seat.client->disconnect(soon());
    seats_.clear();
  }

  void talk() {
    for (Seat& seat : seats_) subscribe_all(seat);
    for (const bool allowed : {false, true})
      for (Seat& seat : seats_)
        for (std::size_t topic = 0; topic < topics_.size(); ++topic)
          if (flow::may(accounts_[seat.account].writes, topics_[topic]) == allowed) send(seat, topic);
    hear();
    for (const auto& [writer, topic] : sent_)
      for (const Seat& seat : seats_)
        if (seat.attentive) found_.traffic.tried.insert({writer, seat.account, topic});
  }

  // The message of qos 2, between two who demonstrably may.
  void repeat() {
    for (const Sighting& way : found_.traffic.seen) {
      const std::string& topic = topics_[way.topic];
      Seat *writer = seat_of(way.writer), *reader = seat_of(way.reader);
      if (writer == nullptr || reader == nullptr || !flow::may(accounts_[way.writer].writes, topic) || !flow::may(accounts_[way.reader].reads, topic)) continue;
      const std::string payload = mark_ + "twice";
      const auto sent = writer->client->publish_repeated({.topic = topic, .payload = payload}, soon());
      if (!sent) found_.notes.push_back("qos 2: " + sent.error().message);
      hear();
      const auto count = sent && reader->client ? std::ranges::count(reader->repeated, topic) : 0;
      // A client that also listens to # may get each message once for each of its subscriptions (3.3.4): count what one sending gives.
      const auto usual = reader->copies[{way.writer, way.topic}];
      if (count > 0 && usual > 0) found_.once = count <= usual ? Known::yes : Known::no;
      return;
    }
  }

 private:
  struct Seat {
    std::size_t account = 0;
    std::unique_ptr<net::mqtt::Client> client;
    std::vector<std::string> filters;  // granted ones
    std::size_t heard = 0;             // messages of the client that are read already
    bool attentive = false;            // still there after the last message
    std::vector<std::string> repeated;  // topics of the message of qos 2
    std::map<std::pair<std::size_t, std::size_t>, std::ptrdiff_t> copies;  // by writer and topic
  };

  static bool ended(const Error& error) { return error.code == ErrorCode::closed || error.code == ErrorCode::reset; }
  Deadline soon() const { return Deadline::earlier(visitor_.context.deadline(), Deadline::after(visitor_.wait)); }

  Seat* seat_of(std::size_t account) {
    const auto found = std::ranges::find_if(seats_, [&](const Seat& seat) { return seat.account == account && seat.client; });
    return found == seats_.end() ? nullptr : &*found;
  }

  std::optional<Error> enter(Seat& seat) {
    const BrokerAccount& account = accounts_[seat.account];
    visitor_.note("# topics, account " + account.name);
    flow::Entry entry = flow::enter(visitor_.context, visitor_.broker, version_, flow::credentials_of(account), visitor_.note, soon());
    seat.client = std::move(entry.client);
    seat.heard = 0;
    if (!seat.client && !(entry.error && entry.error->code == ErrorCode::limit)) found_.notes.push_back(fmt::format("account {} was not let in: {}", account.name, entry.reason));
    return entry.error;
  }

  // After an error: comes back with the filters that were granted before. False when it is no use.
  bool revive(Seat& seat, const Error& error) {
    listen(seat);
    seat.client.reset();
    if (!ended(error) || ++revivals_ > kMostRevivals) {
      found_.notes.push_back(fmt::format("account {}: {}", accounts_[seat.account].name, error.message));
      return false;
    }
    if (enter(seat) || !seat.client) return false;
    for (const std::string& filter : seat.filters)
      if (!seat.client->subscribe(filter, soon())) return false;
    return true;
  }

  void subscribe_all(Seat& seat) {
    const BrokerAccount& account = accounts_[seat.account];
    for (const std::string& filter : account.reads) subscribe(seat, filter);
    std::vector<std::string> others{"#", "+/#", "$SYS/#"};
    std::ranges::copy_if(topics_, std::back_inserter(others), [&](const std::string& topic) { return is_foreign(account, topic); });
    for (const std::string& filter : others) {
      if (std::ranges::find(account.reads, filter) != account.reads.end()) continue;
      const Known granted = subscribe(seat, filter);
      const bool known = std::ranges::any_of(found_.subscriptions, [&](const Subscription& one) { return one.account == account.name && one.filter == filter; });
      if (!known) found_.subscriptions.push_back({account.name, filter, granted});
    }
  }

  Known subscribe(Seat& seat, const std::string& filter) {
    if (!seat.client) return Known::unknown;
    const auto code = seat.client->subscribe(filter, soon());
    if (code && *code < 0x80) seat.filters.push_back(filter);
    if (!code) revive(seat, code.error());
    return !code ? Known::unknown : *code < 0x80 ? Known::yes : Known::no;
  }

  void send(Seat& seat, std::size_t topic) {
    const std::string payload = fmt::format("{}{} {}", mark_, seat.account, topic);
    // Brokers may answer a forbidden message by ending the connection. Once may be an accident.
    for (int endings = 0; seat.client && endings < 2; ++endings) {
      const auto code = seat.client->publish({.topic = topics_[topic], .payload = payload, .qos = 1}, soon());
      if (code || (endings == 1 && ended(code.error()))) sent_.insert({seat.account, topic});
      if (code) return;
      revive(seat, code.error());
    }
  }

  // Everything that is under way.
  void hear() {
    for (const auto time : {std::chrono::milliseconds(0), settle_}) {
      if (!wait_for(time, visitor_.context.cancel())) return;
      for (Seat& seat : seats_) {
        seat.attentive = false;
        if (!seat.client) continue;
        const auto answered = seat.client->ping(soon());
        seat.attentive = answered.has_value() && !seat.client->dropped;
        if (!answered) revive(seat, answered.error());
        listen(seat);
      }
    }
  }

  void listen(Seat& seat) {
    if (!seat.client) return;
    const BrokerAccount& reader = accounts_[seat.account];
    for (; seat.heard < seat.client->received.size(); ++seat.heard) {
      const Message& message = seat.client->received[seat.heard];
      const bool entitled = flow::may(reader.reads, message.topic);
      if (message.topic.starts_with('$') && !entitled) found_.system.insert(reader.name);
      if (message.retain && entitled) found_.retained.insert(message.topic);
      if (message.payload == mark_ + "twice") {
        seat.repeated.push_back(message.topic);
      } else if (message.payload.starts_with(mark_)) {
        mine(seat, message);
      } else if (is_foreign(reader, message.topic) && !message.payload.empty()) {
        found_.overheard.insert({reader.name, message.topic.substr(0, 200), message.retain});
      }
    }
  }

  void mine(Seat& seat, const Message& message) {
    const auto parts = split(std::string_view(message.payload).substr(mark_.size()), ' ');
    const auto writer = parts.size() == 2 ? parse_unsigned<std::size_t>(parts[0]) : std::nullopt;
    const auto topic = parts.size() == 2 ? parse_unsigned<std::size_t>(parts[1]) : std::nullopt;
    if (!writer || !topic || *writer >= accounts_.size() || *topic >= topics_.size() || topics_[*topic] != message.topic) return;
    found_.traffic.seen.insert({*writer, seat.account, *topic});
    ++seat.copies[{*writer, *topic}];
  }

  const Visitor& visitor_;
  const std::vector<BrokerAccount>& accounts_;
  const std::vector<std::string>& topics_;
  net::mqtt::Version version_;
  std::chrono::milliseconds settle_;
  Exchange& found_;
  std::string mark_;
  std::vector<Seat> seats_;
  std::set<std::pair<std::size_t, std::size_t>> sent_;  // writer, topic
  int revivals_ = 0;
};

}  // namespace

Exchange exchange(const Visitor& visitor, const std::vector<BrokerAccount>& accounts, const std::vector<std::string>& topics, net::mqtt::Version version,
                  std::chrono::milliseconds settle) {
  Exchange found;
  const auto meeting = [&] { return Meeting(visitor, accounts, topics, version, settle, found); };
  Meeting all = meeting();
  for (std::size_t i = 0; i < accounts.size(); ++i)
    if (!all.join(i)) break;
  if (all.size() == accounts.size() || all.size() < 2) {
    if (all.size() < accounts.size()) found.notes.push_back("topics need two connections at once; `limits: {connections: 2}` or more allows them");
    all.talk();
    all.repeat();
    all.leave();
    return found;
  }
  all.leave();
  std::size_t pairs = 0;
  for (std::size_t a = 0; a < accounts.size(); ++a)
    for (std::size_t b = a + 1; b < accounts.size(); ++b) {
      if (++pairs > kMostPairs || visitor.context.deadline().passed() || visitor.context.cancel().requested()) continue;
      Meeting two = meeting();
      if (!two.join(a) || !two.join(b)) continue;
      two.talk();
      if (found.once == Known::unknown) two.repeat();
      two.leave();
    }
  if (pairs > kMostPairs) found.notes.push_back(fmt::format("{} pairs of accounts were left out; allow more connections", pairs - kMostPairs));
  return found;
}

}  // namespace lintel::probes::mqtt
