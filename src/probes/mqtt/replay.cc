#include "probes/mqtt/replay.h"

#include <algorithm>

#include "probes/mqtt/command.h"

namespace lintel::probes::mqtt {
namespace {

using flow::BrokerAccount;
using net::mqtt::Client;

constexpr std::chrono::milliseconds kShortest{500};

// Sends orders and watches for their effect.
class Stage {
 public:
  Stage(const Visitor& visitor, net::mqtt::Version version) : visitor_(visitor), version_(version), quiet_(visitor.wait) {}

  // Errors: protocol (not let in), and those of the network.
  Result<void> open(const BrokerAccount& sender, const BrokerAccount& watcher, const std::string& effect_topic) {
    sender_ = TRY(enter(sender));
    if (&sender != &watcher) watcher_ = TRY(enter(watcher));
    const auto granted = TRY(watcher_client().subscribe(effect_topic, soon()));
    if (granted >= 0x80) return fail(ErrorCode::protocol, "account {} may not read {}", watcher.name, effect_topic);
    return {};
  }

  // Whether the effect of the order shows in the time that a device needs.
  Result<bool> works(const Order& order) {
    const std::size_t from = watcher_client().received.size();
    if (!order.payload.empty()) TRY(sender_->publish({.topic = order.topic, .payload = order.payload, .qos = 1}, soon()));
    TRY(watcher_client().ping(soon()));
    return watcher_client().await_message(
        from,
        [&](const net::mqtt::Message& message) { return !message.retain && message.topic == order.effect_topic && message.payload.find(order.effect) != std::string::npos; },
        Deadline::earlier(visitor_.context.deadline(), Deadline::after(quiet_)));
  }

  // The rightful order; learns how long the device takes. From then on ten times that is waited.
  Result<bool> rightful(const Order& order) {
    quiet_ = visitor_.wait;
    const auto begin = Deadline::Steady::now();
    const bool worked = TRY(works(order));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Deadline::Steady::now() - begin);
    quiet_ = std::clamp(took * 10, std::min(kShortest, visitor_.wait), visitor_.wait);
    return worked;
  }

  // Any of the orders is carried out.
  Result<bool> any_works(const Look& look) {
    visitor_.note("# " + look.fact);
    for (const Order& order : look.orders)
      if (TRY(works(order))) return true;
    return false;
  }

  // The effect without a cause.
  Result<bool> speaks_by_itself(const Look& look) {
    for (const Order& order : look.orders)
      if (TRY(works({"", "", order.effect_topic, order.effect}))) return true;
    return false;
  }

 private:
  Client& watcher_client() { return watcher_ ? *watcher_ : *sender_; }
  Deadline soon() const { return Deadline::earlier(visitor_.context.deadline(), Deadline::after(visitor_.wait)); }

  Result<std::unique_ptr<Client>> enter(const BrokerAccount& account) {
    flow::Entry entry = flow::enter(visitor_.context, visitor_.broker, version_, flow::credentials_of(account), visitor_.note, soon());
    if (entry.client) return std::move(entry.client);
    if (entry.error) return tl::unexpected<Error>(*entry.error);
    return fail(ErrorCode::protocol, "account {} is not let in: {}", account.name, entry.reason);
  }

  const Visitor& visitor_;
  net::mqtt::Version version_;
  std::chrono::milliseconds quiet_;
  std::unique_ptr<Client> sender_, watcher_;
};

const BrokerAccount* account_named(const flow::Broker& broker, const std::string& name) {
  const auto found = std::ranges::find(broker.accounts, name, &BrokerAccount::name);
  return found == broker.accounts.end() ? nullptr : &*found;
}

const BrokerAccount* reader_of(const flow::Broker& broker, const BrokerAccount& sender, const std::string& topic) {
  if (flow::may(sender.reads, topic)) return &sender;
  const auto found = std::ranges::find_if(broker.accounts, [&](const BrokerAccount& account) { return flow::may(account.reads, topic); });
  return found == broker.accounts.end() ? nullptr : &*found;
}

// A device may report by itself just then: what shows has to show three times, with silence between.
Result<Known> carried_out(Stage& stage, std::size_t which, const std::function<Result<std::vector<Look>>()>& looks) {
  for (int time = 0; time < 3; ++time) {
    const Look look = TRY(looks())[which];
    if (time > 0 && TRY(stage.speaks_by_itself(look))) return Known::unknown;
    if (!TRY(stage.any_works(look))) return time == 0 ? Known::no : Known::unknown;
  }
  return Known::yes;
}

std::string other_device(const flow::Broker& broker, const BrokerAccount& sender) {
  const std::string own = text_or(Json(sender.members), "device");
  for (const BrokerAccount& account : broker.accounts)
    if (const std::string device = text_or(Json(account.members), "device"); !device.empty() && device != own) return device;
  return "";
}

}  // namespace

Result<void> look_at_command(const Visitor& visitor, net::mqtt::Version version, model::Observation& observation) {
  probe::Context& context = visitor.context;
  const flow::Broker& broker = visitor.broker;
  const Json& declaration = member(context.item().data, "command");
  const BrokerAccount* sender = account_named(broker, text_or(declaration, "as"));
  if (sender == nullptr) return fail(ErrorCode::not_found, "declare `command` with `as`, one of the accounts");
  if (text_or(member(declaration, "effect"), "contains").empty()) return fail(ErrorCode::not_found, "declare the `effect` of the command: without it nobody sees whether it works");
  Command command(declaration, sender->members, context.clock());
  const Order recorded = TRY(command.rightful(context.clock()));
  const BrokerAccount* watcher = reader_of(broker, *sender, recorded.effect_topic);
  if (watcher == nullptr) return fail(ErrorCode::not_found, "no declared account reads {}, where the effect shows", recorded.effect_topic);
  Stage stage(visitor, version);
  TRY(stage.open(*sender, *watcher, recorded.effect_topic));

  Json& facts = observation.facts["command"];
  facts["signed"] = !text_or(declaration, "algorithm").empty();
  const bool worked = TRY(stage.rightful(recorded));
  facts["control"] = word(worked ? Known::yes : Known::unknown);
  if (!worked) return fail(ErrorCode::timeout, "the command shows no effect on {}", recorded.effect_topic);
  if (!facts["signed"].get<bool>()) facts["unsigned"] = "yes";
  if (TRY(stage.speaks_by_itself({"", {recorded}})))
    return fail(ErrorCode::not_found, "the effect also shows without a command; declare a text with {{nonce}} or another one of the command");
  const auto looks = [&] { return command.looks(recorded, context.clock(), other_device(broker, *sender)); };
  std::vector<std::string> refused;
  const std::vector<Look> all = TRY(looks());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto known = carried_out(stage, i, looks);
    facts[all[i].fact] = word(known && *known == Known::yes ? Known::yes : Known::unknown);
    if (known && *known == Known::no) refused.push_back(all[i].fact);
    if (known) continue;
    observation.notes.push_back(fmt::format("command, {}: {}", all[i].fact, known.error().message));
    TRY(stage.open(*sender, *watcher, recorded.effect_topic));  // brokers may end the connection for it
  }
  // A device that is gone by now refuses nothing.
  const Order last = TRY(command.rightful(context.clock()));
  const auto after = stage.rightful(last);
  const bool alive = after && *after;
  facts["control_after"] = word(alive ? Known::yes : Known::unknown);
  for (const std::string& fact : refused)
    if (alive) facts[fact] = "no";
  if (!alive) return fail(ErrorCode::timeout, "the command no longer shows its effect in the end");
  return {};
}

}  // namespace lintel::probes::mqtt
