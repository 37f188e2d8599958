// The exit code of a judged run under --fail-on, --allow-open and --baseline (docs/exit-codes.md), for scan and judge.
#pragma once
#include <optional>

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "model/run.h"

namespace lintel::cli {

class Gatekeeper {
 public:
  // Reads the baseline, so that a wrong one is told before anything is sent. Errors: as load_run(); invalid_input when it is of another target.
  static Result<Gatekeeper> create(const GateOptions& options, const model::Target& target);

  // With a baseline also prints, unless quiet, which clauses count and which are known. Requires: the run has verdicts.
  int exit_code(const model::Run& run, const Console& console) const;

 private:
  GateOptions options_;
  std::optional<model::Run> baseline_;
};

}  // namespace lintel::cli
