// The statistics as text for the evidence: with the digests of the sample, all that is needed to judge again without the identifiers.
#pragma once
#include <string>
#include <vector>

#include "probes/session_ids/harvest.h"
#include "random/tokens/statistics.h"

namespace lintel::probes::session_ids {

// A line an identifier, in the order of issue: `unix_us TAB sha256:...`. The identifiers themselves open the account and are never kept.
std::string sample_text(const std::vector<Harvested>& ids);
// How often each character stands at each position; the parts that follow a rule; what the tests counted.
std::string statistics_text(const std::vector<std::string>& ids, const random::tokens::Statistics& found);

}  // namespace lintel::probes::session_ids
