#include "cli/lab.h"

#include "base/files.h"
#include "cli/console.h"
#include "data/yaml.h"
#include "rules/loader.h"

namespace lintel::cli {

std::optional<LabDocument> load_lab(const std::filesystem::path& path, const model::Profile& profile, const model::Target& target) {
  LabDocument document;
  if (path.empty()) return document;
  auto loaded = rules::load_lab(path, profile, target);
  print_diagnostics(loaded.diagnostics);
  if (has_errors(loaded.diagnostics)) return std::nullopt;
  const auto source = read_file(path, yaml::kMaxBytes);
  if (!source) {
    print_error(source.error().message);
    return std::nullopt;
  }
  const auto keep = [&](model::Evidence& evidence, Bytes bytes) {
    evidence.size_bytes = bytes.size();
    evidence.sha256 = store::sha256_hex(bytes);
    document.files.emplace(evidence.sha256, std::move(bytes));
  };
  loaded.lab.source.media_type = "application/yaml";
  keep(loaded.lab.source, Bytes(source->begin(), source->end()));
  const auto pictures = model::pictures(loaded.lab);
  for (std::size_t i = 0; i < pictures.size(); ++i) keep(*pictures[i], std::move(loaded.pictures.at(i)));
  document.lab = std::move(loaded.lab);
  return document;
}

report::EvidenceSource with_files(report::EvidenceSource source, const LabDocument& document) {
  return [source = std::move(source), &document](const std::string& sha256, std::size_t cap_bytes) -> std::optional<std::string> {
    const auto found = document.files.find(sha256);
    if (found == document.files.end()) return source(sha256, cap_bytes);
    return std::string(as_text(ByteView(found->second).first(std::min(cap_bytes, found->second.size()))));
  };
}

Result<void> keep_lab(const LabDocument& document, store::RunFile& file) {
  for (const auto& [sha256, bytes] : document.files) TRY(file.keep(bytes));
  return file.set_lab(*document.lab);
}

}  // namespace lintel::cli
