// What `lintel id check` found, as a page for a person and as JSON (docs/schemas/identity-check.schema.json). Pure.
#pragma once
#include <set>
#include <string>

#include "cli/console.h"
#include "data/json.h"
#include "model/run.h"

namespace lintel::cli {

// Clauses that a scan also asks the assessor about: what the checks did not refute is not proved.
using IdQuestions = std::set<std::string>;

// Requires: run has one asset with one item, and is judged.
std::string id_check_page(const model::Run& run, const IdQuestions& questions, const std::string& file, const Console& console);
Json id_check_json(const model::Run& run, const IdQuestions& questions, const std::string& file, int exit_code);

}  // namespace lintel::cli
