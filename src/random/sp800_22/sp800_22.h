// The fifteen tests of NIST SP 800-22 rev 1a on one sequence. Constants are those of NIST's own program, version 2.1.2 (where the text rounds
// otherwise, it says so at the function). The functions compute whatever they are given; run_suite() first asks what each test needs.
// Pure; a sequence of a million bits takes some 25 ms.
#pragma once
#include <cstddef>
#include <vector>

#include "random/bits/bits.h"
#include "random/statistics/fourier.h"
#include "random/statistics/outcome.h"

namespace lintel::random::sp800_22 {

using bits::Bits;
using statistics::FourierPlan;
using statistics::Outcome;

inline constexpr double kLevel = 0.01;  // a p-value below it does not pass

struct Parameters {
  std::size_t block_frequency = 128;
  std::size_t template_length = 9;       // of both template tests; 2 to 16
  std::size_t serial = 16, approximate_entropy = 10;
  std::size_t linear_complexity = 500;
};
// Those for sequences of this length: serial and approximate_entropy get shorter where the publication's own bounds (2.11.7, 2.12.7) ask for it.
Parameters parameters_for(std::size_t size);

using Outcomes = std::vector<Outcome>;

Outcome frequency(const Bits& bits);
Outcome block_frequency(const Bits& bits, std::size_t block);
Outcomes cumulative_sums(const Bits& bits);
Outcome runs(const Bits& bits);
Outcome longest_run_of_ones(const Bits& bits);
Outcome rank(const Bits& bits);
Outcome spectral(const Bits& bits, const FourierPlan& plan);
Outcomes non_overlapping_templates(const Bits& bits, std::size_t length);
Outcome overlapping_templates(const Bits& bits, std::size_t length);
Outcome universal(const Bits& bits);
Outcomes excursions(const Bits& bits);  // both tests; one Outcome each when there are too few cycles
Outcome linear_complexity(const Bits& bits, std::size_t block);
// Serial (two p-values) and approximate entropy: one count of patterns serves both. A length of 0 leaves that one out.
Outcomes serial_and_entropy(const Bits& bits, std::size_t serial, std::size_t entropy);

// All of them, in the publication's order. plan: of bits.size; made here when it is null.
Outcomes run_suite(const Bits& bits, const FourierPlan* plan = nullptr);

// Patterns of this length that no shift of themselves overlaps, in rising order: 148 for 9.
std::vector<std::size_t> aperiodic_templates(std::size_t length);

}  // namespace lintel::random::sp800_22
