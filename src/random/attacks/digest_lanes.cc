#include "random/attacks/digest_lanes.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace lintel::random {
namespace {

typedef std::uint32_t Lanes __attribute__((vector_size(4 * kLanes)));
using Block = std::array<Lanes, 16>;

inline Lanes rotated(Lanes value, unsigned by) { return value << by | value >> (32 - by); }
inline Lanes all(std::uint32_t value) { return Lanes{} + value; }

enum class Order { lowest_first, highest_first };

Block block_of(const std::array<std::string_view, kLanes>& messages, Order order) {
  Block block{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    std::array<std::uint8_t, 64> bytes{};
    std::memcpy(bytes.data(), messages[lane].data(), messages[lane].size());
    bytes[messages[lane].size()] = 0x80;
    const std::size_t bits = 8 * messages[lane].size();
    const std::size_t low = order == Order::lowest_first ? 56 : 63, next = order == Order::lowest_first ? 57 : 62;
    bytes[low] = static_cast<std::uint8_t>(bits);
    bytes[next] = static_cast<std::uint8_t>(bits >> 8);
    for (std::size_t i = 0; i < 16; ++i) {
      std::uint32_t word = 0;
      std::memcpy(&word, &bytes[4 * i], 4);
      if ((std::endian::native == std::endian::little) != (order == Order::lowest_first)) word = __builtin_bswap32(word);
      block[i][lane] = word;
    }
  }
  return block;
}

std::array<std::uint64_t, kLanes> joined(Lanes first, Lanes second) {
  std::array<std::uint64_t, kLanes> result{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) result[lane] = std::uint64_t{first[lane]} << 32 | second[lane];
  return result;
}

// RFC 1321.
std::array<std::uint64_t, kLanes> md5(const Block& block) {
  static const auto sines = [] {
    std::array<std::uint32_t, 64> made{};
    for (std::size_t i = 0; i < 64; ++i) made[i] = static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
    return made;
  }();
  constexpr unsigned turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  Lanes a = all(0x67452301U), b = all(0xEFCDAB89U), c = all(0x98BADCFEU), d = all(0x10325476U);
#pragma GCC unroll 80
  for (std::size_t i = 0; i < 64; ++i) {
    const std::size_t round = i / 16, word = round == 0 ? i : round == 1 ? (5 * i + 1) % 16 : round == 2 ? (3 * i + 5) % 16 : 7 * i % 16;
    const Lanes mixed = round == 0 ? (b & c) | (~b & d) : round == 1 ? (d & b) | (~d & c) : round == 2 ? b ^ c ^ d : c ^ (b | ~d);
    const Lanes sum = a + mixed + block[word] + sines[i];
    a = d;
    d = c;
    c = b;
    b += rotated(sum, turns[round][i % 4]);
  }
  auto result = joined(a + 0x67452301U, b + 0xEFCDAB89U);
  for (auto& one : result) one = std::uint64_t{__builtin_bswap32(static_cast<std::uint32_t>(one >> 32))} << 32 | __builtin_bswap32(static_cast<std::uint32_t>(one));
  return result;
}

// FIPS 180-4.
std::array<std::uint64_t, kLanes> sha1(const Block& block) {
  std::array<Lanes, 80> w;
#pragma GCC unroll 80
  for (std::size_t i = 0; i < 80; ++i) w[i] = i < 16 ? block[i] : rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  Lanes a = all(0x67452301U), b = all(0xEFCDAB89U), c = all(0x98BADCFEU), d = all(0x10325476U), e = all(0xC3D2E1F0U);
#pragma GCC unroll 80
  for (std::size_t i = 0; i < 80; ++i) {
    const Lanes mixed = i < 20 ? (b & c) | (~b & d) : i < 40 || i >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
    const Lanes sum = rotated(a, 5) + mixed + e + w[i] + (i < 20 ? 0x5A827999U : i < 40 ? 0x6ED9EBA1U : i < 60 ? 0x8F1BBCDCU : 0xCA62C1D6U);
    e = d;
    d = c;
    c = rotated(b, 30);
    b = a;
    a = sum;
  }
  return joined(a + 0x67452301U, b + 0xEFCDAB89U);
}

// FIPS 180-4: its constants are the fractions of the square and cube roots of the first primes.
struct Roots {
  std::array<std::uint32_t, 8> square{};
  std::array<std::uint32_t, 64> cube{};
  Roots() {
    std::size_t n = 0;
    for (unsigned candidate = 2; n < 64; ++candidate) {
      bool prime = true;
      for (unsigned d = 2; d * d <= candidate; ++d) prime = prime && candidate % d != 0;
      if (!prime) continue;
      const auto fraction = [](long double root) { return static_cast<std::uint32_t>((root - std::floor(root)) * 4294967296.0L); };
      if (n < 8) square[n] = fraction(std::sqrt(static_cast<long double>(candidate)));
      cube[n++] = fraction(std::cbrt(static_cast<long double>(candidate)));
    }
  }
};

std::array<std::uint64_t, kLanes> sha256(const Block& block) {
  static const Roots roots;
  std::array<Lanes, 64> w;
#pragma GCC unroll 80
  for (std::size_t i = 0; i < 64; ++i) {
    if (i < 16) {
      w[i] = block[i];
      continue;
    }
    const Lanes early = w[i - 15], late = w[i - 2];
    w[i] = w[i - 16] + (rotated(early, 25) ^ rotated(early, 14) ^ early >> 3) + w[i - 7] + (rotated(late, 15) ^ rotated(late, 13) ^ late >> 10);
  }
  std::array<Lanes, 8> s;
  for (std::size_t i = 0; i < 8; ++i) s[i] = all(roots.square[i]);
#pragma GCC unroll 80
  for (std::size_t i = 0; i < 64; ++i) {
    const Lanes first = s[7] + (rotated(s[4], 26) ^ rotated(s[4], 21) ^ rotated(s[4], 7)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + roots.cube[i] + w[i];
    const Lanes second = (rotated(s[0], 30) ^ rotated(s[0], 19) ^ rotated(s[0], 10)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    s = {first + second, s[0], s[1], s[2], s[3] + first, s[4], s[5], s[6]};
  }
  return joined(s[0] + roots.square[0], s[1] + roots.square[1]);
}

}  // namespace

std::array<std::uint64_t, kLanes> digest_starts(crypto::DigestAlgorithm algorithm, const std::array<std::string_view, kLanes>& messages) {
  if (algorithm == crypto::DigestAlgorithm::md5) return md5(block_of(messages, Order::lowest_first));
  const Block block = block_of(messages, Order::highest_first);
  return algorithm == crypto::DigestAlgorithm::sha1 ? sha1(block) : sha256(block);
}

}  // namespace lintel::random
