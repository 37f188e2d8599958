// Password fields of passwd, shadow, htpasswd and the like: which kind of hash, and whether a publicly known default password fits.
// The search is bounded: a hash that says of itself that it is costly is not tried, and the clock ends the rest.
#pragma once
#include <chrono>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace lintel::firmware {

// The field's kind: "empty", "locked" (no password fits), "elsewhere" (x: in shadow), "des", "md5", "sha256", "sha512", "bcrypt", "yescrypt",
// "apr1", "other" (a scheme we don't know). Where the file may hold passwords as they are, what looks like no hash is "plain".
std::string_view password_class(std::string_view field, bool may_be_plain);

// Default passwords of cameras, routers and the like that are publicly known; 512 at most.
std::span<const std::string_view> known_default_passwords();

struct Fit {
  enum class Known { yes, no, unknown };  // unknown: not tried, or not to the end
  Known known = Known::unknown;
  std::size_t length = 0;  // of the word, when yes
};

// Tries the words on each hash, each hash once, cheap kinds first, until the time is over. Blocks as long as that; computes only.
std::map<std::string, Fit> search_passwords(std::span<const std::string> hashes, std::chrono::milliseconds time);

}  // namespace lintel::firmware
