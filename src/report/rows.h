// The columns that CSV and the workbook show of a line. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "report/lines.h"

namespace lintel::report {

enum class Spelling { codes, words };  // "not_tested", or as people read it

// Names of the columns, and the cells of one line in the same order. Cells are safe to show and one line each.
const std::vector<std::string_view>& column_names();
std::vector<std::string> cells_of(const RunIndex& index, const Line& line, Language language, Spelling spelling);

}  // namespace lintel::report
