#include "cli/id_text.h"

#include <algorithm>

#include "base/text.h"
#include "report/columns.h"
#include "report/paint.h"
#include "report/values.h"

namespace lintel::cli {
namespace {

const model::DeviceIdField& field_at(std::size_t at) {
  return *std::find_if(model::kDeviceIdFields.begin(), model::kDeviceIdFields.end() - 1, [&](const auto& field) { return at < field.first + field.size; });
}

std::string mistake_in_words(const std::string& text, const model::DeviceIdMistake& mistake, const Console& console) {
  const std::string field = field_name(field_at(mistake.at), console);
  switch (mistake.flaw) {
    case model::DeviceIdFlaw::length:
      if (text.size() < model::kDeviceIdCharacters)
        return fmt::format(fmt::runtime(choose(console, "此处结束，共 {} 个字符，应为 24 个", "ends here after {} characters; 24 are needed")), text.size());
      return choose(console, "第 25 个字符；应为 24 个", "the 25th character; 24 are needed");
    case model::DeviceIdFlaw::character: return choose(console, "不是十六进制字符", "no hexadecimal character");
    case model::DeviceIdFlaw::order:
      return fmt::format(fmt::runtime(choose(console, "{}尚未完成，其后的字段却已赋值", "the {} is not complete here, and a field below it has characters already")), field);
    case model::DeviceIdFlaw::unfinished: return fmt::format(fmt::runtime(choose(console, "从此处起尚未赋值（{}）", "not given out from here on ({})")), field);
  }
  return "";
}

}  // namespace

Result<std::string> id_code(std::string_view option, const std::string& text, std::size_t characters) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  if (text.size() != characters || !std::all_of(text.begin(), text.end(), is_hex))
    return fail(ErrorCode::invalid_input, "{} \"{}\": give {} hexadecimal characters", option, printable(text), characters);
  std::string code = text;
  std::transform(code.begin(), code.end(), code.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return code;
}

std::string point_at(const std::string& text, const model::DeviceIdMistake& mistake, std::size_t indent, const Console& console) {
  constexpr std::size_t kShown = 60;  // columns
  const std::string margin(indent, ' ');
  const std::string whole = report::one_line(text, 400);
  const std::size_t at = std::min(mistake.at, text.size());
  // What stands before the mistake is ASCII, or the mistake would be there.
  const std::string arrow(std::min(at, kShown), ' ');
  const std::string why = "^ " + mistake_in_words(text, mistake, console);
  return margin + report::cut(whole, kShown) + "\n" + margin + arrow + (console.colour ? report::paint("fail", why) : why) + "\n";
}

std::string field_name(const model::DeviceIdField& field, const Console& console) {
  if (field.name == "version") return choose(console, "规范版本", "version");
  if (field.name == "vendor") return choose(console, "厂商代码", "vendor");
  if (field.name == "product") return choose(console, "产品代码", "product");
  if (field.name == "random") return choose(console, "随机数", "random");
  return choose(console, "扩展标识符", "extension");
}

std::string id_statement(const Console& console) {
  return choose(console,
                "身份信息只用于指明设备，不能当作凭据：其中不可预测的部分至多 32 位。同一产品若不查重而随意发放，到 77,163 台时已有一半可能出现重复。",
                "An identity names a device and is no credential: at most 32 bits of it can't be foretold. Given out blindly, 77,163 devices of one "
                "product hold a repeat with a chance of one half.");
}

}  // namespace lintel::cli
