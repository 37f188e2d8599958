#include "plain.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace lintel::bench {
namespace {

using Context = std::string;
using Followers = std::map<std::uint8_t, std::size_t>;

// What followed most, of equals the larger.
std::pair<std::uint8_t, std::size_t> best(const Followers& followers) {
  std::pair<std::uint8_t, std::size_t> found{0, 0};
  for (const auto& [symbol, count] : followers)
    if (count >= found.second) found = {symbol, count};
  return found;
}

Context context_at(const std::vector<std::uint8_t>& symbols, std::size_t at, std::size_t length) {
  return Context(symbols.begin() + static_cast<std::ptrdiff_t>(at - length), symbols.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace

std::size_t plain_linear_complexity(const PlainBits& bits, std::size_t block) {
  std::size_t sum = 0;
  for (std::size_t at = 0; at + block <= bits.size(); at += block) {
    std::vector<std::uint8_t> c(block + 1, 0), b(block + 1, 0);
    c[0] = b[0] = 1;
    std::size_t length = 0, back = 1;
    for (std::size_t i = 0; i < block; ++i, ++back) {
      unsigned wrong = 0;
      for (std::size_t j = 0; j <= length; ++j) wrong ^= static_cast<unsigned>(c[j] & bits[at + i - j]);
      if (wrong == 0) continue;
      const std::vector<std::uint8_t> old = c;
      for (std::size_t j = 0; j + back <= block; ++j) c[j + back] ^= b[j];
      if (2 * length > i) continue;
      length = i + 1 - length;
      b = old;
      back = 0;
    }
    sum += length;
  }
  return sum;
}

double plain_templates(const PlainBits& bits, const std::vector<std::size_t>& templates) {
  constexpr std::size_t kLength = 9, kBlocks = 8;
  const std::size_t block = bits.size() / kBlocks;
  const double mean = static_cast<double>(block - kLength + 1) / 512, variance = static_cast<double>(block) * (1.0 / 512 - 17.0 / 262144);
  double sum = 0;
  for (const std::size_t pattern : templates)
    for (std::size_t i = 0; i < kBlocks; ++i) {
      std::size_t count = 0;
      for (std::size_t at = i * block; at + kLength <= (i + 1) * block;) {
        bool equal = true;
        for (std::size_t j = 0; j < kLength && equal; ++j) equal = bits[at + j] == (pattern >> (kLength - 1 - j) & 1);
        count += equal ? 1 : 0;
        at += equal ? kLength : 1;
      }
      sum += (static_cast<double>(count) - mean) * (static_cast<double>(count) - mean) / variance;
    }
  return sum;
}

double plain_serial(const PlainBits& bits, std::size_t length) {
  std::vector<double> counts(std::size_t{1} << length, 0);
  for (std::size_t at = 0; at < bits.size(); ++at) {
    std::size_t value = 0;
    for (std::size_t j = 0; j < length; ++j) value = value << 1 | bits[(at + j) % bits.size()];
    ++counts[value];
  }
  double squares = 0;
  for (const double count : counts) squares += count * count;
  return squares * static_cast<double>(counts.size()) / static_cast<double>(bits.size()) - static_cast<double>(bits.size());
}

std::size_t plain_multi_mmc(const std::vector<std::uint8_t>& symbols) {
  std::map<Context, Followers> contexts[16];
  std::size_t pairs[16] = {}, score[16] = {}, winner = 0, right = 0;
  for (std::size_t i = 1; i < symbols.size(); ++i) {
    const std::size_t current = winner;
    bool known = true;
    for (std::size_t d = 0; d < 16 && d < i; ++d) {
      const Context context = context_at(symbols, i, d + 1);
      const auto found = known ? contexts[d].find(context) : contexts[d].end();
      known = found != contexts[d].end();
      if (known && best(found->second).first == symbols[i]) {
        if (++score[d] >= score[winner]) winner = d;
        right += d == current ? 1 : 0;
      }
      if (known && found->second.contains(symbols[i])) {
        ++found->second[symbols[i]];
      } else if (pairs[d] < 100000) {
        ++contexts[d][context][symbols[i]];
        ++pairs[d];
      }
    }
  }
  return right;
}

std::size_t plain_lz78y(const std::vector<std::uint8_t>& symbols) {
  std::map<Context, Followers> contexts;
  std::size_t right = 0;
  for (std::size_t i = 16; i < symbols.size(); ++i) {
    std::pair<std::uint8_t, std::size_t> believed{0, 0};
    for (std::size_t length = 16; length > 0; --length) {
      const Context context = context_at(symbols, i, length);
      const auto found = contexts.find(context);
      if (found != contexts.end()) {
        if (const auto said = best(found->second); said.second > believed.second) believed = said;
        ++found->second[symbols[i]];
      } else if (contexts.size() < 65536) {
        contexts[context][symbols[i]] = 1;
      }
    }
    right += i > 16 && believed.second > 0 && believed.first == symbols[i] ? 1 : 0;
  }
  return right;
}

}  // namespace lintel::bench
