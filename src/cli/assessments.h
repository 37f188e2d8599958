// The assessor's files beside a target: attestations with their evidence, and waivers.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "model/attestation.h"
#include "model/profile.h"
#include "model/target.h"

namespace lintel::cli {

struct Assessments {
  std::vector<model::Attestation> attestations;  // evidence hashed
  std::vector<model::Waiver> waivers;
  std::vector<Bytes> evidence;                   // the files the attestations name
};

// Paths as given on the command line (relative to the working folder), or empty. Prints what is wrong; nullopt when that is an error.
// A file of evidence that can't be read is one: an answer must not point to nothing.
std::optional<Assessments> load_assessments(const std::filesystem::path& attestations, const std::filesystem::path& waivers,
                                            const model::Profile& profile, const model::Target& target);

enum class Keep { bytes, hash_only };
struct EvidenceFile {
  model::Evidence evidence;  // named by the last part of the path
  Bytes bytes;               // empty with hash_only
};
// A file of any size with hash_only, else at most store::kBlobCapBytes. Errors name the file and the next step: not_found, permission,
// io, limit, invalid_input (a folder, no regular file).
Result<EvidenceFile> read_evidence_file(const std::filesystem::path& path, Keep keep);

// A path of the target file: relative ones start at its folder; empty stays empty.
std::filesystem::path beside_target(const model::Target& target, const std::string& path);

}  // namespace lintel::cli
