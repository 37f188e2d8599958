// What right predictions are worth. A value that is foretold scores log2(1 / p), where p is how often the same position of the sample shows
// one of the foretold values anyway: constant parts are worth nothing, a value of N different ones at most log2(N). A value that is
// the same as in the identifier before is left out: clocks and repeated identifiers stand still without being foretold. Misses cost. The sum is the
// logarithm of a likelihood ratio, so unpredictable identifiers reach b bits with a chance of at most 2^-b, whatever their alphabet.
#pragma once
#include <algorithm>
#include <optional>
#include <string>

#include "random/attacks/attack.h"

namespace lintel::random {

inline constexpr double kLeastBits = 64;
inline constexpr std::size_t kMostChecked = 3000;  // values that an attack foretells: more would prove no more

// first ... last, both included; first > last runs over the end of the range (a sum that wraps).
struct Interval { std::uint64_t first = 0, last = 0; };

class Evidence {
 public:
  explicit Evidence(const Stream& stream);  // the stream has to outlive it
  // The attack says that the value at index is `value`, give or take the stream's slack; or that it lies in one of some intervals.
  void foretold(std::size_t index, std::uint64_t value);
  void foretold(std::size_t index, std::span<const Interval> any_of);
  // ... that `matches` holds for it: costs a look at all values of its position.
  template <class Matches>
  void foretold_if(std::size_t index, Matches matches) {
    if (unchanged(index)) return;
    const auto& values = sorted_[index % sorted_.size()];
    const auto seen = std::count_if(values.begin(), values.end(), matches);
    count(matches(stream_.values[index]), static_cast<double>(seen + 1) / static_cast<double>(values.size() + 1));
  }
  std::uint64_t checked() const { return now_.checked; }
  // Nothing has come right for so long that it is no use to go on.
  bool hopeless() const { return now_.bits < best_.bits - 512; }
  // nullopt below kLeastBits.
  std::optional<Prediction> prediction(std::string attack, std::string generator, double bits_per_value) const;

 private:
  bool unchanged(std::size_t index) const { return index >= stream_.per_id && stream_.values[index] == stream_.values[index - stream_.per_id]; }
  void count(bool right, double chance);
  const Stream& stream_;
  std::vector<std::vector<std::uint64_t>> sorted_;  // values by position
  struct Sum { std::uint64_t checked = 0, right = 0; double bits = 0; };
  Sum now_, best_;  // the best moment counts: its chance has the same bound (Ville), and a generator may lose step later
};

// The bits of the stream's values at an index that come from the generator.
std::uint64_t known_bits(const Stream& stream, std::size_t index);
// ceil(log2(range)), 64 for 0: bits of a value.
unsigned width_of(std::uint64_t range);
// log2 of the range.
double bits_of(std::uint64_t range);
std::uint64_t largest(const Stream& stream);
// Indices of streams: the same numbers read as wider ones tell people more.
std::vector<std::size_t> widest_first(std::span<const Stream> streams);
// Sets the index of the stream that an attack hit.
std::optional<Prediction> with_stream(std::optional<Prediction> prediction, std::size_t index);

}  // namespace lintel::random
