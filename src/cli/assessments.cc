#include "cli/assessments.h"

#include "base/files.h"
#include "cli/console.h"
#include "rules/loader.h"
#include "store/run_file.h"

namespace lintel::cli {

std::filesystem::path beside_target(const model::Target& target, const std::string& path) {
  return path.empty() ? std::filesystem::path() : std::filesystem::path(target.folder) / path;
}

static const char* media_type_of(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".jpg" || extension == ".jpeg") return "image/jpeg";
  if (extension == ".png") return "image/png";
  if (extension == ".pdf") return "application/pdf";
  if (extension == ".txt" || extension == ".md" || extension == ".log" || extension == ".csv") return "text/plain";
  return "application/octet-stream";
}

static Result<void> hash_evidence(const std::filesystem::path& folder, Assessments& assessments) {
  for (model::Attestation& attestation : assessments.attestations) {
    for (model::Evidence& evidence : attestation.evidence) {
      const auto path = folder / evidence.name;
      const std::string content = TRY(read_file(path, store::kBlobCapBytes));
      const std::string sha256 = store::sha256_hex(as_bytes(content));
      if (!evidence.sha256.empty() && evidence.sha256 != sha256)
        return fail(ErrorCode::invalid_input, "{} has changed: its SHA-256 is {}, the attestation of {} says {}", path.string(), sha256,
                    attestation.clause, evidence.sha256);
      evidence.sha256 = sha256;
      evidence.size_bytes = content.size();
      evidence.media_type = media_type_of(path);
      assessments.evidence.emplace_back(content.begin(), content.end());
    }
  }
  return {};
}

std::optional<Assessments> load_assessments(const std::filesystem::path& attestations, const std::filesystem::path& waivers,
                                            const model::Profile& profile, const model::Target& target) {
  Assessments assessments;
  std::vector<Diagnostic> diagnostics;
  if (!attestations.empty()) {
    auto loaded = rules::load_attestations(attestations, profile, target);
    assessments.attestations = std::move(loaded.attestations);
    diagnostics = std::move(loaded.diagnostics);
  }
  if (!waivers.empty()) {
    auto loaded = rules::load_waivers(waivers, profile, target);
    assessments.waivers = std::move(loaded.waivers);
    diagnostics.insert(diagnostics.end(), loaded.diagnostics.begin(), loaded.diagnostics.end());
  }
  print_diagnostics(diagnostics);
  if (has_errors(diagnostics)) return std::nullopt;
  if (auto hashed = hash_evidence(attestations.parent_path(), assessments); !hashed) {
    print_error(hashed.error().message);
    return std::nullopt;
  }
  return assessments;
}

}  // namespace lintel::cli
