#include "recorded_run.h"

#include <fmt/format.h>

#include <map>

#include "base/files.h"

namespace lintel::bench {
namespace {

const WallTime kScanned = *parse_time("2026-11-21T08:00:00Z");

std::string digest(std::size_t number) { return fmt::format("{:064x}", number * 0x9E3779B97F4A7C15u); }

model::Observation observe(const model::Job& job, const Json& probe, std::size_t number) {
  const Json& looks = probe.at("looks");
  const Json& look = looks.at(number * 7 % looks.size());
  model::Observation seen;
  seen.job = job;
  seen.probe_version = "1";
  seen.status = model::parse<model::Status>(text_or(look, "status")).value_or(model::Status::probe_error);
  if (seen.status != model::Status::ok) seen.message = "no answer within 10 s";
  seen.facts = look.at("facts");
  std::size_t position = 0;
  for (const Json& about : probe.at("about"))
    seen.evidence.push_back({fmt::format("capture-{}.bin", position), "application/octet-stream", digest(number * 8 + position++), 512,
                             {about.get<std::string>()}});
  seen.started = kScanned;
  seen.finished = kScanned + std::chrono::seconds(9);
  return seen;
}

}  // namespace

Result<model::Run> make_run(rules::LoadedProfile profile, const std::filesystem::path& recorded, std::size_t devices) {
  const std::string text = TRY(read_file(recorded, 16u << 20));
  const Json probes = TRY(parse_json(text));
  std::map<std::string, std::vector<std::string>> checks_of;
  for (const model::Check& check : profile.checks) checks_of[check.probe].push_back(check.id);

  model::Run run;
  run.id = "0123456789abcdef";
  run.tool_version = "bench";
  run.started = kScanned;
  run.finished = kScanned + std::chrono::minutes(30);
  run.complete = true;
  run.target.id = "bench";
  run.target.name = {"性能测试", "Benchmark"};
  run.profile = std::move(profile.profile);
  run.checks = std::move(profile.checks);
  for (std::size_t device = 0; device < devices; ++device) {
    model::Asset asset{fmt::format("device-{:03}", device), model::Role::device, 3,
                       {fmt::format("设备 {}", device), fmt::format("Device {}", device)}, {}};
    for (const auto& [name, probe] : probes.items()) {
      model::Job job;
      job.key = digest(run.jobs.size() + 1'000'000);
      job.probe = name;
      job.asset = asset.id;
      job.kind = model::parse<model::ItemKind>(text_or(probe, "kind")).value_or(model::ItemKind::host);
      job.item = fmt::format("{}-1", text_or(probe, "kind"));
      job.checks = checks_of[name];
      asset.items.push_back({job.kind, job.item, probe.at("item")});
      run.observations.push_back(observe(job, probe, run.jobs.size()));
      run.jobs.push_back(std::move(job));
    }
    run.target.assets.push_back(std::move(asset));
  }
  for (const model::Clause& clause : run.profile.clauses)
    if (clause.attest)
      run.attestations.push_back({clause.id, "", model::Verdict::pass, "看过文件，与实物一致。", "Wang Li", kScanned - std::chrono::days(20), {}, {}});
  return run;
}

}  // namespace lintel::bench
