#include "report/compare_values.h"

#include <map>

namespace lintel::report {
namespace {

bool holds_objects(const Json& list) {
  for (const Json& each : list)
    if (each.is_structured()) return true;
  return false;
}

// What is in list and not in other, counting repeats; in the order of list.
Json only_in(const Json& list, const Json& other) {
  std::map<std::string, int> left;
  for (const Json& each : other) ++left[dump_json(each)];
  Json only = Json::array();
  for (const Json& each : list)
    if (left[dump_json(each)]-- <= 0) only.push_back(each);
  return only;
}

}  // namespace

void differences(const std::string& path, const Json& then, const Json& now, std::size_t cap, std::vector<ValueChange>& out) {
  if (then == now || out.size() > cap) return;
  if (out.size() == cap) {
    out.push_back({"…", {}, {}, {}, {}});
    return;
  }
  if (then.is_object() && now.is_object()) {
    const auto below = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
    for (const auto& [key, value] : then.items()) differences(below(key), value, member(now, key), cap, out);
    for (const auto& [key, value] : now.items())
      if (!then.contains(key)) differences(below(key), Json(), value, cap, out);
  } else if (then.is_array() && now.is_array()) {
    if (then.size() == now.size() && holds_objects(then) && holds_objects(now)) {
      for (std::size_t i = 0; i < then.size(); ++i) differences(path + "[" + std::to_string(i) + "]", then[i], now[i], cap, out);
    } else {
      Json added = only_in(now, then), removed = only_in(then, now);
      if (!added.empty() || !removed.empty()) out.push_back({path, then, now, std::move(added), std::move(removed)});
    }
  } else {
    out.push_back({path, then, now, {}, {}});
  }
}

bool grown(const Json& then, const Json& now) {
  if (!then.is_array() || !now.is_array()) return false;
  if (holds_objects(then) || holds_objects(now)) return now.size() > then.size();
  return !only_in(now, then).empty();
}

}  // namespace lintel::report
