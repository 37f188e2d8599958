// The exit code of a judged run under --fail-on, --allow-open and --baseline (docs/exit-codes.md), for scan and judge.
#pragma once
#include <optional>

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "model/run.h"
#include "report/gating.h"

namespace lintel::cli {

class Gatekeeper {
 public:
  // Reads the baseline, so that a wrong one is told before anything is sent. Errors: as load_run(); invalid_input when it is of another target.
  static Result<Gatekeeper> create(const GateOptions& options, const model::Target& target);

  // Requires: the run has verdicts.
  int exit_code(const model::Run& run) const;
  // With a baseline prints, unless quiet or as JSON, which clauses count and which are known.
  void tell(const model::Run& run, const Console& console) const;
  // The same rule for formats that show what fails the gate.
  report::Gating gating(const model::Run& run) const;

 private:
  GateOptions options_;
  std::optional<model::Run> baseline_;
};

}  // namespace lintel::cli
