// The laboratory's document (lab.yaml) with its pictures, for the commands that take one: scan by the target's key, report, judge.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "model/run.h"
#include "report/view.h"
#include "store/run_file.h"

namespace lintel::cli {

struct LabDocument {
  std::optional<model::Lab> lab;       // hashed
  std::map<std::string, Bytes> files;  // SHA-256 to bytes: the document itself and its pictures
};

// An empty path gives no lab. Prints what is wrong; nullopt when that is an error.
std::optional<LabDocument> load_lab(const std::filesystem::path& path, const model::Profile& profile, const model::Target& target);

// Evidence with the document's files before those of `source`. Requires: document outlives it.
report::EvidenceSource with_files(report::EvidenceSource source, const LabDocument& document);

// Puts it into a run file in place of the one it holds. Requires: Access::write.
Result<void> keep_lab(const LabDocument& document, store::RunFile& file);

}  // namespace lintel::cli
