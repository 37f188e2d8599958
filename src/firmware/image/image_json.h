// Parts and files of an image as JSON, one object each: what `lintel firmware --json` prints, and what a child process hands to its parent.
#pragma once
#include "firmware/image/image.h"

namespace lintel::firmware {

std::string_view name_of(FileKind kind);  // "file", "folder", "symlink", "device", "other"

// Without the bytes and the volume. Members that say nothing are left out.
Json to_json(const Part& part);
// Names and targets that can't be shown as they are stand in path_bytes and target_bytes too, in hexadecimal.
Json to_json(const File& file);
Json to_json(const Coverage& coverage);

// Back again. Errors: invalid_input.
Result<Part> part_from_json(const Json& json);
Result<File> file_from_json(const Json& json);
Result<Coverage> coverage_from_json(const Json& json);

}  // namespace lintel::firmware
