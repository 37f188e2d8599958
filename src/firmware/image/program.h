// Kernels and boot loaders that lie in an image as bare machine code: no header says where they begin, but they say who they are.
#pragma once
#include <optional>
#include <string>

#include "base/bytes.h"

namespace lintel::firmware {

struct Program {
  std::string name;     // "linux", "u-boot"
  std::string version;  // "3.10.14", "2013.07"
};

// From the banner that the program prints when it starts ("Linux version 3.10.14 (...", "U-Boot 2013.07 (..."), or what the kernel tells uname().
// nullopt: none in these bytes.
std::optional<Program> program_in(ByteView bytes);

}  // namespace lintel::firmware
