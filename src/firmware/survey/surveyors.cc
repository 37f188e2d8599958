#include "firmware/survey/surveyors.h"

#include "base/text.h"

namespace lintel::firmware {

std::vector<std::unique_ptr<Surveyor>> all_surveyors() {
  std::vector<std::unique_ptr<Surveyor>> all;
  all.push_back(survey_accounts());
  all.push_back(survey_services());
  all.push_back(survey_update());
  all.push_back(survey_modes());
  all.push_back(survey_keys());
  all.push_back(survey_secrets());
  all.push_back(survey_boot());
  all.push_back(survey_executables());
  all.push_back(survey_components());
  return all;
}

void add_finding(Json& facts, const char* list, Json finding) {
  Json& findings = facts[list];
  if (findings.is_null()) findings = Json::array();
  if (findings.size() < kMostFindings) {
    findings.push_back(std::move(finding));
    return;
  }
  Json& cut = facts["cut"][list];
  cut = cut.is_null() ? 1 : cut.get<std::uint64_t>() + 1;
}

Json place_of(const File& file) { return {{"part", file.part + 1}, {"path", printable(file.path)}}; }

}  // namespace lintel::firmware
