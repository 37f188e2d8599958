// A fresh run: completed checks, plan, identity.
#include <unistd.h>

#include <random>

#include "data/json.h"
#include "scan/scan.h"

namespace lintel::scan {
namespace {

std::string random_id() {
  std::random_device source;  // the kernel's, on Linux
  Bytes bytes;
  append_number(bytes, source(), 4);
  append_number(bytes, source(), 4);
  return to_hex(bytes);
}

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? std::string(name) : std::string();
}

}  // namespace

Result<model::Run> prepare(const Options& options, const model::Target& target, const model::Profile& profile, std::vector<model::Check> checks,
                           const Clock& clock) {
  TRY(complete_parameters(checks, options.probes));
  model::Run run;
  for (const model::Check& check : checks)
    if (!run.facts_schemas.contains(check.probe)) run.facts_schemas.emplace(check.probe, TRY(parse_json(options.probes(check.probe)->facts_schema)));
  std::vector<model::Check> wanted = checks;
  for (model::Check& check : wanted)
    if (const auto own = options.parameters.find(check.probe); own != options.parameters.end()) check.with.update(own->second);
  run.jobs = TRY(plan(target, profile, wanted, options.probes));
  run.id = random_id();
  run.tool_version = options.tool_version;
  run.host = host_name();
  run.started = clock.now();
  run.target = target;
  run.profile = profile;
  run.profile_sha256 = store::sha256_hex(as_bytes(dump_json(Json{{"checks", checks}, {"profile", profile}})));
  run.checks = std::move(checks);
  return run;
}

}  // namespace lintel::scan
