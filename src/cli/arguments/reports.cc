// Options of: report, export, diff, history.
#include "cli/arguments/groups.h"
#include "cli/arguments/shared.h"
#include "report/formats.h"

namespace lintel::cli {

static void add_report_language(CLI::App& app, std::string& language) {
  app.add_option("--language,--lang", language, "language of html and pdf, and of what is printed: zh, en, both (default: both)")->check(CLI::IsMember({"zh", "en", "both"}));
}

void add_report(CLI::App& app, Arguments& arguments) {
  auto* report_app = app.add_subcommand("report", "write reports of a run");
  auto& report = read_into<ReportCommand>(*report_app, arguments);
  report_app->add_option("run", report.run, "run file")->required();
  report_app->add_option("--lab", report.lab, "laboratory's document (docs/documents.md) in place of the run's");
  report_app->add_option("--view", report.view, "html, pdf: summary (two pages), manager (also what fails or is open, and who must act) or lab (everything; default)")
      ->check(CLI::IsMember({"summary", "manager", "lab"}));
  report_app->add_option("--only", report.only, "html, pdf: only clauses with these verdicts")
      ->delimiter(',')
      ->check(CLI::IsMember({"fail", "inconclusive", "not_tested", "pass", "not_applicable"}));
  report_app->add_option("--asset", report.asset, "html, pdf: only this asset of the target");
  add_report_language(*report_app, report.language);
  add_report_options(*report_app, report.report);
  add_gate_shown(*report_app, report.gate);
  report_app->footer("Examples:\n  lintel report home.lintel --report html,pdf,json\n  lintel report home.lintel --lab lab.yaml --language en\n"
                     "  lintel report home.lintel --view manager --only fail,inconclusive --asset lamp --out lamp-open");
}

void add_export(CLI::App& app, Arguments& arguments) {
  auto* export_app = app.add_subcommand("export", "write the run in the format of another tool, or unpack it");
  auto& exported = read_into<ExportCommand>(*export_app, arguments);
  export_app->add_option("run", exported.run, "run file")->required();
  auto* folder = export_app->add_option("folder", exported.folder, "folder to create with run.json and every piece of evidence");
  auto* format = export_app->add_option("--format", exported.formats, "formats to write")
                     ->delimiter(',')
                     ->allow_extra_args(false)
                     ->check(CLI::IsMember(report::format_names()))
                     ->excludes(folder);
  export_app->add_option("-o,--out", exported.out, "path of the outputs without ending; - writes one format to standard output")->needs(format);
  export_app->add_option("--source", exported.source, "path of the target file in its repository, where sarif puts its results (default: found by .git)")->needs(format);
  export_app->add_flag("--all", exported.all, "sarif: also what passes, does not apply or was not tested")->needs(format);
  add_report_language(*export_app, exported.language);
  add_gate_shown(*export_app, exported.gate);
  export_app->add_flag("--json", exported.json, "print what was written as JSON");
  export_app->footer("Examples:\n  lintel export home.lintel home-export\n  lintel export home.lintel --format sarif,junit --out build/home\n  lintel export home.lintel --format html --language zh\n"
                     "  lintel export home.lintel --format csv --out -");
}

void add_diff(CLI::App& app, Arguments& arguments) {
  auto* diff_app = app.add_subcommand("diff", "compare two runs of one target: what got worse, better, or can't be compared");
  auto& diff = read_into<DiffCommand>(*diff_app, arguments);
  diff_app->add_option("then", diff.then, "the earlier run: run file or its JSON export")->required();
  diff_app->add_option("now", diff.now, "the later run")->required();
  diff_app->add_option("--format", diff.format, "text, json or html (default: text)")->check(CLI::IsMember({"text", "json", "html"}));
  diff_app->add_flag_callback("--json", [&diff] { diff.format = "json"; }, "the same as --format json");
  diff_app->add_option("-o,--out", diff.out, "file to write instead of standard output");
  diff_app->footer("Examples:\n  lintel diff before.lintel after.lintel\n  lintel diff before.json after.lintel --format html --out changes.html\n"
                   "Exit codes: 0 nothing got worse, 1 a new failure or something that can't be compared, 2 usage or file error.");
}

void add_history(CLI::App& app, Arguments& arguments) {
  auto* history_app = app.add_subcommand("history", "the trend of many runs of one target, for periodic surveillance");
  auto& history = read_into<HistoryCommand>(*history_app, arguments);
  history_app->add_option("paths", history.paths, "folders with runs, run files or their JSON exports")->required();
  history_app->add_option("--target", history.target, "id of the target (default: the one that most runs are of)");
  history_app->add_option("--format", history.format, "text, json or html with a chart (default: text)")->check(CLI::IsMember({"text", "json", "html"}));
  history_app->add_flag_callback("--json", [&history] { history.format = "json"; }, "the same as --format json");
  history_app->add_option("-o,--out", history.out, "file to write instead of standard output");
  history_app->footer("Examples:\n  lintel history runs/\n  lintel history runs/ --format html --out trend.html\n  lintel history may.lintel june.lintel july.json");
}

}  // namespace lintel::cli
