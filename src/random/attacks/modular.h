// Arithmetic modulo numbers of up to 64 bits, 2^64 included (a modulus of type Wide).
#pragma once
#include <cstdint>
#include <optional>
#include <utility>

namespace lintel::random {

__extension__ typedef unsigned __int128 Wide;
__extension__ typedef __int128 SignedWide;

inline bool is_power_of_two(Wide modulus) { return (modulus & (modulus - 1)) == 0; }
// Most moduli are powers of two, where a division of 128 bits would take most of the time.
inline Wide reduced(Wide value, Wide modulus) { return is_power_of_two(modulus) ? value & (modulus - 1) : value % modulus; }
inline Wide times(Wide a, Wide b, Wide modulus) { return reduced(a * b, modulus); }  // a, b < 2^64
inline Wide plus(Wide a, Wide b, Wide modulus) { return reduced(a + b, modulus); }
inline Wide minus(Wide a, Wide b, Wide modulus) { return a >= b ? a - b : a + modulus - b; }

inline Wide greatest_common_divisor(Wide a, Wide b) {
  while (b != 0) a = std::exchange(b, a % b);
  return a;
}

// By Euclid; nullopt when there is none.
inline std::optional<Wide> inverse(Wide a, Wide modulus) {
  SignedWide r0 = static_cast<SignedWide>(modulus), r1 = static_cast<SignedWide>(a), t0 = 0, t1 = 1;
  while (r1 != 0) {
    const SignedWide q = r0 / r1;
    r0 = std::exchange(r1, r0 - q * r1);
    t0 = std::exchange(t1, t0 - q * t1);
  }
  if (r0 != 1) return std::nullopt;
  return static_cast<Wide>(t0 < 0 ? t0 + static_cast<SignedWide>(modulus) : t0);
}

// x -> a x + c modulo m.
struct Congruence {
  Wide a = 1, c = 0, m = 0;
  Wide after(Wide x) const { return plus(times(a, x, m), c, m); }
  // n steps at once.
  Congruence steps(unsigned n) const {
    Congruence all{1, 0, m};
    for (; n > 0; --n) all = {times(all.a, a, m), plus(times(a, all.c, m), c, m), m};
    return all;
  }
};

}  // namespace lintel::random
