// What a sample of identifiers, in the order of issue, shows from outside. It can refute strength, never prove it: a seeded generator
// passes all of this.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "random/tokens/alphabet.h"
#include "random/tokens/columns.h"
#include "random/tokens/sequence.h"

namespace lintel::random::tokens {

inline constexpr double kStrongBits = 64;        // least that guessing at a live server needs
inline constexpr std::size_t kLeastSample = 200;  // identifiers; below, a generator of few values or a weak order may go unseen

struct PositionEntropy {
  std::size_t position = 0;   // from 0, of the longest identifier
  std::size_t symbols = 0;
  double entropy_bits = 0;
};

struct Statistics {
  std::size_t count = 0, unique = 0, duplicates = 0;  // duplicates: identifiers that were there before
  std::size_t shortest = 0, longest = 0;
  Alphabet alphabet;           // of the positions that vary
  double nominal_bits = 0;     // what the identifiers could hold: positions times alphabet
  // At most this much is unpredictable. Per position -log2 of the most common value's probability, its lower bound, and never more than
  // what equal symbols give, so that a strong generator is not blamed for a small sample; less what earlier identifiers tell; not more than
  // the independent bits; not more than repeated identifiers allow.
  double effective_bits = 0;
  std::optional<std::size_t> independent_bits;
  std::vector<PositionEntropy> positions;
  std::size_t constant_positions = 0;
  std::vector<Window> sequences;
  bool monotone = false;       // sequences explain so much that less than kStrongBits are left
  std::size_t test_bits = 0, test_ones = 0;  // what went into the tests
  std::optional<double> monobit, runs, serial, smallest_p;
};

Statistics examine(const std::vector<std::string>& ids);
// Without those that repeat the one just before.
// The lowest probability that a value seen `hits` times in n draws may have; the chance to be wrong is below `chance`.
double lower_probability(std::size_t hits, std::size_t n, double chance);

}  // namespace lintel::random::tokens
