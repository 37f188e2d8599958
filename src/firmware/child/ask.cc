#include "firmware/child/ask.h"

#include <csignal>
#include <cstring>

#include "base/subprocess.h"
#include "base/text.h"
#include "firmware/image/budget.h"
#include "firmware/image/image_json.h"

namespace lintel::firmware {
namespace {

constexpr std::size_t kMostLines = 192 << 20;  // bytes of parts and files
constexpr std::chrono::seconds kToEnd{10};

// The lines "parts files bytes" among what comes on standard error; anything else there is a dying child's.
void tell_news(std::string_view piece, const std::function<void(const ReadSoFar&)>& news) {
  ReadSoFar latest;
  bool any = false;
  for (const std::string_view line : split(piece, '\n')) {
    const auto numbers = split(line, ' ');
    if (numbers.size() != 3) continue;
    const auto parts = parse_unsigned<std::uint64_t>(numbers[0]), files = parse_unsigned<std::uint64_t>(numbers[1]), bytes = parse_unsigned<std::uint64_t>(numbers[2]);
    if (!parts || !files || !bytes) continue;
    latest = {*parts, *files, *bytes};
    any = true;
  }
  if (any) news(latest);
}

tl::unexpected<Error> why_it_died(const std::string& image, int exit_code, const Question& question) {
  const int signal = exit_code - 128;
  const std::string shown = printable(image);
  if (signal <= 0) return fail(ErrorCode::protocol, "{}: the reader ended without an answer (exit code {})", shown, exit_code);
  if (signal == SIGXCPU) return fail(ErrorCode::timeout, "{}: reading did not end within {} seconds of computing", shown, question.seconds);
  if (signal == SIGSYS) return fail(ErrorCode::protocol, "{}: the reader asked the system for what it may not, and was stopped; the image is hostile, or there is a fault in Lintel: please report it", shown);
  if (signal == SIGKILL) return fail(ErrorCode::limit, "{}: the reader was killed from outside, as the system does when memory runs out", shown);
  return fail(ErrorCode::protocol, "{}: the reader crashed ({}); nothing of the image was taken over. There is a fault in Lintel: please report it", shown, strsignal(signal));
}

ErrorCode code_of(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i)
    if (to_string(static_cast<ErrorCode>(i)) == name) return static_cast<ErrorCode>(i);
  return ErrorCode::internal;
}

// One line of the child's, checked as any hostile document is. True: it was the last one.
Result<bool> take_line(std::string_view line, Answer& answer) {
  const Json json = TRY(parse_json(line));
  if (const Json& part = member(json, "part"); !part.is_null()) {
    answer.image.parts.push_back(TRY(part_from_json(part)));
    const std::size_t parent = answer.image.parts.back().parent;
    if (parent != kNone && parent + 1 >= answer.image.parts.size()) return fail(ErrorCode::invalid_input, "a part inside itself");
    return false;
  }
  if (const Json& row = member(json, "file"); !row.is_null()) {
    File file = TRY(file_from_json(row));
    const std::int64_t part = integer_or(row, "part", 0);
    if (part < 1 || static_cast<std::uint64_t>(part) > answer.image.parts.size()) return fail(ErrorCode::invalid_input, "a file in no part");
    file.part = static_cast<std::size_t>(part) - 1;
    answer.image.files.push_back(std::move(file));
    return false;
  }
  if (const Json& survey = member(json, "survey"); survey.is_object()) {
    answer.survey = survey;
    return false;
  }
  if (const Json& error = member(json, "error"); !error.is_null()) return fail(code_of(text_or(error, "code")), "{}", text_or(error, "message"));
  const Json& end = member(json, "end");
  answer.image.coverage = TRY(coverage_from_json(member(end, "coverage")));
  for (const Json& name : member(end, "hit"))
    if (name.is_string()) answer.hit.insert(name.get<std::string>());
  if (const std::int64_t part = integer_or(end, "part", 0); part > 0) answer.part = static_cast<std::size_t>(part) - 1;
  answer.whole_content = bool_or(end, "whole", true);
  return true;
}

Result<Answer> read_answer(std::string_view output) {
  Answer answer;
  for (std::size_t at = 0; at < output.size();) {
    const std::size_t end = output.find('\n', at);
    if (end == std::string_view::npos) break;
    const bool last = TRY(take_line(output.substr(at, end - at), answer));
    at = end + 1;
    if (!last) continue;
    answer.content = output.substr(at);
    return answer;
  }
  return fail(ErrorCode::protocol, "the answer has no end");
}

}  // namespace

Result<Answer> ask(const std::string& image, const Question& question, const Cancel& cancel, const std::function<void(const ReadSoFar&)>& news, const std::string& program) {
  const std::size_t most = kMostLines + static_cast<std::size_t>(Caps().file_bytes);
  Command command{.arguments = {program, kChildCommand, dump_json(to_json(question)), image}, .input = {}, .output_cap_bytes = most};
  command.watch_errors = [&](std::string_view piece) { tell_news(piece, news); };
  auto finished = run_command(command, Deadline::after(std::chrono::seconds(question.seconds) + kToEnd), cancel);
  if (!finished && finished.error().code == ErrorCode::timeout) return fail(ErrorCode::timeout, "{}: reading did not end within {} seconds", printable(image), question.seconds);
  if (!finished && finished.error().code == ErrorCode::limit) return fail(ErrorCode::limit, "{}: there is more in the image than {} bytes of answer hold", printable(image), most);
  if (!finished) return tl::unexpected<Error>(std::move(finished).error());
  if (finished->exit_code != 0) return why_it_died(image, finished->exit_code, question);
  return read_answer(finished->output);
}

}  // namespace lintel::firmware
