#include "probes/firmware_contents/contents.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace lintel::probes::firmware_contents {

using lintel::firmware::Answer;
using lintel::firmware::Coverage;
using lintel::firmware::Part;

static Json coverage_facts(const Coverage& coverage, double share) {
  return {{"bytes", coverage.bytes}, {"parsed", coverage.parsed}, {"padding", coverage.padding}, {"high_entropy", coverage.high_entropy}, {"low_entropy", coverage.low_entropy}, {"share", share}};
}

static Json part_facts(const Part& part) {
  Json facts{{"format", part.format}, {"offset", part.offset}, {"length", part.length}, {"depth", part.depth}};
  if (!part.name.empty()) facts["name"] = printable(part.name);
  for (const std::string& problem : part.problems) facts["problems"].push_back(printable(problem));
  return facts;
}

Json facts_of(const Answer& answer) {
  const Coverage& coverage = answer.image.coverage;
  const double understood = coverage.bytes == 0 ? 0 : static_cast<double>(coverage.parsed + coverage.padding) / static_cast<double>(coverage.bytes);
  const double share = std::floor(std::clamp(understood, 0.0, 1.0) * 1e4) / 1e4;
  Json facts = answer.survey;  // the members of the surveyors
  facts["coverage"] = coverage_facts(coverage, share);
  // Padding alone is no image: of nothing nothing can be said.
  facts["complete"] = coverage.parsed > 0 && share >= kCompleteShare && coverage.high_entropy == 0 && answer.hit.empty();
  facts["ended_early"] = answer.hit;
  std::uint64_t files = 0;
  for (const Part& part : answer.image.parts) files += part.file_count;
  facts["file_count"] = files;
  facts["parts"] = Json::array();
  for (const Part& part : answer.image.parts) {
    if (facts["parts"].size() == kMostParts) break;
    facts["parts"].push_back(part_facts(part));
  }
  return facts;
}

}  // namespace lintel::probes::firmware_contents
