// What a report shows beside a result: the facts that decided, each with the evidence that backs it.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "model/verdict.h"
#include "rules/assertion.h"
#include "rules/eval.h"

namespace lintel::rules {

// At most 32 steps, each path once, in the order of the reads (decisive first).
std::vector<model::Step> trace_of(std::span<const Read> reads, const Scope& scope);
// The paths whose being unknown made the result unknown; at most 16.
std::vector<std::string> missing_paths(std::span<const Read> reads);
// Whether evidence about `about` ("versions.ssl3") backs the fact at `path`: one is the beginning of the
// other.
bool backs(std::string_view about, std::string_view path);

}  // namespace lintel::rules
