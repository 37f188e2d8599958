// The child process: maps the image, gives up every right, reads, and writes its answer. See question.h for the words.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "firmware/image/format.h"
#include "firmware/survey/surveyor.h"

namespace lintel::firmware {

using MakeSurveyors = std::function<std::vector<std::unique_ptr<Surveyor>>()>;

// Requires: argv is PROGRAM kChildCommand QUESTION IMAGE, no other thread runs, nothing was written to standard output. Never returns.
[[noreturn]] void serve(int argc, char** argv, std::span<const Format* const> formats, const MakeSurveyors& surveyors);

}  // namespace lintel::firmware
