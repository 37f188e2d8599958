#include "data/schema.h"

#include <re2/re2.h>

#include <algorithm>

namespace lintel::schema {

const Node* Schema::definition(std::string_view name) const {
  const auto found = definitions_.find(name);
  return found == definitions_.end() ? nullptr : found->second;
}

const Node& resolve(const Node& node) {
  const Node* at = &node;
  while (at->reference != nullptr) at = at->reference;  // ends: the loader refuses circles of references
  return *at;
}

namespace {
constexpr int kForms = 20;  // forms within forms; ours nest one deep
const Node& anything() {
  static const Node node;
  return node;
}

const Node* find_member(const Node& given, std::string_view name, int depth) {
  const Node& node = resolve(given);
  if (const auto found = node.properties.find(name); found != node.properties.end()) return found->second;
  if (depth < kForms) {
    for (const auto* forms : {&node.one_of, &node.any_of})
      for (const Node* form : *forms)
        if (!resolve(*form).properties.empty())
          if (const Node* found = find_member(*form, name, depth + 1)) return found;
  }
  if (node.additional != nullptr) return node.additional;
  const bool open = (node.types & object) != 0 && node.additional_allowed && node.properties.empty() &&
                    node.one_of.empty() && node.any_of.empty();
  return open ? &anything() : nullptr;
}

const Node* find_element(const Node& given, int depth) {
  const Node& node = resolve(given);
  if (node.items != nullptr) return node.items;
  if (depth < kForms) {
    for (const auto* forms : {&node.one_of, &node.any_of})
      for (const Node* form : *forms)
        if (resolve(*form).items != nullptr)
          if (const Node* found = find_element(*form, depth + 1)) return found;
  }
  const bool open = (node.types & array) != 0 && node.one_of.empty() && node.any_of.empty();
  return open ? &anything() : nullptr;
}

void collect_names(const Node& given, int depth, std::vector<std::string>& names) {
  const Node& node = resolve(given);
  for (const auto& [name, ignored] : node.properties) names.push_back(name);
  if (depth >= kForms) return;
  for (const auto* forms : {&node.one_of, &node.any_of})
    for (const Node* form : *forms) collect_names(*form, depth + 1, names);
}

}  // namespace

const Node* member(const Node& node, std::string_view name) { return find_member(node, name, 0); }
const Node* element(const Node& node) { return find_element(node, 0); }

std::vector<std::string> member_names(const Node& node) {
  std::vector<std::string> names;
  collect_names(node, 0, names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string type_words(unsigned types) {
  constexpr std::pair<unsigned, std::string_view> kWords[] = {
      {string, "text"}, {integer, "a whole number"}, {number, "a number"}, {boolean, "true or false"},
      {array, "a list"}, {object, "a map"}, {null, "nothing"}};
  if ((types & number) != 0) types &= ~static_cast<unsigned>(integer);
  std::string words;
  for (const auto& [type, word] : kWords)
    if ((types & type) != 0) words += (words.empty() ? "" : " or ") + std::string(word);
  return words;
}

Json with_defaults(Json value, const Node& given) {
  const Node& node = resolve(given);
  if (!value.is_object()) return value;
  for (const auto& [name, child] : node.properties) {
    const Json& otherwise = child->default_value.is_null() ? resolve(*child).default_value : child->default_value;
    if (value.contains(name))
      value[name] = with_defaults(std::move(value[name]), *child);
    else if (!otherwise.is_null())
      value[name] = otherwise;
  }
  return value;
}

}  // namespace lintel::schema
