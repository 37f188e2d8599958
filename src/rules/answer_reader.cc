#include "rules/answer_reader.h"

#include <fmt/format.h>

#include "model/observation.h"

namespace lintel::rules {

namespace fs = std::filesystem;

void AnswerReader::error(const char* code, const std::string& pointer, std::string message, std::string hint) {
  add_error(diagnostics_, code, document_.file, document_.at(pointer), std::move(message), std::move(hint));
}

void AnswerReader::warning(const char* code, const std::string& pointer, std::string message, std::string hint) {
  add_warning(diagnostics_, code, document_.file, document_.at(pointer), std::move(message), std::move(hint));
}

const model::Clause* AnswerReader::clause(const std::string& id, const std::string& at) {
  const model::Clause* found = find_clause(profile_, id);
  if (found == nullptr) {
    std::vector<std::string> names;
    for (const model::Clause& one : profile_.clauses) names.push_back(one.id);
    error("E081", at, fmt::format("the profile has no clause `{}`", id), name_hint(id, names));
  }
  return found;
}

const model::Asset* AnswerReader::asset(const std::string& id, const std::string& at) {
  const model::Asset* found = find_asset(target_, id);
  if (found == nullptr) {
    std::vector<std::string> names;
    for (const model::Asset& one : target_.assets) names.push_back(one.id);
    error("E082", at, fmt::format("the target has no asset `{}`", printable(id)), name_hint(id, names));
  }
  return found;
}

const model::Clause* AnswerReader::subject(const Json& json, const std::string& at) {
  const std::string asset_id = text_or(json, "asset");
  const model::Clause* found = json.contains("clause") ? clause(text_or(json, "clause"), at + "/clause") : nullptr;
  if (asset_id.empty()) return found;
  const model::Asset* on = asset(asset_id, at + "/asset");
  if (found != nullptr && on != nullptr && !binds(found->subject, on->role))
    warning("W083", at + "/asset", fmt::format("clause `{}` does not bind `{}`, a {}", found->id, asset_id, name_of(on->role)), "the entry counts for nothing");
  return found;
}

int AnswerReader::earlier(const Json& json, const std::string& at) {
  const std::string key = text_or(json, "clause") + "\n" + text_or(json, "asset");
  const auto [first, fresh] = seen_.emplace(key, document_.at(at).line);
  return fresh ? 0 : first->second;
}

void AnswerReader::free_of_control(const Json& json, const std::string& at, const char* key) {
  const std::string text = text_or(json, key);
  if (printable(text) != text)
    error("E100", fmt::format("{}/{}", at, key), fmt::format("`{}` holds a control character", key), "plain text, line breaks and tabs only");
}

void AnswerReader::evidence_file(const fs::path& path, const std::string& at, bool keep) {
  std::error_code failed;
  const std::string shown = path.lexically_normal().string();
  const fs::file_status status = fs::status(path, failed);
  if (fs::is_directory(status)) return error("E087", at, fmt::format("{} is a folder", shown), "name the files in it, or pack them into one");
  if (!fs::is_regular_file(status)) return error("E087", at, fmt::format("there is no file {}", shown), "a report can't be defended with evidence that is not there");
  const auto size = fs::file_size(path, failed);
  if (keep && !failed && size > model::kEvidenceCapBytes)
    error("E103", at, fmt::format("{} has {} bytes; a run file keeps at most {} of one file", shown, size, model::kEvidenceCapBytes),
          "`keep: false` records its name and hash only");
}

}  // namespace lintel::rules
