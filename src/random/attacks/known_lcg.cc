#include "random/attacks/known_lcg.h"

namespace lintel::random {

std::span<const KnownLcg> known_lcgs() {
  constexpr Wide one = 1;
  // java.util.Random: its documented algorithm. POSIX drand48: IEEE Std 1003.1. MSVC, Borland, Delphi, Visual Basic: their run-time libraries.
  // ANSI C: the example in ISO 9899. Numerical Recipes: ranqd1. newlib and musl: Knuth's multiplier (TAOCP 2, 3.3.4). MINSTD: Park and Miller
  // 1988, 1993. PHP's lcg_value: L'Ecuyer 1988, two generators, together one modulo the product of their moduli.
  constexpr Congruence java{0x5DEECE66DU, 0xBU, one << 48};
  constexpr Wide m1 = 2147483563, m2 = 2147483399;
  static const Wide lecuyer = [] {  // = 40014 mod m1, = 40692 mod m2
    const Wide t = times(minus(40692, 40014, m2), *inverse(m1 % m2, m2), m2);
    return 40014 + m1 * t;
  }();
  static const KnownLcg list[] = {
      {"java.util.Random or drand48() (48 bits, congruential)", "lcg48", java, 16, 32},
      {"java.util.Random or drand48() (48 bits, congruential)", "lcg48", java, 17, 31, true},
      {"java.util.Random or drand48() (48 bits, congruential)", "lcg48", java, 16, 32, false, 2},
      {"java.util.Random or drand48() (48 bits, congruential)", "lcg48", java, 0, 48},
      {"rand() of Microsoft's C library", "lcg truncated", {214013, 2531011, one << 31}, 16, 15, true},
      {"rand() of the example in ISO C", "lcg truncated low bits", {1103515245, 12345, one << 31}, 16, 15, true},
      {"the quick generator of Numerical Recipes", "lcg truncated", {1664525, 1013904223, one << 32}, 0, 32},
      {"rand() of Borland's C library", "lcg truncated", {22695477, 1, one << 31}, 16, 15, true},
      {"Random() of Delphi", "lcg truncated", {134775813, 1, one << 32}, 0, 32},
      {"Rnd() of Visual Basic", "lcg truncated", {1140671485, 12820163, one << 24}, 0, 24},
      {"rand() of newlib", "lcg64 truncated", {6364136223846793005U, 1, one << 63}, 32, 31},
      {"rand() of musl", "lcg64 truncated", {6364136223846793005U, 1, one << 64}, 33, 31},
      {"Knuth's MMIX generator", "lcg64 truncated", {6364136223846793005U, 1442695040888963407U, one << 64}, 32, 32},
      {"MINSTD, 16807", "lcg", {16807, 0, (one << 31) - 1}, 0, 31},
      {"MINSTD, 48271", "lcg", {48271, 0, (one << 31) - 1}, 0, 31},
      {"lcg_value() of PHP", "combined LCG", {lecuyer, 0, m1 * m2}, 0, 62},
  };
  return list;
}

}  // namespace lintel::random
