// lintel profile pin: write down what a profile is made of, so that a change is noticed at the next load.
#include "base/files.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "cli/json_output.h"
#include "cli/probes.h"
#include "cli/profile_lock.h"
#include "data/json.h"

namespace lintel::cli {

int run_command(const ProfilePinCommand& command, const Console& console) {
  const auto path = find_profile(command.profile, {});
  if (!path) {
    print_error(path.error().message);
    return kUsageError;
  }
  const auto loaded = rules::load_profile(*path, probe_catalog());
  if (has_errors(loaded.diagnostics)) {
    print_diagnostics(loaded.diagnostics);
    return kUsageError;
  }
  const auto pin = [&]() -> Result<void> {
    const std::string lock = TRY(make_lock(*path, loaded.files));
    TRY(write_file(lock_path(*path), lock));
    std::error_code ignored;
    std::filesystem::remove(signature_path(*path), ignored);  // of the lock before
    return {};
  };
  if (const auto done = pin(); !done) {
    print_error(done.error().message);
    return kUsageError;
  }
  if (console.json) print_json({{"lock", lock_path(*path).string()}, {"files", loaded.files.size()}});
  else if (!console.quiet) fmt::print("{}: {} {}\n", lock_path(*path).string(), loaded.files.size(), choose(console, "个文件", "files"));
  return 0;
}

}  // namespace lintel::cli
