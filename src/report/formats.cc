#include "report/formats.h"

#include "report/csaf.h"
#include "report/csv.h"
#include "report/cyclonedx.h"
#include "report/defectdojo.h"
#include "report/hdf.h"
#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/markdown.h"
#include "report/ocsf.h"
#include "report/oscal.h"
#include "report/sarif.h"
#include "report/xlsx.h"

namespace lintel::report {
namespace {

Result<void> json(const model::Run& run, const EvidenceSource&, const FormatOptions&, const Write& write) { return write_json(run, write); }

Result<void> html(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write) {
  return write_html(run, evidence, write, options.choice);
}

constexpr Format kFormats[] = {
    {"html", "html", "text/html", html},
    {"pdf", "pdf", "application/pdf", nullptr},
    {"json", "json", "application/json", json},
    {"csv", "csv", "text/csv", write_csv},
    {"xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx},
    {"markdown", "md", "text/markdown", write_markdown},
    {"sarif", "sarif", "application/sarif+json", write_sarif},
    {"junit", "junit.xml", "application/xml", write_junit},
    {"ocsf", "ocsf.json", "application/json", write_ocsf},
    {"defectdojo", "defectdojo.json", "application/json", write_defectdojo},
    {"oscal", "oscal.json", "application/json", write_oscal},
    {"hdf", "hdf.json", "application/json", write_hdf},
    {"csaf", "csaf.json", "application/json", write_csaf, csaf_file_name},
    {"cyclonedx", "cdx.json", "application/vnd.cyclonedx+json", write_cyclonedx},
};

}  // namespace

std::span<const Format> formats() { return kFormats; }

const Format* find_format(std::string_view name) {
  for (const Format& format : kFormats)
    if (format.name == name) return &format;
  return nullptr;
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const Format& format : kFormats) names.emplace_back(format.name);
  return names;
}

Result<std::string> render(FormatWriter write, const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options) {
  std::string text;
  TRY(write(run, evidence, options, [&](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  }));
  return text;
}

}  // namespace lintel::report
