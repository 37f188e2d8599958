// Gets session identifiers from the declared endpoint, one request after the other on one kept connection, or on several in turn, and notes when each came.
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

// Where the identifier stands in an answer; one of the four is set.
struct Place {
  std::string cookie, header, json;  // json: a JSON Pointer (RFC 6901)
  std::string location = {};         // a parameter of the URL in the field Location: ?name=, &name=, #name= or ;name=
};

struct Endpoint {
  net::HttpRequest request;
  net::HttpOptions options;
  Place place;
  std::vector<long> success;  // statuses that open a session; empty: 200 to 399
  std::size_t connections = 1;  // that take turns
};

// The item as a request. Secrets are resolved here. Errors: not_found (a member or secret is missing), invalid_input.
Result<Endpoint> endpoint_of(probe::Context& context);

// The identifier in an answer; nullopt when it is not there or empty. Of several cookies of one name the last counts, as in a browser.
std::optional<std::string> id_in(const net::HttpResponse& response, const Place& place);
// What stands there instead: names only, no values, for a message. "cookies lang, theme"
std::string names_in(const net::HttpResponse& response, const Place& place);

struct Harvested {
  WallTime received{};
  std::string id;
};

struct Harvest {
  std::vector<Harvested> ids;   // in the order of issue
  std::size_t errors = 0;       // requests that gave no identifier
  std::size_t connections = 0;  // opened
  std::size_t waits = 0;        // times that the server asked for a pause and got it
  long odd_status = 0;          // of the last answer that carried an identifier and yet was no success; 0: none
  model::Status status = model::Status::ok;
  std::string message;          // why it ended early
};

// Up to `count` identifiers. 429 and 503 with Retry-After are waited for, at most ten times in a row and within the deadline. Ends early, keeping
// what it has, on 401/403 (auth_failed), 429 that can't be waited for (refused), 5xx (protocol_error), three answers in a row without success or
// identifier, three broken connections in a row, twenty times the first identifier and no other (protocol_error), a time-out, the deadline, a cancel.
Harvest harvest(probe::Context& context, const Endpoint& endpoint, std::size_t count);

}  // namespace lintel::probes::session_ids
