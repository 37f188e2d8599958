// Discrete Fourier transform of a sequence of signs, of any length: what the spectral tests look at.
#pragma once
#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "random/bits/bits.h"

namespace lintel::random::statistics {

using bits::Bits;

// Prepared roots of unity for one length; may serve many sequences and threads at once.
struct FourierPlan {
  struct Pass {
    std::size_t factor = 0, below = 0;           // joins `factor` transforms of length `below`
    std::vector<std::complex<double>> roots;     // root^(j*k): k from 0 below `below`, j from 1 below `factor`
    std::vector<std::complex<double>> own;       // roots of `factor` itself, for factors without a butterfly of their own
  };
  std::size_t size = 0;                          // of the sequence
  std::size_t half = 0;                          // of the complex transform: size / 2 when size is even
  std::vector<Pass> passes;                      // the last one first; empty: Bluestein's way, through `padded`
  std::vector<std::complex<double>> split;       // root^k of size, to take the two halves apart
  std::vector<std::complex<double>> chirp, chirp_transform;
  std::vector<Pass> padded;                      // of a power of two
};

inline constexpr std::size_t kLongestFourier = std::size_t{1} << 24;  // bits; half a gigabyte is needed then

// Blocks for about as long as one transform. Memory: about 32 bytes a bit, three times that when a prime factor above 31 is in it.
FourierPlan plan_fourier(std::size_t size);
// The squares of the first size/2 magnitudes of the transform of +1 (a one) and -1 (a zero). Requires: bits.size == plan.size.
std::vector<double> power_spectrum(const FourierPlan& plan, const Bits& bits);

}  // namespace lintel::random::statistics
