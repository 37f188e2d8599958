#include "report/pdf.h"

#include "base/files.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "report/html.h"
#include "report/values.h"

namespace lintel::report {
namespace {

constexpr std::string_view kFont = "Noto Sans CJK SC";
constexpr int kNoWeasyprint = 78;  // pdf.py

// fontconfig answers with its nearest font, so the name tells whether ours is there.
Result<void> check_fonts(const PdfTools& tools, Deadline deadline, const Cancel& cancel) {
  Command command;
  command.arguments = {tools.font_match, "-f", "%{family}", std::string(kFont)};
  const auto matched = run_command(command, deadline, cancel);
  if (!matched && matched.error().code == ErrorCode::not_found)
    return fail(ErrorCode::unsupported, "no PDF: {} is missing; install the Debian package fontconfig", tools.font_match);
  if (!matched) return add_context(matched.error(), "PDF");
  if (matched->output.find(kFont) == std::string::npos)
    return fail(ErrorCode::unsupported, "no PDF: the font {} is missing; install the Debian package fonts-noto-cjk", kFont);
  return {};
}

}  // namespace

Result<std::string> page_to_pdf(std::string_view page, const PdfTools& tools, Deadline deadline, const Cancel& cancel) {
  TRY(check_fonts(tools, deadline, cancel));
  Command command;
  const std::string_view script = TRY(embedded("pdf.py"));
  command.arguments = {tools.python, "-I", "-c", std::string(script)};
  command.input = page;
  command.output_cap_bytes = 256u << 20;
  auto made = run_command(command, deadline, cancel);
  if ((!made && made.error().code == ErrorCode::not_found) || (made && made->exit_code == kNoWeasyprint))
    return fail(ErrorCode::unsupported, "no PDF: WeasyPrint is missing; install the Debian package weasyprint");
  if (!made) return add_context(made.error(), "PDF");
  if (made->exit_code != 0 || !made->output.starts_with("%PDF-")) {
    const auto lines = split(trim(made->errors), '\n');
    return fail(ErrorCode::internal, "PDF: WeasyPrint ended with {}: {}", made->exit_code, one_line(lines.back(), 300));
  }
  return std::move(made->output);
}

Result<void> write_pdf(const model::Run& run, const EvidenceSource& source, const ReportChoice& choice, const std::filesystem::path& path,
                       Deadline deadline, const Cancel& cancel) {
  const std::string page = TRY(render_print(run, source, choice));
  const std::string pdf = TRY(page_to_pdf(page, PdfTools{}, deadline, cancel));
  return write_file(path, pdf);
}

}  // namespace lintel::report
