// What a few binding tokens look like. Pure. Facts of shape only: a handful of tokens can't show that they are unpredictable.
#pragma once
#include <span>
#include <string>

#include "data/json.h"

namespace lintel::probes::binding {

// {count, unique, length: {min, max}, alphabet, nominal_bits}. The alphabet is the smallest known one that holds all characters; nominal_bits is
// what the shortest token could hold at most. Requires: at least one token.
Json shape_of(std::span<const std::string> tokens);

}  // namespace lintel::probes::binding
