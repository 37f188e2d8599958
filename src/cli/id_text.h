// What the id commands share: codes as they are typed, a pointer at the wrong character, and what an identity is good for.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "cli/console.h"
#include "model/device_id.h"

namespace lintel::cli {

// A code in capitals. Errors: invalid_input, when it has not so many hexadecimal characters.
Result<std::string> id_code(std::string_view option, const std::string& text, std::size_t characters);

// Two lines: the text, and an arrow under the wrong character with what is wrong. Each begins with `indent` spaces.
std::string point_at(const std::string& text, const model::DeviceIdMistake& mistake, std::size_t indent, const Console& console);
std::string field_name(const model::DeviceIdField& field, const Console& console);
// That an identity is no credential, and why its values have to be compared.
std::string id_statement(const Console& console);

}  // namespace lintel::cli
