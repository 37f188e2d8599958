// The looks of the binding probe: one declared device is bound and unbound again with tokens that should work and with tokens that should not.
#pragma once
#include <string>
#include <vector>

#include "data/json.h"
#include "flow/refusal.h"

namespace lintel::probes::binding {

// The flow `bind` in two halves: the steps up to the one that takes {bind_token}, and those that use it.
struct Halves {
  std::vector<flow::Step> issue, present;
};
// Both empty when no step takes it, or none comes after that. Pure.
Halves halves_of(const std::vector<flow::Step>& bind);

struct Scene {
  flow::Wire& wire;
  Halves bind;
  std::string account, other;  // other: empty when no second account is declared
  std::vector<std::string> tokens{};
  Json facts = Json::object();
  std::vector<std::string> notes{};
};

// All that the probe does; facts and notes into the scene. Leaves the device unbound wherever the application lets it.
// Errors: protocol (a declared flow is no success), those of the connection. What was learned before stays.
Result<void> look(Scene& scene);

}  // namespace lintel::probes::binding
