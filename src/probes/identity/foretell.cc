#include "probes/identity/foretell.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "probes/identity/allocation.h"
#include "probes/identity/derived.h"
#include "random/attacks/attack.h"

namespace lintel::probes::identity {
namespace {

constexpr std::size_t kMostProducts = 4;            // the largest are attacked on their own
constexpr std::size_t kMostOfProduct = 20'000;      // values of one, for attacks
constexpr std::size_t kMostForDerivation = 1 << 20; // values of all

std::string upper_text(const Table& table, const Group& group) { return fmt::format("{:014X}", table.entries[group.first].upper()); }

// Values spread over the whole list, each once.
std::vector<std::uint32_t> spread(const Table& table) {
  const std::size_t step = table.randoms.size() / kMostForDerivation + 1;
  std::vector<std::uint32_t> values;
  for (const Group& group : table.groups)
    if (group.different >= kLeastForPattern)
      for (std::size_t i = 0; i < group.size; i += step) values.push_back(table.randoms[group.first + i]);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

// Lists are sorted before they are handed in, or put together of sorted ones. Then the order is of those who made the list, neighbours lie closer than
// a third of the range, and attacks would take the order for a generator's. Random values look so with a chance of 1 in 10,000.
bool is_ordered_by_value(std::span<const std::uint32_t> values) {
  if (std::is_sorted(values.begin(), values.end()) || std::is_sorted(values.rbegin(), values.rend())) return true;
  for (std::size_t lag = 1; lag <= 4 && lag + 1 < values.size(); ++lag) {
    double sum = 0;
    for (std::size_t i = lag; i < values.size(); ++i) sum += std::abs(static_cast<double>(values[i]) - static_cast<double>(values[i - lag]));
    const double count = static_cast<double>(values.size() - lag);
    // Standard deviation of one distance, with that of overlapping pairs: sqrt(1/18 + 2 (7/60 - 1/9)).
    if (sum / count / 0x1p32 < 1.0 / 3 - 4 * 0.2582 / std::sqrt(count)) return true;
  }
  return false;
}

}  // namespace

std::optional<std::vector<Foretold>> foretell(const Table& table, Deadline deadline, const Cancel& cancel) {
  std::vector<Group> largest;
  for (const Group& group : table.groups)
    if (group.different >= kLeastForPattern) largest.push_back(group);
  if (largest.empty()) return std::vector<Foretold>();
  const std::size_t most = std::min(largest.size(), kMostProducts);
  std::partial_sort(largest.begin(), largest.begin() + static_cast<std::ptrdiff_t>(most), largest.end(), [](const Group& a, const Group& b) { return std::pair(a.different, b.first) > std::pair(b.different, a.first); });
  largest.resize(most);

  std::vector<Foretold> found;
  std::vector<std::string> prefixes;
  for (const Group& group : largest) prefixes.push_back(upper_text(table, group));
  prefixes.resize(1);  // of the largest: each costs as much as all that stands alone
  if (auto derived = find_derivation(spread(table), prefixes, deadline, cancel)) found.push_back({"", std::move(derived->how), derived->values});

  const random::Budget budget{.deadline = deadline, .cancel = &cancel};
  for (const Group& group : largest) {
    const auto values = in_order(table, group);
    if (is_ordered_by_value(values)) continue;
    random::Stream stream;
    stream.view = "random field, in the order of the list";
    stream.range = std::uint64_t{1} << 32;
    const auto first = values.first(std::min(values.size(), kMostOfProduct));
    stream.values.assign(first.begin(), first.end());
    for (const random::Attack& attack : random::attacks()) {
      if (attack.on_streams == nullptr || attack.cost != random::Cost::quick) continue;
      if (auto prediction = attack.on_streams({&stream, 1}, budget)) {
        found.push_back({upper_text(table, group), std::move(prediction->generator), prediction->right});
        break;
      }
    }
  }
  if (found.empty() && budget.spent()) return std::nullopt;
  return found;
}

}  // namespace lintel::probes::identity
