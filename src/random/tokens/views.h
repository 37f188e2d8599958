// The same identifiers written in other ways, in which a counter or clock may show better: base64 as bytes, and bytes in reverse order (numbers
// that start with their lowest byte).
#pragma once
#include <string>
#include <vector>

#include "random/tokens/alphabet.h"

namespace lintel::random::tokens {

struct View {
  std::vector<std::string> ids;      // nothing is lost or added: as unpredictable as the originals
  std::vector<std::size_t> origin;   // by position of these: the position in the originals
};

// Only for hexadecimal and base64 identifiers of one length, at most kMostViewed characters; else none.
inline constexpr std::size_t kMostViewed = 128;
std::vector<View> other_views(const std::vector<std::string>& ids, const Alphabet& alphabet);

}  // namespace lintel::random::tokens
