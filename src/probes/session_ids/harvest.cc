#include "probes/session_ids/harvest.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "probe/probe.h"

namespace lintel::probes::session_ids {
namespace {

using model::Status;

constexpr std::size_t kMostInARow = 3;   // failures before it is no accident any more
constexpr std::size_t kMostWaits = 10;   // in a row
constexpr std::size_t kMostSame = 20;    // identifiers, all equal, before it is clear that no fresh ones come

struct End {
  Status status = Status::ok;
  std::string message;
};

std::optional<std::chrono::seconds> retry_after(const net::HttpResponse& response) {
  for (const auto& [name, value] : response.headers)
    if (to_lower(name) == "retry-after")
      if (const auto seconds = parse_unsigned<std::uint32_t>(trim(value))) return std::chrono::seconds(*seconds);
  return std::nullopt;
}

bool asks_for_pause(const net::HttpResponse& response) { return response.status == 429 || (response.status == 503 && retry_after(response)); }

// Waits as long as the server asks, or says why not.
std::optional<End> pause(probe::Context& context, const net::HttpResponse& response, std::size_t waits) {
  const auto time = retry_after(response);
  if (!time) return End{Status::refused, fmt::format("HTTP {}: the server wants fewer requests", response.status)};
  if (waits >= kMostWaits) return End{Status::refused, fmt::format("HTTP {}: the server wants fewer requests, still after {} pauses", response.status, waits)};
  if (*time >= context.deadline().left())
    return End{Status::refused, fmt::format("HTTP {}: the server wants fewer requests, for {} s, which is longer than this look may take", response.status, time->count())};
  if (!wait_for(*time, context.cancel())) return End{Status::interrupted, "cancelled"};
  return std::nullopt;
}

// An answer after which no more may be sent.
std::optional<End> end_of(const net::HttpResponse& response) {
  if (response.status == 401 || response.status == 403) return End{Status::auth_failed, fmt::format("HTTP {}: the declared account was not accepted", response.status)};
  if (response.status >= 500) return End{Status::protocol_error, fmt::format("HTTP {}: the server is in trouble", response.status)};
  return std::nullopt;
}

bool succeeded(const Endpoint& endpoint, long status) {
  if (endpoint.success.empty()) return status >= 200 && status < 400;
  return std::find(endpoint.success.begin(), endpoint.success.end(), status) != endpoint.success.end();
}

// A broken connection may be an accident; all else will not get better by asking again.
bool worth_another_try(ErrorCode code) { return code == ErrorCode::closed || code == ErrorCode::reset || code == ErrorCode::protocol; }

std::string place_text(const Place& place) {
  if (!place.cookie.empty()) return fmt::format("cookie {}", place.cookie);
  if (!place.header.empty()) return fmt::format("header {}", place.header);
  if (!place.location.empty()) return fmt::format("Location parameter {}", place.location);
  return fmt::format("JSON member {}", place.json);
}

}  // namespace

Harvest harvest(probe::Context& context, const Endpoint& endpoint, std::size_t count) {
  Harvest found;
  std::size_t failed_in_a_row = 0, waits_in_a_row = 0;
  bool same = true;
  const auto stop = [&](Status status, const std::string& why) {
    found.status = status;
    found.message = fmt::format("{} (after {} of {} identifiers)", why, found.ids.size(), count);
  };
  std::vector<std::unique_ptr<net::HttpSession>> sessions;
  while (sessions.size() < std::max({std::size_t{1}, endpoint.connections, endpoint.sources.size()})) {
    net::HttpOptions options = endpoint.options;
    if (!endpoint.sources.empty()) options.source = endpoint.sources[sessions.size() % endpoint.sources.size()];
    auto session = context.open_http(options);
    if (!session) return stop(probe::status_of(session.error()), session.error().message), found;
    sessions.push_back(*std::move(session));
  }
  std::size_t asked = 0;
  while (found.ids.size() < count) {
    if (context.cancel().requested()) return stop(Status::interrupted, "cancelled"), found;
    if (context.deadline().passed()) return stop(Status::timeout, "out of time"), found;
    const auto response = sessions[asked++ % sessions.size()]->send(endpoint.request);
    if (!response) {
      ++found.errors;
      ++failed_in_a_row;
      if (worth_another_try(response.error().code) && failed_in_a_row < kMostInARow) continue;
      return stop(probe::status_of(response.error()), response.error().message), found;
    }
    found.connections += static_cast<std::size_t>(std::max(0L, response->new_connections));
    if (asks_for_pause(*response)) {
      ++found.errors;
      if (const auto end = pause(context, *response, waits_in_a_row++)) return stop(end->status, end->message), found;
      ++found.waits;
      continue;
    }
    waits_in_a_row = 0;
    auto id = id_in(*response, endpoint.place);
    const bool success = succeeded(endpoint, response->status);
    if (id && !success) found.odd_status = response->status;
    if (const auto end = success ? std::nullopt : end_of(*response)) {
      ++found.errors;
      return stop(end->status, end->message), found;
    }
    if (!id || !success) {
      ++found.errors;
      if (++failed_in_a_row < kMostInARow) continue;
      const std::string place = place_text(endpoint.place);
      return stop(Status::protocol_error, id ? fmt::format("HTTP {} is no success, though it carries {}", response->status, place)
                                             : fmt::format("HTTP {} without an identifier in {}; seen: {}", response->status, place, names_in(*response, endpoint.place))), found;
    }
    failed_in_a_row = 0;
    same = same && (found.ids.empty() || found.ids.front().id == *id);
    found.ids.push_back({unix_us_of(response->received), std::move(*id)});
    context.progress(found.ids.size(), count);
    if (same && found.ids.size() == kMostSame)
      return stop(Status::protocol_error, "the server answers this client with one and the same identifier; declare a request that opens a fresh session each time"), found;
  }
  return found;
}

}  // namespace lintel::probes::session_ids
