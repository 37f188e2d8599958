// Three statistical tests of a bit stream, by the formulas of NIST SP 800-22 rev 1a (2.1, 2.3, 2.11). A small p says that fair coins would
// hardly give this stream; a large p says nothing about a generator's strength.
#pragma once
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace lintel::random::tokens {

using Bits = std::vector<std::uint8_t>;  // one bit an element

inline constexpr int kSerialBlock = 8;

// nullopt: fewer bits than the test needs (100; serial: 2^(block+3)).
std::optional<double> monobit(const Bits& bits);
std::optional<double> runs(const Bits& bits);  // none when the ones are so many or few that runs mean nothing
std::optional<std::pair<double, double>> serial(const Bits& bits, int block);

}  // namespace lintel::random::tokens
