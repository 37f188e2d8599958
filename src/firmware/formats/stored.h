// What archives share that keep files as they are: contents are stretches of the part, and names are made safe.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "firmware/image/image.h"

namespace lintel::firmware {

// File::handle is the offset of the content in `bytes`.
std::shared_ptr<Volume> stored_volume(ByteView bytes);
// "./etc//shadow" and "/etc/shadow" as "etc/shadow", "." and "/" as "". nullopt: it climbs ("..") or is longer than 4096 bytes.
std::optional<std::string> clean_path(std::string_view path);
// Kind and permissions of a Unix mode word (S_IFMT and the rest).
FileKind kind_of_mode(std::uint32_t mode);

}  // namespace lintel::firmware
