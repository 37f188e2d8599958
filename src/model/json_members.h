// Small helpers for the JSON round trips of this floor. Reading never throws: documents are validated by schema before, and a damaged run
// file gives defaults that its hash check or the judge then refuses.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/json.h"
#include "model/enums.h"

namespace lintel::model {

template <class Enum>
Enum enum_or(const Json& json, std::string_view key, Enum otherwise) {
  return parse<Enum>(text_or(json, key)).value_or(otherwise);
}

template <class Item>
std::vector<Item> list_of(const Json& json, std::string_view key) {
  std::vector<Item> items;
  const Json& list = member(json, key);
  if (list.is_array())
    for (const Json& entry : list) from_json(entry, items.emplace_back());
  return items;
}

inline std::vector<std::string> texts_of(const Json& json, std::string_view key) {
  std::vector<std::string> texts;
  const Json& list = member(json, key);
  if (list.is_array())
    for (const Json& entry : list)
      if (entry.is_string()) texts.push_back(entry.get<std::string>());
  return texts;
}

template <class Item>
Json to_list(const std::vector<Item>& items) {
  Json list = Json::array();
  for (const Item& item : items) to_json(list.emplace_back(), item);
  return list;
}

inline WallTime time_of(const Json& json, std::string_view key) { return parse_time(text_or(json, key)).value_or(WallTime{}); }

}  // namespace lintel::model
