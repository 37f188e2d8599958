// Looks for what an accepted attack left behind. Sends requests that read, as the user who sent the attack.
#pragma once
#include <string>
#include <vector>

#include "flow/client.h"

namespace lintel::probes::web_input {

// The first of these marks in the file as the application hands it out: by declared calls with an input of kind file, by its name, and by the addresses
// in the answer to the upload. Empty: none.
std::string read_back(flow::Client& client, const flow::Application& application, const net::HttpResponse& uploaded, const std::string& name, const std::vector<std::string>& marks);

// Whether a page of flow `pages`, or a call of this account that reads, now shows this tag as markup.
bool shows_up_later(flow::Client& client, const flow::Application& application, const std::string& tag);

}  // namespace lintel::probes::web_input
