#include "random/attacks/hash_of_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "random/attacks/targets.h"
#include "random/attacks/words.h"

namespace lintel::random {
namespace {

// How a program writes a number down to hash it.
struct NumberFormat {
  const char* name;
  void (*write)(std::string& out, std::uint64_t number);
};

void write_decimal(std::string& out, std::uint64_t number) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
}
void write_bytes(std::string& out, std::uint64_t number, unsigned bytes, bool highest_first) {
  for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(number >> 8 * (highest_first ? bytes - 1 - i : i) & 0xFFU);
}
void write_big4(std::string& out, std::uint64_t number) { write_bytes(out, number, 4, true); }
void write_little4(std::string& out, std::uint64_t number) { write_bytes(out, number, 4, false); }
void write_big8(std::string& out, std::uint64_t number) { write_bytes(out, number, 8, true); }
void write_little8(std::string& out, std::uint64_t number) { write_bytes(out, number, 8, false); }
void write_hex_digits(std::string& out, std::uint64_t number) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number, 16).ptr);
}
void write_hex8(std::string& out, std::uint64_t number) { fmt::format_to(std::back_inserter(out), "{:08x}", number); }

constexpr NumberFormat kNumbers[] = {
    {"a decimal number", write_decimal},
    {"a number of 4 bytes, highest first", write_big4},
    {"a number of 4 bytes, lowest first", write_little4},
    {"a number of 8 bytes, highest first", write_big8},
    {"a number of 8 bytes, lowest first", write_little8},
    {"a hexadecimal number", write_hex_digits},
    {"a hexadecimal number of 8 digits", write_hex8},
};

struct NumberRule {
  const NumberFormat* format = nullptr;
  crypto::DigestAlgorithm algorithm = crypto::DigestAlgorithm::md5;
  std::string before, behind;
  std::string message(std::uint64_t number) const {
    std::string text = before;
    format->write(text, number);
    return text + behind;
  }
};

// Finds digests among the targets: most are turned away by 16 of their bits.
class Meetings {
 public:
  explicit Meetings(const Targets& targets) : passed_(1U << 16) {
    for (std::size_t i = 0; i < targets.list.size(); ++i) {
      starts_.emplace_back(targets.list[i].start, i);
      passed_[targets.list[i].start >> 48] = true;
    }
    std::sort(starts_.begin(), starts_.end());
  }
  std::optional<std::size_t> find(std::uint64_t start) const {
    if (!passed_[start >> 48]) return std::nullopt;
    const auto at = std::lower_bound(starts_.begin(), starts_.end(), std::pair(start, std::size_t{0}));
    if (at == starts_.end() || at->first != start) return std::nullopt;
    return at->second;
  }

 private:
  std::vector<bool> passed_;
  std::vector<std::pair<std::uint64_t, std::size_t>> starts_;
};

struct NumberSearch {
  const Targets& targets;
  const Budget& budget;
  Meetings meetings{targets};
  std::uint64_t tried = 0;

  // Numbers first, first + stride, ... below last: number and index of a target for the first `enough` met.
  std::map<std::size_t, std::uint64_t> met(const NumberRule& rule, std::uint64_t first, std::uint64_t last, std::uint64_t stride, std::size_t enough) {
    std::map<std::size_t, std::uint64_t> found;
    Hashing hashing(targets, rule.algorithm, [&](std::uint64_t tag, std::uint64_t start, std::string_view message) {
      if (const auto at = meetings.find(start))
        if (meets(targets, targets.list[*at], rule.algorithm, message)) found.emplace(*at, tag);
    });
    std::string message;
    for (std::uint64_t number = first; number < last && found.size() < enough; number += stride) {
      message = rule.before;
      rule.format->write(message, number);
      message += rule.behind;
      hashing.add(message, number);
      if ((++tried & 0xFFFF) == 0 && budget.spent()) break;
    }
    hashing.flush();
    return found;
  }

  // From one or more meetings on: do the neighbours' numbers go on by one step?
  std::optional<Prediction> judged(const NumberRule& rule, const std::map<std::size_t, std::uint64_t>& found) {
    if (found.empty()) return std::nullopt;
    Prediction hit;
    const auto& [index, number] = *found.begin();
    std::size_t counted = 0, asked = 0;
    for (std::size_t k = 1; k <= 64; ++k)
      for (const bool up : {true, false}) {
        if (up ? index + k >= targets.list.size() : index < k) continue;
        ++asked;
        const std::size_t other = up ? index + k : index - k;
        const std::uint64_t steps = targets.list[other].token > targets.list[index].token ? targets.list[other].token - targets.list[index].token : targets.list[index].token - targets.list[other].token;
        counted += meets(targets, targets.list[other], rule.algorithm, rule.message(up ? number + steps : number - steps));
      }
    const bool counter = counted * 2 > asked;
    hit.checked = counter ? asked + 1 : targets.list.size();
    hit.right = counter ? counted + 1 : found.size();
    const double spent = std::log2(static_cast<double>(tried)) + std::log2(static_cast<double>(targets.list.size()));
    hit.attack = counter ? "hash-preimage" : "seed-bruteforce";
    std::string what = rule.format->name;
    if (counter) what = fmt::format("{} that counts up", what);
    if (!rule.before.empty() && rule.before.size() < 16) what = fmt::format("'{}' and {}", rule.before, what);
    if (!rule.behind.empty()) what = fmt::format("{} and '{}'", what, rule.behind);
    hit.generator = fmt::format("{} of {}", name_for_people(rule.algorithm), what);
    hit.view = targets.uuid_version != 0 ? fmt::format("UUID version {}", targets.uuid_version) : "whole identifier as a digest";
    hit.predicted_bits = static_cast<std::uint64_t>(std::max(0.0, static_cast<double>(found.size()) * (targets.bits() - spent)));
    std::uint64_t most = 2;
    for (const auto& [at, value] : found) most = std::max(most, value);
    hit.bits_per_value = counter ? targets.bits() : targets.bits() - std::ceil(std::log2(static_cast<double>(most)));
    if (hit.predicted_bits < 64) return std::nullopt;
    return hit;
  }
};

// A counter's numbers are a row as long as the sample: half of it is a stride that can't step over the row, though some were given to others.
std::uint64_t stride_of(const Targets& targets) { return std::max<std::uint64_t>(1, targets.list.size() / 2); }

}  // namespace

std::optional<Prediction> search_hash_of_number(std::span<const Token> tokens, const Budget& budget) {
  const Targets targets = targets_of(tokens);
  if (targets.list.size() < 4) return std::nullopt;
  NumberSearch search{targets, budget};
  const std::uint64_t stride = stride_of(targets);
  const auto attempt = [&](const NumberRule& rule, std::uint64_t last, std::uint64_t step) { return search.judged(rule, search.met(rule, step == 1 ? 0 : step / 2, last, step, 8)); };
  for (const auto algorithm : targets.algorithms)
    for (const std::string& space : namespaces(targets))
      for (const NumberFormat& format : kNumbers) {
        if (budget.spent()) return std::nullopt;
        const NumberRule rule{&format, algorithm, space, ""};
        if (auto hit = attempt(rule, stride * (std::uint64_t{1} << 15), stride)) return hit;
        if (algorithm == targets.algorithms.front())
          if (auto hit = attempt(rule, &format == kNumbers ? 1U << 17 : 1U << 16, 1)) return hit;
      }
  if (targets.uuid_version != 0) return std::nullopt;
  for (const std::string_view word : common_prefixes())
    for (const char* separator : {"", ":", "-", "_", "|", ".", " "}) {
      if (budget.spent()) return std::nullopt;
      if (auto hit = attempt({kNumbers, targets.algorithms.front(), std::string(word) + separator, ""}, stride * 1024, stride)) return hit;
      if (auto hit = attempt({kNumbers, targets.algorithms.front(), "", separator + std::string(word)}, stride * 1024, stride)) return hit;
    }
  return std::nullopt;
}

std::optional<Prediction> search_hash_of_any_number(std::span<const Token> tokens, const Budget& budget) {
  const Targets targets = targets_of(tokens);
  if (targets.list.size() < 100 || targets.uuid_version != 0) return std::nullopt;
  NumberSearch search{targets, budget};
  for (std::uint64_t round = budget.first_round();; round = budget.next_round(round)) {
    // Evenly over 2^31, then over the rest of 2^32: what is drawn from half the range would else be missed half the time.
    for (const std::uint64_t start : {std::uint64_t{0}, std::uint64_t{1} << 31})
      for (const NumberFormat& format : kNumbers) {
        if (budget.spent()) return std::nullopt;
        const std::uint64_t stride = std::max<std::uint64_t>(1, (std::uint64_t{1} << 31) / std::max<std::uint64_t>(1, round / 2));
        const NumberRule rule{&format, targets.algorithms.front(), "", ""};
        if (auto hit = search.judged(rule, search.met(rule, start + stride / 2, start + (std::uint64_t{1} << 31), stride, 2))) return hit;
      }
    if (round >= budget.trials) return std::nullopt;
  }
}

}  // namespace lintel::random
