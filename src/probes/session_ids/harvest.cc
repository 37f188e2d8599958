#include "probes/session_ids/harvest.h"

#include <algorithm>

#include "base/text.h"
#include "probe/probe.h"

namespace lintel::probes::session_ids {
namespace {

using model::Status;

constexpr std::size_t kMostInARow = 3;  // failures before it is no accident any more

struct End {
  Status status = Status::ok;
  std::string message;
};

// An answer after which no more may be sent.
std::optional<End> end_of(const net::HttpResponse& response) {
  if (response.status == 401 || response.status == 403) return End{Status::auth_failed, fmt::format("HTTP {}: the declared account was not accepted", response.status)};
  if (response.status == 429) return End{Status::refused, "HTTP 429: the server wants fewer requests"};
  if (response.status >= 500) return End{Status::protocol_error, fmt::format("HTTP {}: the server is in trouble", response.status)};
  return std::nullopt;
}

// A broken connection may be an accident; all else will not get better by asking again.
bool worth_another_try(ErrorCode code) { return code == ErrorCode::closed || code == ErrorCode::reset || code == ErrorCode::protocol; }

std::string place_text(const Place& place) {
  if (!place.cookie.empty()) return fmt::format("cookie {}", place.cookie);
  if (!place.header.empty()) return fmt::format("header {}", place.header);
  return fmt::format("JSON member {}", place.json);
}

}  // namespace

Harvest harvest(probe::Context& context, const Endpoint& endpoint, std::size_t count) {
  Harvest found;
  std::size_t failed_in_a_row = 0;
  const auto stop = [&](Status status, const std::string& why) {
    found.status = status;
    found.message = fmt::format("{} (after {} of {} identifiers)", why, found.ids.size(), count);
  };
  auto session = context.open_http(endpoint.options);
  if (!session) {
    stop(probe::status_of(session.error()), session.error().message);
    return found;
  }
  while (found.ids.size() < count) {
    if (context.cancel().requested()) return stop(Status::interrupted, "cancelled"), found;
    if (context.deadline().passed()) return stop(Status::timeout, "out of time"), found;
    const auto response = (*session)->send(endpoint.request);
    if (!response) {
      ++found.errors;
      ++failed_in_a_row;
      if (worth_another_try(response.error().code) && failed_in_a_row < kMostInARow) continue;
      return stop(probe::status_of(response.error()), response.error().message), found;
    }
    found.connections += static_cast<std::size_t>(std::max(0L, response->new_connections));
    if (const auto end = end_of(*response)) {
      ++found.errors;
      return stop(end->status, end->message), found;
    }
    auto id = id_in(*response, endpoint.place);
    if (!id) {
      ++found.errors;
      if (++failed_in_a_row < kMostInARow) continue;
      return stop(Status::protocol_error, fmt::format("HTTP {} without an identifier in {}", response->status, place_text(endpoint.place))), found;
    }
    failed_in_a_row = 0;
    found.ids.push_back({response->received, std::move(*id)});
    context.progress(found.ids.size(), count);
  }
  return found;
}

}  // namespace lintel::probes::session_ids
