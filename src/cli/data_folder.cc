#include "cli/data_folder.h"

#include <cstdlib>
#include <vector>

#include "base/text.h"

namespace lintel::cli {

namespace fs = std::filesystem;

static std::vector<fs::path> data_folders() {
  std::vector<fs::path> folders;
  if (const char* given = std::getenv("LINTEL_DATA"); given != nullptr && *given != 0) folders.emplace_back(given);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  const fs::path beside = program.parent_path(), above = beside.parent_path();
  if (!program.empty()) folders.push_back(above / "share" / "lintel");
  // <source>/build/<preset>/lintel, wherever all of it was moved.
  if (fs::exists(beside / "CMakeCache.txt", ignored)) folders.push_back(above.parent_path());
  folders.emplace_back(LINTEL_SOURCE_DIR);
  return folders;
}

Result<fs::path> find_profile(const std::string& name, const fs::path& folder) {
  std::vector<fs::path> places{folder / name};
  if (!folder.empty()) places.emplace_back(name);
  for (const fs::path& data : data_folders()) places.push_back(data / "profiles" / name);
  std::vector<std::string> tried;
  std::error_code ignored;
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place, ignored)) return place;
    if (fs::is_regular_file(place / "profile.yaml", ignored)) return place / "profile.yaml";
    tried.push_back(place.lexically_normal().string());
  }
  return fail(ErrorCode::not_found, "no profile \"{}\"; looked for a profile.yaml in: {}", name, join(tried, ", "));
}

}  // namespace lintel::cli
