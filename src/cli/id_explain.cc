// lintel id explain: the fields of identities, what each means, and what is wrong where.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/id_text.h"
#include "cli/json_output.h"
#include "data/json.h"
#include "report/columns.h"
#include "report/paint.h"
#include "report/values.h"

namespace lintel::cli {
namespace {

std::string meaning(const model::DeviceIdField& field, std::string_view value, const Console& console) {
  if (field.name == "version")
    return value == "01" ? choose(console, "身份识别服务规范的版本", "edition of the format")
                         : choose(console, "身份识别服务规范的版本；附录 A 的版本是 01", "edition of the format; annex A is 01");
  if (field.name == "vendor") return choose(console, "制造者，由平台登记", "who makes the device; registered with the platform");
  if (field.name == "product") return choose(console, "型号，在该厂商之下唯一", "which model it is; unique below the vendor");
  if (field.name == "random") return choose(console, "哪一台：32 位，在该产品之下唯一，应不可预测", "which device: 32 bits, unique below the product, not to be foretold");
  return choose(console, "由厂商登记的扩展", "for the vendor's use, from the values it registers");
}

void print_explanation(const std::string& text, const Console& console) {
  const auto mistake = model::mistake_of(text);
  std::string out = mistake ? point_at(text, *mistake, 2, console) : "  " + (console.colour ? report::paint("strong", text) : text) + "\n";
  // The arrow's line comes first; of a text that has the right length the fields can be told all the same.
  if (text.size() == model::kDeviceIdCharacters)
    for (const model::DeviceIdField& field : model::kDeviceIdFields) {
      const std::string value = report::plain(text.substr(field.first, field.size));
      const std::string head = fmt::format("    {}{}  ", report::pad(field_name(field, console), 12), report::pad(value, 8));
      std::string indent = head;
      for (const std::string& part : report::wrap(meaning(field, value, console), static_cast<std::size_t>(console.width) - 24)) {
        out += indent + part + "\n";
        indent.assign(24, ' ');
      }
    }
  fmt::print("{}", out);
}

Json explanation_of(const std::string& text) {
  Json one = {{"text", printable(text)}, {"well_formed", model::parse_device_id(text).has_value()}};
  if (const auto mistake = model::mistake_of(text)) one["mistake"] = {{"reason", name_of(mistake->flaw)}, {"at", mistake->at + 1}};
  if (const auto id = model::parse_device_id(text))
    for (const model::DeviceIdField& field : model::kDeviceIdFields) one["fields"][std::string(field.name)] = model::to_text(*id).substr(field.first, field.size);
  return one;
}

}  // namespace

int run_command(const IdExplainCommand& command, const Console& console) {
  bool good = true;
  Json ids = Json::array();
  for (const std::string& id : command.ids) {
    good = good && model::parse_device_id(id);
    if (console.json) ids.push_back(explanation_of(id));
    else print_explanation(id, console);
  }
  if (console.json) print_json({{"lintel", "identity-explanation/1"}, {"ids", std::move(ids)}});
  if (!console.json && !console.quiet) {
    fmt::print("\n");
    for (const std::string& line : report::wrap(id_statement(console), static_cast<std::size_t>(console.width))) fmt::print("{}\n", line);
  }
  return good ? 0 : 1;
}

}  // namespace lintel::cli
