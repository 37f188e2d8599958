// The text of a first target file, with comments that say what to fill in. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace lintel::cli {

struct Skeleton {
  std::string id, name;          // name: in the language of the file
  std::string role = "device";   // platform, gateway, device, app, line
  int level = 1;                 // devices and gateways
  std::string address;           // may be empty for an app
  std::vector<std::uint16_t> open;      // TCP ports found open
  std::vector<std::uint16_t> services;  // those of them that a person means to be; the others are written as comments
  bool looked = false;           // whether anybody looked
};

std::string target_skeleton(const Skeleton& skeleton, bool english);

}  // namespace lintel::cli
