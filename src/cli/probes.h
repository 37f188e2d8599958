// The probes of this program, as the floors below want to know them.
#pragma once
#include "rules/judge.h"
#include "rules/loader.h"

namespace lintel::cli {

// For the document loaders.
rules::ProbeCatalog probe_catalog();
// Of this version, parsed once for each probe; null: no such probe. A run carries its own.
const Json* facts_schema(std::string_view probe);

}  // namespace lintel::cli
