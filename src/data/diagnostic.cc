#include "data/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

namespace lintel {

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::error; });
}

std::string to_string(const Diagnostic& diagnostic) {
  std::string text = diagnostic.file;
  if (diagnostic.mark.line > 0) text += fmt::format(":{}:{}", diagnostic.mark.line, diagnostic.mark.column);
  text += fmt::format(": {} {}: {}", diagnostic.severity == Severity::error ? "error" : "warning", diagnostic.code,
                      diagnostic.message);
  if (!diagnostic.hint.empty()) text += fmt::format(" ({})", diagnostic.hint);
  return text;
}

}  // namespace lintel
