// lintel random test: suites of statistical tests on any file of bits. (x_test.cc is the name of a unit test.)
#include "base/files.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/random_page.h"
#include "cli/random_picture.h"
#include "data/json.h"
#include "random/bits/load.h"
#include "random/suites/suites.h"

namespace lintel::cli {
namespace {

namespace suites = random::suites;

struct Cut {
  std::size_t sequences = 1, bits = 0;
};

Result<Cut> cut_of(const RandomTestCommand& command, std::size_t size) {
  Cut cut{command.samples, command.bits};
  if (cut.bits == 0) cut.bits = size / cut.sequences;
  if (cut.bits == 0 || cut.bits > size / cut.sequences) return fail(ErrorCode::invalid_input, "{}: {} bits are not enough for {} times {} bits", command.file, size, cut.sequences, std::max<std::size_t>(cut.bits, 1));
  return cut;
}

std::vector<suites::Suite> suites_of(const std::vector<std::string>& names) {
  std::vector<suites::Suite> chosen;
  for (const suites::Suite suite : suites::kSuites)
    for (const std::string& name : names)
      if ((name == "all" || name == suites::name_of(suite)) && (chosen.empty() || chosen.back() != suite)) chosen.push_back(suite);
  return chosen;
}

int exit_code_of(const suites::Assessment& assessment) {
  for (const suites::SuiteResult& suite : assessment.suites)
    if (!suite.own_rule.value_or(true)) return 1;
  switch (assessment.conclusion) {
    case suites::Conclusion::nothing_found:
    case suites::Conclusion::measured: return 0;
    case suites::Conclusion::structure_found: return 1;
    case suites::Conclusion::sample_again: return 3;
    case suites::Conclusion::not_run: return 5;
  }
  return kInternalError;
}

}  // namespace

int run_command(const RandomTestCommand& command, const Console& console) {
  const auto sample = random::bits::load_sample(command.file, random::bits::parse_format(command.format));
  if (!sample) {
    print_error(sample.error().message);
    return kUsageError;
  }
  const auto cut = cut_of(command, sample->bits.size);
  if (!cut) {
    print_error(cut.error().message);
    return kUsageError;
  }
  const InterruptGuard interrupt;
  const auto progress = [&](std::size_t sequence) {
    if (console.live && !console.quiet && cut->sequences > 1) tell(fmt::format("\r\x1b[2K[random] {}/{}", sequence + 1, cut->sequences));
    return !interrupt.cancel().requested();
  };
  const auto assessment = suites::assess(sample->bits, sample->format, cut->sequences, cut->bits, suites_of(command.suites), progress);
  if (console.live && !console.quiet && cut->sequences > 1) tell("\r\x1b[2K");
  if (!assessment) return 130;
  if (!command.picture.empty()) {
    if (const auto written = write_file(command.picture, random_picture(command.file, *sample, *assessment, console)); !written) {
      print_error(written.error().message);
      return kUsageError;
    }
  }
  if (console.json) {
    Json json = to_json(*assessment);
    json["file"] = printable(command.file);
    json["format"] = name_of(sample->format);
    print_json(json);
  } else if (!console.quiet) {
    fmt::print("{}\n{}", printable(sample_line(command.file, *sample, console)), random_page(*assessment, console));
  }
  return exit_code_of(*assessment);
}

}  // namespace lintel::cli
