// Statistical tests of identifiers as identifiers: characters by position, within an identifier, from one to the next. A small p says that fair draws
// would hardly look so; it is a reason to look closer and never a verdict by itself, for a bias may cost next to nothing.
#pragma once
#include <string>
#include <vector>

#include "random/tokens/statistics.h"

namespace lintel::random::tokens {

// Chance, over all tests of one sample together, below which a structure counts as found; above it and below kSampleAgain a second sample decides.
inline constexpr double kFound = 1e-6, kSampleAgain = 1e-3;

struct Test {
  std::string name;     // "characters, all positions"
  double p = 1;         // upper bound where the exact value has no closed form
  double adjusted = 1;  // by Holm, over all tests of the sample
};

// Sorted by p. Only positions count that are free: all identifiers have them, they follow no sequence and use their whole alphabet; of identifiers whose
// lengths differ or whose alphabet is no power of two, the first two free positions are left out, as leading digits of numbers are never even.
// `found` is examine(ids).
std::vector<Test> tests_of(const std::vector<std::string>& ids, const Statistics& found);

// Fisher's combination of one test's p from two samples, multiplied by how many tests there were to choose from.
double combined(double first_p, double second_p, std::size_t tests);

// What identifiers tell of the next one at the same position, learned on the first half of the sample and tried on the second.
struct Memory {
  std::uint64_t predicted_bits = 0;  // gain over what the frequencies of characters give
  std::uint64_t checked = 0, right = 0;
  double bits_without = 0;           // nominal bits of the free positions that show nothing of the kind
  double bits_left = 0;              // of all free positions
};
Memory memory_of(const std::vector<std::string>& ids, const Statistics& found);

// At most so many bits are unpredictable to whom always guesses the character that was commonest before: learned at each position on the first half of
// the sample, counted on the second, and six standard deviations added to the sum, so that luck never makes it too small. Sharper than the bounds of
// each position together; found.effective_bits where it is not, or where the sample is too small for it.
double bits_by_guessing(const std::vector<std::string>& ids, const Statistics& found);

}  // namespace lintel::random::tokens
