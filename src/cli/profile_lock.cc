#include "cli/profile_lock.h"

#include <algorithm>
#include <map>

#include "base/files.h"
#include "base/text.h"
#include "cli/findings.h"
#include "store/run_file.h"

namespace lintel::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLockCapBytes = 8 << 20;
constexpr std::size_t kFileCapBytes = 16 << 20;

std::string name_in_lock(const fs::path& profile, const fs::path& file) {
  return fs::absolute(file).lexically_normal().lexically_relative(fs::absolute(profile).parent_path().lexically_normal()).generic_string();
}

// Path in the lock, and digest.
Result<std::map<std::string, std::string>> digests_of(const fs::path& profile, const std::vector<fs::path>& files) {
  std::map<std::string, std::string> digests;
  for (const fs::path& file : files) {
    const std::string name = name_in_lock(profile, file);
    if (std::ranges::any_of(name, [](char c) { return c == '\\' || static_cast<unsigned char>(c) < 0x20; }))
      return fail(ErrorCode::invalid_input, "{}: such a name can't be pinned", printable(file.string()));
    const std::string content = TRY(read_file(file, kFileCapBytes));
    digests[name] = store::sha256_hex(as_bytes(content));
  }
  return digests;
}

Result<std::map<std::string, std::string>> parse_lock(std::string_view text, const std::string& path) {
  std::map<std::string, std::string> digests;
  std::size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (line.size() < 67 || line.substr(64, 2) != "  " || !digests.emplace(line.substr(66), line.substr(0, 64)).second)
      return fail(ErrorCode::invalid_input, "{}:{}: not \"SHA256  PATH\", or the path a second time", path, number);
  }
  return digests;
}

Result<void> check_signature(const fs::path& profile, const TrustOptions& trust) {
  if (trust.ca.empty()) return fail(ErrorCode::invalid_input, "--require-signed needs --ca FILE: whose signatures count");
  const Authorities authorities = TRY(load_authorities(trust));
  std::error_code ignored;
  for (const fs::path& needed : {lock_path(profile), signature_path(profile)})
    if (!fs::exists(needed, ignored))
      return fail(ErrorCode::not_found, "{} is not signed: there is no {}; `lintel profile pin` and `lintel profile sign` make it", profile.string(), needed.string());
  const std::string lock = TRY(read_file(lock_path(profile), kLockCapBytes));
  const std::string signature = TRY(read_file(signature_path(profile), kLockCapBytes));
  const auto found = examine_signature(as_bytes(signature), as_bytes(lock), authorities, SystemClock().now());
  for (const Finding& finding : found.findings)
    if (finding.state == State::bad || finding.state == State::open)
      return fail(ErrorCode::invalid_input, "{}: {}: {}", signature_path(profile).string(), finding.check, finding.en);
  return {};
}

}  // namespace

fs::path lock_path(const fs::path& profile) { return profile.parent_path() / "profile.lock"; }
fs::path signature_path(const fs::path& profile) { return profile.parent_path() / "profile.lock.p7s"; }

Result<std::string> make_lock(const fs::path& profile, const std::vector<fs::path>& files) {
  std::string text = "# lintel-profile-lock/1; sha256sum -c reads it\n";
  for (const auto& [name, sha256] : TRY(digests_of(profile, files))) text += fmt::format("{}  {}\n", sha256, name);
  return text;
}

Result<void> check_lock(const fs::path& profile, const std::vector<fs::path>& files) {
  const std::string path = lock_path(profile).string();
  const std::string text = TRY(read_file(path, kLockCapBytes));
  auto locked = TRY(parse_lock(text, path));
  for (const auto& [name, sha256] : TRY(digests_of(profile, files))) {
    const auto at = locked.find(name);
    if (at == locked.end()) return fail(ErrorCode::invalid_input, "{} is not in {}; `lintel profile pin` pins the profile as it is now", name, path);
    if (at->second != sha256)
      return fail(ErrorCode::invalid_input, "{} has changed: its SHA-256 is {}, {} says {}; `lintel profile pin` pins the profile as it is now", name, sha256, path,
                  at->second);
    locked.erase(at);
  }
  if (!locked.empty())
    return fail(ErrorCode::invalid_input, "{} is in {}, and the profile does not use it any more; `lintel profile pin` pins the profile as it is now",
                printable(locked.begin()->first), path);
  return {};
}

Result<void> check_profile_trust(const fs::path& profile, const std::vector<fs::path>& files, const ProfileTrustOptions& options) {
  if (options.require_signed) TRY(check_signature(profile, options.trust));
  std::error_code ignored;
  if (!options.require_signed && !fs::exists(lock_path(profile), ignored)) return {};
  return check_lock(profile, files);
}

}  // namespace lintel::cli
