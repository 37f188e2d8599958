#include "cli/firmware_answer.h"

#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "data/json.h"
#include "firmware/child/ask.h"
#include "report/values.h"

namespace lintel::cli {
namespace {

constexpr int kReadInPart = 3, kNotRead = 5;

int exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::cancelled: return 130;
    case ErrorCode::timeout:
    case ErrorCode::limit:
    case ErrorCode::protocol:
    case ErrorCode::unsupported: return kNotRead;
    case ErrorCode::invalid_input:
    case ErrorCode::not_found:
    case ErrorCode::permission:
    case ErrorCode::io: return kUsageError;
    case ErrorCode::refused:
    case ErrorCode::unreachable:
    case ErrorCode::closed:
    case ErrorCode::reset:
    case ErrorCode::internal: return kInternalError;
  }
  return kInternalError;
}

std::string_view word_of_cap(const std::string& name) {
  if (name == "time") return "时间";
  if (name == "files") return "文件数";
  if (name == "parts") return "部分数";
  if (name == "depth") return "嵌套层数";
  if (name == "searched bytes") return "搜索字节数";
  if (name == "unpacked bytes") return "解压字节数";
  return name;
}

}  // namespace

FirmwareAnswer ask_firmware(const std::string& image, const firmware::Question& question, const Console& console) {
  const InterruptGuard interrupt;
  const bool live = console.live && !console.quiet;
  bool shown = false;
  const auto news = [&](const firmware::ReadSoFar& so_far) {
    if (!live) return;
    shown = true;
    tell(fmt::format(fmt::runtime(choose(console, "\r\x1b[2K[固件] {} 个部分，{} 个文件，已解压 {}", "\r\x1b[2K[firmware] {} parts, {} files, {} unpacked")), so_far.parts, so_far.files,
                     report::format_size(so_far.unpacked_bytes)));
  };
  auto answer = firmware::ask(image, question, interrupt.cancel(), news);
  if (shown) tell("\r\x1b[2K");
  if (!answer) {
    if (answer.error().code != ErrorCode::cancelled) print_error(answer.error().message);
    return {std::nullopt, exit_code_of(answer.error().code)};
  }
  const int code = answer->hit.empty() ? 0 : kReadInPart;
  return {*std::move(answer), code};
}

std::string format_word(const firmware::Part& part, const Console& console) { return part.format == "unknown" ? choose(console, "未知", "unknown") : report::one_line(part.format); }

std::string part_details(const firmware::Part& part, const Console& console) {
  std::vector<std::string> words;
  if (!part.name.empty()) words.push_back(report::one_line(part.name, 80));
  for (const auto& [name, value] : part.header.items()) {
    if (value.is_structured() || (value.is_string() && value.get_ref<const std::string&>().empty())) continue;
    words.push_back(fmt::format("{} {}", report::one_line(name, 40), report::one_line(report::format_value(value, 60), 60)));
  }
  if (part.file_count > 0) words.push_back(fmt::format(fmt::runtime(choose(console, "{} 个条目", "{} entries")), part.file_count));
  if (part.format == "unknown") words.push_back(fmt::format(fmt::runtime(choose(console, "每字节熵 {:.2f} 位", "entropy {:.2f} bits a byte")), part.entropy));
  return join(words, choose(console, "，", ", "));
}

std::string early_end(const firmware::Answer& answer, const Console& console) {
  if (answer.hit.empty()) return "";
  std::vector<std::string> names;
  for (const std::string& name : answer.hit) names.push_back(console.language == "en" ? name : std::string(word_of_cap(name)));
  return fmt::format(fmt::runtime(choose(console, "读取提前结束，已到上限：{}。以上并非全部。", "Reading ended early, at a cap: {}. What is listed is not all.")), join(names, choose(console, "、", ", ")));
}

}  // namespace lintel::cli
