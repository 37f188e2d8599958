#include "cli/outputs.h"

#include <fstream>

#include "base/files.h"
#include "cli/json_output.h"
#include "data/json.h"
#include "report/pdf.h"
#include "report/terminal.h"
#include "report/timings.h"
#include "store/format.h"

namespace lintel::cli {

namespace fs = std::filesystem;

namespace {

Result<void> write_report(const model::Run& run, const report::EvidenceSource& evidence, const report::Format& format, const report::FormatOptions& options,
                          const fs::path& path, const Cancel& cancel) {
  // A hung WeasyPrint must not hang a scan; big reports take their time.
  if (format.write == nullptr) return report::write_pdf(run, evidence, options.choice, path, Deadline::after(std::chrono::minutes(10)), cancel);
  return write_file(path, [&](const WritePiece& write) { return format.write(run, evidence, options, write); });
}

void print(const Result<std::string>& text) {
  if (text)
    (void)std::fwrite(text->data(), 1, text->size(), stdout);  // main() tells when that fails; the verdict's exit code stands
  else
    print_error(text.error().message);
}

}  // namespace

report::TerminalOptions terminal_options(const Console& console) {
  report::TerminalOptions options;
  options.width = static_cast<std::size_t>(console.width);
  options.colour = console.colour ? report::Colour::on : report::Colour::off;
  options.language = console.language == "en" ? report::Language::en : report::Language::zh;
  return options;
}

bool deliver(const std::string& text, const std::string& out, const Console& console) {
  if (out.empty()) {
    (void)std::fwrite(text.data(), 1, text.size(), stdout);  // main() tells when that fails
    return true;
  }
  if (store::check_header(out)) {  // evidence, perhaps sealed: not to be lost to a slip of the hand
    print_error(fmt::format("{} is a run file; name another file", out));
    return false;
  }
  if (const auto written = write_file(out, text); !written) {
    print_error(written.error().message);
    return false;
  }
  if (!console.quiet) fmt::print("{}\n", out);
  return true;
}

report::EvidenceSource evidence_of(store::RunFile& file) {
  return [&file](const std::string& sha256, std::size_t cap_bytes) -> std::optional<std::string> {
    const auto bytes = file.read_evidence(sha256);
    if (!bytes) return std::nullopt;
    return std::string(as_text(ByteView(*bytes).first(std::min(cap_bytes, bytes->size()))));
  };
}

fs::path report_path(const fs::path& out, const std::string& format) {
  const std::string ending = "." + std::string(report::find_format(format)->ending);
  return out.string().ends_with(ending) ? out : fs::path(out.string() + ending);
}

// The target file from the root of the repository that its folder lies in on this machine, or empty.
static std::string path_in_repository(const model::Target& target) {
  std::error_code ignored;
  const fs::path folder = target.folder;
  if (target.file.empty() || !folder.is_absolute()) return {};
  for (fs::path root = folder; root != root.root_path(); root = root.parent_path())
    if (fs::exists(root / ".git", ignored)) return (folder / target.file).lexically_relative(root).generic_string();
  return {};
}

report::Language report_language(std::string_view name) { return name == "zh" ? report::Language::zh : name == "en" ? report::Language::en : report::Language::both; }

report::FormatOptions format_options(const model::Run& run, const Console& console) {
  report::FormatOptions options;
  options.source_path = path_in_repository(run.target);
  options.language = console.language == "en" ? report::Language::en : report::Language::zh;
  options.note = [](const std::string& text) { print_error(text); };
  return options;
}

Written write_reports(const model::Run& run, const report::EvidenceSource& evidence, const fs::path& run_file, const std::vector<std::string>& formats, const fs::path& out,
                      const report::FormatOptions& options, const Cancel& cancel, const Console& console) {
  Written written;
  for (const std::string& format : formats) {
    const auto demands = report::find_format(format)->file_name;
    const fs::path path = demands != nullptr ? out.parent_path() / demands(run) : report_path(out, format);
    if (std::error_code ignored; fs::equivalent(path, run_file, ignored)) {
      print_error(fmt::format("{} is the run file; name the report with --out", path.string()));
      written.failed = true;
      continue;
    }
    if (format == "pdf" && console.live && !console.quiet) tell(fmt::format("\r\x1b[2K{} ...", path.string()));
    const auto done = write_report(run, evidence, *report::find_format(format), options, path, cancel);
    if (format == "pdf" && console.live && !console.quiet) tell("\r\x1b[2K");
    if (done) {
      written.paths.push_back(path.string());
    } else {
      print_error(done.error().message);
      written.failed = true;
    }
  }
  return written;
}

void print_summary(const model::Run& run, const std::vector<std::string>& paths, int exit_code, const Console& console) {
  if (console.json) return print_json(summary_json(run, paths, exit_code));
  if (console.quiet) {
    for (const std::string& path : paths) fmt::print("{}\n", path);
    return;
  }
  report::TerminalOptions options = terminal_options(console);
  options.files = paths;
  print(report::render_terminal(run, options));
}

void print_timings(const model::Run& run, const Console& console) { print(report::render_timings(run, terminal_options(console))); }

}  // namespace lintel::cli
