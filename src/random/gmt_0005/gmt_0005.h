// The fifteen tests of GM/T 0005-2021 on one sequence, each with the P-value that decides on the sequence and the Q-value whose spread over many
// sequences is judged. Parameters for 20,000, a million and a hundred million bits are the standard's; other lengths take those of the next shorter
// one. Known answers of two public implementations (Trisia's randomness, opengm_rts) agree with all values to 1e-9, but for Trisia's spectral test,
// which is not of the sequence's own length. Pure.
#pragma once
#include <cstddef>
#include <vector>

#include "random/bits/bits.h"
#include "random/statistics/fourier.h"
#include "random/statistics/outcome.h"

namespace lintel::random::gmt_0005 {

using bits::Bits;
using statistics::FourierPlan;
using statistics::Outcome;
using Outcomes = std::vector<Outcome>;

struct Parameters {
  std::size_t block_frequency = 0, longest_run = 0;
  std::vector<std::size_t> poker, serial, derivative, autocorrelation, entropy;
  std::vector<std::size_t> linear_complexity;  // empty: rank, linear complexity and Maurer's test take longer sequences
};
inline constexpr std::size_t kShortest = 20000;
// Requires: size >= kShortest.
Parameters parameters_for(std::size_t size);

Outcome frequency(const Bits& bits);
Outcome block_frequency(const Bits& bits, std::size_t block);
Outcome poker(const Bits& bits, std::size_t length);
Outcomes serial(const Bits& bits, std::size_t length);
Outcome runs(const Bits& bits);
Outcome run_distribution(const Bits& bits);
Outcomes longest_runs(const Bits& bits, std::size_t block);  // of ones, of zeros; block is 8, 128 or 10,000
Outcome binary_derivative(const Bits& bits, std::size_t times);
Outcome autocorrelation(const Bits& bits, std::size_t distance);
Outcome rank(const Bits& bits);
Outcomes cumulative_sums(const Bits& bits);
Outcome approximate_entropy(const Bits& bits, std::size_t length);
Outcome linear_complexity(const Bits& bits, std::size_t block);
Outcome universal(const Bits& bits);
Outcome spectral(const Bits& bits, const FourierPlan& plan);

// All of them, in the standard's order. plan: of bits.size; made here when it is null.
Outcomes run_suite(const Bits& bits, const FourierPlan* plan = nullptr);

}  // namespace lintel::random::gmt_0005
