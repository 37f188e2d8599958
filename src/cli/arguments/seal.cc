// Options of: seal, verify.
#include "cli/arguments/groups.h"
#include "cli/arguments/shared.h"

namespace lintel::cli {

void add_seal(CLI::App& app, Arguments& arguments) {
  auto* seal_app = app.add_subcommand("seal", "sign a run: every row and every byte of it");
  auto& seal = read_into<SealCommand>(*seal_app, arguments);
  seal_app->add_option("run", seal.run, "run file")->required();
  add_signing_options(*seal_app, seal.signing);
  seal_app->add_flag("--break-seal", seal.break_seal, "replace the seal that it has");
  seal_app->add_flag("--json", seal.json, "as JSON");
  seal_app->footer("Example:\n  lintel seal home.lintel --key lab.key --cert lab.pem --passphrase env:LAB_KEY --tsa http://tsa.example/tsr");
}

void add_verify(CLI::App& app, Arguments& arguments) {
  auto* verify_app = app.add_subcommand("verify", "check the seal of a run, and that judging it again gives its verdicts");
  auto& verify = read_into<VerifyCommand>(*verify_app, arguments);
  verify_app->add_option("run", verify.run, "run file")->required();
  add_trust_options(*verify_app, verify.trust);
  verify_app->add_option("--at", verify.trust.at, "as of this time (RFC 3339 with offset)");
  verify_app->add_flag("--json", verify.json, "as JSON");
  verify_app->footer("Example:\n  lintel verify home.lintel --ca lab-root.pem --tsa-ca tsa-root.pem\n"
                     "Exit codes: 0 good, 1 not sealed, changed, wrongly signed or other verdicts, 2 usage, 3 intact but nobody vouches for the signer.");
}

}  // namespace lintel::cli
