#include "random/tokens/clock.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "random/tokens/digits.h"

namespace lintel::random::tokens {
namespace {

constexpr std::size_t kMostLooked = 2000;  // identifiers
constexpr std::string_view kHexLower = "0123456789abcdef", kBase36Digits = "0123456789abcdefghijklmnopqrstuvwxyz", kCrockfordDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
                           kBase62Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct Unit {
  const char* name;
  std::string_view digits;
  std::size_t width;   // characters; 0: the whole identifier
  double per_second;
  double epoch = 0;    // in Unix seconds
  unsigned shift = 0;  // low bits that are something else
  bool both_cases = false;
};

constexpr Unit kUnits[] = {
    {"microseconds, decimal", "0123456789", 16, 1e6},
    {"milliseconds, decimal", "0123456789", 13, 1e3},
    {"seconds, decimal", "0123456789", 10, 1},
    {"microseconds, hexadecimal", kHexLower, 13, 1e6, 0, 0, true},  // 13 digits from 2005 on
    {"milliseconds, hexadecimal, 12 digits", kHexLower, 12, 1e3, 0, 0, true},
    {"milliseconds, hexadecimal", kHexLower, 11, 1e3, 0, 0, true},
    {"seconds, hexadecimal", kHexLower, 8, 1, 0, 0, true},
    {"milliseconds, base 36", kBase36Digits, 8, 1e3, 0, 0, true},
    {"seconds, base 36", kBase36Digits, 6, 1, 0, 0, true},
    {"milliseconds of a ULID", kCrockfordDigits, 10, 1e3, 0, 0, true},
    {"seconds of a KSUID", kBase62Digits, 0, 1, 1.4e9, 128},
    {"milliseconds of a Snowflake", "0123456789", 0, 1e3, 1288834974.657, 22},
    {"milliseconds of a Discord Snowflake", "0123456789", 0, 1e3, 1420070400, 22},
};

int digit_of(const Unit& unit, char c) {
  std::size_t at = unit.digits.find(c);
  if (at == std::string_view::npos && unit.both_cases) {
    const char other = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    at = unit.digits.find(other);
  }
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// The number in units; negative when it is none.
double number_at(const Unit& unit, std::string_view text) {
  double value = 0;
  for (const char c : text) {
    const int digit = digit_of(unit, c);
    if (digit < 0) return -1;
    value = value * static_cast<double>(unit.digits.size()) + digit;
  }
  return std::floor(std::ldexp(value, -static_cast<int>(unit.shift)));
}

bool near(double seconds, std::optional<std::int64_t> unix_us, double first) {
  if (unix_us) return std::fabs(seconds - static_cast<double>(*unix_us) / 1e6) < 86'400;
  return seconds > 1.26e9 && seconds < 2.21e9 && std::fabs(seconds - first) < 604'800;
}

template <class Seconds>
bool all_near(const std::vector<std::string>& ids, const std::vector<std::optional<std::int64_t>>& unix_us, Seconds seconds_in) {
  const double first = seconds_in(ids.front());
  for (std::size_t i = 0; i < ids.size() && i < kMostLooked; ++i)
    if (!near(seconds_in(ids[i]), i < unix_us.size() ? unix_us[i] : std::nullopt, first)) return false;
  return true;
}

// UUID version 1 and 6: 60 bits of 100 ns since 1582.
double uuid_seconds(const std::string& id) {
  if (id.size() != 36 || (id[14] != '1' && id[14] != '6')) return -1;
  const std::string digits = id[14] == '1' ? id.substr(15, 3) + id.substr(9, 4) + id.substr(0, 8) : id.substr(0, 8) + id.substr(9, 4) + id.substr(15, 3);
  const double ticks = number_at({"", kHexLower, 15, 1, 0, 0, true}, digits);
  return ticks < 0 ? -1 : ticks / 1e7 - 12'219'292'800.0;
}

// Seconds and, behind them, microseconds below a million: PHP's uniqid().
double uniqid_seconds(std::string_view id) {
  if (id.size() != 13 && id.size() != 23) return -1;
  const Unit hex{"", kHexLower, 8, 1, 0, 0, true};
  const double seconds = number_at(hex, id.substr(0, 8)), micro = number_at(hex, id.substr(8, 5));
  return micro < 0 || micro >= 1e6 ? -1 : seconds;
}

}  // namespace

std::optional<ClockField> clock_in(const std::vector<std::string>& ids, const std::vector<std::optional<std::int64_t>>& unix_us) {
  if (ids.size() < 4) return std::nullopt;
  if (all_near(ids, unix_us, uuid_seconds)) return ClockField{0, 17, "100 ns of a UUID"};
  if (all_near(ids, unix_us, [](const std::string& id) { return uniqid_seconds(id); })) return ClockField{0, 12, "seconds and microseconds of uniqid(), hexadecimal"};
  std::size_t shortest = ids.front().size();
  for (const std::string& id : ids) shortest = std::min(shortest, id.size());
  for (const Unit& unit : kUnits) {
    if (unit.width == 0) {
      const std::size_t size = ids.front().size();
      const bool fits = unit.shift == 128 ? size == 27 : size >= 17 && size <= 19;
      if (fits && all_near(ids, unix_us, [&](const std::string& id) { return number_at(unit, id) < 0 ? -1 : number_at(unit, id) / unit.per_second + unit.epoch; }))
        return ClockField{0, unit.shift == 128 ? std::size_t{5} : size - 1, unit.name};
      continue;
    }
    for (std::size_t at = 0; at + unit.width <= shortest && at < 64; ++at)
      if (all_near(ids, unix_us, [&](const std::string& id) {
            const double value = number_at(unit, std::string_view(id).substr(at, unit.width));
            return value < 0 ? -1 : value / unit.per_second + unit.epoch;
          }))
        return ClockField{at, at + unit.width - 1, unit.name};
  }
  return std::nullopt;
}

}  // namespace lintel::random::tokens
