// Scanning: makes a run from documents, and does those of its jobs that are not done. The only place where probes run for real.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "base/cancel.h"
#include "base/clock.h"
#include "model/run.h"
#include "scan/plan.h"
#include "store/run_file.h"

namespace lintel::scan {

struct Options {
  ProbeLookup probes;  // probe::find_probe in the program
  std::string tool_version;
  std::map<std::string, Json> parameters = {};     // by probe: for its jobs, in place of what checks say; the checks of the run stay as they are
  int workers = 64;
  int cpu_jobs = 0;                                // at once; 0: one a core
  std::chrono::milliseconds job_deadline{0};       // 0: half of the run's, so that one stuck job leaves time for the others
  std::chrono::milliseconds grace{1500};           // for running probes to end after a stop
};

// A run with its plan and without observations, ready for store::RunFile::create. Attestations and waivers are the caller's to add.
// Errors as complete_parameters() and plan().
Result<model::Run> prepare(const Options& options, const model::Target& target, const model::Profile& profile, std::vector<model::Check> checks,
                           const Clock& clock);

// What happens, for a progress display. Called on the thread that called scan(), in order.
struct Progress {
  enum class Kind { started, progressed, finished };
  Kind kind = Kind::started;
  const model::Job* job = nullptr;             // valid during the call
  model::Status status = model::Status::ok;    // finished
  std::size_t done = 0, total = 0;             // progressed: of this job
  std::size_t jobs_done = 0, jobs_total = 0;   // of the run, earlier scans of a resumed one included; interrupted jobs are not done
  std::size_t jobs_running = 0;
};
using ProgressCallback = std::function<void(const Progress&)>;

enum class End { all_done, cancelled, deadline };

struct Outcome {
  End end = End::all_done;
  std::size_t jobs_done = 0, jobs_total = 0;
  bool complete() const { return jobs_done == jobs_total; }
  // Jobs that did not heed the stop within the grace time. Their threads still run: end the process with _Exit after finishing the file. Not recorded.
  std::size_t stuck = 0;
};

// Does the jobs of the run that have no observation, or an interrupted one; commits each to the file as it ends. Blocks until all are done, cancel,
// or target.limits.deadline is over; the latter two stop running probes, which are recorded as interrupted, and leave waiting jobs without an observation.
// The caller then judges and calls file.finish(). clock and what options.probes gives must outlive the process when jobs are stuck.
// Errors: those of RunFile::append (disk full: running probes are stopped first, and what was committed stays), invalid_input (a run whose job names no
// asset, item or probe that is there).
Result<Outcome> scan(const Options& options, const model::Run& run, store::RunFile& file, const Clock& clock, const Cancel& cancel,
                     const ProgressCallback& progress);

}  // namespace lintel::scan
