// A YAML scalar as a typed value.
#pragma once
#include <optional>
#include <string_view>

#include "data/json.h"

namespace lintel {

// The value of the text as one of the types admitted (bits of schema::Type); nullopt when it is none of them. Quoted text is only ever text.
// Plain text is true, false or a decimal number where those are admitted, else text. `yes`, `0x1F`, `010` and `1e999` are no such values.
std::optional<Json> scalar_value(std::string_view text, bool quoted, unsigned types);

}  // namespace lintel
