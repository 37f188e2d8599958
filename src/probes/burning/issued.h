// The identities that the platform handed out to the line, against those that were burned. Pure but for reading the list.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "probe/context.h"
#include "probes/burning/fields.h"

namespace lintel::probes::burning {

struct Issued {
  std::vector<Id> ids;            // sorted, each once
  std::size_t malformed = 0;      // lines that are no identity
};
// One identity a line, # for comments. Errors: those of the file; limit; protocol (UTF-16).
Result<Issued> read_issued(probe::Context& context, const std::string& path);

struct Difference {
  std::vector<Id> not_issued;     // burned all the same
  std::size_t not_burned = 0;     // issued, no receipt here
};
// burned: sorted, each once.
Difference compare(const Issued& issued, const std::vector<Id>& burned);

}  // namespace lintel::probes::burning
