// What is asked of an image, and what comes back: the words between ask.h (the parent) and serve.h (the child process that reads the image).
// The child is started as PROGRAM kChildCommand QUESTION IMAGE and writes to standard output, a line each: {"part"}, {"file"}, {"survey"}, then
// {"end"}, or {"error"} instead of it; behind the end the content of the file that was asked for. On standard error: how far it is.
#pragma once
#include <cstdint>
#include <set>
#include <string>

#include "firmware/image/image.h"

namespace lintel::firmware {

inline constexpr const char* kChildCommand = "firmware-child";  // not in --help: nobody calls it but ask()

enum class What {
  parts,    // what the image is made of
  files,    // parts, and the files of every file system
  content,  // parts, and the bytes of one file
  survey,   // parts, and what the surveyors found (firmware/survey/surveyor.h)
};

struct Question {
  What what = What::parts;
  std::string name{};            // for content; as locate.h takes it
  std::uint32_t seconds = 300;   // after which reading ends with what there is
};

struct Answer {
  Image image;              // parts without bytes and volumes
  std::set<std::string> hit{};  // which caps ended the reading early (Budget::hit)
  std::size_t part = kNone;     // of the content
  std::string content{};
  Json survey = Json::object();
  bool whole_content = true;    // false: only its first bytes, a cap was hit
};

struct ReadSoFar {
  std::uint64_t parts = 0, files = 0, unpacked_bytes = 0;
};

Json to_json(const Question& question);
Result<Question> question_from_json(const Json& json);

}  // namespace lintel::firmware
