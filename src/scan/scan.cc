#include "scan/scan.h"

#include <algorithm>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "data/json.h"
#include "scan/outbox.h"
#include "scan/runner.h"
#include "scan/scheduler.h"
#include "scan/scope.h"

namespace lintel::scan {
namespace {

// What a worker reports to the thread that runs the scan.
struct Letter {
  Progress::Kind kind = Progress::Kind::started;
  std::size_t job = 0;  // index in run.jobs
  std::size_t done = 0, total = 0;
  Finished finished;
  std::promise<void> committed;  // the worker waits for it: results never pile up, and a job is in flight until it is in the file
};

// All that worker threads refer to; kept alive beyond the scan when one of them is stuck.
struct Shared {
  Shared(const model::Run& planned, const Clock& now) : run(planned), clock(now), deadline(Deadline::after(planned.target.limits.deadline)) {}
  const model::Run run;
  const Clock& clock;
  const Deadline deadline;
  Cancel stop;
  Secrets secrets;
  std::map<std::string, AssetGate> gates;
  std::map<std::string, ReadyProbe> probes;
  Outbox<Letter> outbox;
  std::unique_ptr<Scheduler> scheduler;  // last: its threads end before the rest goes
};

Result<const ReadyProbe*> ready_probe(Shared& shared, const Options& options, const std::string& name) {
  const auto known = shared.probes.find(name);
  if (known != shared.probes.end()) return &known->second;
  const probe::RegisteredProbe* registered = options.probes(name);
  if (registered == nullptr) return fail(ErrorCode::invalid_input, "the run needs the probe '{}', which this version does not have", name);
  // Old and new observations would be judged by one schema.
  const auto begun = shared.run.facts_schemas.find(name);
  if (begun == shared.run.facts_schemas.end() || begun->second != TRY(parse_json(registered->facts_schema)))
    return fail(ErrorCode::invalid_input, "the probe {} of this version gives other facts than that of lintel {}, which began the run; start a new scan", name, shared.run.tool_version);
  schema::Schema facts = TRY(schema::Schema::load(registered->facts_schema, name + "/facts.schema.json"));
  return &shared.probes.emplace(name, ReadyProbe{registered, std::move(facts)}).first->second;
}

const model::Item* find_item(const model::Asset& asset, const model::Job& job) {
  for (const model::Item& item : asset.items)
    if (item.kind == job.kind && item.id == job.item) return &item;
  return nullptr;
}

// Where session identifiers come from: two looks at one generator would each see gaps that the other makes.
std::string lane_of(const model::Item& item) {
  if (item.kind != model::ItemKind::session) return "";
  const std::string address = text_or(item.data, "address");
  if (!text_or(item.data, "file").empty()) return "";
  return address.empty() ? url_host(text_or(item.data, "url")).value_or("") : address;
}

Result<Task> make_task(Shared& shared, const Options& options, std::size_t number) {
  const model::Job& job = shared.run.jobs[number];
  const model::Asset* asset = model::find_asset(shared.run.target, job.asset);
  const model::Item* item = asset != nullptr ? find_item(*asset, job) : nullptr;
  if (item == nullptr) return fail(ErrorCode::invalid_input, "the run's job {} is about '{}' of '{}', which its target does not have", job.key, job.item, job.asset);
  const ReadyProbe* probe = TRY(ready_probe(shared, options, job.probe));
  const model::Limits& limits = shared.run.target.limits;
  AssetGate& gate = shared.gates.try_emplace(asset->id, limits.connections, limits.gap).first->second;
  const auto job_time = options.job_deadline.count() > 0 ? options.job_deadline : limits.deadline / 2;
  const auto run = [&shared, &job, &gate, asset, item, probe, number, job_time] {
    shared.outbox.put({Progress::Kind::started, number, 0, 0, {}, {}});
    const LiveWorld world{shared.run.target, *asset, *item, job, gate, shared.secrets, shared.stop, shared.clock,
                          Deadline::earlier(shared.deadline, Deadline::after(job_time)), [&shared, number](std::size_t done, std::size_t total) {
                            shared.outbox.put({Progress::Kind::progressed, number, done, total, {}, {}});
                          }};
    Letter letter{Progress::Kind::finished, number, 0, 0, run_job(*probe, world), {}};
    const auto committed = letter.committed.get_future();
    shared.outbox.put(std::move(letter));
    committed.wait();
  };
  return Task{asset->id, probe->registered->probe->cost, probe->registered->probe->intrusive, lane_of(*item), run};
}

// Indices of the jobs that have no lasting observation.
std::vector<std::size_t> open_jobs(const model::Run& run) {
  std::map<std::string_view, model::Status> seen;
  for (const model::Observation& observation : run.observations) seen[observation.job.key] = observation.status;
  std::vector<std::size_t> open;
  for (std::size_t number = 0; number < run.jobs.size(); ++number) {
    const auto found = seen.find(run.jobs[number].key);
    if (found == seen.end() || found->second == model::Status::interrupted) open.push_back(number);
  }
  return open;
}

// The scan's own thread: commits what workers finish, tells the display, stops when it is time to.
class Conductor {
 public:
  Conductor(Shared& shared, store::RunFile& file, const ProgressCallback& progress, std::size_t open)
      : shared_(shared), file_(file), progress_(progress), expected_(open) {
    outcome_.jobs_total = shared.run.jobs.size();
    outcome_.jobs_done = outcome_.jobs_total - open;
  }

  Result<Outcome> conduct(const Cancel& cancel, std::chrono::milliseconds grace) {
    while (received_ < expected_) {
      const auto waited = wait_fd(shared_.outbox.fd(), WaitFor::readable, shared_.deadline, cancel);
      if (!waited) {
        outcome_.end = waited.error().code == ErrorCode::cancelled ? End::cancelled : End::deadline;
        break;
      }
      read_letters();
      if (failure_) break;
    }
    if (received_ < expected_) end_early(grace);
    if (failure_) return tl::unexpected(*failure_);
    return outcome_;
  }

  std::size_t stuck() const { return outcome_.stuck; }

 private:
  void end_early(std::chrono::milliseconds grace) {
    expected_ -= shared_.scheduler->drop_waiting();
    shared_.stop.request();
    const Cancel nothing_cancels;
    const Deadline patience = Deadline::after(grace);
    while (received_ < expected_ && wait_fd(shared_.outbox.fd(), WaitFor::readable, patience, nothing_cancels)) read_letters();
    outcome_.stuck = expected_ - received_;
  }

  void read_letters() {
    for (Letter& letter : shared_.outbox.take()) {
      Progress event;
      event.kind = letter.kind;
      event.job = &shared_.run.jobs[letter.job];
      event.done = letter.done;
      event.total = letter.total;
      if (letter.kind == Progress::Kind::started) ++running_;
      if (letter.kind == Progress::Kind::finished) {
        --running_;
        ++received_;
        event.status = letter.finished.observation.status;
        commit(letter.finished);
        letter.committed.set_value();
      }
      event.jobs_done = outcome_.jobs_done;
      event.jobs_total = outcome_.jobs_total;
      event.jobs_running = running_;
      if (progress_ && !failure_) progress_(event);
    }
  }

  void commit(const Finished& finished) {
    if (failure_) return;  // the file has no room: nothing more is tried
    auto written = file_.append(finished.observation, finished.blobs);
    if (!written) failure_ = written.error();
    else if (finished.observation.status != model::Status::interrupted) ++outcome_.jobs_done;
  }

  Shared& shared_;
  store::RunFile& file_;
  const ProgressCallback& progress_;
  std::size_t expected_;
  std::size_t received_ = 0;
  std::size_t running_ = 0;
  Outcome outcome_;
  std::optional<Error> failure_;
};

// Threads can't be ended from outside; one that hangs in a library keeps what it refers to until the process ends.
void abandon(std::unique_ptr<Shared> shared) {
  static std::mutex mutex;
  static auto* const kept = new std::vector<std::unique_ptr<Shared>>();
  const std::lock_guard lock(mutex);
  kept->push_back(std::move(shared));
}

}  // namespace

Result<Outcome> scan(const Options& options, const model::Run& run, store::RunFile& file, const Clock& clock, const Cancel& cancel,
                     const ProgressCallback& progress) {
  auto shared = std::make_unique<Shared>(run, clock);
  std::vector<Task> tasks;
  for (const std::size_t number : open_jobs(run)) tasks.push_back(TRY(make_task(*shared, options, number)));
  Conductor conductor(*shared, file, progress, tasks.size());
  SchedulerLimits limits;
  limits.workers = options.workers;
  limits.per_asset = run.target.limits.connections;
  limits.cpu = options.cpu_jobs > 0 ? options.cpu_jobs : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  shared->scheduler = std::make_unique<Scheduler>(std::move(tasks), limits);
  auto outcome = conductor.conduct(cancel, options.grace);
  if (conductor.stuck() > 0) abandon(std::move(shared));
  return outcome;
}

}  // namespace lintel::scan
