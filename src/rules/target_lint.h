// What a target's schema can't say: port ranges, secrets in clear, members that exclude each other, files that are not there.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "rules/documents.h"

namespace lintel::rules {

// What is wrong with a port list like "22,80,8000-8100"; empty when nothing is. Requires the schema's pattern.
std::string ports_problem(std::string_view ports);
// json: the item as written, at: its JSON pointer.
void lint_item(model::ItemKind kind, const Json& json, const std::string& at, const Document& document, const std::filesystem::path& folder,
               Diagnostics& diagnostics);

}  // namespace lintel::rules
