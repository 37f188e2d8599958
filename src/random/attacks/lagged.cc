#include "random/attacks/lagged.h"

#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "random/attacks/evidence.h"
#include "random/attacks/modular.h"

namespace lintel::random {
namespace {

constexpr std::size_t kTried = 48;

// x[i] = x[i - near] + x[i - far] modulo m, or x[i - far] - x[i - near] (glibc drops the lowest bit, so a carry of 1 may come in).
struct Lags {
  const char* name;
  const char* attack;
  std::size_t near = 0, far = 0;
  bool minus = false, carry = false;
  Wide modulus = 0;
};

// glibc: the comment in its random_r.c on the trinomial x^31 + x^3 + 1. Go: math/rand's documented ALFG(607, 273), after Mitchell, Reeds. .NET: Knuth's
// subtractive generator as in Numerical Recipes' ran3, lags 55 and 34 (21 in its documentation's other direction). Knuth: TAOCP 2, 3.2.2 and 3.6.
const Lags kLags[] = {
    {"random() of glibc", "glibc additive feedback", 3, 31, false, true, Wide{1} << 31},
    {"math/rand of Go", "lagged additive", 273, 607, false, false, Wide{1} << 64},
    {"math/rand of Go, Int63()", "lagged additive", 273, 607, false, false, Wide{1} << 63},
    {"math/rand of Go, Read()", "lagged additive", 273, 607, false, false, Wide{1} << 56},
    {"math/rand of Go, Int31()", "lagged additive", 273, 607, false, true, Wide{1} << 31},
    {"math/rand of Go, Uint32()", "lagged additive", 273, 607, false, true, Wide{1} << 32},
    {"System.Random of .NET", "lagged subtractive", 34, 55, true, false, (Wide{1} << 31) - 1},
    {"Knuth's additive generator (24, 55)", "lagged additive", 24, 55, false, false, Wide{1} << 32},
    {"Knuth's ran_array (37, 100)", "lagged subtractive", 37, 100, true, false, Wide{1} << 30},
};

enum class Form { word, remainder, scaled };

struct Candidates {
  std::array<Interval, 4> list{};
  std::size_t count = 0;
  void add(Wide value, std::uint64_t slack, Wide range) {
    list[count++] = {static_cast<std::uint64_t>(minus(value, Wide{slack} % range, range)), static_cast<std::uint64_t>(plus(value, Wide{slack} % range, range))};
  }
};

Candidates candidates(const Stream& stream, const Lags& lags, Form form, Wide range, std::size_t i) {
  Candidates found;
  const Wide far = reduced(stream.values[i - lags.far], range), near = reduced(stream.values[i - lags.near], range);
  const Wide sum = lags.minus ? minus(far, near, range) : plus(far, near, range);
  if (form == Form::word) {
    found.add(sum, 0, range);
    if (lags.carry) found.add(plus(sum, 1, range), 0, range);
  } else if (form == Form::remainder) {
    // The sum may have run over the modulus once; that is the modulus' remainder less (or more).
    const Wide over = lags.modulus % range, other = lags.minus ? plus(sum, over, range) : minus(sum, over, range);
    found.add(sum, 0, range);
    if (over != 0) found.add(other, 0, range);
    if (lags.carry) {
      found.add(plus(sum, 1, range), 0, range);
      if (over != 0) found.add(plus(other, 1, range), 0, range);
    }
  } else {
    found.add(sum, 2 * std::uint64_t{stream.slack} + 1, range);  // what was cut off makes one more or less
  }
  return found;
}

std::optional<Prediction> try_lags(const Stream& stream, const Lags& lags, Form form, Wide range) {
  if (stream.values.size() < lags.far + kTried) return std::nullopt;
  const std::size_t spread = (stream.values.size() - lags.far) / kTried;
  std::size_t right = 0;
  for (std::size_t k = 0; k < kTried; ++k) {
    const std::size_t i = lags.far + k * spread;
    const Candidates foretold = candidates(stream, lags, form, range, i);
    for (std::size_t c = 0; c < foretold.count; ++c) {
      const Interval& one = foretold.list[c];
      const std::uint64_t value = stream.values[i];
      if (one.first <= one.last ? one.first <= value && value <= one.last : value >= one.first || value <= one.last) {
        ++right;
        break;
      }
    }
    if (k + 1 - right > kTried / 8) return std::nullopt;
  }
  Evidence evidence(stream);
  double told = bits_of(stream.range);
  for (std::size_t i = lags.far; i < stream.values.size() && evidence.checked() < kMostChecked && !evidence.hopeless(); ++i) {
    const Candidates foretold = candidates(stream, lags, form, range, i);
    evidence.foretold(i, std::span(foretold.list).first(foretold.count));
    if (i == lags.far) told -= std::log2(form == Form::scaled ? 4.0 * static_cast<double>(stream.slack) + 3 : static_cast<double>(foretold.count));
  }
  const std::string name = form == Form::remainder ? fmt::format("{}, remainders", lags.name) : form == Form::scaled ? fmt::format("{}, scaled", lags.name) : std::string(lags.name);
  return evidence.prediction(lags.attack, name, std::max(told, 0.0));
}

std::optional<Prediction> try_all(const Stream& stream, const Lags& lags) {
  const Wide range = stream.range == 0 ? Wide{1} << 64 : Wide{stream.range};
  if (stream.slack == 0 && Wide{largest(stream)} < lags.modulus && lags.modulus / 4 <= Wide{largest(stream)})
    if (auto hit = try_lags(stream, lags, Form::word, lags.modulus)) return hit;
  if (range >= lags.modulus && stream.slack == 0 && range != Wide{1} << 53) return std::nullopt;
  if (stream.slack == 0 && range < lags.modulus)
    if (auto hit = try_lags(stream, lags, Form::remainder, range)) return hit;
  return range >= 8 ? try_lags(stream, lags, Form::scaled, range) : std::nullopt;
}

// Go's Read hands out the low 7 bytes of one number after the other, across calls.
std::vector<Stream> sevens(const Stream& bytes) {
  std::vector<Stream> made;
  for (std::size_t phase = 0; phase < 7; ++phase) {
    Stream one{bytes.view + ", in sevens, lowest first", std::uint64_t{1} << 56, 0, 1, {}, {}};
    for (std::size_t i = phase; i + 7 <= bytes.values.size(); i += 7) {
      std::uint64_t value = 0;
      for (std::size_t k = 7; k-- > 0;) value = value << 8 | bytes.values[i + k];
      one.values.push_back(value);
    }
    made.push_back(std::move(one));
  }
  return made;
}

}  // namespace

std::optional<Prediction> attack_lagged(std::span<const Stream> streams, const Budget& budget) {
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (!streams[i].known.empty()) continue;
    for (const Lags& lags : kLags) {
      if (budget.spent()) return std::nullopt;
      if (auto hit = try_all(streams[i], lags)) return with_stream(std::move(hit), i);
      if (streams[i].range == 256 && streams[i].per_id >= 4 && lags.modulus == Wide{1} << 56)
        for (const Stream& seven : sevens(streams[i]))
          if (auto hit = try_lags(seven, lags, Form::word, lags.modulus)) {
            hit->bits_per_value = 8;
            return with_stream(std::move(hit), i);
          }
    }
  }
  return std::nullopt;
}

}  // namespace lintel::random
