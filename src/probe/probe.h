// The contract of a probe: data and one function. A probe is a folder src/probes/<name>/ that defines
//   namespace lintel::probes::<name> { extern const probe::Probe probe; }
// with facts.schema.json and params.schema.json beside it; CMake finds it (docs/adding-a-probe.md).
#pragma once
#include <span>
#include <string_view>

#include "model/enums.h"
#include "model/observation.h"

namespace lintel::probe {

class Context;

enum class Cost { network, cpu };        // cpu jobs run at most one a core
enum class Privilege { none, raw_socket };
// yes: locks, wears out, erases or sends what no user of good will does; runs only where the target says `intrusive: true`.
// partly: always runs, but changes values only where context.intrusive().
// Both come after all others and one at a time, partly before yes. The order of the words counts.
enum class Intrusive { no, partly, yes };

struct Probe {
  std::string_view title_zh;
  std::string_view title_en;
  std::string_view version;              // raised when the same device could give other facts
  model::ItemKind takes = model::ItemKind::host;
  Cost cost = Cost::network;
  Privilege privilege = Privilege::none;
  Intrusive intrusive = Intrusive::no;
  // Looks, fills status, message, facts, notes of the observation; job, evidence and times are the runner's. Facts learned before a
  // failure stay in. Blocks until done, the context's deadline or a cancel. Sends only what the folder's README lists.
  void (*run)(Context& context, model::Observation& observation) = nullptr;
};

struct RegisteredProbe {
  std::string_view name;
  const Probe* probe = nullptr;
  std::string_view facts_schema;   // JSON text
  std::string_view params_schema;
};

std::span<const RegisteredProbe> all_probes();  // sorted by name; generated
const RegisteredProbe* find_probe(std::string_view name);

// The status word for a failed step of a probe.
model::Status status_of(const Error& error);

}  // namespace lintel::probe
