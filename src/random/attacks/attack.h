// Predictors: each attack supposes one weak way of making identifiers, feeds itself with a part of a sample and foretells the rest. Called by
// random/tokens with what it decoded. Pure and thread-safe; nothing is sent anywhere. Strong identifiers are never hit: an attack counts only
// when what it foretold rightly is worth at least 64 bits by the sample's own frequencies (evidence.h), which luck shows once in 2^64 samples.
// README.md lists the attacks with data needed and cost.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"

namespace lintel::random {

// Numbers read out of a sample, in the order in which one generator is thought to have given them.
struct Stream {
  std::string view;         // how they were read: "hex words of 32 bits, first word first"
  std::uint64_t range = 0;  // each value is below it; 0 means 2^64
  // Printed fractions in [0, 1) come as floor(fraction * 2^53), range 2^53; the true value lies in value - slack ... value + slack. 0: exact.
  std::uint64_t slack = 0;
  std::size_t per_id = 1;   // so many values come from one identifier
  // By position within an identifier: mask of the bits that come from the generator, for formats that set some (UUID: version, variant); 0: a
  // value was drawn there and is not known. Empty: all bits everywhere. Bits outside it are 0 in values.
  std::vector<std::uint64_t> known;
  std::vector<std::uint64_t> values;
};

// One identifier of the sample, in order of issue.
struct Token {
  std::string value;                     // as issued
  std::optional<std::int64_t> unix_us;   // when it arrived
  std::string digest;                    // raw bytes when the value decodes to 16..64 bytes, else empty
};

struct Prediction {
  std::string attack;                // name of its class, for machines: "mt19937", "lcg48", "hash-preimage"
  std::string generator;             // for people: "Mersenne Twister (MT19937), low 4 bits of each output"
  std::string view;                  // of the stream, or what of the identifier was looked at
  std::size_t stream = 0;            // its index, for attacks on streams
  std::uint64_t predicted_bits = 0;  // worth of the right predictions, by evidence.h; never below 64
  std::uint64_t checked = 0, right = 0;  // values predicted, values right
  double bits_per_value = 0;         // so many bits of each value (attacks on streams) or identifier (searches) are told: what a reader subtracts
};

// How much an attack may spend. Attacks look at it every few milliseconds and give up quietly.
struct Budget {
  Deadline deadline = Deadline::never();
  const Cancel* cancel = nullptr;
  std::uint64_t trials = 1U << 22;  // candidates (seeds, hashed strings) that one search may try
  // A search of many forms asks all of them a little before it asks any of them a lot: from 2^22 trials on in rounds, 16 times as many in each.
  std::uint64_t first_round() const { return trials < kRound ? trials : kRound; }
  std::uint64_t next_round(std::uint64_t now) const { return now >= trials / 16 ? trials : now * 16; }
  static constexpr std::uint64_t kRound = 1U << 22;
  bool spent() const { return deadline.passed() || (cancel != nullptr && cancel->requested()); }
};

enum class Cost {
  quick,  // milliseconds for 2,000 identifiers
  deep,   // seconds: searches through seeds and numbers, bounded by Budget::trials
};

struct Attack {
  std::string_view name;  // of the file: "mersenne_twister"
  Cost cost = Cost::quick;
  // One of the two.
  std::optional<Prediction> (*on_streams)(std::span<const Stream>, const Budget&) = nullptr;
  std::optional<Prediction> (*on_tokens)(std::span<const Token>, const Budget&) = nullptr;
};

// All, cheap first. A sample may be hit by several: the first that hits names the generator best.
std::span<const Attack> attacks();

}  // namespace lintel::random
