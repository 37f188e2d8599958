#include "rules/item_lint.h"

#include <fmt/format.h>

#include "base/text.h"
#include "model/placeholder.h"

namespace lintel::rules {

void ItemLint::secret(const std::string& name, const Json& value, const std::string& where) {
  if (!value.is_string()) return;
  const std::string& text = value.get_ref<const std::string&>();
  if (is_reference(text)) reference(text, where);
  else if (model::sounds_secret(name) && !text.empty()) warn_secret(where, name);
}

void ItemLint::warn_secret(const std::string& where, std::string_view name) {
  add_warning(diagnostics_, "W078", document_.file, document_.at(at_ + "/" + where), fmt::format("`{}` looks like a secret in clear", printable(name)),
              "write env:NAME or file:PATH, which stays out of run files and reports");
}

void ItemLint::reference(std::string_view text, const std::string& where) {
  if (text == "env:" || text == "file:") error("E079", where, fmt::format("`{}` names nothing", text), "like env:HOME_PASSWORD or file:password.txt");
}

bool ItemLint::is_reference(std::string_view value) { return value.starts_with("env:") || value.starts_with("file:"); }

void ItemLint::file(const Json& json, const char* key, const std::string& above) {
  const std::string path = text_or(json, key);
  std::error_code ignored;
  if (path.empty() || std::filesystem::exists(folder_ / path, ignored)) return;
  add_warning(diagnostics_, "W080", document_.file, document_.at(at_ + "/" + above + key),
              fmt::format("there is no file {}", (folder_ / path).lexically_normal().string()), "what needs it stays inconclusive");
}

void ItemLint::error(const char* code, const std::string& where, std::string message, std::string hint) {
  add_error(diagnostics_, code, document_.file, document_.at(at_ + "/" + where), std::move(message), std::move(hint));
}

void ItemLint::error_at_key(const char* code, const std::string& where, std::string message, std::string hint) {
  add_error(diagnostics_, code, document_.file, document_.key_at(at_ + "/" + where), std::move(message), std::move(hint));
}

std::string ItemLint::escape(std::string_view name) {
  std::string out;
  for (const char c : name) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

}  // namespace lintel::rules
