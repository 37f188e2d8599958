// The p-values of a sample as a picture and, of identifiers one a line, how each position is used: an SVG file of its own. Pure.
#pragma once
#include <string>
#include <string_view>

#include "cli/console.h"
#include "random/bits/load.h"
#include "random/suites/suites.h"

namespace lintel::cli {

// The name of a test in the console's language; the id itself when it is not known.
std::string random_test_name(std::string_view id, const Console& console);

// The same input gives the same bytes, at most about a megabyte.
std::string random_picture(const std::string& file, const random::bits::Sample& sample, const random::suites::Assessment& assessment, const Console& console);

}  // namespace lintel::cli
