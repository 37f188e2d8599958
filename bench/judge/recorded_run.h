// A run in memory as a scan of many devices would have left it. For the benchmark only.
#pragma once
#include <filesystem>

#include "base/error.h"
#include "model/run.h"
#include "rules/loader.h"

namespace lintel::bench {

// One observation a probe and device, taken in turns from recorded.json (generate.py); every other device has answers to the questions.
Result<model::Run> make_run(rules::LoadedProfile profile, const std::filesystem::path& recorded, std::size_t devices);

}  // namespace lintel::bench
