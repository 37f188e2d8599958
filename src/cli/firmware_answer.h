// Asking about an image from a terminal: progress while it is read, and what went wrong told.
#pragma once
#include <optional>

#include "cli/console.h"
#include "firmware/child/question.h"

namespace lintel::cli {

struct FirmwareAnswer {
  std::optional<firmware::Answer> answer;
  int exit_code = 0;  // without an answer: why, and it is told; with one: 0, or 3 when reading ended early
};

// Blocks while the image is read.
FirmwareAnswer ask_firmware(const std::string& image, const firmware::Question& question, const Console& console);

// "squashfs", and what else there is to say of a part in one line: its name, what its header says.
std::string format_word(const firmware::Part& part, const Console& console);
std::string part_details(const firmware::Part& part, const Console& console);
// Why reading ended early, a sentence; empty when it did not.
std::string early_end(const firmware::Answer& answer, const Console& console);

}  // namespace lintel::cli
