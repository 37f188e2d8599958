// Options of: id.
#include "cli/arguments/groups.h"
#include "cli/arguments/shared.h"

namespace lintel::cli {

void add_id(CLI::App& app, Arguments& arguments) {
  auto* id_app = app.add_subcommand("id", "identities of annex A: check a list, explain or generate some");
  id_app->require_subcommand(1);
  auto* id_check_app = id_app->add_subcommand("check", "judge a list of identities with the checks of a scan: format, fields, repeats, randomness");
  auto& id_check = read_into<IdCheckCommand>(*id_check_app, arguments);
  id_check_app->add_option("file", id_check.file, "list with one identity a line, # for comments; -: standard input")->required();
  id_check_app->add_option("--vendor", id_check.vendor, "vendor code that all must have: 6 hexadecimal characters");
  id_check_app->add_option("--product", id_check.product, "product code that all must have: 6 hexadecimal characters");
  id_check_app->add_option("--extensions", id_check.extensions, "registered extensions: 2 hexadecimal characters each")->delimiter(',')->allow_extra_args(false);
  id_check_app->add_option("--profile", id_check.profile, "profile with the clauses on identities (default: smart-home)");
  id_check_app->add_flag("--allow-open", id_check.allow_open, "exit 0 although clauses are inconclusive or not tested");
  id_check_app->footer("Examples:\n  lintel id check issued.txt --vendor A1B2C3 --product 00A001 --extensions 00,01\n  lintel id check issued.txt --json\n"
                       "Exit codes: 0 no clause fails, 1 one does, 2 usage or file error, 3 something is open, 5 the list could not be read to its end.");
  auto* id_explain_app = id_app->add_subcommand("explain", "the fields of identities, what each means, and what is wrong where");
  auto& id_explain = read_into<IdExplainCommand>(*id_explain_app, arguments);
  id_explain_app->add_option("id", id_explain.ids, "identities")->required();
  id_explain_app->footer("Example:\n  lintel id explain 01A1B2C300A0011234ABCD00\nExit codes: 0 all are well-formed, 1 one is not.");
  auto* id_generate_app = id_app->add_subcommand("generate", "new identities of one product, one a line: random, and none given out before");
  auto& id_generate = read_into<IdGenerateCommand>(*id_generate_app, arguments);
  id_generate_app->add_option("--vendor", id_generate.vendor, "vendor code: 6 hexadecimal characters")->required();
  id_generate_app->add_option("--product", id_generate.product, "product code: 6 hexadecimal characters")->required();
  id_generate_app->add_option("--extension", id_generate.extension, "extension: 2 hexadecimal characters (default: 00)");
  id_generate_app->add_option("--count", id_generate.count, "how many (default: 1)")->check(CLI::Range(std::size_t{1}, std::size_t{100'000'000}));
  id_generate_app->add_option("--avoid", id_generate.avoid, "list of identities given out before; may stand several times")->allow_extra_args(false);
  id_generate_app->footer("Examples:\n  lintel id generate --vendor A1B2C3 --product 00A001 --count 1000 --avoid issued.txt > new.txt\n"
                          "  lintel id generate --vendor A1B2C3 --product 00A001 --count 200 | lintel id check - --vendor A1B2C3 --product 00A001 --extensions 00");
  id_app->footer("Examples:\n  lintel id check issued.txt --vendor A1B2C3 --product 00A001 --extensions 00\n  lintel id explain 01A1B2C300A0011234ABCD00\n"
                 "  lintel id generate --vendor A1B2C3 --product 00A001 --count 20");
}

}  // namespace lintel::cli
