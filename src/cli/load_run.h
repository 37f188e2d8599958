// A run from its file or from its JSON export (lintel report --report json, lintel export), for commands that only read.
#pragma once
#include <filesystem>

#include "base/error.h"
#include "model/run.h"

namespace lintel::cli {

// Errors: as store::RunFile::open() and load(); invalid_input when it is neither, limit when an export is above 256 MiB. Messages name the file.
Result<model::Run> load_run(const std::filesystem::path& path);

}  // namespace lintel::cli
