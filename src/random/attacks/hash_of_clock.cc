#include "random/attacks/hash_of_clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <ctime>
#include <utility>

#include "random/attacks/targets.h"
#include "random/attacks/words.h"

namespace lintel::random {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::size_t kMostConfirmed = 50;  // further identifiers that a found rule is tried on

// How a program writes a moment. `tick` in microseconds; the window is how far before and after the arrival it is looked for: clocks differ and
// answers take time, but a fine tick in a wide window would take too long.
struct ClockFormat {
  const char* name;
  std::int64_t tick = 1, before = 0, after = 0;
  void (*write)(std::string& out, std::int64_t tick);
};

void append(std::string& out, std::int64_t value, int base = 10) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, base).ptr;
  out.append(buffer, end);
}

// Digits of `value` with zeros before, to a width.
void append_padded(std::string& out, std::int64_t value, std::size_t width, int base = 10) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, base).ptr;
  const auto length = static_cast<std::size_t>(end - buffer);
  if (length < width) out.append(width - length, '0');
  out.append(buffer, end);
}

void write_number(std::string& out, std::int64_t tick) { append(out, tick); }
void write_hex(std::string& out, std::int64_t tick) { append(out, tick, 16); }
void write_base36(std::string& out, std::int64_t tick) { append(out, tick, 36); }
void write_uniqid(std::string& out, std::int64_t us) {
  append_padded(out, us / kSecond, 8, 16);
  append_padded(out, us % kSecond, 5, 16);
}
void write_microtime(std::string& out, std::int64_t us) {
  out += "0.";
  append_padded(out, us % kSecond, 6);
  out += "00 ";
  append(out, us / kSecond);
}
// 14 digits, as PHP prints a float.
void write_php_float(std::string& out, std::int64_t tick) {
  append(out, tick / 10'000);
  if (tick % 10'000 == 0) return;
  out += '.';
  append_padded(out, tick % 10'000, 4);
  while (out.back() == '0') out.pop_back();
}
void write_six_decimals(std::string& out, std::int64_t us) {
  append(out, us / kSecond);
  out += '.';
  append_padded(out, us % kSecond, 6);
}
// A double's neighbours near today lie 2^-22 s apart.
void write_double(std::string& out, std::int64_t tick) {
  const double value = static_cast<double>(tick) / 4194304.0;
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr;
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  out += text;
  if (text.find('.') == std::string_view::npos) out += ".0";
}
void write_calendar(std::string& out, std::int64_t ms, const char* pattern, bool fraction) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  char buffer[40];
  if (gmtime_r(&seconds, &parts) == nullptr) return;
  out.append(buffer, std::strftime(buffer, sizeof buffer, pattern, &parts));
  if (!fraction) return;
  out += '.';
  append_padded(out, ms % 1000, 3);
  out += 'Z';
}
void write_iso(std::string& out, std::int64_t ms) { write_calendar(out, ms, "%Y-%m-%dT%H:%M:%S", true); }
void write_date(std::string& out, std::int64_t seconds) { write_calendar(out, seconds * 1000, "%Y-%m-%d %H:%M:%S", false); }
void write_compact(std::string& out, std::int64_t seconds) { write_calendar(out, seconds * 1000, "%Y%m%d%H%M%S", false); }

const ClockFormat kFormats[] = {
    {"the time in seconds", kSecond, 3600 * kSecond, 3600 * kSecond, write_number},
    {"the time in milliseconds", 1000, 5 * kSecond, 2 * kSecond, write_number},
    {"the time in microseconds", 1, 30'000, 3'000, write_number},
    {"uniqid()", 1, 30'000, 3'000, write_uniqid},
    {"microtime()", 1, 30'000, 3'000, write_microtime},
    {"microtime(true)", 100, kSecond, kSecond / 10, write_php_float},
    {"the time in seconds with six decimals", 1, 30'000, 3'000, write_six_decimals},
    {"the time in hexadecimal seconds", kSecond, 3600 * kSecond, 3600 * kSecond, write_hex},
    {"the time in hexadecimal milliseconds", 1000, 5 * kSecond, 2 * kSecond, write_hex},
    {"the time in milliseconds to the base 36", 1000, 5 * kSecond, 2 * kSecond, write_base36},
    {"the date and time in ISO 8601", 1000, 5 * kSecond, 2 * kSecond, write_iso},
    {"the date and time", kSecond, 3600 * kSecond, 3600 * kSecond, write_date},
    {"the date and time without separators", kSecond, 3600 * kSecond, 3600 * kSecond, write_compact},
};
const ClockFormat kDouble = {"the time as a float", 0, 25'000, 2'500, write_double};  // ticks of 2^-22 s

std::int64_t ticks(const ClockFormat& format, std::int64_t us) {
  if (format.tick > 0) return us / format.tick;
  return us / kSecond * 4'194'304 + us % kSecond * 4'194'304 / kSecond;
}
std::int64_t microseconds(const ClockFormat& format, std::int64_t tick) {
  if (format.tick > 0) return tick * format.tick;
  return tick / 4'194'304 * kSecond + tick % 4'194'304 * kSecond / 4'194'304;
}

// What is hashed: before + moment + behind.
struct Rule {
  const ClockFormat* format = nullptr;
  crypto::DigestAlgorithm algorithm = crypto::DigestAlgorithm::md5;
  std::string before, behind;
};

struct Window { std::int64_t before = 0, after = 0; };

// The moment whose digest the target is; `tried` counts.
std::optional<std::int64_t> moment(const Targets& targets, const Target& target, const Rule& rule, Window window, std::uint64_t& tried) {
  std::optional<std::int64_t> found;
  Hashing hashing(targets, rule.algorithm, [&](std::uint64_t tag, std::uint64_t start, std::string_view message) {
    if (start == target.start && !found && meets(targets, target, rule.algorithm, message)) found = static_cast<std::int64_t>(tag);
  });
  std::string message;
  const std::int64_t first = ticks(*rule.format, *target.unix_us - window.before), last = ticks(*rule.format, *target.unix_us + window.after);
  for (std::int64_t tick = first; tick <= last && !found; ++tick) {
    message = rule.before;
    rule.format->write(message, tick);
    message += rule.behind;
    hashing.add(message, static_cast<std::uint64_t>(tick));
    ++tried;
  }
  hashing.flush();
  return found;
}

std::optional<Prediction> confirmed(const Targets& targets, const Rule& rule, std::int64_t offset, std::uint64_t tried) {
  // The next ones come from around the same distance between the clocks.
  const std::int64_t spread = std::max<std::int64_t>(2 * rule.format->tick, 3'000);
  const Window window{std::max<std::int64_t>(spread - offset, 0), std::max<std::int64_t>(spread + offset, 0)};
  Prediction hit;
  const std::size_t stride = std::max<std::size_t>(1, targets.list.size() / kMostConfirmed);
  for (std::size_t i = 0; i < targets.list.size(); i += stride) {
    if (!targets.list[i].unix_us) continue;
    std::uint64_t ignored = 0;
    ++hit.checked;
    hit.right += moment(targets, targets.list[i], rule, window, ignored).has_value();
  }
  const double spent = std::log2(static_cast<double>(std::max<std::uint64_t>(tried, 1)));
  hit.attack = "hash-preimage";
  std::string what = rule.format->name;
  if (!rule.before.empty() && rule.before.size() < 16) what = fmt::format("'{}' and {}", rule.before, what);
  if (!rule.behind.empty()) what = fmt::format("{} and '{}'", what, rule.behind);
  hit.generator = fmt::format("{} of {}", name_for_people(rule.algorithm), what);
  hit.view = targets.uuid_version != 0 ? fmt::format("UUID version {}", targets.uuid_version) : "whole identifier as a digest";
  // One digest foretold from 2^spent guesses is worth its bits less the guesses.
  hit.predicted_bits = static_cast<std::uint64_t>(std::max(0.0, static_cast<double>(std::max<std::uint64_t>(hit.right, 1)) * (targets.bits() - spent)));
  hit.bits_per_value = targets.bits() - std::log2(static_cast<double>(std::max<std::int64_t>(1, ticks(*rule.format, 2 * spread) + 1)));
  return hit;
}

}  // namespace

std::optional<Prediction> search_hash_of_clock(std::span<const Token> tokens, const Budget& budget) {
  const Targets targets = targets_of(tokens);
  std::vector<const Target*> tried_on;
  for (const std::size_t at : {targets.list.size() / 2, std::size_t{0}, targets.list.empty() ? 0 : targets.list.size() - 1})
    if (at < targets.list.size() && targets.list[at].unix_us && *targets.list[at].unix_us > 0 && *targets.list[at].unix_us < std::int64_t{1} << 52) tried_on.push_back(&targets.list[at]);
  std::uint64_t tried = 0;
  std::optional<Prediction> hit, part;  // part: a rule that fits some only, as one without the last digits does
  const auto attempt = [&](const Target& target, const Rule& rule, Window window) {
    const auto tick = moment(targets, target, rule, window, tried);
    if (tick) hit = confirmed(targets, rule, microseconds(*rule.format, *tick) - *target.unix_us, tried);
    if (hit && hit->right * 2 <= hit->checked) {
      if (!part) part = std::move(hit);
      hit.reset();
    }
    return hit.has_value() || budget.spent();
  };
  const auto spaces = namespaces(targets);
  // Alone, in wide windows.
  for (const Target* target : tried_on)
    for (const auto algorithm : targets.algorithms)
      for (const std::string& space : spaces) {
        const bool whole = algorithm == targets.algorithms.front() && space == spaces.front();
        for (const ClockFormat& format : kFormats) {
          const std::int64_t divisor = whole ? 1 : 4;
          if (attempt(*target, {&format, algorithm, space, ""}, {format.before / divisor, format.after / divisor})) return hit;
        }
        if (whole && attempt(*target, {&kDouble, algorithm, space, ""}, {kDouble.before, kDouble.after})) return hit;
      }
  // Beside a word, in narrow ones, of one identifier.
  if (tried_on.empty() || targets.uuid_version != 0 || part) return part;
  for (const std::string_view word : common_prefixes())
    for (const char* separator : {"", ":", "-", "_", "|", ".", " "})
      for (const ClockFormat* format : {&kFormats[0], &kFormats[1]}) {
        const Window window{format->tick == kSecond ? 3 * kSecond : 20'000, format->tick == kSecond ? kSecond : 2'000};
        if (attempt(*tried_on.front(), {format, targets.algorithms.front(), std::string(word) + separator, ""}, window)) return hit;
        if (attempt(*tried_on.front(), {format, targets.algorithms.front(), "", separator + std::string(word)}, window)) return hit;
      }
  return part;
}

}  // namespace lintel::random
