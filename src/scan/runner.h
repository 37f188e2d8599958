// Runs one job behind a fence: whatever a probe does, out comes an observation that is safe to store.
#pragma once
#include <vector>

#include "data/schema.h"
#include "probe/probe.h"
#include "scan/live_context.h"
#include "store/run_file.h"

namespace lintel::scan {

struct ReadyProbe {
  const probe::RegisteredProbe* registered = nullptr;
  schema::Schema facts;
};

struct Finished {
  model::Observation observation;
  std::vector<store::Blob> blobs;
};

constexpr std::size_t kFactsCapBytes = 8 << 20;

// Blocks until the probe has ended. Never throws.
// - An exception, facts that do not fit the probe's schema, or facts above the cap: probe_error without facts, saying what was wrong.
// - Stopped meanwhile: interrupted, with what was learned; a look that was cut short must not count as one.
// - An intrusive probe without the target's permission is not run: not_declared.
// - Secrets are cut out of message, notes, facts and evidence before the evidence is hashed.
Finished run_job(const ReadyProbe& probe, const LiveWorld& world) noexcept;

}  // namespace lintel::scan
