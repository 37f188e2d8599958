// Predictors without contexts: most common value of the last symbols, and the symbol some steps back. Each takes what its best part so far says.
#include <algorithm>
#include <array>
#include <cmath>

#include "random/sp800_90b/sp800_90b.h"

namespace lintel::random::sp800_90b {
namespace {

// Hits of a predictor as they come.
struct Hits {
  std::size_t right = 0, run = 0, longest = 0;
  void add(bool hit) {
    right += hit ? 1 : 0;
    run = hit ? run + 1 : 0;
    longest = std::max(longest, run);
  }
};

constexpr std::size_t kWindows[] = {63, 255, 1023, 4095};

// The last `length` symbols: their most common value, of equally common ones the newest.
class Window {
 public:
  Window(std::size_t length, unsigned kinds) : length_(length), kinds_(kinds) {}
  std::uint8_t common() const { return common_; }
  std::size_t length() const { return length_; }
  // Takes in symbols[at], and lets go of what is now too old.
  void take(Symbols symbols, std::size_t at) {
    const std::uint8_t fresh = symbols[at];
    newest_[fresh] = at;
    if (at < length_) {
      rise(fresh);
      return;
    }
    const std::uint8_t old = symbols[at - length_];
    if (old == fresh && fresh == common_) return;
    --counts_[old];
    if (old != common_) {
      rise(fresh);
      return;
    }
    ++counts_[fresh];
    most_ = 0;
    for (unsigned symbol = 0; symbol < kinds_; ++symbol)
      if (counts_[symbol] > most_ || (counts_[symbol] == most_ && most_ > 0 && newest_[symbol] > newest_[common_])) {
        most_ = counts_[symbol];
        common_ = static_cast<std::uint8_t>(symbol);
      }
  }

 private:
  void rise(std::uint8_t symbol) {
    if (++counts_[symbol] < most_) return;
    most_ = counts_[symbol];
    common_ = symbol;
  }
  std::size_t length_;
  unsigned kinds_;
  std::array<std::uint32_t, 256> counts_{};
  std::array<std::size_t, 256> newest_{};
  std::uint32_t most_ = 0;
  std::uint8_t common_ = 0;
};

constexpr std::size_t kLags = 128, kBatch = 64;

// How often symbols[at + i] equals the symbol `back` before it, for a batch of i. Written so that compilers use vectors.
std::uint32_t count_equal(const std::uint8_t* now, std::size_t back) {
  const std::uint8_t* then = now - back;
  std::uint8_t equal[16] = {};
  for (std::size_t i = 0; i < kBatch; i += 16)
    for (std::size_t j = 0; j < 16; ++j) equal[j] = static_cast<std::uint8_t>(equal[j] + (now[i + j] == then[i + j] ? 1 : 0));
  std::uint32_t sum = 0;
  for (const std::uint8_t each : equal) sum += each;
  return sum;
}

}  // namespace

Estimate multi_mcw(Symbols symbols, unsigned kinds) {
  constexpr std::size_t kLargest = kWindows[3];
  if (symbols.size() <= kLargest) return {"multi_mcw", std::nullopt, kLargest + 1, {}};
  std::array<Window, 4> windows = {Window(kWindows[0], kinds), Window(kWindows[1], kinds), Window(kWindows[2], kinds), Window(kWindows[3], kinds)};
  std::array<std::size_t, 4> score{};
  std::size_t winner = 0;
  Hits hits;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (i >= kWindows[0]) {
      hits.add(windows[winner].common() == symbols[i]);
      for (std::size_t j = 0; j < windows.size(); ++j)
        if (i >= windows[j].length() && windows[j].common() == symbols[i] && ++score[j] >= score[winner]) winner = j;
    }
    for (Window& window : windows) window.take(symbols, i);
  }
  return predicted("multi_mcw", hits.right, symbols.size() - kWindows[0], hits.longest, kinds);
}

// The winner is a lag with the highest score, and of several the one that last reached it. Only lags whose score could reach the highest within a
// batch are followed symbol by symbol; the others' hits are counted together.
Estimate lag(Symbols symbols, unsigned kinds) {
  if (symbols.size() < 3) return {"lag", std::nullopt, 3, {}};
  std::array<std::uint32_t, kLags + 1> score{};  // by lag, from 1
  std::size_t winner = 1;
  std::uint32_t high = 0;
  Hits hits;
  const auto step = [&](std::size_t i, std::size_t back) {
    if (symbols[i] == symbols[i - back] && ++score[back] >= high) {
      winner = back;
      high = score[back];
    }
  };
  std::size_t i = 1;
  for (; i < symbols.size() && i < kLags; ++i) {
    hits.add(symbols[i] == symbols[i - winner]);
    for (std::size_t back = 1; back <= i; ++back) step(i, back);
  }
  std::array<std::size_t, kLags> close{};
  for (; i + kBatch <= symbols.size(); i += kBatch) {
    std::size_t count = 0;
    for (std::size_t back = 1; back <= kLags; ++back) {
      if (score[back] + kBatch >= high)
        close[count++] = back;
      else
        score[back] += count_equal(&symbols[i], back);
    }
    for (std::size_t at = i; at < i + kBatch; ++at) {
      hits.add(symbols[at] == symbols[at - winner]);
      for (std::size_t k = 0; k < count; ++k) step(at, close[k]);
    }
  }
  for (; i < symbols.size(); ++i) {
    hits.add(symbols[i] == symbols[i - winner]);
    for (std::size_t back = 1; back <= kLags; ++back) step(i, back);
  }
  return predicted("lag", hits.right, symbols.size() - 1, hits.longest, kinds);
}

}  // namespace lintel::random::sp800_90b
