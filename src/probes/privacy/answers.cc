#include "probes/privacy/answers.h"

namespace lintel::probes::privacy {
namespace {

void add_leaves(const Json& value, const std::string& name, std::set<std::string>& names) {
  if (value.is_object())
    for (const auto& [key, inner] : value.items()) add_leaves(inner, key, names);
  if (value.is_array())
    for (const Json& inner : value) add_leaves(inner, name, names);
  const bool leaf = value.is_primitive() || value.empty();
  if (leaf && !name.empty() && names.size() < kMostNames) names.insert(name);
}

}  // namespace

std::set<std::string> leaf_names(const Json& answer) {
  std::set<std::string> names;
  add_leaves(answer, "", names);
  return names;
}

const Json* text_named(const Json& answer, std::string_view name) {
  if (!answer.is_structured()) return nullptr;
  if (answer.is_object())
    if (const Json& own = member(answer, name); own.is_string()) return &own;
  for (const Json& inner : answer)
    if (const Json* found = text_named(inner, name)) return found;
  return nullptr;
}

}  // namespace lintel::probes::privacy
