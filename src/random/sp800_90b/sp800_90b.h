// Min-entropy of a noise source by the ten estimators of NIST SP 800-90B section 6.3 (the track for sources that are not independent and identically
// distributed). An estimate is an upper bound seen through one model: a seeded generator gets a high one. Agrees with NIST's program 1.1.7
// (ea_non_iid -i -a) to 1e-9.
// Pure; a megabyte takes about 2 seconds and 200 MB.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace lintel::random::sp800_90b {

using Symbols = std::span<const std::uint8_t>;
using Figures = std::vector<std::pair<std::string, double>>;

struct Estimate {
  std::string estimator;          // "most_common_value"
  std::optional<double> entropy;  // bits a symbol; nullopt: it could not be computed, `needed` says why
  std::size_t needed = 0;         // symbols that it takes; 0: no tuple occurs as often as it takes (35 times), or none occurs twice
  Figures figures;                // what it was computed from
};

// 6.3.1 to 6.3.10. `kinds` is how many different values a symbol may have, from 2 to 256; each symbol is below it. Those "of bits" take kinds = 2.
Estimate most_common_value(Symbols symbols, unsigned kinds);
Estimate collision(Symbols bits);
Estimate markov(Symbols bits);
Estimate compression(Symbols bits);
std::pair<Estimate, Estimate> tuples(Symbols symbols, unsigned kinds);  // t-tuple, longest repeated substring
Estimate multi_mcw(Symbols symbols, unsigned kinds);
Estimate lag(Symbols symbols, unsigned kinds);
Estimate multi_mmc(Symbols symbols, unsigned kinds);
Estimate lz78y(Symbols symbols, unsigned kinds);

struct Track {
  std::size_t symbols = 0;
  unsigned kinds = 0;
  std::vector<Estimate> estimates;
  double entropy = 0;  // the least of them, bits a symbol
};

struct Entropy {
  unsigned width = 0;              // bits that the widest symbol needs
  Track original;                  // the symbols as they are
  std::optional<Track> bitstring;  // their bits one after the other; none when a symbol is one bit
  double assessed = 0;             // bits a symbol: the least of both
  bool cut = false;                // only the first kMostBits were looked at
};

inline constexpr std::size_t kMostBits = std::size_t{1} << 24;
inline constexpr std::size_t kNominal = 1000000;  // symbols that the publication asks for (3.1.1)

// Requires: at least one symbol. A source of one value only has entropy 0 and no estimates.
Entropy assess(Symbols symbols);

// What a predictor's hits say (6.3.7 and after): `right` of `predictions`, at most `longest` in a row.
Estimate predicted(std::string estimator, std::size_t right, std::size_t predictions, std::size_t longest, unsigned kinds);
inline constexpr double kDeviations = 2.5758293035489008;  // 99 % of the normal distribution lie within
// Upper end of the 99 % interval around a probability seen in `count` trials.
double upper_bound(double p, std::size_t count);

}  // namespace lintel::random::sp800_90b
