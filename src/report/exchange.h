// What the formats for other tools (OSCAL, HDF, CSAF, CycloneDX) have in common: texts and names that their schemas take. Pure.
#pragma once
#include <string>
#include <string_view>

#include "model/run.h"
#include "report/lines.h"

namespace lintel::report {

// One line without white space at its ends, Unicode's included, and never empty ("–"): what all of the schemas take for a text.
std::string exchange_text(std::string_view text, std::size_t cap_bytes = 4000);
std::string asset_name(const RunIndex& index, const std::string& asset, Language language);  // the id when it has no name
// Path of the bytes below the folder of `lintel export RUN FOLDER`; empty when sha256 is none.
std::string evidence_path(const model::Evidence& evidence);
bool is_sha256(std::string_view text);

// Who answers for the document: the laboratory of the run, else the program, and the name says so.
struct Issuer {
  bool laboratory = false;
  std::string name;
  std::string contact, url, accreditation;  // empty: not stated
};
Issuer issuer_of(const RunIndex& index, Language language);
bool is_mail(std::string_view contact);

// What was seen of a firmware item by the firmware probe; empty where it was not learned.
struct FirmwareDigests {
  std::string sha256;
  std::string sm3;
};
FirmwareDigests firmware_digests(const model::Run& run, const std::string& asset, const std::string& item);

}  // namespace lintel::report
