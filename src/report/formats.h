// Every format that a run can be written in, in one table (formats.cc). A new format is a file pair of its own with one function and one row
// there; `lintel report --report` and `lintel export --format` find it by its name.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/run.h"
#include "report/choice.h"
#include "report/gating.h"
#include "report/view.h"
#include "report/words.h"

namespace lintel::report {

struct FormatOptions {
  Language language = Language::en;  // of sentences in a format that holds one language; `both` counts as zh
  // The target file as seen from the root of its repository, with slashes ("lab/home.yaml"): where SARIF puts its results.
  // Empty: the name of the file that the run holds.
  std::string source_path;
  ReportChoice choice;       // html, pdf
  bool all_results = false;  // sarif: what passes, does not apply and was not tested too
  Gating gating;             // junit, sarif
  std::function<void(const std::string&)> note;  // is told what a format can't hold and left off; may be empty
};

// Receives a document in pieces, so that a run of 50 000 results never stands in memory as text. Its first error ends the writing.
using Write = std::function<Result<void>(std::string_view)>;

// Pure: the same run and options give the same bytes, whenever and wherever. Everything in the run is hostile text. Errors: internal, write's, and
// limit when the format can't hold the run.
using FormatWriter = Result<void> (*)(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);

struct Format {
  std::string_view name;        // "sarif"
  std::string_view ending;      // of the file, without the dot: "sarif", "junit.xml"
  std::string_view media_type;
  FormatWriter write;           // null: pdf, which a program makes (pdf.h)
  std::string (*file_name)(const model::Run& run) = nullptr;  // the name that the format demands of its file; null: any
};

std::span<const Format> formats();
const Format* find_format(std::string_view name);  // null: there is none
std::vector<std::string> format_names();

Result<std::string> render(FormatWriter write, const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options);

}  // namespace lintel::report
