// What a web application's schema can't say: placeholders without a value, accounts that are not there, patterns that don't compile.
#pragma once
#include <filesystem>
#include <string>

#include "rules/documents.h"

namespace lintel::rules {

// json: the item as written, at: its JSON pointer.
void lint_web(const Json& json, const std::string& at, const Document& document, const std::filesystem::path& folder, Diagnostics& diagnostics);

}  // namespace lintel::rules
