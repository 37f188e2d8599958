#include "flow/refusal.h"

#include <random>

namespace lintel::flow {
namespace {

// Hexadecimal digits stay hexadecimal, so that a guess is not refused for its form alone.
std::string_view kind_of(char c, bool hexadecimal) {
  if (c >= '0' && c <= '9') return "0123456789";
  if (c >= 'a' && c <= 'z') return hexadecimal ? "abcdef" : "abcdefghijklmnopqrstuvwxyz";
  if (c >= 'A' && c <= 'Z') return hexadecimal ? "ABCDEF" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return {};
}

bool is_hexadecimal(std::string_view text) { return text.find_first_not_of("0123456789abcdefABCDEF-") == std::string_view::npos; }

char other_than(char c, std::string_view kind, std::random_device& source) {
  const std::size_t step = 1 + source() % (kind.size() - 1);
  return kind[(kind.find(c) + step) % kind.size()];
}

}  // namespace

Outcome outcome_of(const Exchange& exchange, long nobody) {
  if (exchange.success) return Outcome::accepted;
  switch (const long status = exchange.response.status) {
    case 401: case 403: case 301: case 302: case 303: case 307: case 308: return Outcome::refused;
    case 408: case 425: case 429: return Outcome::unclear;
    default: return status == nobody && status >= 200 && status < 500 ? Outcome::refused : Outcome::unclear;
  }
}

Outcome outcome_for_nobody(const Exchange& exchange) { return outcome_of(exchange, exchange.response.status); }

std::string lookalike(std::string_view text) {
  std::random_device source;
  std::string made(text);
  const bool hexadecimal = is_hexadecimal(text);
  for (char& c : made)
    if (const auto kind = kind_of(c, hexadecimal); !kind.empty()) c = other_than(c, kind, source);
  return made;
}

std::string altered(std::string_view text) {
  std::random_device source;
  std::string made(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    char& c = made[(text.size() / 2 + i) % text.size()];
    const auto kind = kind_of(c, is_hexadecimal(text));
    if (kind.empty()) continue;
    c = other_than(c, kind, source);
    return made;
  }
  return "";
}

}  // namespace lintel::flow
