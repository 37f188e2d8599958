// Where a session id shows although it must not: URLs, redirects, links, error answers. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace lintel::probes::web_session {

constexpr std::size_t kShortestId = 8;          // shorter ones stand in any text by chance
constexpr std::size_t kSearchedBytes = 256 << 10;  // of each body

// One request with its answer; the body cut to kSearchedBytes.
struct Seen {
  net::HttpRequest request;
  net::HttpResponse response;
};

struct Sighting {
  std::string place;  // request_url, redirect, link, error; or body: an answer of success that holds the id outside a link
  std::string url;    // of the request, the id cut out
  long status = 0;
  bool operator==(const Sighting&) const = default;
};

// Every place once. Ids are looked for as they are, percent-encoded and percent-decoded; ones below kShortestId are skipped.
std::vector<Sighting> sightings(const std::vector<Seen>& seen, const std::vector<std::string>& ids);

}  // namespace lintel::probes::web_session
