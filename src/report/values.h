// How single values look in a report: text made safe to show, times, sizes, durations. Pure.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "data/json_fwd.h"
#include "model/text.h"

namespace lintel::report {

// Text that shows what it holds and can't reorder or hide what stands around it: invalid UTF-8 and control characters
// become U+FFFD (\n and \t stay), direction marks, invisible and line-separating characters become "\u{202e}".
// Longer than cap_bytes: cut at a character, with "…".
std::string plain(std::string_view text, std::size_t cap_bytes = 4000);
// The same on one line: every run of white space is one space.
std::string one_line(std::string_view text, std::size_t cap_bytes = 400);

// {"zh", "en", "two"}: an empty half takes the other one's words; two is false when both are the same.
Json display(const model::Text& text);

std::string format_when(WallTime time);  // "2026-11-21 10:00:00 UTC"; "–" for the epoch, which means "never"
std::string format_day(WallTime time);   // "2026-11-21"
std::string format_duration(std::chrono::milliseconds time);  // "820 ms", "12.4 s", "3 min 05 s", "2 h 04 min"
std::string format_size(std::size_t bytes);                   // "512 B", "1.4 KiB"
std::string format_count(std::int64_t count);                 // "65 535": groups of three, kept together
std::string format_value(const Json& value, std::size_t cap_bytes = 400);  // text as it is, the rest as JSON

}  // namespace lintel::report
