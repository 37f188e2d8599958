// Which clauses ask something else in two runs although the profile calls itself the same version. Pure.
#pragma once
#include <set>
#include <string>

#include "model/run.h"

namespace lintel::report {

// Clauses that are not in both, whose binding, checks or assertions differ, or that are derived from such. Words for people don't count.
std::set<std::string> edited_requirements(const model::Run& then, const model::Run& now);

}  // namespace lintel::report
