// Where profiles live: a path as given, or an id looked up in $LINTEL_DATA, beside the installed program (<bin>/../share/lintel,
// cmake/install.cmake), in the source around a build folder, and in that the program was built from.
#pragma once
#include <filesystem>
#include <string>

#include "base/error.h"

namespace lintel::cli {

// `name` is a profile.yaml, its folder, or an id such as "smart-home". Relative paths start at `folder` (the target's) and then at
// the working folder. Errors: not_found, naming the places that were tried.
Result<std::filesystem::path> find_profile(const std::string& name, const std::filesystem::path& folder);

}  // namespace lintel::cli
