// From files to models: profile with its parts and checks, target, attestations, waivers. The only files of this floor that read the disk.
// Everything wrong is told at once, with file:line:column, a code of docs/diagnostics.md and the nearest name. After an error the models
// hold only what could be read: callers stop when has_errors(diagnostics). Warnings are for the person, not for the verdict.
// Files are read in full, 4 MiB at most each; nothing else blocks.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "data/diagnostic.h"
#include "model/attestation.h"
#include "model/check.h"
#include "model/enums.h"
#include "model/ics.h"
#include "model/lab.h"
#include "model/profile.h"
#include "model/target.h"

namespace lintel::rules {

// What the loader has to know of a probe. Rules may not include probes, so the caller hands it in.
struct ProbeSchemas {
  std::string_view facts;   // text of facts.schema.json
  std::string_view params;  // text of params.schema.json
  model::ItemKind takes = model::ItemKind::host;
};
struct ProbeCatalog {
  std::vector<std::string> names;  // for the nearest-name hint
  std::function<std::optional<ProbeSchemas>(std::string_view)> find;  // called from several threads at once
};

// A clause of the standard's own list beside what the profile has for it.
struct CoverageRow {
  std::string id;
  model::Subject subject = model::Subject::platform;
  model::Obligation obligation = model::Obligation::shall;
  model::By by = model::By::manual;  // as the standard's list has it
  bool in_profile = false;
  std::size_t checks = 0;            // that decide it now
  bool question = false;
  bool derived = false;
};

struct LoadedProfile {
  model::Profile profile;
  std::vector<model::Check> checks;    // those that clauses use, sorted by id
  std::vector<CoverageRow> coverage;   // in the order of the standard's list; empty when the profile names none
  std::vector<std::filesystem::path> files;  // all that were read: profile.yaml, parts, checks that clauses use, the standard's list
  std::vector<Diagnostic> diagnostics;
};
// path: profile.yaml, or the folder that holds it.
LoadedProfile load_profile(const std::filesystem::path& path, const ProbeCatalog& probes);
// One line of JSON, the same for the same profile and checks: what profile_sha256 is over.
std::string canonical_profile(const model::Profile& profile, const std::vector<model::Check>& checks);

struct LoadedCheck {
  model::Check check;
  std::vector<Diagnostic> diagnostics;
};
// A check on its own; its id has to equal the last two parts of the path.
LoadedCheck load_check(const std::filesystem::path& path, const ProbeCatalog& probes);

struct LoadedTarget {
  model::Target target;  // waivers: "waivers.yaml" when that file lies beside the target and nothing else is named
  std::vector<Diagnostic> diagnostics;
};
LoadedTarget load_target(const std::filesystem::path& path);

struct LoadedAttestations {
  // Evidence holds `name`, the path as written, relative to the file's folder; hashing is the caller's.
  std::vector<model::Attestation> attestations;
  std::vector<Diagnostic> diagnostics;
};
// now: an answer from the future is an error.
LoadedAttestations load_attestations(const std::filesystem::path& path, const model::Profile& profile, const model::Target& target, WallTime now);

struct LoadedWaivers {
  std::vector<model::Waiver> waivers;
  std::vector<Diagnostic> diagnostics;
};
LoadedWaivers load_waivers(const std::filesystem::path& path, const model::Profile& profile, const model::Target& target);

// The customer's documents. `source` holds the path as written by its last part; hashing is the caller's.
struct LoadedIcs {
  model::Ics ics;
  std::vector<Diagnostic> diagnostics;
};
LoadedIcs load_ics(const std::filesystem::path& path, const model::Profile& profile, const model::Target& target);

struct LoadedIxit {
  model::Ixit ixit;
  std::vector<Diagnostic> diagnostics;
};
LoadedIxit load_ixit(const std::filesystem::path& path, const model::Profile& profile, const model::Target& target);

struct LoadedLab {
  model::Lab lab;               // its evidence has no hashes yet; that is the caller's
  std::vector<Bytes> pictures;  // the bytes of model::pictures(lab), in that order, when there is no error
  std::vector<Diagnostic> diagnostics;
};
LoadedLab load_lab(const std::filesystem::path& path, const model::Profile& profile, const model::Target& target);

}  // namespace lintel::rules
