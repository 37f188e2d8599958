#include "flow/trail.h"

#include <chrono>

#include "base/text.h"
#include "flow/answer.h"
#include "flow/fill.h"

namespace lintel::flow {

Result<Trail> read_trail(const std::string& text, const std::string& place) {
  Trail trail;
  const auto add = [&trail](const Json& record) {
    if (record.is_object()) trail.records.push_back(record);
    else ++trail.unreadable;
  };
  const auto document = parse_json(text);
  const Json* list = document ? at_pointer(*document, place) : nullptr;
  if (list != nullptr && list->is_array()) {
    if (list->size() > kMostRecords) return fail(ErrorCode::limit, "more than {} records", kMostRecords);
    for (const Json& record : *list) add(record);
    return trail;
  }
  if (!place.empty()) return fail(ErrorCode::invalid_input, "the export has no list at {}", place);
  for (const std::string_view line : split(text, '\n')) {
    if (trim(line).empty()) continue;
    if (trail.records.size() + trail.unreadable == kMostRecords) return fail(ErrorCode::limit, "more than {} records", kMostRecords);
    const auto record = parse_json(line);
    add(record ? *record : Json());
  }
  if (trail.records.empty() && trail.unreadable > 0) return fail(ErrorCode::invalid_input, "the export is neither JSON lines nor a JSON array");
  return trail;
}

std::string text_at(const Json& record, const std::string& pointer) {
  const Json* value = pointer.empty() ? nullptr : at_pointer(record, pointer);
  if (value == nullptr || value->is_null() || value->is_structured()) return "";
  return scalar_text(*value);
}

std::optional<Moment> moment_of(const std::string& text) {
  if (const auto time = parse_time(text)) return Moment{*time};
  if (const auto number = parse_unsigned<std::int64_t>(text.substr(0, text.find('.')))) {
    if (*number > 100'000'000'000'000) return std::nullopt;
    const bool seconds = *number < 100'000'000'000;
    return Moment{WallTime(std::chrono::milliseconds(seconds ? *number * 1000 : *number))};
  }
  std::string spelled = text;
  if (spelled.size() > 10 && spelled[10] == ' ') spelled[10] = 'T';
  if (const auto time = parse_time(spelled)) return Moment{*time};
  if (const auto time = parse_time(spelled + "Z")) return Moment{*time, false};
  return std::nullopt;
}

std::string nearness(const std::string& time, const Span& span) {
  constexpr auto kZones = std::chrono::hours(14);  // no time zone is further from UTC
  const auto moment = moment_of(time);
  if (!moment) return "unknown";
  if (moment->time >= span.from && moment->time <= span.to) return "near";
  const bool zone = !moment->zone && moment->time >= span.from - kZones && moment->time <= span.to + kZones;
  return zone ? "unknown" : "off";
}

Known known_records(const Trail& trail) {
  Known known;
  for (const Json& record : trail.records) known.insert(dump_json(record));
  return known;
}

std::vector<const Json*> new_records(const Trail& trail, const Known& before) {
  std::vector<const Json*> fresh;
  for (const Json& record : trail.records)
    if (!before.contains(dump_json(record))) fresh.push_back(&record);
  return fresh;
}

}  // namespace lintel::flow
