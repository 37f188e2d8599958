// What an answer shows: whether the request was carried out, and the values that later requests carry. Pure but for values in files.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "flow/application.h"
#include "flow/cookies.h"
#include "net/http.h"

namespace lintel::flow {

// Why the answer is no success; empty when it is one. The values of `success` may hold `{name}`.
std::string why_not(const net::HttpResponse& response, const Success& success, const Variables& variables);

// Reads files for Place::Kind::file; path as written. Errors are the reader's.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;
// The value at a place; nullopt when there is none. Only strings, numbers and booleans are values of JSON.
// Errors: not_found (no such file), invalid_input (a bad pattern).
Result<std::optional<std::string>> value_at(const Place& place, const net::HttpResponse& response, const Variables& variables, const ReadFile& read_file);

// "cookie SID", "/session/id in the JSON": for messages.
std::string place_text(const Place& place);
// First value of a header, any letter case.
std::optional<std::string> header_value(const net::Headers& headers, std::string_view name);
// The value behind a JSON pointer (RFC 6901); null pointer when there is none.
const Json* at_pointer(const Json& document, std::string_view pointer);

}  // namespace lintel::flow
