// What checking the content of a sealed run found: bytes, rows, evidence, and whether judging again gives the same verdicts.
#pragma once
#include <filesystem>
#include <vector>

#include "cli/findings.h"
#include "model/run.h"
#include "store/manifest.h"

namespace lintel::cli {

// The file against the manifest of its seal. Reads the whole file twice.
std::vector<Finding> examine_content(const std::filesystem::path& path, std::uint64_t database_bytes, const store::Manifest& manifest);

// The clauses that judging again decides otherwise, each with what the run holds and what comes out. Sentences are not compared: a newer
// Lintel may put the same decision in other words.
std::vector<Place> other_verdicts(const model::Run& run);

}  // namespace lintel::cli
