// Request templates: `{name}` in a text member stands for a variable. Pure but for {random} and {nonce}.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"
#include "net/http.h"

namespace lintel::flow {

using Variables = std::map<std::string, std::string>;

// The text with every `{name}` replaced; braces around anything but a name ([a-z][a-z0-9_]*) stay, as in JSON bodies.
// Errors: invalid_input, naming the variable that has no value.
Result<std::string> fill(std::string_view text, const Variables& variables);
// Every text in the value filled. A text that is nothing but one placeholder of `typed` becomes a number or boolean where its value reads as one.
Result<Json> fill(const Json& value, const Variables& variables, const std::vector<std::string>& typed);

// A declared request (docs/target.md) under this base URL. Values are percent-encoded in query and form; in `path` they stand as they are, so that
// a test can put anything there, after the `/` at its beginning. Errors: as of fill; invalid_input for a path without that.
Result<net::HttpRequest> build_request(const Json& request, std::string_view base_url, const Variables& variables,
                                       const std::vector<std::string>& typed);

// {now}, {now_iso}: the clock; {nonce}: 32 hex digits; {random}: 16 hex digits; {digits}: 8 decimal ones, as for phone numbers. Fresh ones each time.
void set_built_ins(Variables& variables, const Clock& clock);
void set_random(Variables& variables);  // {random} and {digits} alone

// "text" as it is, other scalars as JSON writes them.
std::string scalar_text(const Json& value);
std::string percent_encode(std::string_view text);  // all but unreserved characters, RFC 3986 2.3

}  // namespace lintel::flow
