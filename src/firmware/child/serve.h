// The child process: maps the image, gives up every right, reads, and writes its answer. See question.h for the words.
#pragma once
#include <span>

#include "firmware/image/format.h"

namespace lintel::firmware {

// Requires: argv is PROGRAM kChildCommand QUESTION IMAGE, no other thread runs, nothing was written to standard output. Never returns.
[[noreturn]] void serve(int argc, char** argv, std::span<const Format* const> formats);

}  // namespace lintel::firmware
