// Tests 7 and 8: how often patterns that can't overlap themselves stand in eight blocks; runs of ones, overlaps counted.
#include <cmath>
#include <string>

#include "random/sp800_22/sp800_22.h"
#include "random/statistics/counting.h"
#include "random/statistics/gamma.h"
#include "random/statistics/patterns.h"

namespace lintel::random::sp800_22 {

using namespace bits;
using namespace statistics;
namespace {

constexpr std::size_t kTemplateBlocks = 8;

std::string binary_text(std::size_t value, std::size_t length) {
  std::string text(length, '0');
  for (std::size_t i = 0; i < length; ++i) text[i] = (value >> (length - 1 - i) & 1) != 0 ? '1' : '0';
  return text;
}

// A compound Poisson distribution: u occurrences in a block when runs begin at rate eta.
double occurrence_probability(std::size_t u, double eta) {
  if (u == 0) return std::exp(-eta);
  double sum = 0;
  const auto count = static_cast<double>(u);
  for (std::size_t l = 1; l <= u; ++l) {
    const auto runs = static_cast<double>(l);
    sum += std::exp(-eta - count * M_LN2 + runs * std::log(eta) - std::lgamma(runs + 1) + std::lgamma(count) - std::lgamma(runs) - std::lgamma(count - runs + 1));
  }
  return sum;
}

}  // namespace

std::vector<std::size_t> aperiodic_templates(std::size_t length) {
  std::vector<std::size_t> found;
  for (std::size_t value = 0; value < std::size_t{1} << length; ++value) {
    bool overlaps = false;
    for (std::size_t shift = 1; shift < length && !overlaps; ++shift) overlaps = value >> shift == (value & ((std::size_t{1} << (length - shift)) - 1));
    if (!overlaps) found.push_back(value);
  }
  return found;
}

Outcomes non_overlapping_templates(const Bits& bits, std::size_t length) {
  const std::size_t block = bits.size / kTemplateBlocks;
  const auto m = static_cast<double>(length);
  const double mean = (static_cast<double>(block) - m + 1) * std::exp2(-m);
  const double variance = static_cast<double>(block) * (std::exp2(-m) - (2 * m - 1) * std::exp2(-2 * m));
  // Such a pattern stands nowhere twice within its own length, so that one count of all patterns answers for each.
  std::vector<std::vector<std::uint32_t>> counts;
  for (std::size_t i = 0; i < kTemplateBlocks; ++i) counts.push_back(line_patterns(bits, i * block, (i + 1) * block, length));
  Outcomes outcomes;
  for (const std::size_t pattern : aperiodic_templates(length)) {
    double statistic = 0;
    for (const auto& block_counts : counts) statistic += (block_counts[pattern] - mean) * (block_counts[pattern] - mean) / variance;
    outcomes.push_back(ran("non_overlapping_template", binary_text(pattern, length), chi_square_tail(statistic, kTemplateBlocks), {{"chi_square", statistic}}));
  }
  return outcomes;
}

Outcome overlapping_templates(const Bits& bits, std::size_t length) {
  constexpr std::size_t kBlock = 1032, kClasses = 6;
  const double eta = static_cast<double>(kBlock - length + 1) * std::exp2(-static_cast<double>(length)) / 2;
  std::vector<double> probabilities(kClasses, 0);
  double rest = 1;
  for (std::size_t u = 0; u + 1 < kClasses; ++u) rest -= probabilities[u] = occurrence_probability(u, eta);
  probabilities.back() = rest;
  std::vector<std::uint64_t> runs = bits.words;  // marks where `length` ones begin
  for (std::size_t step = 1; step < length; ++step)
    for (std::size_t i = 0; i + 1 < runs.size(); ++i) runs[i] &= bits.words[i] << step | bits.words[i + 1] >> (64 - step);
  std::vector<std::uint64_t> classes(kClasses, 0);
  for (std::size_t at = 0; at + kBlock <= bits.size; at += kBlock) ++classes[std::min(count_ones(runs, at, at + kBlock - length + 1), kClasses - 1)];
  const double statistic = chi_square(classes, probabilities, bits.size / kBlock);
  return ran("overlapping_template", std::string(length, '1'), chi_square_tail(statistic, kClasses - 1), {{"blocks", static_cast<double>(bits.size / kBlock)}, {"chi_square", statistic}});
}

}  // namespace lintel::random::sp800_22
