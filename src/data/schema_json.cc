// Checks JSON (facts of a probe, exports) against a schema.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "base/text.h"
#include "data/schema.h"

namespace lintel::schema {
namespace {

constexpr std::size_t kMaxViolations = 50;
constexpr int kMaxDepth = 200;

std::string escape(std::string_view name) {
  std::string out = "/";
  for (const char c : name) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

unsigned type_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null: return null;
    case Json::value_t::boolean: return boolean;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned: return integer | number;
    case Json::value_t::number_float: {
      const double number_value = value.get<double>();
      return std::trunc(number_value) == number_value ? integer | number : static_cast<unsigned>(number);
    }
    case Json::value_t::string: return string;
    case Json::value_t::array: return array;
    case Json::value_t::object: return object;
    case Json::value_t::binary:
    case Json::value_t::discarded: return 0;
  }
  return 0;
}

class Check {
 public:
  Check(Missing missing, std::vector<Violation>& found) : missing_(missing), found_(found) {}

  void value(const Json& json, const Node& given, const std::string& at, int depth) {
    const Node& rule = resolve(given);
    if (found_.size() >= kMaxViolations) return;
    if (depth > kMaxDepth) return refuse(at, "is nested too deep");
    if ((type_of(json) & rule.types) == 0)
      return refuse(at, fmt::format("must be {}, not {}", type_words(rule.types), shown(json)));
    if (!rule.values.empty() && std::find(rule.values.begin(), rule.values.end(), json) == rule.values.end()) {
      std::string all;
      for (const Json& one : rule.values) all += (all.empty() ? "" : ", ") + dump_json(one);
      refuse(at, fmt::format("is {}, not one of {}", shown(json), all));
    }
    if (json.is_number()) number_value(json.get<double>(), rule, at);
    else if (json.is_string()) text(json.get_ref<const std::string&>(), rule, at);
    else if (json.is_array()) list(json, rule, at, depth);
    else if (json.is_object()) map(json, rule, at, depth);
    if (!rule.one_of.empty()) forms(json, rule.one_of, at, depth, true);
    if (!rule.any_of.empty()) forms(json, rule.any_of, at, depth, false);
  }

 private:
  void refuse(const std::string& at, std::string message) {
    if (found_.size() < kMaxViolations) found_.push_back({at, std::move(message)});
  }
  static std::string shown(const Json& json) {
    if (json.is_array()) return "a list";
    if (json.is_object()) return "a map";
    if (json.is_null()) return "nothing";
    std::string text = dump_json(json);
    if (text.size() > 60) text = printable(text.substr(0, 60)) + "…";
    return text;
  }

  void number_value(double value, const Node& rule, const std::string& at) {
    if (value < rule.minimum) refuse(at, fmt::format("is {}; {} is the least", value, rule.minimum));
    if (value > rule.maximum) refuse(at, fmt::format("is {}; {} is the most", value, rule.maximum));
  }

  void text(const std::string& value, const Node& rule, const std::string& at) {
    const auto length = static_cast<std::size_t>(
        std::count_if(value.begin(), value.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
    size(length, "characters", rule, at);
    if (rule.pattern != nullptr && !re2::RE2::PartialMatch(value, *rule.pattern))
      refuse(at, fmt::format("is {}, which does not match {}", shown(value), rule.pattern_text));
    if (rule.format == Format::date_time && !parse_time(value)) refuse(at, fmt::format("is {}, not a time with an offset", shown(value)));
  }

  void size(std::size_t have, std::string_view what, const Node& rule, const std::string& at) {
    if (have < rule.min_size) refuse(at, fmt::format("has {} {}; {} are the least", have, what, rule.min_size));
    if (have > rule.max_size) refuse(at, fmt::format("has {} {}; {} are the most", have, what, rule.max_size));
  }

  void list(const Json& json, const Node& rule, const std::string& at, int depth) {
    size(json.size(), "items", rule, at);
    if (rule.items == nullptr) return;
    for (std::size_t i = 0; i < json.size(); ++i) value(json[i], *rule.items, fmt::format("{}/{}", at, i), depth + 1);
  }

  void map(const Json& json, const Node& rule, const std::string& at, int depth) {
    for (const auto& [name, child] : json.items()) {
      const auto known = rule.properties.find(name);
      const Node* child_rule = known != rule.properties.end() ? known->second : rule.additional;
      if (child_rule != nullptr) value(child, *child_rule, at + escape(name), depth + 1);
      else if (!rule.additional_allowed) refuse(at + escape(name), "is not a known member");
    }
    if (missing_ == Missing::refused)
      for (const std::string& name : rule.required)
        if (!json.contains(name)) refuse(at, fmt::format("has no `{}`", name));
  }

  void forms(const Json& json, const std::vector<const Node*>& all, const std::string& at, int depth, bool exactly_one) {
    int fits = 0;
    for (const Node* form : all) {
      if (missing_ == Missing::allowed && resolve(*form).properties.empty() && !resolve(*form).required.empty()) return;
      std::vector<Violation> scratch;
      Check(missing_, scratch).value(json, *form, at, depth + 1);
      if (scratch.empty()) ++fits;
    }
    if (fits == 0) refuse(at, "fits none of the forms");
    if (fits > 1 && exactly_one) refuse(at, "fits more than one of the forms");
  }

  Missing missing_;
  std::vector<Violation>& found_;
};

}  // namespace

std::vector<Violation> validate(const Json& value, const Node& node, Missing missing) {
  std::vector<Violation> found;
  Check(missing, found).value(value, node, "", 0);
  return found;
}

}  // namespace lintel::schema
