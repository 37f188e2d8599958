// Entries of a document that answer for clauses and assets: what attestations, waivers and the customer's statements have in common.
// Used by rules/load_answers.cc and load_ics.cc only.
#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "rules/documents.h"

namespace lintel::rules {

// A time of the document; the schema has checked that it is one.
inline WallTime time_at(const Json& json, std::string_view key) { return parse_time(text_or(json, key)).value_or(WallTime{}); }

class AnswerReader {
 public:
  AnswerReader(const Document& document, const model::Profile& profile, const model::Target& target, Diagnostics& diagnostics)
      : document_(document), profile_(profile), target_(target), diagnostics_(diagnostics) {}

  void error(const char* code, const std::string& pointer, std::string message, std::string hint = "");
  void warning(const char* code, const std::string& pointer, std::string message, std::string hint = "");

  // The clause of that id; nullptr and an error at the place when the profile has none.
  const model::Clause* clause(const std::string& id, const std::string& at);
  // The clause that an entry names; the entry's asset has to exist and to be bound by it.
  const model::Clause* subject(const Json& json, const std::string& at);
  // The line of the first entry for the same clause and asset; 0 when this is the first.
  int earlier(const Json& json, const std::string& at);
  // Control characters would reach terminals and reports.
  void free_of_control(const Json& json, const std::string& at, const char* key);
  // A file that can be kept as evidence, or only hashed.
  void evidence_file(const std::filesystem::path& path, const std::string& at, bool keep);

 private:
  const model::Asset* asset(const std::string& id, const std::string& at);

  const Document& document_;
  const model::Profile& profile_;
  const model::Target& target_;
  Diagnostics& diagnostics_;
  std::map<std::string, int> seen_;
};

}  // namespace lintel::rules
