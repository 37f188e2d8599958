// Identifiers out of MQTT messages.
#include <algorithm>

#include "base/text.h"
#include "data/json.h"
#include "flow/broker.h"
#include "probe/probe.h"
#include "probes/session_ids/harvest.h"

namespace lintel::probes::session_ids {
namespace {

using model::Status;

constexpr std::size_t kMostUnanswered = 3, kMostSameMessages = 20;
constexpr std::chrono::seconds kPatience{10};

Place message_place(const Json& place) {
  Place found;
  found.json = text_or(place, "json");
  found.payload = bool_or(place, "payload", false);
  found.topic_level = static_cast<std::size_t>(std::max<std::int64_t>(0, integer_or(place, "topic_level", 0)));
  return found;
}

std::optional<std::string> id_in_message(const net::mqtt::Message& message, const Place& place) {
  if (place.payload) {
    const std::string_view whole = trim(message.payload);
    return whole.empty() || whole.size() > 4096 ? std::nullopt : std::optional(std::string(whole));
  }
  if (place.topic_level == 0) return json_id_in(message.payload, place.json);
  const auto levels = split(message.topic, '/');
  if (place.topic_level > levels.size() || levels[place.topic_level - 1].empty()) return std::nullopt;
  return std::string(levels[place.topic_level - 1]);
}

flow::Entry entered(probe::Context& context, const flow::Broker& broker) {
  const flow::Credentials credentials = broker.accounts.empty() ? flow::Credentials{} : flow::credentials_of(broker.accounts.front());
  const auto nothing = [](const std::string&) {};
  flow::Entry entry = flow::enter(context, broker, net::mqtt::Version::v3_1_1, credentials, nothing, context.deadline());
  if (entry.admission != flow::Admission::not_spoken) return entry;
  return flow::enter(context, broker, net::mqtt::Version::v5, credentials, nothing, context.deadline());
}

}  // namespace

Harvest harvest_mqtt(probe::Context& context, std::size_t count) {
  Harvest found;
  const auto stop = [&](Status status, const std::string& why) {
    found.status = status;
    found.message = fmt::format("{} (after {} of {} identifiers)", why, found.ids.size(), count);
    return found;
  };
  const Json& item = context.item().data;
  const Place place = message_place(member(item, "id_in"));
  if (place.json.empty() && !place.payload && place.topic_level == 0)
    return stop(Status::not_declared, "id_in does not say where the identifier is in a message (json, payload or topic_level)");
  const auto broker = flow::read_broker(context);
  if (!broker) return stop(probe::status_of(broker.error()), broker.error().message);
  net::mqtt::Message ask;
  if (const Json& declared = member(item, "ask"); declared.is_object()) {
    const auto payload = context.secret(text_or(declared, "payload"));
    if (!payload) return stop(probe::status_of(payload.error()), payload.error().message);
    ask = {.topic = text_or(declared, "topic"), .payload = *payload};
  }
  flow::Entry entry = entered(context, *broker);
  if (entry.admission != flow::Admission::accepted)
    return stop(entry.admission == flow::Admission::refused ? Status::auth_failed : entry.error ? probe::status_of(*entry.error) : Status::protocol_error, entry.reason);
  found.connections = 1;
  const std::string filter = text_or(item, "subscribe");
  const auto subscribed = entry.client->subscribe(filter, context.deadline());
  if (!subscribed) return stop(probe::status_of(subscribed.error()), subscribed.error().message);
  if (*subscribed >= 0x80) return stop(Status::auth_failed, fmt::format("the broker does not let this account read {}", printable(filter)));
  std::size_t unanswered = 0;
  while (found.ids.size() < count) {
    if (context.cancel().requested()) return stop(Status::interrupted, "cancelled");
    if (context.deadline().passed()) return stop(Status::timeout, "out of time");
    auto& received = entry.client->received;
    received.clear();
    if (!ask.topic.empty())
      if (const auto sent = entry.client->publish(ask, context.deadline()); !sent) return stop(probe::status_of(sent.error()), sent.error().message);
    const auto is_one = [&](const net::mqtt::Message& message) { return !message.retain && net::mqtt::matches(filter, message.topic) && id_in_message(message, place); };
    const auto limit = ask.topic.empty() ? context.deadline() : Deadline::earlier(context.deadline(), Deadline::after(kPatience));
    const auto came = entry.client->await_message(0, is_one, limit);
    if (!came) return stop(probe::status_of(came.error()), came.error().message);
    const std::int64_t now = unix_us_of(context.clock().now());
    if (!*came) {
      ++found.errors;
      if (ask.topic.empty() || ++unanswered == kMostUnanswered) return stop(Status::timeout, fmt::format("no message with an identifier came under {}", printable(filter)));
      continue;
    }
    unanswered = 0;
    // Without a request each time several may have come at once.
    for (const net::mqtt::Message& message : received)
      if (is_one(message) && found.ids.size() < count) found.ids.push_back({now, *id_in_message(message, place)});
    context.progress(found.ids.size(), count);
    const bool same = std::all_of(found.ids.begin(), found.ids.end(), [&](const Harvested& one) { return one.id == found.ids.front().id; });
    if (found.ids.size() >= kMostSameMessages && same)
      return stop(Status::protocol_error, "the server answers this client with one and the same identifier; declare a request that opens a fresh session each time");
  }
  entry.client->disconnect(context.deadline());
  return found;
}

}  // namespace lintel::probes::session_ids
