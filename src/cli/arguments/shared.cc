#include "cli/arguments/shared.h"

#include "report/formats.h"

namespace lintel::cli {

void add_report_options(CLI::App& app, ReportOptions& options) {
  app.add_option("--report", options.formats, "reports to write (default: html,pdf)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(report::format_names()));
  app.add_option("-o,--out", options.out, "path of the outputs without ending");
  app.add_flag("--timings", options.timings, "print where the time of the scan went, job by job");
}

void add_gate_options(CLI::App& app, GateOptions& options) {
  app.add_flag("--allow-open", options.allow_open, "exit 0 although clauses are inconclusive or not tested");
  app.add_option("--fail-on", options.fail_on, "what sets the exit code: shall, should (recommendations too), never (default: shall)")
      ->check(CLI::IsMember({"shall", "should", "never"}));
  app.add_option("--baseline", options.baseline, "earlier run of the target: only what is new or can't be compared gives exit code 1");
}

void add_gate_shown(CLI::App& app, GateOptions& options) {
  app.add_flag("--allow-open", options.allow_open, "junit: no error for what is inconclusive");
  app.add_option("--fail-on", options.fail_on, "junit, sarif: what is red, as for scan: shall, should, never (default: shall)")
      ->check(CLI::IsMember({"shall", "should", "never"}));
  app.add_option("--baseline", options.baseline, "junit, sarif: earlier run of the target; only what is new or can't be compared is red");
}

void add_signing_options(CLI::App& app, SigningOptions& options) {
  app.add_option("--key", options.key, "private key, PEM: RSA, EC, Ed25519 or SM2")->required();
  app.add_option("--cert", options.certificate, "its certificate, PEM; further ones in it belong to the chain")->required();
  app.add_option("--chain", options.chain, "certificates between it and the authority, PEM");
  app.add_option("--tsa", options.tsa, "URL of a time-stamping authority (RFC 3161), the only address that is contacted");
  app.add_option("--passphrase", options.passphrase, "of an encrypted key: env:NAME or file:PATH");
}

void add_trust_options(CLI::App& app, TrustOptions& options) {
  app.add_option("--ca", options.ca, "PEM: whose certificates count, each is an anchor");
  app.add_option("--tsa-ca", options.tsa_ca, "PEM: whose time stamps count (default: --ca)");
  app.add_option("--crl", options.crl, "PEM: revocation lists; without them revocation is not looked at");
}

void add_profile_trust_options(CLI::App& app, ProfileTrustOptions& options) {
  app.add_flag("--require-signed", options.require_signed, "refuse a profile that is not signed, or was changed since");
  add_trust_options(app, options.trust);
}

}  // namespace lintel::cli
