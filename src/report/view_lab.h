// The parts of a report that ISO/IEC 17025 7.8 asks for beside the results: who, for whom, under which number, on which items, by which method.
// What nobody gave is null, and templates say that it is not stated. Inside report/ only.
#pragma once
#include "data/json_fwd.h"
#include "report/view.h"

namespace lintel::report {

// Laboratory, customer, place, identity of the report, items with photographs, people, environment, others' results, opinions.
Json lab_view(const RunIndex& index, const EvidenceSource& source);
// Probes with their versions, parameters in force, host.
Json method_view(const RunIndex& index);
// Terms that the report uses: [{term, text}].
Json glossary_view(const Words& words);
// A picture of the run as data: URI, or null when its bytes are not there, changed, too large or no picture.
Json picture_uri(const model::Evidence& picture, const EvidenceSource& source);

}  // namespace lintel::report
