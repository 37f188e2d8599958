// A sample of identifiers as a file: one a line in the order of issue, each with the time at which it was received where that is known.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lintel::random::tokens {

inline constexpr std::size_t kMostIds = 1'000'000;
inline constexpr std::size_t kMostIdBytes = 65'536;
inline constexpr std::size_t kMostSampleBytes = std::size_t{256} << 20;

struct Issued {
  std::string value;                    // as it was sent, percent escapes not taken back
  std::optional<std::int64_t> unix_us;  // when it was received
};

// Lines `unix_us TAB id`, or `id` alone; what the first line is, all are. Empty lines, a byte order mark and carriage returns are passed over.
// Errors (invalid_input, with the line): no identifier at all, a NUL byte, bytes that are no UTF-8, a line of the other kind, a compressed file, digests instead
// of identifiers; (limit) more or longer identifiers than the above.
Result<std::vector<Issued>> parse_sample(std::string_view text);

// "%2B" as "+": cookies are often sent so. Text with a broken escape is returned as it is.
std::string percent_decoded(std::string_view text);

}  // namespace lintel::random::tokens
