#include "scan/runner.h"

#include <exception>

#include "base/text.h"

namespace lintel::scan {
namespace {

constexpr std::size_t kMessageCapBytes = 4096;
constexpr std::size_t kNotesCap = 200;

void set_probe_error(model::Observation& observation, std::string message) {
  observation.status = model::Status::probe_error;
  observation.message = std::move(message);
  observation.facts = Json::object();
}

// Runs the probe; an exception ends here.
void look(const probe::Probe& probe, LiveContext& context, model::Observation& observation) {
  try {
    probe.run(context, observation);
  } catch (const std::exception& error) {
    set_probe_error(observation, fmt::format("the probe broke off: {}", error.what()));
  } catch (...) {
    set_probe_error(observation, "the probe broke off");
  }
}

void check_facts(const ReadyProbe& probe, model::Observation& observation) {
  if (!observation.facts.is_object()) return set_probe_error(observation, "the probe's facts are no object");
  // What was not learned may be missing; what is there must fit.
  const auto violations = schema::validate(observation.facts, probe.facts.root(), schema::Missing::allowed);
  if (!violations.empty())
    return set_probe_error(observation, fmt::format("the probe's facts do not fit its schema at {}: {}",
                                                    violations[0].pointer.empty() ? "/" : violations[0].pointer, violations[0].message));
  if (dump_json(observation.facts).size() > kFactsCapBytes)
    set_probe_error(observation, fmt::format("the probe's facts are larger than {} bytes", kFactsCapBytes));
}

std::string clean(std::string_view text, const Secrets& secrets) { return printable(secrets.redact(text)).substr(0, kMessageCapBytes); }

void redact(model::Observation& observation, std::vector<store::Blob>& blobs, const Secrets& secrets) {
  observation.message = clean(observation.message, secrets);
  if (observation.notes.size() > kNotesCap) observation.notes.resize(kNotesCap);
  for (std::string& note : observation.notes) note = clean(note, secrets);
  secrets.redact(observation.facts);
  for (std::size_t number = 0; number < blobs.size(); ++number) {
    blobs[number].bytes = secrets.redact_bytes(blobs[number].bytes);
    blobs[number].sha256 = store::sha256_hex(blobs[number].bytes);
    model::Evidence& evidence = observation.evidence[number];
    evidence.name = clean(evidence.name, secrets);
    evidence.sha256 = blobs[number].sha256;
    evidence.size_bytes = blobs[number].bytes.size();
  }
}

Finished run(const ReadyProbe& probe, const LiveWorld& world) {
  Finished finished;
  model::Observation& observation = finished.observation;
  const WallTime started = world.clock.now();
  LiveContext context(world);
  if (probe.registered->probe->intrusive == probe::Intrusive::yes && !world.target.intrusive) {
    observation.status = model::Status::not_declared;
    observation.message = "this probe is intrusive, and the target file does not say `intrusive: true`";
  } else {
    look(*probe.registered->probe, context, observation);
    check_facts(probe, observation);
  }
  if (world.stop.requested()) {
    observation.status = model::Status::interrupted;
    observation.message = "the scan was stopped during this look; --resume repeats it";
  }
  // Not the probe's to fill.
  observation.job = world.job;
  observation.probe_version = probe.registered->probe->version;
  observation.evidence = std::move(context.evidence);
  finished.blobs = std::move(context.blobs);
  if (context.evidence_dropped > 0) observation.notes.insert(observation.notes.begin(), "lintel: evidence beyond the cap was not kept");
  redact(observation, finished.blobs, world.secrets);
  observation.started = started;
  observation.finished = world.clock.now();
  return finished;
}

}  // namespace

Finished run_job(const ReadyProbe& probe, const LiveWorld& world) noexcept {
  try {
    return run(probe, world);
  } catch (const std::exception& error) {  // out of memory, mostly
    Finished broken;
    broken.observation.job = world.job;
    broken.observation.probe_version = probe.registered->probe->version;
    broken.observation.started = broken.observation.finished = world.clock.now();
    set_probe_error(broken.observation, fmt::format("the job broke off: {}", error.what()));
    return broken;
  }
}

}  // namespace lintel::scan
