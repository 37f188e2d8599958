#include "flow/refusal.h"

#include <algorithm>
#include <random>

#include "base/bytes.h"
#include "base/text.h"
#include "data/json.h"

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

// Of tokens that carry what they say and a signature behind it: JWT, signed cookies.
std::size_t start_of_signature(std::string_view text) {
  constexpr std::size_t kShortest = 16;  // characters
  std::size_t from = 0;
  for (const std::string_view mark : {".", ":", "--"})
    if (const std::size_t at = text.rfind(mark); at != std::string_view::npos) from = std::max(from, at + mark.size());
  return text.size() - from < kShortest ? 0 : from;
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
  const std::size_t from = start_of_signature(text), size = text.size() - from;
  for (std::size_t i = 0; i < size; ++i) {
    char& c = made[from + (size / 2 + i) % size];
    const auto kind = kind_of(c, is_hexadecimal(text.substr(from)));
    if (kind.empty()) continue;
    c = other_than(c, kind, source);
    return made;
  }
  return "";
}

std::string forged(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 3) return lookalike(text);
  std::string header(parts[0]);
  std::ranges::replace(header, '-', '+');
  std::ranges::replace(header, '_', '/');
  header.append((4 - header.size() % 4) % 4, '=');
  const auto decoded = from_base64(header);
  const auto json = decoded ? parse_json(as_text(*decoded)) : Result<Json>(Json());
  if (!json || !json->is_object() || !json->contains("alg")) return lookalike(text);
  constexpr std::string_view kUnsecured = "eyJhbGciOiJub25lIn0";  // {"alg":"none"}
  return fmt::format("{}.{}.", kUnsecured, parts[1]);
}

}  // namespace lintel::flow
