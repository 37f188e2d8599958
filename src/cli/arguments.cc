#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <cstdlib>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/app_text.h"
#include "cli/console.h"
#include "cli/option_list.h"
#include "cli/option_sources.h"
#include "cli/translate.h"
#include "cli/version.h"
#include "report/columns.h"
#include "report/formats.h"

namespace lintel::cli {
namespace {

void add_report(CLI::App& app, ReportOptions& options) {
  app.add_option("--report", options.formats, "reports to write (default: html,pdf)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(report::format_names()));
  app.add_option("-o,--out", options.out, "path of the outputs without ending");
  app.add_flag("--timings", options.timings, "print where the time of the scan went, job by job");
}

void add_gate(CLI::App& app, GateOptions& options) {
  app.add_flag("--allow-open", options.allow_open, "exit 0 although clauses are inconclusive or not tested");
  app.add_option("--fail-on", options.fail_on, "what sets the exit code: shall, should (recommendations too), never (default: shall)")
      ->check(CLI::IsMember({"shall", "should", "never"}));
  app.add_option("--baseline", options.baseline, "earlier run of the target: only what is new or can't be compared gives exit code 1");
}

// For commands that only write: the exit code that JUnit and SARIF speak of is the scan's.
void add_gate_shown(CLI::App& app, GateOptions& options) {
  app.add_flag("--allow-open", options.allow_open, "junit: no error for what is inconclusive");
  app.add_option("--fail-on", options.fail_on, "junit, sarif: what is red, as for scan: shall, should, never (default: shall)")
      ->check(CLI::IsMember({"shall", "should", "never"}));
  app.add_option("--baseline", options.baseline, "junit, sarif: earlier run of the target; only what is new or can't be compared is red");
}

void add_signing(CLI::App& app, SigningOptions& options) {
  app.add_option("--key", options.key, "private key, PEM: RSA, EC, Ed25519 or SM2")->required();
  app.add_option("--cert", options.certificate, "its certificate, PEM; further ones in it belong to the chain")->required();
  app.add_option("--chain", options.chain, "certificates between it and the authority, PEM");
  app.add_option("--tsa", options.tsa, "URL of a time-stamping authority (RFC 3161), the only address that is contacted");
  app.add_option("--passphrase", options.passphrase, "of an encrypted key: env:NAME or file:PATH");
}

void add_trust(CLI::App& app, TrustOptions& options) {
  app.add_option("--ca", options.ca, "PEM: whose certificates count, each is an anchor");
  app.add_option("--tsa-ca", options.tsa_ca, "PEM: whose time stamps count (default: --ca)");
  app.add_option("--crl", options.crl, "PEM: revocation lists; without them revocation is not looked at");
}

void add_profile_trust(CLI::App& app, ProfileTrustOptions& options) {
  app.add_flag("--require-signed", options.require_signed, "refuse a profile that is not signed, or was changed since");
  add_trust(app, options.trust);
}

// Each option's variable follows from its name (docs/command-line.md), so --help need not name them all.
class Formatter : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string text = CLI::Formatter::make_option_opts(option);
    return text.substr(0, text.find(" (" + get_label("Env") + ":"));
  }
  // CLI11 pads by bytes.
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    const std::string name = "  " + make_option_name(option, is_positional) + make_option_opts(option);
    const std::string begin = report::columns(name) < get_column_width() ? report::pad(name, get_column_width()) : name + "\n" + std::string(get_column_width(), ' ');
    return begin + make_option_desc(option) + "\n";
  }
};

// CLI11 tells of a mistyped command only that one is required.
std::optional<std::string> unknown_command(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining(true);
  const CLI::App* last = &app;  // of the commands understood
  while (!last->get_subcommands().empty()) last = last->get_subcommands().front();
  if (last->get_require_subcommand_min() == 0 || words.empty() || words[0].starts_with("-")) return std::nullopt;
  std::vector<std::string> names;
  for (const CLI::App* command : last->get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  const auto near = nearest_name(words[0], names);
  return fmt::format("no command \"{}\"{}; there is {}", words[0], near ? fmt::format(", did you mean \"{}\"?", *near) : "", join(names, ", "));
}

// One sentence, with where the help is. CLI11 names the option even when its value comes from a variable.
std::string usage_mistake(const CLI::App& app, const CLI::ParseError& error) {
  if (auto unknown = unknown_command(app)) return *unknown;
  if (auto variable = wrong_variable(app)) return *variable;
  if (dynamic_cast<const CLI::ConfigError*>(&error) != nullptr) return error.what();
  const char* config = std::getenv("LINTEL_CONFIG");
  if (dynamic_cast<const CLI::FileError*>(&error) != nullptr) return fmt::format("{}: {}", config != nullptr && *config != 0 ? "LINTEL_CONFIG" : "--config", error.what());
  const CLI::App* last = &app;
  while (!last->get_subcommands().empty()) last = last->get_subcommands().front();
  return fmt::format("{}; see `{} --help`", error.what(), path_of(*last));
}

}  // namespace

std::variant<Arguments, int> parse_arguments(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Lint for the smart home: decides, clause by clause, whether devices, gateways, apps and platforms conform to a standard.", "lintel");
  app.formatter(std::make_shared<Formatter>());
  app.set_version_flag("--version", std::string("lintel ") + kVersion);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  lintel scan home.yaml                        look, judge, write home.lintel, home.html, home.pdf\n"
      "  lintel scan home.yaml --resume home.lintel   complete an interrupted scan\n"
      "  lintel judge home.lintel                     judge again, offline\n"
      "  lintel profile coverage profiles/smart-home  what decides each clause\n"
      "Exit codes: 0 conformant, 1 a shall-clause fails, 2 usage or document error, 3 something is open,\n"
      "4 internal error, 5 nothing could be tested, 130 interrupted.");
  arguments.language = language_of(argc, argv);
  app.add_option("--language,--lang", arguments.language, "language of what is printed: zh, en (default: en when LANG begins with en, else zh)")
      ->check(CLI::IsMember({"zh", "en"}));
  std::string colour = "auto";
  app.add_option("--colour,--color", colour, "auto, always, never; NO_COLOR is honoured")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_flag("--json", arguments.json, "the result as JSON on standard output");
  app.add_flag("-q,--quiet", arguments.quiet, "no progress and no table; errors and paths only");
  app.fallthrough();

  ScanCommand scan;
  auto* scan_app = app.add_subcommand("scan", "look at a target, judge it, write the run file and the reports");
  scan_app->add_option("target", scan.target, "target file")->required();
  scan_app->add_option("--profile", scan.profile, "profile id or path instead of the target's");
  scan_app->add_option("--attestations", scan.attestations, "assessor's answers instead of the target's");
  scan_app->add_option("--waivers", scan.waivers, "waivers instead of the target's");
  scan_app->add_option("--resume", scan.resume, "run file of an interrupted scan: only what is missing is done");
  scan_app->add_flag("--overwrite", scan.overwrite, "replace a run file of the same name");
  add_report(*scan_app, scan.report);
  add_gate(*scan_app, scan.gate);
  add_profile_trust(*scan_app, scan.profile_trust);
  scan_app->footer("Examples:\n  lintel scan samples/home/target.yaml --overwrite\n"
                   "  lintel scan lamp.yaml --report json --out build/lamp --allow-open --timings");

  JudgeCommand judge;
  auto* judge_app = app.add_subcommand("judge", "judge a run again, offline");
  judge_app->add_option("run", judge.run, "run file")->required();
  judge_app->add_option("--now", judge.now, "judge as of this time (RFC 3339 with offset)");
  judge_app->add_option("--attestations", judge.attestations, "answers to add");
  judge_app->add_option("--waivers", judge.waivers, "waivers in place of the run's");
  auto* judge_write = judge_app->add_flag("--write", judge.write, "keep the verdicts (and new answers) in the run file");
  judge_app->add_flag("--break-seal", judge.break_seal, "with --write: change a sealed run too, its seal goes")->needs("--write");
  judge_app->add_option("--lab", judge.lab, "laboratory's document in place of the run's, for the reports; judging never reads it")->needs(judge_write);
  add_gate(*judge_app, judge.gate);
  add_profile_trust(*judge_app, judge.profile_trust);
  judge_app->footer("Example:\n  lintel judge home.lintel --attestations answers.yaml --write");

  AssessCommand assess;
  auto* assess_app = app.add_subcommand("assess", "answer the questions of a run one by one; with --json only list what is open");
  assess_app->add_option("run", assess.run, "run file")->required();
  assess_app->add_option("--clause", assess.clause, "only this clause");
  assess_app->add_option("--asset", assess.asset, "only this asset");
  assess_app->add_flag("--redo", assess.redo, "ask what is answered already too");
  assess_app->add_option("--tester", assess.tester, "name of the assessor (default: the last one of the run)");
  assess_app->add_flag("--reference-large", assess.reference_large, "record only name and hash of evidence too large for the run file");
  auto* assess_answers = assess_app->add_option("--answers", assess.answers, "take the answers from this document, ask nothing");
  assess_app->add_option("--template", assess.skeleton, "write such a document with an entry for each open question (-: standard output)")->excludes(assess_answers);
  assess_app->add_flag("--break-seal", assess.break_seal, "take the seal off a sealed run: answers change it");
  add_gate(*assess_app, assess.gate);
  assess_app->footer("Examples:\n  lintel assess home.lintel\n  lintel assess home.lintel --clause 8.1.4.k --redo\n"
                     "  lintel assess home.lintel --template answers.yaml --language en\n  lintel assess home.lintel --answers answers.yaml");

  auto* ics_app = app.add_subcommand("ics", "the customer's conformance statement: init, check");
  ics_app->require_subcommand(1);
  IcsInitCommand ics_init;
  auto* ics_init_app = ics_app->add_subcommand("init", "write a skeleton with a row for each clause that binds the target's assets");
  ics_init_app->add_option("target", ics_init.target, "target file")->required();
  ics_init_app->add_option("-o,--out", ics_init.out, "file to write (default: ics.yaml beside the target)");
  ics_init_app->add_option("--ixit", ics_init.ixit, "also write a skeleton of IXIT tables here");
  ics_init_app->footer("Example:\n  lintel ics init home.yaml --ixit ixit.yaml");
  IcsCheckCommand ics_check;
  auto* ics_check_app = ics_app->add_subcommand("check", "what is not stated yet and, with a run, what contradicts it");
  ics_check_app->add_option("target", ics_check.target, "target file")->required();
  ics_check_app->add_option("run", ics_check.run, "run file");
  ics_check_app->footer("Examples:\n  lintel ics check home.yaml\n  lintel ics check home.yaml home.lintel --json");
  ics_app->footer("Examples:\n  lintel ics init home.yaml\n  lintel ics check home.yaml home.lintel");

  ReportCommand report;
  auto* report_app = app.add_subcommand("report", "write reports of a run");
  report_app->add_option("run", report.run, "run file")->required();
  report_app->add_option("--lab", report.lab, "laboratory's document (docs/documents.md) in place of the run's");
  report_app->add_option("--view", report.view, "html, pdf: summary (two pages), manager (also what fails or is open, and who must act) or lab (everything; default)")
      ->check(CLI::IsMember({"summary", "manager", "lab"}));
  report_app->add_option("--only", report.only, "html, pdf: only clauses with these verdicts")
      ->delimiter(',')
      ->check(CLI::IsMember({"fail", "inconclusive", "not_tested", "pass", "not_applicable"}));
  report_app->add_option("--asset", report.asset, "html, pdf: only this asset of the target");
  report_app->add_option("--language,--lang", report.language, "language of html and pdf, and of what is printed: zh, en, both (default: both)")
      ->check(CLI::IsMember({"zh", "en", "both"}));
  add_report(*report_app, report.report);
  add_gate_shown(*report_app, report.gate);
  report_app->footer("Examples:\n  lintel report home.lintel --report html,pdf,json\n  lintel report home.lintel --lab lab.yaml --language en\n"
                     "  lintel report home.lintel --view manager --only fail,inconclusive --asset lamp --out lamp-open");

  ExportCommand exported;
  auto* export_app = app.add_subcommand("export", "write the run in the format of another tool, or unpack it");
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
  add_gate_shown(*export_app, exported.gate);
  export_app->add_flag("--json", exported.json, "print what was written as JSON");
  export_app->footer("Examples:\n  lintel export home.lintel home-export\n  lintel export home.lintel --format sarif,junit --out build/home\n"
                     "  lintel export home.lintel --format csv --out -");

  DiffCommand diff;
  auto* diff_app = app.add_subcommand("diff", "compare two runs of one target: what got worse, better, or can't be compared");
  diff_app->add_option("then", diff.then, "the earlier run: run file or its JSON export")->required();
  diff_app->add_option("now", diff.now, "the later run")->required();
  diff_app->add_option("--format", diff.format, "text, json or html (default: text)")->check(CLI::IsMember({"text", "json", "html"}));
  diff_app->add_flag_callback("--json", [&diff] { diff.format = "json"; }, "the same as --format json");
  diff_app->add_option("-o,--out", diff.out, "file to write instead of standard output");
  diff_app->footer("Examples:\n  lintel diff before.lintel after.lintel\n  lintel diff before.json after.lintel --format html --out changes.html\n"
                   "Exit codes: 0 nothing got worse, 1 a new failure or something that can't be compared, 2 usage or file error.");

  HistoryCommand history;
  auto* history_app = app.add_subcommand("history", "the trend of many runs of one target, for periodic surveillance");
  history_app->add_option("paths", history.paths, "folders with runs, run files or their JSON exports")->required();
  history_app->add_option("--target", history.target, "id of the target (default: the one that most runs are of)");
  history_app->add_option("--format", history.format, "text, json or html with a chart (default: text)")->check(CLI::IsMember({"text", "json", "html"}));
  history_app->add_flag_callback("--json", [&history] { history.format = "json"; }, "the same as --format json");
  history_app->add_option("-o,--out", history.out, "file to write instead of standard output");
  history_app->footer("Examples:\n  lintel history runs/\n  lintel history runs/ --format html --out trend.html\n  lintel history may.lintel june.lintel july.json");

  SealCommand seal;
  auto* seal_app = app.add_subcommand("seal", "sign a run: every row and every byte of it");
  seal_app->add_option("run", seal.run, "run file")->required();
  add_signing(*seal_app, seal.signing);
  seal_app->add_flag("--break-seal", seal.break_seal, "replace the seal that it has");
  seal_app->add_flag("--json", seal.json, "as JSON");
  seal_app->footer("Example:\n  lintel seal home.lintel --key lab.key --cert lab.pem --passphrase env:LAB_KEY --tsa http://tsa.example/tsr");

  VerifyCommand verify;
  auto* verify_app = app.add_subcommand("verify", "check the seal of a run, and that judging it again gives its verdicts");
  verify_app->add_option("run", verify.run, "run file")->required();
  add_trust(*verify_app, verify.trust);
  verify_app->add_option("--at", verify.trust.at, "as of this time (RFC 3339 with offset)");
  verify_app->add_flag("--json", verify.json, "as JSON");
  verify_app->footer("Example:\n  lintel verify home.lintel --ca lab-root.pem --tsa-ca tsa-root.pem\n"
                     "Exit codes: 0 good, 1 not sealed, changed, wrongly signed or other verdicts, 2 usage, 3 intact but nobody vouches for the signer.");

  auto* profile_app = app.add_subcommand("profile", "work on a profile: lint, show, test, coverage, pin, sign");
  profile_app->require_subcommand(1);
  ProfileLintCommand lint;
  auto* lint_app = profile_app->add_subcommand("lint", "check profile and checks for mistakes");
  lint_app->add_option("profile", lint.profile, "profile id, folder or profile.yaml")->required();
  lint_app->footer("Example:\n  lintel profile lint profiles/smart-home");
  ProfileShowCommand show;
  auto* show_app = profile_app->add_subcommand("show", "print the effective profile, or one clause");
  show_app->add_option("profile", show.profile, "profile id, folder or profile.yaml")->required();
  show_app->add_option("clause", show.clause, "clause id");
  show_app->add_flag("--json", show.json, "as JSON");
  show_app->footer("Examples:\n  lintel profile show smart-home\n  lintel profile show smart-home 7.e --json");
  ProfileTestCommand test;
  auto* test_app = profile_app->add_subcommand("test", "run the rows of every check: facts to verdict");
  test_app->add_option("profile", test.profile, "profile id, folder or profile.yaml")->required();
  test_app->footer("Example:\n  lintel profile test profiles/smart-home");
  ProfileCoverageCommand coverage;
  auto* coverage_app = profile_app->add_subcommand("coverage", "what decides each clause; fails when one is missing");
  coverage_app->add_option("profile", coverage.profile, "profile id, folder or profile.yaml")->required();
  coverage_app->footer("Example:\n  lintel profile coverage smart-home");
  ProfilePinCommand pin;
  auto* pin_app = profile_app->add_subcommand("pin", "write profile.lock: the SHA-256 of every file of the profile");
  pin_app->add_option("profile", pin.profile, "profile id, folder or profile.yaml")->required();
  pin_app->footer("Example:\n  lintel profile pin profiles/smart-home");
  ProfileSignCommand sign;
  auto* sign_app = profile_app->add_subcommand("sign", "sign profile.lock: writes profile.lock.p7s");
  sign_app->add_option("profile", sign.profile, "profile id, folder or profile.yaml")->required();
  add_signing(*sign_app, sign.signing);
  sign_app->footer("Example:\n  lintel profile sign profiles/smart-home --key lab.key --cert lab.pem");
  profile_app->footer("Examples:\n  lintel profile lint profiles/smart-home\n  lintel profile show smart-home 7.e");

  auto* target_app = app.add_subcommand("target", "work on a target file");
  target_app->require_subcommand(1);
  TargetLintCommand target_lint;
  auto* target_lint_app = target_app->add_subcommand("lint", "check a target, its answers and waivers for mistakes; sends nothing");
  target_lint_app->add_option("target", target_lint.target, "target file")->required();

  TargetTryCommand target_try;
  auto* target_try_app = target_app->add_subcommand("try", "run flows or calls of a web application once and show what came back");
  target_try_app->add_option("target", target_try.target, "target file")->required();
  target_try_app->add_option("flow", target_try.flows, "names of flows or calls, run in this order")->required();
  target_try_app->add_option("--as", target_try.account, "account to use (default: owner, or the first)");
  target_try_app->add_option("--item", target_try.item, "id of the web application, when several have the flow");
  target_app->footer("Examples:\n  lintel target lint home.yaml\n  lintel target try home.yaml login switch logout --as owner");
  target_lint_app->footer("Example:\n  lintel target lint samples/home/target.yaml");
  target_try_app->footer("Example:\n  lintel target try home.yaml login switch logout --as owner");

  auto* probe_app = app.add_subcommand("probe", "list the probes, show the facts of one, or look at a TLS service");
  probe_app->require_subcommand(1);
  auto* probe_list_app = probe_app->add_subcommand("list", "all probes");
  ProbeShowCommand probe_show;
  auto* probe_show_app = probe_app->add_subcommand("show", "facts and parameters of a probe");
  probe_show_app->add_option("probe", probe_show.probe, "name")->required();
  ProbeTlsCommand probe_tls;
  auto* probe_tls_app = probe_app->add_subcommand("tls", "look at the TLS of services, without a target file");
  probe_tls_app->add_option("place", probe_tls.places, "HOST, HOST:PORT or [IPv6]:PORT; without a port the usual ones of TLS")->required();
  probe_tls_app->add_option("--depth", probe_tls.depth, "ssl: SSL 2.0 and 3.0 alone; quick: versions, weak suites, certificate; full: all")->check(CLI::IsMember({"ssl", "quick", "full"}));
  probe_tls_app->add_option("--pace", probe_tls.pace, "gentle: 50 ms between connections; brisk: none; auto: gentle on private addresses")->check(CLI::IsMember({"auto", "gentle", "brisk"}));
  probe_tls_app->add_option("--transport", probe_tls.transport, "tcp, or udp for DTLS")->check(CLI::IsMember({"tcp", "udp"}));
  probe_tls_app->add_option("--starttls", probe_tls.starttls, "protocol that begins in clear and changes to TLS: smtp, imap, pop3, ftp, ldap")->check(CLI::IsMember({"none", "smtp", "imap", "pop3", "ftp", "ldap"}));
  probe_tls_app->add_option("--server-name", probe_tls.server_name, "name to ask for and to compare with the certificate's (default: HOST, when it is one)");
  probe_tls_app->add_option("--ca", probe_tls.ca, "PEM file of the authorities that are trusted");
  probe_tls_app->add_option("--connections", probe_tls.connections, "the most connections to one service (default: by depth)")->check(CLI::Range(1, 2000));
  probe_tls_app->add_option("--wait", probe_tls.wait, "seconds to wait for one answer (default: 5)")->check(CLI::Range(1, 60));
  probe_tls_app->footer("Examples:\n  lintel probe tls 192.168.1.20:8443\n  lintel probe tls home.example --depth quick --json\n  lintel probe tls 192.168.1.30:5684 --transport udp");
  probe_app->footer("Examples:\n  lintel probe list\n  lintel probe show tls\n  lintel probe tls 192.168.1.20:8443");
  probe_list_app->footer("Example:\n  lintel probe list");
  probe_show_app->footer("Example:\n  lintel probe show tls");

  auto* random_app = app.add_subcommand("random", "judge randomness of a file: identifiers, or bits");
  random_app->require_subcommand(1);
  RandomTestCommand random_test;
  auto* random_test_app = random_app->add_subcommand("test", "run suites of statistical tests on a file of bits");
  random_test_app->add_option("file", random_test.file, "file: binary, hex, base64, or text of 0 and 1")->required();
  random_test_app->add_option("--suite", random_test.suites, "suites to run: sp800-22, gmt-0005, sp800-90b (entropy), all (default: all)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"sp800-22", "gmt-0005", "sp800-90b", "all"}));
  random_test_app->add_option("--format", random_test.format, "how the file holds its bits: binary, octets (one bit a byte), digits (0 and 1), hex, base64 (default: detected)")
      ->check(CLI::IsMember({"auto", "binary", "octets", "digits", "hex", "base64"}));
  random_test_app->add_option("--bits", random_test.bits, "length of a sequence in bits (default: all that there are)")->check(CLI::Range(std::size_t{1}, std::size_t{1} << 33));
  random_test_app->add_option("--samples", random_test.samples, "sequences to cut the file into; of many, the suites' rules on how many must pass are applied too (default: 1)")->check(CLI::Range(std::size_t{1}, std::size_t{1} << 20));
  random_test_app->add_option("--picture", random_test.picture, "SVG file to write: p-values and, of identifiers one a line, the characters at each position");
  random_test_app->footer("Examples:\n  lintel random test noise.bin --suite sp800-22 --bits 1000000\n  lintel random test ids.hex --picture ids.svg\n"
                          "  lintel random test noise.bin --suite gmt-0005 --bits 1000000 --samples 1000\n"
                          "Exit codes: 0 no structure found, 1 structure found (smallest p-value below 1e-6 after correcting for all of them) or a suite's own rule on\n"
                          "many sequences fails, 2 usage or file error, 3 sample again (below 1e-3), 5 no test could be run. Single p-values below 0.01 are listed,\nand decide nothing: one in a hundred is.");
  RandomJudgeCommand random_judge;
  auto* random_judge_app = random_app->add_subcommand("judge", "judge session identifiers: attacks, counters, clocks, repeats, bias");
  random_judge_app->add_option("file", random_judge.file, "identifiers in the order of issue, one a line, best with the time before each: unix_us TAB id")->required();
  random_judge_app->add_option("--depth", random_judge.depth, "quick: a second; deep: also searches through all seeds of 32 bits, up to two minutes")->check(CLI::IsMember({"quick", "deep"}));
  random_judge_app->footer("Examples:\n  lintel random judge ids.tsv\n  lintel random judge ids.tsv --depth deep --json");
  random_app->footer("Examples:\n  lintel random judge ids.tsv\n  lintel random test noise.bin --suite sp800-22");
  auto* id_app = app.add_subcommand("id", "identities of annex A: check a list, explain or generate some");
  id_app->require_subcommand(1);
  IdCheckCommand id_check;
  auto* id_check_app = id_app->add_subcommand("check", "judge a list of identities with the checks of a scan: format, fields, repeats, randomness");
  id_check_app->add_option("file", id_check.file, "list with one identity a line, # for comments; -: standard input")->required();
  id_check_app->add_option("--vendor", id_check.vendor, "vendor code that all must have: 6 hexadecimal characters");
  id_check_app->add_option("--product", id_check.product, "product code that all must have: 6 hexadecimal characters");
  id_check_app->add_option("--extensions", id_check.extensions, "registered extensions: 2 hexadecimal characters each")->delimiter(',')->allow_extra_args(false);
  id_check_app->add_option("--profile", id_check.profile, "profile with the clauses on identities (default: smart-home)");
  id_check_app->add_flag("--allow-open", id_check.allow_open, "exit 0 although clauses are inconclusive or not tested");
  id_check_app->footer("Examples:\n  lintel id check issued.txt --vendor A1B2C3 --product 00A001 --extensions 00,01\n  lintel id check issued.txt --json\n"
                       "Exit codes: 0 no clause fails, 1 one does, 2 usage or file error, 3 something is open, 5 the list could not be read to its end.");
  IdExplainCommand id_explain;
  auto* id_explain_app = id_app->add_subcommand("explain", "the fields of identities, what each means, and what is wrong where");
  id_explain_app->add_option("id", id_explain.ids, "identities")->required();
  id_explain_app->footer("Example:\n  lintel id explain 01A1B2C300A0011234ABCD00\nExit codes: 0 all are well-formed, 1 one is not.");
  IdGenerateCommand id_generate;
  auto* id_generate_app = id_app->add_subcommand("generate", "new identities of one product, one a line: random, and none given out before");
  id_generate_app->add_option("--vendor", id_generate.vendor, "vendor code: 6 hexadecimal characters")->required();
  id_generate_app->add_option("--product", id_generate.product, "product code: 6 hexadecimal characters")->required();
  id_generate_app->add_option("--extension", id_generate.extension, "extension: 2 hexadecimal characters (default: 00)");
  id_generate_app->add_option("--count", id_generate.count, "how many (default: 1)")->check(CLI::Range(std::size_t{1}, std::size_t{100'000'000}));
  id_generate_app->add_option("--avoid", id_generate.avoid, "list of identities given out before; may stand several times")->allow_extra_args(false);
  id_generate_app->footer("Examples:\n  lintel id generate --vendor A1B2C3 --product 00A001 --count 1000 --avoid issued.txt > new.txt\n"
                          "  lintel id generate --vendor A1B2C3 --product 00A001 --count 200 | lintel id check - --vendor A1B2C3 --product 00A001 --extensions 00");
  id_app->footer("Examples:\n  lintel id check issued.txt --vendor A1B2C3 --product 00A001 --extensions 00\n  lintel id explain 01A1B2C300A0011234ABCD00\n"
                 "  lintel id generate --vendor A1B2C3 --product 00A001 --count 20");

  InitCommand init;
  auto* init_app = app.add_subcommand("init", "write a commented target file, asking a few questions");
  init_app->add_option("file", init.file, "file to write (default: target.yaml)");
  init_app->add_option("--name", init.name, "name of what is tested");
  init_app->add_option("--id", init.id, "short id: letters, digits, hyphens");
  init_app->add_option("--role", init.role, "what it is")->check(CLI::IsMember({"platform", "gateway", "device", "app", "line"}));
  init_app->add_option("--level", init.level, "level that a device or gateway claims")->check(CLI::IsMember({"1", "2", "3"}));
  init_app->add_option("--address", init.address, "its address or name");
  init_app->add_flag("--look", init.look, "try all TCP ports of this address and list those that are open");
  init_app->add_option("--services", init.services, "with --look: which of the open ports are meant to be: all, none or 80,443 (asked for otherwise)")->needs("--look");
  init_app->footer("Examples:\n  lintel init lamp.yaml\n  lintel init lamp.yaml --name Lamp --role device --address 192.168.1.20 --look");

  std::string shell;
  auto* completion_app = app.add_subcommand("completion", "print the completion of commands and options for a shell");
  completion_app->add_option("shell", shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion_app->footer("Examples:\n  source <(lintel completion bash)\n  lintel completion fish > ~/.config/fish/completions/lintel.fish");
  auto* man_app = app.add_subcommand("man", "print the manual page");
  man_app->footer("Example:\n  lintel man | man -l -");

  app.config_formatter(config_file(app));
  const char* config = std::getenv("LINTEL_CONFIG");  // CLI11 reads variables after the file
  app.set_config("--config", config == nullptr ? "" : config, "file with options: `language=\"en\"`, and a section for each command: `[scan]`, `allow-open=true` (or LINTEL_CONFIG)", config != nullptr && *config != 0);
  app.allow_config_extras(CLI::config_extras_mode::error);
  name_environment(app);
  if (arguments.language == "zh") translate(app);
  speak(arguments.language);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    print_error(usage_mistake(app, error));
    return 2;
  }
  for (const std::string& warning : mistyped_variables(app)) print_error(warning);
  arguments.colour = colour == "always" ? Colour::always : colour == "never" ? Colour::never : Colour::automatic;
  if (*scan_app) arguments.command = scan;
  if (*judge_app) arguments.command = judge;
  if (*assess_app) arguments.command = assess;
  if (*ics_init_app) arguments.command = ics_init;
  if (*ics_check_app) arguments.command = ics_check;
  if (*report_app) arguments.command = report;
  if (*report_app && report.language != "both") arguments.language = report.language;
  if (*export_app) arguments.command = exported;
  if (*diff_app) arguments.command = diff;
  if (*seal_app) arguments.command = seal;
  if (*verify_app) arguments.command = verify;
  if (*pin_app) arguments.command = pin;
  if (*sign_app) arguments.command = sign;
  if (*history_app) arguments.command = history;
  if (*lint_app) arguments.command = lint;
  if (*show_app) arguments.command = show;
  if (*test_app) arguments.command = test;
  if (*coverage_app) arguments.command = coverage;
  if (*target_lint_app) arguments.command = target_lint;
  if (*target_try_app) arguments.command = target_try;
  if (*probe_list_app) arguments.command = ProbeListCommand{};
  if (*probe_show_app) arguments.command = probe_show;
  if (*probe_tls_app) arguments.command = probe_tls;
  if (*random_test_app) arguments.command = random_test;
  if (*random_judge_app) arguments.command = random_judge;
  if (*id_check_app) arguments.command = id_check;
  if (*id_explain_app) arguments.command = id_explain;
  if (*id_generate_app) arguments.command = id_generate;
  if (*init_app) arguments.command = init;
  if (*completion_app) arguments.command = TextCommand{completion(app, shell)};
  if (*man_app) arguments.command = TextCommand{man_page(app)};
  speak(arguments.language);
  return arguments;
}

}  // namespace lintel::cli
