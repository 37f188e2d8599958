#include "cli/assessments.h"

#include "base/files.h"
#include "crypto/digest.h"
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

Result<EvidenceFile> read_evidence_file(const std::filesystem::path& path, Keep keep) {
  EvidenceFile file;
  file.evidence.name = path.filename().string();
  file.evidence.media_type = media_type_of(path);
  file.evidence.kept = keep == Keep::bytes;
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored))
    return fail(ErrorCode::invalid_input, "{} is a folder; name the files in it, or pack them into one", path.string());
  if (keep == Keep::bytes) {
    auto content = read_file(path, store::kBlobCapBytes);
    if (!content && content.error().code == ErrorCode::limit)
      return fail(ErrorCode::limit, "{} is larger than the {} bytes that a run file keeps of one file; record only its name and hash", path.string(), store::kBlobCapBytes);
    if (!content) return tl::unexpected<Error>(content.error());
    file.bytes.assign(content->begin(), content->end());
    file.evidence.size_bytes = file.bytes.size();
    file.evidence.sha256 = store::sha256_hex(file.bytes);
    return file;
  }
  const crypto::DigestAlgorithm sha256[] = {crypto::DigestAlgorithm::sha256};
  crypto::Digester digester = TRY(crypto::Digester::create(sha256));
  TRY(for_each_chunk(path, [&](ByteView chunk) -> Result<void> {
    file.evidence.size_bytes += chunk.size();
    return digester.update(chunk);
  }));
  file.evidence.sha256 = to_hex(TRY(digester.finish()).front().second);
  return file;
}

static Result<void> hash_evidence(const std::filesystem::path& folder, Assessments& assessments) {
  for (model::Attestation& attestation : assessments.attestations) {
    for (model::Evidence& evidence : attestation.evidence) {
      const bool keep = evidence.kept;
      auto file = TRY(read_evidence_file(folder / evidence.name, keep ? Keep::bytes : Keep::hash_only));
      file.evidence.name = evidence.name;
      evidence = std::move(file.evidence);
      if (keep) assessments.evidence.push_back(std::move(file.bytes));
    }
  }
  return {};
}

std::optional<Assessments> load_assessments(const std::filesystem::path& attestations, const std::filesystem::path& waivers,
                                            const model::Profile& profile, const model::Target& target) {
  Assessments assessments;
  std::vector<Diagnostic> diagnostics;
  if (!attestations.empty()) {
    auto loaded = rules::load_attestations(attestations, profile, target, SystemClock().now());
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
