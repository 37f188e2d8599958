#include "probes/identity/allocation.h"

#include <algorithm>
#include <cmath>

namespace lintel::probes::identity {
namespace {

constexpr std::uint32_t kNear = 16;
constexpr std::size_t kUpperBytes = 7;  // version, vendor, product

bool same_upper(const Id& a, const Id& b) { return std::equal(a.begin(), a.begin() + kUpperBytes, b.begin()); }
bool same_random(const Id& a, const Id& b) { return std::equal(a.begin(), a.begin() + kUpperBytes + 4, b.begin()); }

// Visits runs of neighbours that `same` joins.
template <class Same, class Visit>
void for_each_run(const std::vector<Id>& sorted, Same same, Visit visit) {
  for (std::size_t first = 0, last = 0; first < sorted.size(); first = last) {
    last = first + 1;
    while (last < sorted.size() && same(sorted[first], sorted[last])) ++last;
    visit(first, last);
  }
}

bool constant_step(const std::vector<std::uint32_t>& values) {
  const std::uint32_t step = values[1] - values[0];
  for (std::size_t i = 2; i < values.size(); ++i)
    if (values[i] - values[i - 1] != step) return false;
  return step != 0;
}

}  // namespace

Repeats repeated_ids(const std::vector<Id>& ids) {
  std::vector<Id> sorted = ids;
  std::sort(sorted.begin(), sorted.end());
  Repeats repeats;
  for_each_run(sorted, std::equal_to<Id>(), [&](std::size_t first, std::size_t last) {
    if (last - first < 2) return;
    ++repeats.count;
    if (repeats.shown.size() < kShown) repeats.shown.push_back(to_text(sorted[first]));
  });
  return repeats;
}

bool is_sequential(const std::vector<std::uint32_t>& values) {
  std::vector<std::uint32_t> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  if (sorted.size() < kLeastForSequence) return false;
  if (constant_step(values)) return true;

  std::vector<std::uint32_t> gaps;
  for (std::size_t i = 1; i < sorted.size(); ++i) gaps.push_back(sorted[i] - sorted[i - 1]);
  const std::size_t half = gaps.size() / 2;
  if (static_cast<std::size_t>(std::count_if(gaps.begin(), gaps.end(), [](std::uint32_t gap) { return gap <= kNear; })) > half) return true;
  // If one distance makes up more than half of the gaps, it is the median.
  std::nth_element(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(half), gaps.end());
  const std::uint32_t median = gaps[half];
  if (static_cast<std::size_t>(std::count(gaps.begin(), gaps.end(), median)) > half) return true;

  // n values within a range R have the chance n (R / 2^32)^(n-1).
  const double count = static_cast<double>(sorted.size());
  const double range = static_cast<double>(sorted.back() - sorted.front()) + 1;
  return std::log2(count) + (count - 1) * (std::log2(range) - 32) < -64;
}

Randoms examine_randoms(const std::vector<Id>& ids) {
  Randoms randoms;
  randoms.count = ids.size();
  std::vector<Id> sorted = ids;
  std::sort(sorted.begin(), sorted.end());
  for_each_run(sorted, same_random, [&](std::size_t first, std::size_t last) {
    ++randoms.unique;
    if (last - first < 2) return;
    ++randoms.repeated.count;
    if (randoms.repeated.shown.size() < kShown) randoms.repeated.shown.push_back(field(sorted[first], 14, 8));
  });

  // By product, each in the order of the list.
  std::vector<Id> grouped = ids;
  std::stable_sort(grouped.begin(), grouped.end(), [](const Id& a, const Id& b) {
    return std::lexicographical_compare(a.begin(), a.begin() + kUpperBytes, b.begin(), b.begin() + kUpperBytes);
  });
  for_each_run(grouped, same_upper, [&](std::size_t first, std::size_t last) {
    std::vector<std::uint32_t> values;
    for (std::size_t i = first; i < last; ++i) values.push_back(random_of(grouped[i]));
    std::vector<std::uint32_t> different = values;
    std::sort(different.begin(), different.end());
    const auto end = std::unique(different.begin(), different.end());
    if (static_cast<std::size_t>(end - different.begin()) < kLeastForSequence) return;
    randoms.sequential = randoms.sequential.value_or(false) || is_sequential(values);
  });
  return randoms;
}

}  // namespace lintel::probes::identity
