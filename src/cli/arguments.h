// The command line as data: one struct a command. Only arguments.cc, arguments/ and what includes option_list.h know CLI11.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lintel::cli {

struct GateOptions {
  bool allow_open = false;  // inconclusive and not tested do not raise exit code 3
  std::string fail_on = "shall";  // shall | should | never
  std::string baseline;           // an earlier run: what it had already does not gate; empty: none
};

struct ReportOptions {
  std::vector<std::string> formats;  // names of report/formats.h
  std::string out;                   // path without ending; empty: ./<target id>, or the run's own name
  bool timings = false;              // also print how long each job took
};

// Whose signatures count; all but `at` are paths.
struct TrustOptions {
  std::string ca, tsa_ca, crl;
  std::string at;  // RFC 3339; empty: now
};

// With what to sign; all but tsa and passphrase are paths.
struct SigningOptions {
  std::string key, certificate, chain;
  std::string tsa;         // URL of an RFC 3161 authority; empty: no time stamp
  std::string passphrase;  // env:NAME or file:PATH
};

struct ProfileTrustOptions {
  bool require_signed = false;
  TrustOptions trust;
};

struct ScanCommand {
  std::string target;
  std::string profile;       // overrides the target's
  std::string attestations;  // overrides the target's
  std::string waivers;
  std::string resume;        // run file to complete
  bool overwrite = false;
  std::string sample;        // how many session identifiers: quick, default, deep; empty: as the checks say
  ReportOptions report;
  GateOptions gate;
  ProfileTrustOptions profile_trust;
};

struct JudgeCommand {
  std::string run;
  std::string now;           // RFC 3339; empty: the moment stored in the run, or now when there are new answers
  std::string attestations;  // answers to add
  std::string waivers;       // replaces the run's
  std::string lab;           // laboratory's document, replaces the run's
  bool write = false;        // keep the new verdicts in the run file
  bool break_seal = false;   // also when it is sealed: the seal goes
  ProfileTrustOptions profile_trust;
  GateOptions gate;
};

struct AssessCommand {
  std::string run;
  std::string clause, asset;     // only these; empty: all
  bool redo = false;             // answered questions too
  bool reference_large = false;  // files too large for the run file: name and hash only
  std::string tester;
  std::string answers;           // take answers from this document instead of asking
  std::string skeleton;          // write such a document for what is open; "-": standard output
  bool break_seal = false;       // of a sealed run: answers change it
  GateOptions gate;
};

struct IcsInitCommand {
  std::string target;
  std::string out, ixit;  // files to write; out empty: ics.yaml beside the target
};
struct IcsCheckCommand {
  std::string target;
  std::string run;  // empty: completeness only
};

struct ReportCommand {
  std::string run;
  std::string lab;   // laboratory's document, in place of the run's
  std::string view = "lab";       // summary | manager | lab
  std::vector<std::string> only;  // names of verdicts; empty: all
  std::string asset;              // id; empty: all
  std::string language = "both";  // of HTML and PDF: zh | en | both
  ReportOptions report;
  GateOptions gate;               // junit, sarif
};

struct ExportCommand {
  std::string run;
  std::string folder;                // or
  std::vector<std::string> formats;  // names of report/formats.h
  std::string out;                   // as in ReportOptions; "-": standard output
  std::string source;                // path of the target file in its repository
  std::string language = "both";     // of HTML and PDF: zh | en | both
  bool all = false;                  // sarif: every result
  bool json = false;
  GateOptions gate;                  // junit, sarif
};

struct DiffCommand {
  std::string then, now;         // run files or their JSON exports
  std::string format = "text";   // text | json | html
  std::string out;               // empty: standard output
};

struct HistoryCommand {
  std::vector<std::string> paths;  // folders, or run files and their JSON exports
  std::string target;              // id; empty: what most runs are of
  std::string format = "text";     // text | json | html
  std::string out;
};

struct SealCommand {
  std::string run;
  SigningOptions signing;
  bool break_seal = false;  // replaces a seal
  bool json = false;
};

struct VerifyCommand {
  std::string run;
  TrustOptions trust;
  bool json = false;
};

struct InitCommand {
  std::string file = "target.yaml";
  std::string id, name, role, level, address;  // empty: asked for
  bool look = false;     // which TCP ports of the address are open
  std::string services;  // which of those are meant to be: all, none or ports with commas; empty: asked for
};

struct ProfileLintCommand {
  std::string profile;
};
struct ProfileShowCommand {
  std::string profile;
  std::string clause;  // empty: the list
  bool json = false;
};
struct ProfileTestCommand {
  std::string profile;
};
struct ProfileCoverageCommand {
  std::string profile;
};
struct ProfilePinCommand {
  std::string profile;
};
struct ProfileSignCommand {
  std::string profile;
  SigningOptions signing;
};
struct TargetLintCommand {
  std::string target;
};
struct TargetTryCommand {
  std::string target;
  std::vector<std::string> flows;
  std::string account, item;
};
// Text that the command line itself knows: manual page, completion.
struct TextCommand {
  std::string text;
};

struct ProbeListCommand {};
struct ProbeShowCommand {
  std::string probe;
};
struct ProbeTlsCommand {
  std::vector<std::string> places;  // HOST[:PORT]
  std::string depth = "full", pace = "auto", transport = "tcp", starttls = "none";
  std::string server_name, ca;
  int connections = 0, wait = 0;  // 0: the probe's own
};

struct RandomTestCommand {
  std::string file;
  std::vector<std::string> suites = {"all"};
  std::string format = "auto";             // or a name of random/bits/load.h
  std::string picture;                     // SVG file to write; empty: none
  std::size_t bits = 0, samples = 1;       // 0: all that there are
};
// lintel random judge: a file of identifiers.
struct RandomJudgeCommand {
  std::string file;
  std::string depth = "quick";  // quick | deep
};

struct IdCheckCommand {
  std::string file;  // "-": standard input
  std::string vendor, product;
  std::vector<std::string> extensions;
  std::string profile = "smart-home";
  bool allow_open = false;
};
struct IdExplainCommand {
  std::vector<std::string> ids;
};
struct IdGenerateCommand {
  std::string vendor, product, extension = "00";
  std::size_t count = 1;
  std::vector<std::string> avoid;  // lists of what was given out before
};

struct FirmwareInspectCommand {
  std::string image;
  std::uint32_t seconds = 300;  // reading ends then with what there is
};
struct FirmwareTreeCommand {
  std::string image;
  std::uint32_t seconds = 300;
};
struct FirmwareCatCommand {
  std::string image, path;
  std::uint32_t seconds = 300;
};

enum class Colour { automatic, always, never };

struct Arguments {
  std::variant<ScanCommand, JudgeCommand, ReportCommand, ExportCommand, DiffCommand, HistoryCommand, SealCommand, VerifyCommand, ProfilePinCommand, ProfileSignCommand,
               ProfileLintCommand, ProfileShowCommand,
               ProfileTestCommand, ProfileCoverageCommand, TargetLintCommand, TargetTryCommand, ProbeListCommand,
               ProbeShowCommand, ProbeTlsCommand, RandomJudgeCommand, TextCommand, InitCommand, AssessCommand, IcsInitCommand, IcsCheckCommand, RandomTestCommand,
               IdCheckCommand, IdExplainCommand, IdGenerateCommand, FirmwareInspectCommand, FirmwareTreeCommand, FirmwareCatCommand>
      command;
  std::string language = "zh";  // zh | en, of what is printed
  Colour colour = Colour::automatic;
  bool quiet = false;
  bool json = false;
};

// The arguments, or the exit code when there is nothing to run (help and version print and give 0, a mistake gives 2).
std::variant<Arguments, int> parse_arguments(int argc, char** argv);

}  // namespace lintel::cli
