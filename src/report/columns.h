// Text in terminal columns: East Asian wide characters take two, combining marks none. Pure, no locale.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::report {

// Requires valid UTF-8 without control characters, as plain() gives it.
std::size_t columns(std::string_view text);
std::string cut(std::string_view text, std::size_t width);        // with "…" when something was left out
std::string pad(std::string_view text, std::size_t width);        // spaces after it
std::string pad_left(std::string_view text, std::size_t width);   // spaces before it
// Lines of at most width columns; breaks at spaces and between wide characters, and inside a word only when it must.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace lintel::report
