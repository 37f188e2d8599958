// What the suites of tests came to, as a page for a terminal. Pure.
#pragma once
#include <string>

#include "cli/console.h"
#include "random/bits/load.h"
#include "random/suites/suites.h"

namespace lintel::cli {

// What was read: size, form and how that is known. One line.
std::string sample_line(const std::string& file, const random::bits::Sample& sample, const Console& console);
// A line for each test, what goes beyond the suite's own bounds, and what all of it allows to say. Ends with a newline.
std::string random_page(const random::suites::Assessment& assessment, const Console& console);

}  // namespace lintel::cli
