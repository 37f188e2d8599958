// Gets session identifiers from the declared place, and notes when each came: over HTTP one request after the other on one kept connection, or on several in turn; from
// messages of an MQTT broker; or from a file.
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

// Where the identifier stands in an answer or a message; one is set.
struct Place {
  std::string cookie, header, json;  // json: a JSON Pointer (RFC 6901)
  std::string location = {};         // a parameter of the URL in the field Location: ?name=, &name=, #name= or ;name=
  bool payload = false;              // the whole message
  std::size_t topic_level = 0;       // of the message's topic, from 1
};

struct Endpoint {
  net::HttpRequest request;
  net::HttpOptions options;
  Place place;
  std::vector<long> success;  // statuses that open a session; empty: 200 to 399
  std::size_t connections = 1;  // that take turns
  std::vector<std::string> sources = {};  // addresses of this machine to send from, in turn; empty: the system's choice
};

// The item as a request. Secrets are resolved here. Errors: not_found (a member or secret is missing), invalid_input.
Result<Endpoint> endpoint_of(probe::Context& context);

// The identifier in an answer; nullopt when it is not there or empty. Of several cookies of one name the last counts, as in a browser.
std::optional<std::string> id_in(const net::HttpResponse& response, const Place& place);
// What stands there instead: names only, no values, for a message. "cookies lang, theme"
std::string names_in(const net::HttpResponse& response, const Place& place);

struct Harvested {
  std::int64_t unix_us = 0;  // when it was received, to the millisecond; of a file as it says, 0: unknown
  std::string id;
};
inline std::int64_t unix_us_of(WallTime time) { return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count(); }

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

// The same from an MQTT broker: each message under the declared filter carries one. `ask`, where declared, is published for each. Retained messages are old and not
// counted. Ends early on a refusal (auth_failed), after three requests without a message within ten seconds each (timeout), and as above.
Harvest harvest_mqtt(probe::Context& context, std::size_t count);

// All of a file, lines `unix_us TAB id` or `id`; what can't be read is invalid_input, limit or not_found. Nothing is sent.
Harvest harvest_file(probe::Context& context, const std::string& path);

// The scalar at a JSON Pointer in a text; nullopt when it is not there, empty or too long.
std::optional<std::string> json_id_in(std::string_view text, std::string_view pointer);

}  // namespace lintel::probes::session_ids
