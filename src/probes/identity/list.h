// A list of identities as text: one a line, `#` starts a comment, CRLF and a byte order mark are taken. Read piece by piece; a good
// identity costs 12 bytes. Format of annex A, 24 hexadecimal characters:
//   0  version 2 | 2  vendor 6 | 8  product 6 | 14  random 8 | 22  extension 2
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace lintel::probes::identity {

inline constexpr std::size_t kIdCharacters = 24;
inline constexpr std::size_t kListCapBytes = 100'000'000, kListCapIds = 2'000'000;
inline constexpr std::size_t kShown = 20;  // entries of a list that go into the facts; the count is always whole

using Id = std::array<std::uint8_t, kIdCharacters / 2>;

std::string to_text(const Id& id);  // upper case
// Bytes of a field, by characters of the format above.
std::string field(const Id& id, std::size_t first_character, std::size_t characters);
std::uint32_t random_of(const Id& id);

// Why a line is no identity: "length" or "character"; nullptr when it is one.
const char* flaw_of(std::string_view text);

struct Malformed {
  std::size_t line = 0;
  std::string value;  // made printable, cut at 64 bytes
  const char* reason = "";
};

struct IdList {
  std::size_t count = 0;              // lines that hold something
  std::vector<Id> ids;                // well-formed, in the order of the list
  std::size_t malformed_count = 0;
  std::vector<Malformed> malformed;   // the first kShown
  bool upper_case = false, lower_case = false;  // letters seen in well-formed ids
};

class ListReader {
 public:
  // Errors: limit (size or number of ids), protocol (UTF-16).
  Result<void> feed(ByteView piece);
  Result<IdList> finish();
  // One value that is not a line of a text; number as in a list.
  Result<void> add(std::string_view value);

 private:
  Result<void> end_line();
  IdList list_;
  std::string line_;   // what is there of the unfinished line, capped
  std::size_t number_ = 0, bytes_ = 0;
};

}  // namespace lintel::probes::identity
