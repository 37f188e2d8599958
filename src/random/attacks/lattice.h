// Hidden numbers: finds x with all of multipliers[i] * x + offsets[i] (mod m) below a bound, by lattice reduction (LLL) and rounding to the
// nearest plane (Lenstra, Lenstra, Lovasz 1982; Babai 1986; for truncated generators Frieze et al. 1988).
#pragma once
#include <optional>
#include <vector>

#include "random/attacks/modular.h"

namespace lintel::random {

// The reduced lattice depends on the generator alone: made once, asked for many samples.
class HiddenNumber {
 public:
  HiddenNumber(const Congruence& generator, std::size_t outputs);  // at most 32; some milliseconds for 24
  std::size_t outputs() const { return basis_.size(); }
  // x = q[0] with q[i] = a^i x + offsets[i] (mod m) in 0 ... bound - 1. nullopt: none found. Needs outputs() offsets.
  std::optional<Wide> solve(const std::vector<Wide>& offsets, Wide bound) const;

 private:
  Wide modulus_;
  std::vector<Wide> powers_;
  std::vector<std::vector<SignedWide>> basis_;
  std::vector<std::vector<long double>> orthogonal_;
  std::vector<long double> norms_;
};

}  // namespace lintel::random
