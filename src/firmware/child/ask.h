// Asks about a firmware image. A child process that has no rights reads it (confine.h), so that an image that crashes the reader, or takes it
// over, costs this one answer. Sends nothing, writes nothing. Thread-safe.
#pragma once
#include <functional>

#include "base/cancel.h"
#include "firmware/child/question.h"

namespace lintel::firmware {

// Blocks until the image is read, question.seconds at most and a few more to end the child. news is called from this thread.
// program: what serves kChildCommand; default this program itself.
// Errors: not_found, permission, invalid_input (no regular file; the name of the file that was asked for); limit (memory); timeout (it had to be
// killed; reading that merely took too long gives an answer with hit "time"); protocol (the reader crashed, or was stopped for doing what it may
// not: the image is hostile or hits a fault); unsupported (no seccomp here); cancelled; io.
Result<Answer> ask(const std::string& image, const Question& question, const Cancel& cancel, const std::function<void(const ReadSoFar&)>& news, const std::string& program = "/proc/self/exe");

}  // namespace lintel::firmware
