// The catalogue of words that reports use for verdicts, reasons and labels, in both languages: reports/words.json.
// Nothing a reader sees is spelled in C++. Pure; load once per report.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "data/json_fwd.h"
#include "data/json.h"
#include "model/text.h"

namespace lintel::report {

enum class Language { zh, en, both };

class Words {
 public:
  // The embedded catalogue. Errors: internal, when reports/words.json is not what it should be (our bug).
  static Result<Words> load();

  // A display value for a word: {"zh", "en", "two", "code"} and the entry's further members (mark, letter, tone).
  // A name that the catalogue lacks is shown as it is, so that a new enumerator never makes a report fail.
  Json entry(std::string_view section, std::string_view name) const;
  model::Text text(std::string_view section, std::string_view name) const;
  bool has(std::string_view section, std::string_view name) const;

 private:
  explicit Words(Json catalogue) : catalogue_(std::move(catalogue)) {}
  Json catalogue_;
};

// The text of an embedded file of reports/. Errors: internal when there is none of that name.
Result<std::string_view> embedded(std::string_view name);

}  // namespace lintel::report
