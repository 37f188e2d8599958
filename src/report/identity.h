// UUIDs that documents demand, made from what they stand for: the same run always has the same ones, and nothing is random. Pure.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

namespace lintel::report {

// UUID version 5 (RFC 9562 5.5) in a name space of our own, over the parts, each with its length: ("a", "bc") and ("ab", "c") differ.
// fingerprint.h names findings.
std::string uuid(std::initializer_list<std::string_view> parts);

}  // namespace lintel::report
