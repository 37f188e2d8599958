#include "rules/sentences.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "data/json.h"

namespace lintel::rules {
namespace {

using model::Text;

constexpr std::size_t kShownFacts = 4;

// Puts the same arguments, each in its language, into both sentences.
Text in_words(fmt::string_view zh, fmt::string_view en, const Text& a, const Text& b = {},
              const Text& c = {}) {
  return {fmt::format(fmt::runtime(zh), a.zh, b.zh, c.zh), fmt::format(fmt::runtime(en), a.en, b.en, c.en)};
}

Text expected_count(const Assertion& assertion, const Text& path) {
  const bool text = assertion.path_type == TypeKind::text;
  std::vector<Text> parts;
  const auto add = [&](const std::optional<std::int64_t>& number, const char* zh, const char* en) {
    if (!number) return;
    Text unit = text ? Text{"个字符", "character"} : Text{"项", "element"};
    if (*number != 1) unit.en += "s";
    parts.push_back(in_words(zh, en, both(std::to_string(*number)), unit));
  };
  add(assertion.equals, "恰为 {} {}", "exactly {} {}");
  add(assertion.at_least, "不少于 {} {}", "at least {} {}");
  add(assertion.at_most, "不多于 {} {}", "at most {} {}");
  Text all;
  for (const Text& part : parts) {
    all.zh += (all.zh.empty() ? "" : "且") + part.zh;
    all.en += (all.en.empty() ? "" : " and ") + part.en;
  }
  return in_words("{} {}", "{} has {}", path, all);
}

Text expected_negation(const Assertion& assertion) {
  const Assertion& inner = *assertion.children.front();
  if (inner.kind == AssertionKind::matches && inner.path_type != TypeKind::list)
    return in_words("{} 不应整体匹配 /{}/", "{} does not match /{}/",
                    both(source_of(inner.path, *inner.path.root)), both(inner.pattern_text));
  return in_words("以下不成立：{}", "this does not hold: {}", inner.expected);
}

Text expected_children(const Assertion& assertion) {
  std::vector<Text> parts;
  for (const auto& child : assertion.children) parts.push_back(child->expected);
  return joined(parts);
}

}  // namespace

model::Text both(const std::string& text) { return {text, text}; }

model::Text joined(std::span<const Text> parts) {
  Text all;
  for (const Text& part : parts) {
    all.zh += (all.zh.empty() ? "" : "；") + part.zh;
    all.en += (all.en.empty() ? "" : "; ") + part.en;
  }
  return all;
}

Text expected_sentence(const Assertion& assertion, const Text& other, const Text& high) {
  const Text path =
      assertion.path.root == nullptr ? Text{} : both(source_of(assertion.path, *assertion.path.root));
  const bool list = assertion.path_type == TypeKind::list;
  const bool text = assertion.path_type == TypeKind::text;
  switch (assertion.kind) {
    case AssertionKind::equals:
      return in_words("{} 应为 {}", "{} is {}", path, other);
    case AssertionKind::not_equals:
      return in_words("{} 不应为 {}", "{} is not {}", path, other);
    case AssertionKind::one_of:
      if (list) return in_words("{} 的每一项都在 {} 之内", "every element of {} is one of {}", path, other);
      return in_words("{} 应为 {} 之一", "{} is one of {}", path, other);
    case AssertionKind::none_of:
      if (list) return in_words("{} 的任何一项都不在 {} 之内", "no element of {} is one of {}", path, other);
      return in_words("{} 不应为 {} 中的任何一个", "{} is none of {}", path, other);
    case AssertionKind::subset_of:
      return in_words("{} 的每一项都在 {} 之内", "every element of {} is one of {}", path, other);
    case AssertionKind::contains:
      return in_words("{} 应含有 {}", "{} contains {}", path, other);
    case AssertionKind::at_least:
      return in_words(text ? "{} 不早于 {}" : "{} 不小于 {}",
                      text ? "{} is not before {}" : "{} is at least {}", path, other);
    case AssertionKind::at_most:
      return in_words(text ? "{} 不晚于 {}" : "{} 不大于 {}",
                      text ? "{} is not after {}" : "{} is at most {}", path, other);
    case AssertionKind::between:
      return in_words("{} 在 {} 与 {} 之间（含两端）", "{} is between {} and {}, both included", path, other,
                      high);
    case AssertionKind::matches:
      return in_words(list ? "{} 的每一项整体匹配 /{}/" : "{} 应整体匹配 /{}/",
                      list ? "every element of {} matches /{}/" : "{} matches /{}/", path,
                      both(assertion.pattern_text));
    case AssertionKind::exists:
      return in_words("应得知 {}", "{} is known", path);
    case AssertionKind::absent:
      return in_words("不存在 {}", "there is no {}", path);
    case AssertionKind::count:
      return expected_count(assertion, path);
    case AssertionKind::unique:
      return in_words("{} 中没有重复项", "no element of {} occurs twice", path);
    case AssertionKind::all:
      return assertion.children.size() == 1
                 ? assertion.children.front()->expected
                 : in_words("以下全部成立：{}", "all of these hold: {}", expected_children(assertion));
    case AssertionKind::any:
      return assertion.children.size() == 1
                 ? assertion.children.front()->expected
                 : in_words("以下至少一项成立：{}", "at least one of these holds: {}",
                            expected_children(assertion));
    case AssertionKind::negation:
      return expected_negation(assertion);
    case AssertionKind::for_all:
      return in_words("对 {} 的每一项 {}：{}", "for every {1} in {0}: {2}", path, both(assertion.name),
                      expected_children(assertion));
    case AssertionKind::for_some:
      return in_words("{} 中至少有一项 {}：{}", "for at least one {1} in {0}: {2}", path,
                      both(assertion.name), expected_children(assertion));
    case AssertionKind::that:
      return in_words("{} 成立", "{} holds", path);
  }
  return {};
}

Text subject(const Assertion& assertion) {
  if (is_path(*assertion.path.root)) return both(source_of(assertion.path, *assertion.path.root));
  const std::string source = source_of(assertion.path, *assertion.path.root);
  return source.size() <= 40 ? both(source) : Text{"该值", "the value"};
}

Text observed_value(const Assertion& assertion, const Value& value) {
  return in_words("{} 实为 {}", "{} is {}", subject(assertion), render(value));
}

Text observed_offenders(const Assertion& assertion, std::span<const Value> offenders, std::size_t count) {
  Text list = render(make_list(offenders));
  if (count > offenders.size()) {
    list.zh += fmt::format("（共 {} 项）", with_separators(count));
    list.en += fmt::format(" ({} in all)", with_separators(count));
  }
  switch (assertion.kind) {
    case AssertionKind::subset_of:
    case AssertionKind::one_of:
      return in_words("{} 多出 {}", "{} also has {}", subject(assertion), list);
    case AssertionKind::none_of:
      return in_words("{} 中有 {}", "{} has {}", subject(assertion), list);
    case AssertionKind::matches:
      return in_words("{} 中不匹配的有 {}", "{} has {}, which do not match", subject(assertion), list);
    case AssertionKind::unique:
      return in_words("{} 中重复的有 {}", "{} has {} more than once", subject(assertion), list);
    case AssertionKind::equals:
    case AssertionKind::not_equals:
    case AssertionKind::contains:
    case AssertionKind::at_least:
    case AssertionKind::at_most:
    case AssertionKind::between:
    case AssertionKind::exists:
    case AssertionKind::absent:
    case AssertionKind::count:
    case AssertionKind::all:
    case AssertionKind::any:
    case AssertionKind::negation:
    case AssertionKind::for_all:
    case AssertionKind::for_some:
    case AssertionKind::that:
      break;
  }
  return list;
}

Text observed_size(const Assertion& assertion, const Value& value, std::size_t size) {
  const Text number = both(with_separators(size));
  const bool text = value.kind == ValueKind::text;
  if (size == 0)
    return in_words(text ? "{} 为空文本" : "{} 没有任何项", text ? "{} is empty" : "{} has no element",
                    subject(assertion));
  return in_words(text ? "{} 有 {} 个字符：{}" : "{} 有 {} 项：{}",
                  text ? (size == 1 ? "{} has {} character: {}" : "{} has {} characters: {}")
                       : (size == 1 ? "{} has {} element: {}" : "{} has {} elements: {}"),
                  subject(assertion), number, render(value));
}

namespace {

std::string name_of(const Read& read) {
  const std::string path = path_of(read.value.origin);
  return path.empty() && read.node != nullptr ? source_of(*read.expression, *read.node) : path;
}

bool holds_objects(const Value& list) {
  if (list.kind != ValueKind::list || list_size(list) == 0) return false;
  Arena arena;
  const ValueKind kind = element_of(list, 0, arena).kind;
  return kind == ValueKind::object || kind == ValueKind::list;
}

Text render_fact(const Read& read) {
  if (!holds_objects(read.value)) return render(read.value);
  const std::string size = with_separators(list_size(read.value));
  return {size + " 项", size + (size == "1" ? " element" : " elements")};
}

}  // namespace

Text observed_facts(std::span<const Read> reads) {
  Text all;
  std::vector<std::string> shown;
  for (const Read& read : reads) {
    if (read.problem != nullptr) continue;
    std::string name = name_of(read);
    if (std::find(shown.begin(), shown.end(), name) != shown.end()) continue;
    if (shown.size() == kShownFacts) return all.zh += "……", all.en += ", …", all;
    const Text value = render_fact(read);
    all.zh += (shown.empty() ? "" : "，") + name + " = " + value.zh;
    all.en += (shown.empty() ? "" : ", ") + name + " = " + value.en;
    shown.push_back(std::move(name));
  }
  return all;
}

Text observed_unknown(std::span<const Read> reads) {
  std::vector<std::string> names;
  std::size_t more = 0;
  std::vector<Text> parts;
  for (const Read& read : reads) {
    if (!read.decides || read.value.known() || read.problem != nullptr) continue;
    std::string name = name_of(read);
    if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) continue;
    if (names.size() < kShownFacts)
      names.push_back(std::move(name));
    else
      ++more;
  }
  if (!names.empty()) {
    const std::string tail = more == 0 ? "" : fmt::format(" +{}", more);
    std::string zh;
    for (const std::string& name : names) zh += (zh.empty() ? "" : "、") + name;
    parts.push_back({"未得知 " + zh + tail,
                     join(names, ", ") + tail + (names.size() == 1 ? " is" : " are") + " not known"});
  }
  for (const Read& read : reads) {
    if (read.problem == nullptr || !read.decides || parts.size() > kShownFacts) continue;
    const Text place = read.node == nullptr ? Text{} : both(source_of(*read.expression, *read.node));
    const Text part = place.en.empty()
                          ? in_words("无法判断：{}", "can't be decided: {}", *read.problem)
                          : in_words("无法判断：{}（{}）", "can't be decided: {} ({})", *read.problem, place);
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(part);
  }
  if (!parts.empty()) return joined(parts);
  const Text facts = observed_facts(reads);
  if (facts.en.empty()) return {"不足以判定", "not enough to decide"};
  return in_words("{}，不足以判定", "{}: not enough to decide", facts);
}

std::string one_line(const Json& value) {
  std::string out;
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items())
      out += (out.empty() ? "" : ", ") + key + ": " + one_line(inner);
    return "{" + out + "}";
  }
  if (value.is_array()) {
    for (const Json& inner : value) out += (out.empty() ? "" : ", ") + one_line(inner);
    return "[" + out + "]";
  }
  if (!value.is_string()) return dump_json(value);
  const auto& text = value.get_ref<const std::string&>();
  const bool plain =
      !text.empty() &&
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_./-0123456789") ==
          std::string::npos &&
      (text[0] < '0' || text[0] > '9') && text[0] != '-' && text[0] != '.';
  const bool word = text == "yes" || text == "no" || text == "true" || text == "false" || text == "null" ||
                    text == "on" || text == "off";
  return plain && !word ? text : dump_json(value);
}

}  // namespace lintel::rules
