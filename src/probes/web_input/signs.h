// Whether an answer shows that an attack worked. Pure.
#pragma once
#include <string>
#include <vector>

#include "flow/client.h"
#include "probes/web_input/attacks.h"

namespace lintel::probes::web_input {

// "none", "reflected", "computed", "header", "database_error", "file". `good`: the answer to the good values, for texts that are always there.
std::string_view effect_in(const net::HttpResponse& answer, const Attack& attack, const net::HttpResponse& good);
// Whether a browser that got this would take the mark for markup.
bool shows_markup(const net::HttpResponse& answer, const std::string& tag);
// Where an answer to an upload says that the file now is: paths or addresses of this application in Location and in texts of JSON; at most 4.
std::vector<std::string> addresses_in(const net::HttpResponse& answer, const std::string& base_url);

}  // namespace lintel::probes::web_input
