// Checks on the bytes of a YAML file before any parser sees them, and the way from a byte offset to line:column.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/diagnostic.h"

namespace lintel::yaml {

// What is wrong with the bytes: size, byte order mark, UTF-8, control characters, tabs as indentation. True when nothing is.
bool check_text(std::string_view source, const std::string& file, std::vector<Diagnostic>& diagnostics);

// Turns byte offsets into places, columns counted in characters. Cheap when offsets come in nearly rising order, as a
// parser's do: it walks from the last one.
class Places {
 public:
  explicit Places(std::string_view source) : source_(source) {}
  Mark at(std::size_t offset);

 private:
  std::string_view source_;
  std::size_t offset_ = 0;
  int line_ = 1;
  int column_ = 1;
};

}  // namespace lintel::yaml
