#include "random/statistics/walk.h"

#include <algorithm>
#include <cmath>

#include "random/statistics/gamma.h"

namespace lintel::random::statistics {

using namespace bits;
namespace {

struct ByteWalk {
  std::int8_t end = 0, high = 0, low = 0;
};

constexpr std::array<ByteWalk, 256> byte_walks() {
  std::array<ByteWalk, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    int at = 0, high = -8, low = 8;
    for (int i = 7; i >= 0; --i) {
      at += (byte >> i & 1) != 0 ? 1 : -1;
      high = at > high ? at : high;
      low = at < low ? at : low;
    }
    table[byte] = {static_cast<std::int8_t>(at), static_cast<std::int8_t>(high), static_cast<std::int8_t>(low)};
  }
  return table;
}
constexpr std::array<ByteWalk, 256> kByteWalks = byte_walks();

std::uint8_t byte_at(const Bits& bits, std::size_t at) { return static_cast<std::uint8_t>(bits.words[at / 8] >> (56 - 8 * (at % 8))); }

}  // namespace

Walk walk(const Bits& bits) {
  Walk walk;
  for (std::size_t i = 0; i < bits.size / 8; ++i) {
    const ByteWalk& step = kByteWalks[byte_at(bits, i)];
    walk.high = std::max(walk.high, walk.end + step.high);
    walk.low = std::min(walk.low, walk.end + step.low);
    walk.end += step.end;
  }
  for (std::size_t i = bits.size / 8 * 8; i < bits.size; ++i) {
    walk.end += bit_at(bits, i) != 0 ? 1 : -1;
    walk.high = std::max(walk.high, walk.end);
    walk.low = std::min(walk.low, walk.end);
  }
  return walk;
}

double stray_probability(std::size_t size, std::int64_t reach) {
  const auto n = static_cast<std::int64_t>(size);
  const double z = static_cast<double>(reach), root = std::sqrt(static_cast<double>(size));
  const auto far = static_cast<std::int64_t>(3 * root / z) + 2;  // terms beyond are 0: twelve standard deviations out
  const auto below = [&](std::int64_t k, int offset) { return normal_below(static_cast<double>(4 * k + offset) * z / root); };
  double p = 1;
  for (std::int64_t k = std::max((-n / reach + 1) / 4, -far); k <= std::min((n / reach - 1) / 4, far); ++k) p -= below(k, 1) - below(k, -1);
  for (std::int64_t k = std::max((-n / reach - 3) / 4, -far); k <= std::min((n / reach - 1) / 4, far); ++k) p += below(k, 3) - below(k, 1);
  return p;
}

Excursions excursions(const Bits& bits) {
  Excursions seen;
  std::array<std::uint64_t, 9> here{};
  const auto close_cycle = [&] {
    ++seen.cycles;
    for (std::size_t x = 0; x < here.size(); ++x) ++seen.classes[x][std::min<std::uint64_t>(here[x], 5)];
    here = {};
  };
  std::int64_t at = 0;
  for (std::size_t i = 0; i < bits.size;) {
    if ((at > 17 || at < -17) && i % 8 == 0 && i + 8 <= bits.size) {  // a byte can't lead back within 9
      at += kByteWalks[byte_at(bits, i / 8)].end;
      i += 8;
      continue;
    }
    at += bit_at(bits, i++) != 0 ? 1 : -1;
    if (at == 0) {
      close_cycle();
    } else if (at >= -9 && at <= 9) {
      ++seen.visits[static_cast<std::size_t>(at + 9)];
      if (at >= -4 && at <= 4) ++here[static_cast<std::size_t>(at + 4)];
    }
  }
  if (at != 0) close_cycle();
  return seen;
}

}  // namespace lintel::random::statistics
