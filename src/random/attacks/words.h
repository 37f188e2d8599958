// Words that programmers put where a secret should stand: our own list, in the order in which they are tried.
#pragma once
#include <span>
#include <string_view>

namespace lintel::random {

// Before or behind what is hashed: names of users and of things, salts.
std::span<const std::string_view> common_prefixes();
// Keys of signatures.
std::span<const std::string_view> common_keys();

}  // namespace lintel::random
