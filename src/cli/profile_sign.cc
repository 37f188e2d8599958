// lintel profile sign: sign the lock of a profile. The lock has to be there and true: what is signed was looked at before.
#include "base/files.h"
#include "cli/commands.h"
#include "cli/data_folder.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/probes.h"
#include "cli/profile_lock.h"
#include "cli/signing.h"
#include "data/json.h"

namespace lintel::cli {

static Result<std::string> sign_profile(const std::filesystem::path& path, const SigningOptions& options, const Cancel& cancel) {
  const SystemClock clock;
  const SigningKey key = TRY(load_signing_key(options, clock.now()));
  const auto loaded = rules::load_profile(path, probe_catalog());
  if (has_errors(loaded.diagnostics)) return fail(ErrorCode::invalid_input, "{} has errors; `lintel profile lint` shows them", path.string());
  std::error_code ignored;
  if (!std::filesystem::exists(lock_path(path), ignored))
    return fail(ErrorCode::not_found, "there is no {}; `lintel profile pin` makes it", lock_path(path).string());
  TRY(check_lock(path, loaded.files));
  const std::string lock = TRY(read_file(lock_path(path), 8 << 20));
  const auto made = TRY(make_signature(key, as_bytes(lock), options, clock, cancel));
  TRY(write_file(signature_path(path), as_text(made.cms)));
  return key.parsed.subject;
}

int run_command(const ProfileSignCommand& command, const Console& console) {
  const InterruptGuard interrupt;
  const auto path = find_profile(command.profile, {});
  const auto signer = path ? sign_profile(*path, command.signing, interrupt.cancel()) : Result<std::string>(tl::unexpected(path.error()));
  if (!signer) {
    print_error(signer.error().message);
    return interrupt.cancel().requested() ? 130 : kUsageError;
  }
  if (console.json) print_json({{"signature", signature_path(*path).string()}, {"signer", *signer}});
  else if (!console.quiet) fmt::print("{}: {} {}\n", signature_path(*path).string(), choose(console, "签名者", "signed by"), *signer);
  return 0;
}

}  // namespace lintel::cli
