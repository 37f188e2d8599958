// Cookies as RFC 6265 has them: what an answer sets, and a jar that is ours to look into and to change. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/http.h"

namespace lintel::flow {

struct Cookie {
  std::string name, value;
  std::string path;       // empty: not said
  std::string domain;     // empty: this host only
  std::string same_site;  // lower case: strict, lax, none; empty: not said
  bool secure = false, http_only = false;
  bool quoted = false;    // came in double quotes and goes back in them, as in browsers; the value is without
  bool ends = false;      // Max-Age of 0 or less, or Expires in the past (RFC 6265 5.3): it deletes
  bool lasting = false;   // has a Max-Age or Expires: outlives the browser
};

// One Set-Cookie field; nullopt when it has no name. Unknown attributes are skipped, the last of two alike counts (5.3).
std::optional<Cookie> parse_set_cookie(std::string_view field);
std::vector<Cookie> cookies_set(const net::Headers& headers);

// One host's cookies by name; at most 200, of which the oldest makes room, and 50 of one answer. Paths and domains are facts here, not rules: every cookie goes with every request to the declared host.
class Jar {
 public:
  void take(const net::Headers& headers);
  void set(const std::string& name, std::string value);
  void remove(std::string_view name);
  const Cookie* find(std::string_view name) const;
  bool empty() const { return cookies_.empty(); }
  std::string header() const;  // "a=1; b=2"

 private:
  std::vector<Cookie> cookies_;
};

}  // namespace lintel::flow
