#include "random/attacks/evidence.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

namespace lintel::random {
namespace {

constexpr double kHitRate = 0.97;  // what an attack that is right is supposed to reach: others may draw in between
constexpr std::size_t kLeastRows = 8;

}  // namespace

Evidence::Evidence(const Stream& stream) : stream_(stream) {
  // Few identifiers of many values: positions are pooled.
  const std::size_t positions = stream.values.size() / std::max<std::size_t>(stream.per_id, 1) >= kLeastRows ? stream.per_id : 1;
  sorted_.resize(std::max<std::size_t>(positions, 1));
  for (std::size_t i = 0; i < stream.values.size(); ++i) sorted_[i % sorted_.size()].push_back(stream.values[i]);
  for (auto& values : sorted_) std::sort(values.begin(), values.end());
}

void Evidence::count(bool right, double chance) {
  ++now_.checked;
  now_.right += right;
  now_.bits += right ? std::log2(kHitRate / std::min(chance, kHitRate)) : std::log2((1 - kHitRate) / std::max(1 - chance, 1 - kHitRate));
  if (now_.bits > best_.bits) best_ = now_;
}

void Evidence::foretold(std::size_t index, std::uint64_t value) {
  const std::uint64_t top = stream_.range - 1, slack = stream_.slack;  // range 0 wraps to the largest value
  const Interval one{value > slack ? value - slack : 0, value < top - slack ? value + slack : top};
  foretold(index, {&one, 1});
}

void Evidence::foretold(std::size_t index, std::span<const Interval> any_of) {
  if (unchanged(index)) return;
  const std::uint64_t value = stream_.values[index];
  const auto& values = sorted_[index % sorted_.size()];
  std::size_t seen = 0;
  bool right = false;
  const auto add = [&](std::uint64_t first, std::uint64_t last) {
    seen += static_cast<std::size_t>(std::upper_bound(values.begin(), values.end(), last) - std::lower_bound(values.begin(), values.end(), first));
    right |= first <= value && value <= last;
  };
  for (const Interval& one : any_of) {
    if (one.first <= one.last) add(one.first, one.last);
    else add(0, one.last), add(one.first, stream_.range - 1);
  }
  count(right, static_cast<double>(seen + 1) / static_cast<double>(values.size() + 1));
}

std::optional<Prediction> Evidence::prediction(std::string attack, std::string generator, double bits_per_value) const {
  if (best_.bits < kLeastBits) return std::nullopt;
  Prediction found;
  found.attack = std::move(attack);
  found.generator = std::move(generator);
  found.view = stream_.view;
  found.predicted_bits = static_cast<std::uint64_t>(best_.bits);
  found.checked = best_.checked;
  found.right = best_.right;
  found.bits_per_value = bits_per_value;
  return found;
}

std::uint64_t known_bits(const Stream& stream, std::size_t index) {
  const std::uint64_t all = stream.range == 0 ? ~std::uint64_t{0} : std::bit_ceil(stream.range) - 1;
  return stream.known.empty() ? all : stream.known[index % stream.known.size()] & all;
}

unsigned width_of(std::uint64_t range) { return range == 0 ? 64 : static_cast<unsigned>(std::bit_width(range - 1)); }
double bits_of(std::uint64_t range) { return range == 0 ? 64 : std::log2(static_cast<double>(range)); }
std::uint64_t largest(const Stream& stream) { return stream.values.empty() ? 0 : *std::max_element(stream.values.begin(), stream.values.end()); }

std::vector<std::size_t> widest_first(std::span<const Stream> streams) {
  std::vector<std::size_t> order(streams.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return width_of(streams[a].range) > width_of(streams[b].range); });
  return order;
}

std::optional<Prediction> with_stream(std::optional<Prediction> prediction, std::size_t index) {
  if (prediction) prediction->stream = index;
  return prediction;
}

}  // namespace lintel::random
