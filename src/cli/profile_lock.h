// profile.lock beside profile.yaml: the SHA-256 of every file a profile is made of, as `sha256sum -c profile.lock` reads it, and
// profile.lock.p7s, the signature over it. Checked each time a profile is loaded; nothing is remembered.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/arguments.h"
#include "rules/loader.h"

namespace lintel::cli {

std::filesystem::path lock_path(const std::filesystem::path& profile);       // profile: profile.yaml
std::filesystem::path signature_path(const std::filesystem::path& profile);

// A first line with # and "<sha256>  <path from the profile's folder>", sorted by path. Errors: those of reading; invalid_input (a name with a
// line break or a backslash, which sha256sum writes in another way).
Result<std::string> make_lock(const std::filesystem::path& profile, const std::vector<std::filesystem::path>& files);

// Whether the lock lists exactly these files as they are. Errors: not_found (no lock), invalid_input, which names the file that differs.
Result<void> check_lock(const std::filesystem::path& profile, const std::vector<std::filesystem::path>& files);

// check_lock where there is a lock; with options.require_signed there must be one, with a signature by an authority of options.trust.
Result<void> check_profile_trust(const std::filesystem::path& profile, const std::vector<std::filesystem::path>& files, const ProfileTrustOptions& options);

}  // namespace lintel::cli
