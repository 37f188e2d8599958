#include "report/csv.h"

#include "report/pieces.h"
#include "report/rows.h"

namespace lintel::report {
namespace {

// A spreadsheet runs a cell that begins like a formula; an apostrophe makes it text (OWASP, CSV injection).
std::string csv_cell(std::string_view text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@|%\t\r\n").find(text.front()) != std::string_view::npos) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

template <class Cells>
std::string csv_row(const Cells& cells) {
  std::string out;
  for (const auto& text : cells) out += (out.empty() ? "" : ",") + csv_cell(text);
  return out + "\r\n";
}

}  // namespace

Result<void> write_csv(const model::Run& run, const EvidenceSource&, const FormatOptions& options, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), ViewLimits{});
  Pieces out(write);
  TRY(out.add("\xEF\xBB\xBF" + csv_row(column_names())));
  TRY(for_each_line(index, [&](const Line& line) { return out.add(csv_row(cells_of(index, line, options.language, Spelling::codes))); }));
  for (const Line& line : contradiction_lines(index)) TRY(out.add(csv_row(cells_of(index, line, options.language, Spelling::codes))));
  return out.flush();
}

}  // namespace lintel::report
