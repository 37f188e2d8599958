// Gets session identifiers from the declared endpoint, one request after the other on one kept connection, and notes when each came.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/enums.h"
#include "net/http.h"
#include "probe/context.h"

namespace lintel::probes::session_ids {

// Where the identifier stands in an answer; one of the three is set.
struct Place {
  std::string cookie, header, json;  // json: a JSON Pointer (RFC 6901)
};

struct Endpoint {
  net::HttpRequest request;
  net::HttpOptions options;
  Place place;
};

// The item as a request. Secrets are resolved here. Errors: not_found (a member or secret is missing), invalid_input.
Result<Endpoint> endpoint_of(probe::Context& context);

// The identifier in an answer; nullopt when it is not there or empty. Of several cookies of one name the last counts, as in a browser.
std::optional<std::string> id_in(const net::HttpResponse& response, const Place& place);

struct Harvested {
  WallTime received{};
  std::string id;
};

struct Harvest {
  std::vector<Harvested> ids;   // in the order of issue
  std::size_t errors = 0;       // requests that gave no identifier
  std::size_t connections = 0;  // opened
  model::Status status = model::Status::ok;
  std::string message;          // why it ended early
};

// Up to `count` identifiers. Ends early, keeping what it has, on 401/403 (auth_failed), 429 (refused), 5xx (protocol_error), three answers in a
// row without an identifier or broken connections in a row, a time-out, the deadline, a cancel.
Harvest harvest(probe::Context& context, const Endpoint& endpoint, std::size_t count);

// "%2B" as "+": cookies are often sent so. Text with a broken escape is returned as it is.
std::string percent_decoded(std::string_view text);

}  // namespace lintel::probes::session_ids
