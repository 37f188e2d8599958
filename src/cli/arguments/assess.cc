// Options of: assess, ics.
#include "cli/arguments/groups.h"
#include "cli/arguments/shared.h"

namespace lintel::cli {

void add_assess(CLI::App& app, Arguments& arguments) {
  auto* assess_app = app.add_subcommand("assess", "answer the questions of a run one by one; with --json only list what is open");
  auto& assess = read_into<AssessCommand>(*assess_app, arguments);
  assess_app->add_option("run", assess.run, "run file")->required();
  assess_app->add_option("--clause", assess.clause, "only this clause");
  assess_app->add_option("--asset", assess.asset, "only this asset");
  assess_app->add_flag("--redo", assess.redo, "ask what is answered already too");
  assess_app->add_option("--tester", assess.tester, "name of the assessor (default: the last one of the run)");
  assess_app->add_flag("--reference-large", assess.reference_large, "record only name and hash of evidence too large for the run file");
  auto* assess_answers = assess_app->add_option("--answers", assess.answers, "take the answers from this document, ask nothing");
  assess_app->add_option("--template", assess.skeleton, "write such a document with an entry for each open question (-: standard output)")->excludes(assess_answers);
  assess_app->add_flag("--break-seal", assess.break_seal, "take the seal off a sealed run: answers change it");
  add_gate_options(*assess_app, assess.gate);
  assess_app->footer("Examples:\n  lintel assess home.lintel\n  lintel assess home.lintel --clause 8.1.4.k --redo\n"
                     "  lintel assess home.lintel --template answers.yaml --language en\n  lintel assess home.lintel --answers answers.yaml");
}

void add_ics(CLI::App& app, Arguments& arguments) {
  auto* ics_app = app.add_subcommand("ics", "the customer's conformance statement: init, check");
  ics_app->require_subcommand(1);
  auto* ics_init_app = ics_app->add_subcommand("init", "write a skeleton with a row for each clause that binds the target's assets");
  auto& ics_init = read_into<IcsInitCommand>(*ics_init_app, arguments);
  ics_init_app->add_option("target", ics_init.target, "target file")->required();
  ics_init_app->add_option("-o,--out", ics_init.out, "file to write (default: ics.yaml beside the target)");
  ics_init_app->add_option("--ixit", ics_init.ixit, "also write a skeleton of IXIT tables here");
  ics_init_app->footer("Example:\n  lintel ics init home.yaml --ixit ixit.yaml");
  auto* ics_check_app = ics_app->add_subcommand("check", "what is not stated yet and, with a run, what contradicts it");
  auto& ics_check = read_into<IcsCheckCommand>(*ics_check_app, arguments);
  ics_check_app->add_option("target", ics_check.target, "target file")->required();
  ics_check_app->add_option("run", ics_check.run, "run file");
  ics_check_app->footer("Examples:\n  lintel ics check home.yaml\n  lintel ics check home.yaml home.lintel --json");
  ics_app->footer("Examples:\n  lintel ics init home.yaml\n  lintel ics check home.yaml home.lintel");
}

}  // namespace lintel::cli
