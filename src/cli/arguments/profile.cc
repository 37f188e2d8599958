// Options of: profile.
#include "cli/arguments/groups.h"
#include "cli/arguments/shared.h"

namespace lintel::cli {

void add_profile(CLI::App& app, Arguments& arguments) {
  auto* profile_app = app.add_subcommand("profile", "work on a profile: lint, show, test, coverage, pin, sign");
  profile_app->require_subcommand(1);
  auto* lint_app = profile_app->add_subcommand("lint", "check profile and checks for mistakes");
  auto& lint = read_into<ProfileLintCommand>(*lint_app, arguments);
  lint_app->add_option("profile", lint.profile, "profile id, folder or profile.yaml")->required();
  lint_app->footer("Example:\n  lintel profile lint profiles/smart-home");
  auto* show_app = profile_app->add_subcommand("show", "print the effective profile, or one clause");
  auto& show = read_into<ProfileShowCommand>(*show_app, arguments);
  show_app->add_option("profile", show.profile, "profile id, folder or profile.yaml")->required();
  show_app->add_option("clause", show.clause, "clause id");
  show_app->add_flag("--json", show.json, "as JSON");
  show_app->footer("Examples:\n  lintel profile show smart-home\n  lintel profile show smart-home 7.e --json");
  auto* test_app = profile_app->add_subcommand("test", "run the rows of every check: facts to verdict");
  auto& test = read_into<ProfileTestCommand>(*test_app, arguments);
  test_app->add_option("profile", test.profile, "profile id, folder or profile.yaml")->required();
  test_app->footer("Example:\n  lintel profile test profiles/smart-home");
  auto* coverage_app = profile_app->add_subcommand("coverage", "what decides each clause; fails when one is missing");
  auto& coverage = read_into<ProfileCoverageCommand>(*coverage_app, arguments);
  coverage_app->add_option("profile", coverage.profile, "profile id, folder or profile.yaml")->required();
  coverage_app->footer("Example:\n  lintel profile coverage smart-home");
  auto* pin_app = profile_app->add_subcommand("pin", "write profile.lock: the SHA-256 of every file of the profile");
  auto& pin = read_into<ProfilePinCommand>(*pin_app, arguments);
  pin_app->add_option("profile", pin.profile, "profile id, folder or profile.yaml")->required();
  pin_app->footer("Example:\n  lintel profile pin profiles/smart-home");
  auto* sign_app = profile_app->add_subcommand("sign", "sign profile.lock: writes profile.lock.p7s");
  auto& sign = read_into<ProfileSignCommand>(*sign_app, arguments);
  sign_app->add_option("profile", sign.profile, "profile id, folder or profile.yaml")->required();
  add_signing_options(*sign_app, sign.signing);
  sign_app->footer("Example:\n  lintel profile sign profiles/smart-home --key lab.key --cert lab.pem");
  profile_app->footer("Examples:\n  lintel profile lint profiles/smart-home\n  lintel profile show smart-home 7.e");
}

}  // namespace lintel::cli
