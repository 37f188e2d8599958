// Options of: scan, judge.
#include "cli/arguments/groups.h"
#include "cli/arguments/shared.h"

namespace lintel::cli {

void add_scan(CLI::App& app, Arguments& arguments) {
  auto* scan_app = app.add_subcommand("scan", "look at a target, judge it, write the run file and the reports");
  auto& scan = read_into<ScanCommand>(*scan_app, arguments);
  scan_app->add_option("target", scan.target, "target file")->required();
  scan_app->add_option("--profile", scan.profile, "profile id or path instead of the target's");
  scan_app->add_option("--attestations", scan.attestations, "assessor's answers instead of the target's");
  scan_app->add_option("--waivers", scan.waivers, "waivers instead of the target's");
  scan_app->add_option("--resume", scan.resume, "run file of an interrupted scan: only what is missing is done");
  scan_app->add_flag("--overwrite", scan.overwrite, "replace a run file of the same name");
  scan_app->add_option("--sample", scan.sample, "how many session identifiers to ask for: quick 200, default 2000, deep 20000")->check(CLI::IsMember({"quick", "default", "deep"}));
  add_report_options(*scan_app, scan.report);
  add_gate_options(*scan_app, scan.gate);
  add_profile_trust_options(*scan_app, scan.profile_trust);
  scan_app->footer("Examples:\n  lintel scan samples/home/target.yaml --overwrite\n"
                   "  lintel scan lamp.yaml --report json --out build/lamp --allow-open --timings");
}

void add_judge(CLI::App& app, Arguments& arguments) {
  auto* judge_app = app.add_subcommand("judge", "judge a run again, offline");
  auto& judge = read_into<JudgeCommand>(*judge_app, arguments);
  judge_app->add_option("run", judge.run, "run file")->required();
  judge_app->add_option("--now", judge.now, "judge as of this time (RFC 3339 with offset)");
  judge_app->add_option("--attestations", judge.attestations, "answers to add");
  judge_app->add_option("--waivers", judge.waivers, "waivers in place of the run's");
  auto* judge_write = judge_app->add_flag("--write", judge.write, "keep the verdicts (and new answers) in the run file");
  judge_app->add_flag("--break-seal", judge.break_seal, "with --write: change a sealed run too, its seal goes")->needs("--write");
  judge_app->add_option("--lab", judge.lab, "laboratory's document in place of the run's, for the reports; judging never reads it")->needs(judge_write);
  add_gate_options(*judge_app, judge.gate);
  add_profile_trust_options(*judge_app, judge.profile_trust);
  judge_app->footer("Example:\n  lintel judge home.lintel --attestations answers.yaml --write");
}

}  // namespace lintel::cli
