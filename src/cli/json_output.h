// Results for scripts, on standard output: one JSON object in one line, members sorted. docs/command-line.md lists the members.
#pragma once
#include <string>
#include <vector>

#include "data/diagnostic.h"
#include "data/json_fwd.h"
#include "model/run.h"

namespace lintel::cli {

void print_json(const Json& value);

// What scan and judge come to (docs/schemas/summary.schema.json): gate, counts, every clause with its verdict, grades, files written.
Json summary_json(const model::Run& run, const std::vector<std::string>& files, int exit_code);
// Of a document that was checked: errors, warnings, and each with its place.
Json diagnostics_json(const std::string& document, const std::vector<Diagnostic>& diagnostics);

}  // namespace lintel::cli
