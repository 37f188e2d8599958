// The pictures of a report: what one would rather look at than read. Each is an inline SVG with numbers and ids only, so it needs no translation;
// what it shows is also in a table or a list of the same report. They state facts and verdicts, they decide nothing. Pure.
#pragma once
#include <string>
#include <string_view>

#include "data/json_fwd.h"
#include "report/view.h"

namespace lintel::report {

// Verdicts of all clauses as a ring, their number in the middle. cells: of `totals` in the document view.
std::string verdict_donut(const Json& cells, const std::string& label);
// One chapter's verdicts as a bar, `widest` being the number of clauses of the largest chapter.
std::string chapter_bar(const Json& cells, int widest, const std::string& label);
// Three steps, those reached filled, the claimed one framed.
std::string grade_ladder(int reached, int claimed, const std::string& label);

// What the probes saw: [{title, note, picture, more}], empty without observations of that kind.
// Ports of each host: open and declared, open and not declared, declared and not open; on a scale from 1 to 65535.
// TLS: versions that each service offers, refuses, or left unknown.
// Session ids: entropy of each position against what its alphabet allows.
Json gallery(const RunIndex& index);

}  // namespace lintel::report
