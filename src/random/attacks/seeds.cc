#include "random/attacks/seeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "base/bytes.h"
#include "random/attacks/seeded.h"

namespace lintel::random {
namespace {

// One identifier's words in the order in which they may have been drawn: first or last one first, highest or lowest byte first.
constexpr std::size_t kReadings = 4;
struct Seeded {
  std::size_t token = 0;
  std::optional<std::int64_t> unix_us;
  std::size_t words = 0;  // 2 to kSeededWords
  std::array<SeededWords, kReadings> readings{};
};

std::string bytes_of(const Token& token) {
  if (!token.digest.empty()) return token.digest;
  const auto bytes = from_hex(token.value);
  return bytes ? std::string(as_text(*bytes)) : std::string();
}

std::vector<Seeded> seeded_ids(std::span<const Token> tokens) {
  std::vector<Seeded> list;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string bytes = bytes_of(tokens[i]);
    const std::size_t count = bytes.size() / 4;
    if (bytes.size() % 4 != 0 || count < 2) continue;
    Seeded id{i, tokens[i].unix_us, std::min(count, kSeededWords), {}};
    for (std::size_t w = 0; w < id.words; ++w) {
      std::uint32_t first = 0, last = 0;
      for (std::size_t k = 0; k < 4; ++k) {
        first = first << 8 | static_cast<std::uint8_t>(bytes[4 * w + k]);
        last = last << 8 | static_cast<std::uint8_t>(bytes[4 * (count - 1 - w) + k]);
      }
      id.readings[0][w] = first;
      id.readings[1][w] = last;
      id.readings[2][w] = __builtin_bswap32(first);
      id.readings[3][w] = __builtin_bswap32(last);
    }
    list.push_back(id);
  }
  return list;
}

bool fits(const Seeded& id, std::size_t reading, const SeededGenerator& generator, std::uint64_t seed) {
  if (generator.first(seed) != id.readings[reading][0]) return false;
  const SeededWords words = generator.all(seed);
  return std::equal(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(id.words), id.readings[reading].begin());
}

struct Clock {
  const char* name;
  std::int64_t tick, before, after;  // microseconds
};
constexpr Clock kClocks[] = {
    {"the time in seconds", 1'000'000, 300'000'000, 300'000'000},
    {"the time in milliseconds", 1000, 3'000'000, 500'000},
    {"the time in microseconds", 1, 15'000, 1'500},
};

struct Seed { std::uint64_t value = 0; std::size_t reading = 0; };

std::optional<Seed> seed_between(const Seeded& id, const SeededGenerator& generator, std::uint64_t first, std::uint64_t last, const Budget& budget) {
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    if ((seed & 0xFFF) == 0 && budget.spent()) return std::nullopt;
    const std::uint32_t word = generator.first(seed);
    for (std::size_t reading = 0; reading < kReadings; ++reading)
      if (word == id.readings[reading][0] && fits(id, reading, generator, seed)) return Seed{seed, reading};
  }
  return std::nullopt;
}

Prediction said(const SeededGenerator& generator, const std::string& seeds, const Seeded& id, std::size_t reading) {
  static const char* const orders[kReadings] = {"first one first", "last one first", "lowest byte first, first one first", "lowest byte first, last one first"};
  Prediction hit;
  hit.attack = "time-seed";
  hit.generator = fmt::format("{}, seeded for each identifier with {}", generator.name, seeds);
  hit.view = fmt::format("words of 32 bits, {}", orders[reading]);
  hit.bits_per_value = 32.0 * static_cast<double>(id.words);
  return hit;
}

}  // namespace

std::optional<Prediction> search_time_seeds(std::span<const Token> tokens, const Budget& budget) {
  const std::vector<Seeded> ids = seeded_ids(tokens);
  if (ids.size() < 3) return std::nullopt;
  const Seeded& id = ids[ids.size() / 2];
  if (!id.unix_us || *id.unix_us <= 0 || *id.unix_us > std::int64_t{1} << 52) return std::nullopt;
  std::uint64_t tried = 0;
  std::optional<Prediction> best;  // nextLong gives nextInt's words when the second one's sign allows
  for (const SeededGenerator& generator : seeded_generators())
    for (const Clock& clock : kClocks) {
      if (budget.spent()) return best;
      const auto first = static_cast<std::uint64_t>((*id.unix_us - clock.before) / clock.tick), last = static_cast<std::uint64_t>((*id.unix_us + clock.after) / clock.tick);
      tried += (last - first + 1) * kReadings;
      const auto seed = seed_between(id, generator, first, last, budget);
      if (!seed) continue;
      Prediction hit = said(generator, clock.name, id, seed->reading);
      const std::int64_t offset = static_cast<std::int64_t>(seed->value) * clock.tick - *id.unix_us, spread = std::max<std::int64_t>(2 * clock.tick, 3'000);
      for (std::size_t i = 0; i < ids.size(); i += std::max<std::size_t>(1, ids.size() / 40)) {
        if (!ids[i].unix_us || i == ids.size() / 2) continue;
        const std::int64_t around = *ids[i].unix_us + offset;
        ++hit.checked;
        hit.right += seed_between(ids[i], generator, static_cast<std::uint64_t>((around - spread) / clock.tick), static_cast<std::uint64_t>((around + spread) / clock.tick), budget).has_value();
      }
      const double spent = std::log2(static_cast<double>(tried)), bits = 31.0 * static_cast<double>(id.words);
      const double worth = bits - spent + static_cast<double>(hit.right) * (bits - std::log2(8.0 * static_cast<double>(spread / clock.tick)));
      if (worth < 64) continue;
      hit.predicted_bits = static_cast<std::uint64_t>(worth);
      ++hit.checked;
      ++hit.right;
      hit.bits_per_value -= std::log2(2.0 * static_cast<double>(spread / clock.tick));
      if (hit.right * 2 > hit.checked) return hit;
      if (!best) best = std::move(hit);
    }
  return best;
}

std::optional<Prediction> search_any_seeds(std::span<const Token> tokens, const Budget& budget) {
  const std::vector<Seeded> ids = seeded_ids(tokens);
  if (ids.size() < 100) return std::nullopt;
  // First words of all readings; most guesses are turned away by 24 bits.
  constexpr unsigned kShift = 8;
  std::vector<bool> passed(std::size_t{1} << (32 - kShift));
  std::unordered_multimap<std::uint32_t, std::pair<std::size_t, std::size_t>> firsts;
  for (std::size_t i = 0; i < ids.size(); ++i)
    for (std::size_t reading = 0; reading < kReadings; ++reading) {
      firsts.emplace(ids[i].readings[reading][0], std::pair(i, reading));
      passed[ids[i].readings[reading][0] >> kShift] = true;
    }
  const auto search = [&](const SeededGenerator& generator, std::uint64_t round) -> std::optional<Prediction> {
    // A quick generator may be asked more often; a slow one less.
    const std::uint64_t trials = generator.cost <= 10 ? 4 * round : generator.cost <= 100 ? round : round / 4;
    const std::uint64_t stride = std::max<std::uint64_t>(1, (std::uint64_t{1} << 32) / std::max<std::uint64_t>(1, trials));
    std::uint64_t tried = 0;
    double worth = 0;
    std::size_t met = 0, near = 0, order = 0;
    for (std::uint64_t seed = stride / 2; seed < std::uint64_t{1} << 32 && worth < 64; seed += stride) {
      if ((++tried & 0xFFF) == 0 && budget.spent()) return std::nullopt;
      const std::uint32_t word = generator.first(seed);
      if (!passed[word >> kShift]) continue;
      const auto [from, to] = firsts.equal_range(word);
      for (auto at = from; at != to; ++at) {
        const auto [index, reading] = at->second;
        if (!fits(ids[index], reading, generator, seed)) continue;
        const double bits = 31.0 * static_cast<double>(ids[index].words);
        ++met;
        order = reading;
        worth += bits - 32 - std::log2(static_cast<double>(ids.size() * kReadings));
        // Seeds that are mixed from a clock and small numbers lie near one another.
        for (std::size_t k = 1; k <= 4 && index + k < ids.size() && worth < 256; ++k)
          for (std::uint64_t other = seed > 4096 ? seed - 4096 : 0; other < seed + 4096; ++other)
            if (fits(ids[index + k], reading, generator, other)) {
              ++near;
              worth += bits - 13;
              break;
            }
      }
    }
    if (worth < 64) return std::nullopt;
    const std::size_t last = ids.size() - 1;
    Prediction hit = said(generator, near > 0 ? "mixed numbers of 32 bits" : "a number of 32 bits", ids[last], order);
    hit.predicted_bits = static_cast<std::uint64_t>(worth);
    hit.checked = hit.right = met + near;
    hit.bits_per_value -= near > 0 ? 13 : 32;
    return hit;
  };
  for (std::uint64_t round = budget.first_round();; round = budget.next_round(round)) {
    for (const SeededGenerator& generator : seeded_generators())
      if (auto hit = search(generator, round)) return hit;
    if (round >= budget.trials || budget.spent()) return std::nullopt;
  }
}

}  // namespace lintel::random
