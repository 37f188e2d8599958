// The entries of cpio archives, for those that give a meaning to them (SWUpdate).
#pragma once
#include <optional>
#include <string_view>

#include "firmware/image/image.h"

namespace lintel::firmware {

struct CpioEntry {
  File file;  // without a path; the handle is the offset of the content
  std::string_view name;
  std::uint64_t next = 0;  // offset behind the content
  std::uint32_t sum = 0;   // of the content's bytes; newc says zero
};
// The entry at `at`; nullopt when there is none. The content may reach behind the end.
std::optional<CpioEntry> cpio_entry_at(ByteView bytes, std::uint64_t at);

}  // namespace lintel::firmware
