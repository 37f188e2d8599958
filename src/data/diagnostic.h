// What is wrong in a document, for the person who wrote it: stable code, place, sentence, hint.
#pragma once
#include <string>
#include <vector>

namespace lintel {

struct Mark {
  int line = 0;    // from 1; 0 means "the whole file"
  int column = 0;  // from 1, in characters
};

enum class Severity { error, warning };

struct Diagnostic {
  std::string code;  // "E012"; the list is in docs/diagnostics.md
  Severity severity = Severity::error;
  std::string file;
  Mark mark;
  std::string message;
  std::string hint;  // what to do, or the nearest name; may be empty
};

bool has_errors(const std::vector<Diagnostic>& diagnostics);
// "file:line:column: error E012: message (hint)"
std::string to_string(const Diagnostic& diagnostic);

}  // namespace lintel
