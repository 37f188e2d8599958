// What a report says of the seal of its run file.
#pragma once
#include <filesystem>
#include <optional>

#include "report/choice.h"

namespace lintel::cli {

// nullopt: the file is not sealed. Looks at the seal and its signature only, not at the content that was sealed: `lintel verify` does.
std::optional<report::SealNote> seal_note(const std::filesystem::path& run);

}  // namespace lintel::cli
