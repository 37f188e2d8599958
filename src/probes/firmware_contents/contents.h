// From what the child process says of an image to facts.
#pragma once
#include "firmware/child/question.h"
#include "model/observation.h"

namespace lintel::probes::firmware_contents {

// How much has to be understood before a rule may say that something is not there.
inline constexpr double kCompleteShare = 0.98;
inline constexpr std::size_t kMostParts = 200;

Json facts_of(const lintel::firmware::Answer& answer);

}  // namespace lintel::probes::firmware_contents
