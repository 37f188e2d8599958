// SARIF 2.1.0 for code scanning: a rule is a clause, a result is a line of the run (lines.h) placed in the target file, where the asset is
// declared. Failures have kind fail, what could not be decided has kind review; FormatOptions::all_results adds the rest. Pure.
//
// Written for what GitHub does with it: every result has a physical location with a relative path, rules have help and a security-severity,
// primaryLocationLineHash is our own fingerprint and so survives a new address or line. A clean run is a file with no results: without one
// alerts never close. GitHub shows 5,000 results of a run of SARIF, takes 25,000, and 20 such runs a file: more than 5,000 results are spread
// over up to 20 by asset, in the order of the target, each with an automationDetails.id of its own. Above 25,000 in one of them the least grave
// are left off: `resultsLeftOff` and a notification in the file say how many, and so is FormatOptions::note told. A contradiction of the
// customer's statements is a result (review) of the rule PROFILE/statements.
#pragma once
#include "report/formats.h"

namespace lintel::report {

constexpr std::size_t kSarifShown = 5'000;
constexpr std::size_t kSarifTaken = 25'000;
constexpr std::size_t kSarifRuns = 20;
constexpr std::size_t kSarifLocations = 100;

Result<void> write_sarif(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);

// A path as relative URI reference: percent-encoded, without "." and "..", no scheme in it. Empty when nothing is left.
std::string relative_uri(std::string_view path);

}  // namespace lintel::report
