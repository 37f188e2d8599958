#include "report/formats.h"

#include "report/csaf.h"
#include "report/cyclonedx.h"
#include "report/hdf.h"
#include "report/html.h"
#include "report/json.h"
#include "report/oscal.h"

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
