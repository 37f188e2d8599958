// Files compiled into the program (schemas, report templates), so that the binary needs no data folder for them.
#pragma once
#include <span>
#include <string_view>

namespace lintel {

struct EmbeddedFile {
  std::string_view name;  // path relative to the embedded folder
  std::string_view text;
};

}  // namespace lintel
