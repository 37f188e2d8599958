// Tries to change and delete one record that the probe itself has caused, as each role that is declared.
#pragma once
#include <string>
#include <vector>

#include "probes/audit/actions.h"

namespace lintel::probes::audit {

struct Tampering {
  std::string account, method;
  long status = 0;      // 0 without an answer
  std::string refused;  // yes: turned away and the record stands; no: the record is gone or another; unknown
};

struct Tampered {
  std::vector<Tampering> attempts;
  std::string kept = "unknown";  // the record stands in the last export, byte for byte
  std::optional<Trail> last;     // that export
};

// `before` holds the record. PUT, PATCH, DELETE on the declared address of `record` by the account of the export, `admin` and `owner`.
// Stops at the first that succeeds.
Result<Tampered> tamper(Scene& scene, const Json& record, const Trail& before);

}  // namespace lintel::probes::audit
