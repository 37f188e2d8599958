// The export document of a run (docs/schemas/run.schema.json): everything that was learned and decided, nothing left out. Pure.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/run.h"

namespace lintel::report {

// Gives the document in pieces, clause by clause and observation by observation, so that a run of 50 000 results never
// stands in memory as one JSON tree. Same bytes for the same run; ends with a newline. Stops at write's first error.
Result<void> write_json(const model::Run& run, const std::function<Result<void>(std::string_view)>& write);
std::string render_json(const model::Run& run);

}  // namespace lintel::report
