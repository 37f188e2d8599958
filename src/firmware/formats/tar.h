// The entries of tar archives, for those that give a meaning to them (Mender).
#pragma once
#include <optional>
#include <string>

#include "firmware/image/image.h"

namespace lintel::firmware {

struct TarEntry {
  File file;  // without a path; the handle is the offset of the content
  char type = '0';
  std::string name;
  std::uint64_t next = 0;
};
// The entry at `at`; nullopt when there is none or its sum is wrong. The content may reach behind the end.
std::optional<TarEntry> tar_entry_at(ByteView bytes, std::uint64_t at);

}  // namespace lintel::firmware
