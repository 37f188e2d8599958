// A list of identities as text: one a line, `#` starts a comment, CRLF and a byte order mark are taken. Read piece by piece; a good
// identity costs 12 bytes.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "model/device_id.h"

namespace lintel::probes::identity {

using Id = model::DeviceId;

inline constexpr std::size_t kListCapBytes = 600'000'000, kListCapIds = 20'000'000;
inline constexpr std::size_t kShown = 20;  // entries of a list that go into the facts; the count is always whole

struct Malformed {
  std::size_t line = 0;
  std::string value;  // made printable, cut at 64 bytes
  model::DeviceIdFlaw flaw = model::DeviceIdFlaw::length;
};

struct IdList {
  std::size_t count = 0;              // lines that hold something
  std::vector<Id> ids;                // well-formed, in the order of the list
  std::size_t malformed_count = 0;
  std::vector<Malformed> malformed;   // the first kShown
  std::size_t disordered_count = 0;   // of the malformed: a lower field filled before an upper one
  std::vector<std::string> disordered;  // the first kShown, as in Malformed
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
  Result<void> end_line(std::string_view line, bool cut);
  IdList list_;
  std::string line_;   // what is there of the unfinished line, capped
  std::size_t number_ = 0, bytes_ = 0;
};

}  // namespace lintel::probes::identity
