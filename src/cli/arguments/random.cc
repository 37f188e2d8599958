// Options of: random.
#include "cli/arguments/groups.h"
#include "cli/arguments/shared.h"

namespace lintel::cli {

void add_random(CLI::App& app, Arguments& arguments) {
  auto* random_app = app.add_subcommand("random", "judge randomness of a file: identifiers, or bits");
  random_app->require_subcommand(1);
  auto* random_test_app = random_app->add_subcommand("test", "run suites of statistical tests on a file of bits");
  auto& random_test = read_into<RandomTestCommand>(*random_test_app, arguments);
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
  auto* random_judge_app = random_app->add_subcommand("judge", "judge session identifiers: attacks, counters, clocks, repeats, bias");
  auto& random_judge = read_into<RandomJudgeCommand>(*random_judge_app, arguments);
  random_judge_app->add_option("file", random_judge.file, "identifiers in the order of issue, one a line, best with the time before each: unix_us TAB id")->required();
  random_judge_app->add_option("--depth", random_judge.depth, "quick: a second; deep: also searches through all seeds of 32 bits, up to two minutes")->check(CLI::IsMember({"quick", "deep"}));
  random_judge_app->footer("Examples:\n  lintel random judge ids.tsv\n  lintel random judge ids.tsv --depth deep --json");
  random_app->footer("Examples:\n  lintel random judge ids.tsv\n  lintel random test noise.bin --suite sp800-22");
}

}  // namespace lintel::cli
