// Streams for the tests of attacks: values from any function, and what nobody can foretell.
#pragma once
#include <sys/random.h>

#include <functional>
#include <string>
#include <utility>

#include "random/attacks/attack.h"

namespace lintel::random {

inline std::uint64_t from_system() {
  std::uint64_t value = 0;
  if (getrandom(&value, sizeof value, 0) != sizeof value) return 0;
  return value;
}

inline Stream stream_of(std::size_t count, std::uint64_t range, std::size_t per_id, const std::function<std::uint64_t()>& next, std::string view = "test") {
  Stream stream;
  stream.view = std::move(view);
  stream.range = range;
  stream.per_id = per_id;
  while (stream.values.size() < count) stream.values.push_back(next());
  return stream;
}

inline Stream strong_stream(std::size_t count, std::uint64_t range, std::size_t per_id = 1) {
  return stream_of(count, range, per_id, [&] { return range == 0 ? from_system() : from_system() % range; });
}

// One stream to one attack.
template <class Attacked>
std::optional<Prediction> on(Attacked attack, const Stream& stream) {
  return attack(std::span(&stream, 1), Budget{});
}

}  // namespace lintel::random
