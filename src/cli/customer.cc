#include "cli/customer.h"

#include "base/files.h"
#include "cli/assessments.h"
#include "cli/console.h"
#include "data/yaml.h"
#include "rules/loader.h"
#include "store/run_file.h"

namespace lintel::cli {

static Result<Bytes> hash_source(const std::filesystem::path& path, model::Evidence& source) {
  const std::string content = TRY(read_file(path, yaml::kMaxBytes));
  source.media_type = "application/yaml";
  source.size_bytes = content.size();
  source.sha256 = store::sha256_hex(as_bytes(content));
  return Bytes(content.begin(), content.end());
}

std::optional<CustomerDocuments> load_customer_documents(const model::Target& target, const model::Profile& profile) {
  CustomerDocuments documents;
  std::vector<Diagnostic> diagnostics;
  const auto ics_path = beside_target(target, target.ics), ixit_path = beside_target(target, target.ixit);
  if (!ics_path.empty()) {
    auto loaded = rules::load_ics(ics_path, profile, target);
    documents.ics = std::move(loaded.ics);
    diagnostics = std::move(loaded.diagnostics);
  }
  if (!ixit_path.empty()) {
    auto loaded = rules::load_ixit(ixit_path, profile, target);
    documents.ixit = std::move(loaded.ixit);
    diagnostics.insert(diagnostics.end(), loaded.diagnostics.begin(), loaded.diagnostics.end());
  }
  print_diagnostics(diagnostics);
  if (has_errors(diagnostics)) return std::nullopt;
  const auto keep = [&](const std::filesystem::path& path, model::Evidence& source) {
    auto bytes = hash_source(path, source);
    if (!bytes) print_error(bytes.error().message);
    else documents.files.push_back(*std::move(bytes));
    return bytes.has_value();
  };
  if (documents.ics && !keep(ics_path, documents.ics->source)) return std::nullopt;
  if (documents.ixit && !keep(ixit_path, documents.ixit->source)) return std::nullopt;
  return documents;
}

}  // namespace lintel::cli
