#include "firmware/child/question.h"

namespace lintel::firmware {
namespace {

constexpr std::string_view kWhats[] = {"parts", "files", "content", "survey"};  // in the order of What

}  // namespace

Json to_json(const Question& question) {
  return {{"what", kWhats[static_cast<std::size_t>(question.what)]}, {"name", to_hex(as_bytes(question.name))}, {"seconds", question.seconds}};
}

Result<Question> question_from_json(const Json& json) {
  const std::string what = text_or(json, "what");
  const auto name = from_hex(text_or(json, "name"));
  const std::int64_t seconds = integer_or(json, "seconds", 0);
  for (std::size_t i = 0; i < std::size(kWhats); ++i)
    if (kWhats[i] == what && name && seconds > 0 && seconds <= 86'400) return Question{static_cast<What>(i), std::string(as_text(*name)), static_cast<std::uint32_t>(seconds)};
  return fail(ErrorCode::invalid_input, "no question about an image");
}

}  // namespace lintel::firmware
