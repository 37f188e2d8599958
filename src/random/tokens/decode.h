// Parts of identifiers as streams of numbers, in all the ways in which a program may have written a generator's numbers down; and the identifiers as
// whole tokens. What the attacks of random/attacks look at.
#pragma once
#include <vector>

#include "random/attacks/attack.h"
#include "random/tokens/layout.h"
#include "random/tokens/sample.h"

namespace lintel::random::tokens {

inline constexpr std::size_t kMostDecoded = 20'000;  // identifiers that attacks look at: the first ones

// A value that was drawn and is not known (of two pasted strings of unequal length, where one ends is not seen).
inline constexpr std::uint64_t kUnknownValue = ~std::uint64_t{0};

// Views of one part. A view is there only when every identifier can be read so; ranges are judged by what was seen.
std::vector<Stream> streams_of(const Part& part, const Layout& layout);

// Bytes when the value is a hexadecimal, UUID or base64 text of 16 to 64 bytes.
std::string digest_in(std::string_view value);

}  // namespace lintel::random::tokens
