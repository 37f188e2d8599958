// Messages with a signature, and what is done to them that a receiver has to notice. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lintel::flow {

// algorithm: "hmac-sha256" and its like. Hexadecimal digits. Errors: invalid_input (unknown algorithm).
Result<std::string> hmac_hex(std::string_view algorithm, std::string_view key, std::string_view over);

// One byte changed so that the message still reads well: the first decimal digit outside of `keep` (values that are looked at for other reasons).
// nullopt: there is none.
std::optional<std::string> with_other_digit(std::string_view text, const std::vector<std::string>& keep);
// Each occurrence of a value with another last hexadecimal digit; nullopt: it does not occur.
std::optional<std::string> with_other_value(std::string_view text, std::string_view value);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

// A text that a sign of success is known by, as it would be after the change from `before` to `after` (of the same length): where it is a part of
// the message, the change is in it too.
std::string follow_change(const std::string& text, std::string_view before, std::string_view after);

}  // namespace lintel::flow
