// Kinds of password hashes, and a bounded dictionary on them by libcrypt.
#include "firmware/survey/crypt_hash.h"

#include <crypt.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "base/text.h"

namespace lintel::firmware {
namespace {

constexpr std::size_t kLongestField = 256;
constexpr std::uint32_t kMostRounds = 20'000;  // of SHA-crypt; 5000 where it says nothing
constexpr std::uint32_t kMostCost = 6;         // of bcrypt: 64 rounds of its key schedule

bool in_crypt_alphabet(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '/'; });
}

// The order in which kinds are tried, by their cost; 0: never.
int turn_of(std::string_view hash) {
  const std::string_view kind = password_class(hash, false);
  if (kind == "des") return 1;
  if (kind == "md5") return 2;
  if (kind == "sha256" || kind == "sha512") {
    std::string_view rest = hash.substr(3);
    if (!rest.starts_with("rounds=")) return 3;
    rest.remove_prefix(7);
    const auto rounds = parse_unsigned<std::uint32_t>(rest.substr(0, rest.find('$')));
    return rounds && *rounds <= kMostRounds ? 3 : 0;
  }
  if (kind == "bcrypt") {
    const auto cost = hash.size() > 7 && hash[6] == '$' ? parse_unsigned<std::uint32_t>(hash.substr(4, 2)) : std::nullopt;
    return cost && *cost <= kMostCost ? 4 : 0;
  }
  return hash.starts_with("$y$j7T$") || hash.starts_with("$y$j8T$") || hash.starts_with("$y$j9T$") ? 5 : 0;
}

}  // namespace

std::string_view password_class(std::string_view field, bool may_be_plain) {
  struct Prefix {
    std::string_view text, kind;
  };
  static constexpr std::array<Prefix, 9> kPrefixes{{{"$1$", "md5"}, {"$5$", "sha256"}, {"$6$", "sha512"}, {"$2a$", "bcrypt"}, {"$2b$", "bcrypt"}, {"$2x$", "bcrypt"}, {"$2y$", "bcrypt"}, {"$y$", "yescrypt"}, {"$apr1$", "apr1"}}};
  if (field.empty()) return "empty";
  for (const Prefix& prefix : kPrefixes)
    if (field.starts_with(prefix.text)) return prefix.kind;
  if (may_be_plain && field[0] != '$' && field[0] != '{' && !(field.size() == 13 && in_crypt_alphabet(field))) return "plain";
  if (field == "x") return "elsewhere";
  if (field[0] == '*' || field[0] == '!') return "locked";
  if (field.size() == 13 && in_crypt_alphabet(field)) return "des";
  // No scheme gives so short a text: "NP", "LK", "nologin" lock an account.
  return field[0] == '$' || field[0] == '{' || field[0] == '_' ? "other" : "locked";
}

std::map<std::string, Fit> search_passwords(std::span<const std::string> hashes, std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  std::map<std::string, Fit> found;
  std::vector<const std::string*> order;
  for (const std::string& hash : hashes)
    if (found.emplace(hash, Fit{}).second && hash.size() <= kLongestField && turn_of(hash) != 0) order.push_back(&hash);
  std::ranges::stable_sort(order, {}, [](const std::string* hash) { return turn_of(*hash); });
  const auto room = std::make_unique<crypt_data>();
  for (const std::string* hash : order) {
    Fit& fit = found[*hash];
    bool tried_all = true;
    for (const std::string_view word : known_default_passwords()) {
      if (std::chrono::steady_clock::now() >= end) return found;
      const char* computed = crypt_r(word.data(), hash->c_str(), room.get());
      if (computed == nullptr || computed[0] == '*') {  // no hash after all
        tried_all = false;
        break;
      }
      if (*hash != computed) continue;
      fit = {Fit::Known::yes, word.size()};
      break;
    }
    if (fit.known != Fit::Known::yes && tried_all) fit.known = Fit::Known::no;
  }
  return found;
}

}  // namespace lintel::firmware
