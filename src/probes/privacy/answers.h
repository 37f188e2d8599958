// What an answer holds: names of JSON members, and values in full. Pure.
#pragma once
#include <set>
#include <string>
#include <string_view>

#include "data/json.h"

namespace lintel::probes::privacy {

constexpr std::size_t kMostNames = 500;

// Names of the members that hold a scalar or a list of scalars, at any depth; those of containers only stand for what is in them.
// An empty container counts by its own name.
std::set<std::string> leaf_names(const Json& answer);
// The first member of this name that holds a text, at any depth; null when there is none.
const Json* text_named(const Json& answer, std::string_view name);

}  // namespace lintel::probes::privacy
