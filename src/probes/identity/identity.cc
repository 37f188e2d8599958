// The identity probe: reads a list of device identities and reports format, fields, repeats and running numbers. Sends nothing.
#include <algorithm>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "data/json.h"
#include "probe/context.h"
#include "probe/probe.h"
#include "probes/identity/allocation.h"
#include "probes/identity/foretell.h"
#include "probes/identity/list.h"
#include "probes/identity/uneven.h"

namespace lintel::probes::identity {
namespace {

constexpr std::size_t kEvidenceCapBytes = 1 << 20;
constexpr std::size_t kMostFieldValues = 256;  // all that versions and extensions can have

Result<IdList> read_file(probe::Context& context, const std::string& path) {
  ListReader reader;
  std::string head;
  std::error_code unknown;
  const auto place = context.file_path(path);
  const std::uintmax_t size = place ? std::filesystem::file_size(*place, unknown) : 0;
  std::size_t read = 0;
  const auto visit = [&](ByteView piece) -> Result<void> {
    if (context.cancel().requested()) return fail(ErrorCode::cancelled, "cancelled");
    if (context.deadline().passed()) return fail(ErrorCode::timeout, "out of time");
    read += piece.size();
    context.progress(std::min<std::uintmax_t>(read, size), size);
    head += as_text(piece.first(std::min(piece.size(), kEvidenceCapBytes - head.size())));
    return reader.feed(piece);
  };
  TRY(context.for_each_chunk(path, visit));
  IdList list = TRY(reader.finish());
  context.keep_evidence("identities.txt", "text/plain", as_bytes(head), {});
  return list;
}

Result<IdList> read_values(probe::Context& context, const Json& values) {
  ListReader reader;
  std::string text;
  for (const Json& value : values) {
    if (!value.is_string()) return fail(ErrorCode::invalid_input, "a value is {} where text is needed", value.type_name());
    TRY(reader.add(value.get_ref<const std::string&>()));
    text += value.get_ref<const std::string&>() + "\n";
  }
  context.keep_evidence("identities.txt", "text/plain", as_bytes(std::string_view(text).substr(0, kEvidenceCapBytes)), {});
  return reader.finish();
}

// The item as an IdList. `place` is put in front of errors.
Result<IdList> read_list(probe::Context& context) {
  const Json& item = context.item().data;
  const std::string path = text_or(item, "file");
  const Json& values = member(item, "values");
  if (!path.empty()) {
    auto list = read_file(context, path);
    if (!list) return add_context(list.error(), path);
    return list;
  }
  if (!values.is_array()) return fail(ErrorCode::not_found, "neither file nor values is declared");
  return read_values(context, values);
}

// Values of a field of the products, in order.
Json field_values(const Table& table, int shift, std::uint64_t mask, int digits) {
  std::set<std::uint64_t> values;  // the lowest
  for (const Group& group : table.groups) {
    const std::uint64_t value = table.entries[group.first].upper() >> shift & mask;
    if (values.size() == kMostFieldValues && value > *values.rbegin()) continue;
    values.insert(value);
    if (values.size() > kMostFieldValues) values.erase(std::prev(values.end()));
  }
  Json texts = Json::array();
  for (const std::uint64_t value : values) texts.push_back(fmt::format("{:0{}X}", value, digits));
  return texts;
}

Json extensions(const Table& table) {
  std::bitset<256> seen;
  for (const Entry& entry : table.entries) seen.set(entry.extension());
  Json values = Json::array();
  for (std::size_t value = 0; value < seen.size(); ++value)
    if (seen[value]) values.push_back(fmt::format("{:02X}", value));
  return values;
}

// Whether random values follow a pattern, by product.
void add_patterns(const Table& table, std::uint32_t latest, Json& randoms) {
  for (const Group& group : table.groups) {
    if (group.different < kLeastForPattern) continue;
    const auto pattern = pattern_of(table, group, latest);
    randoms["sequential"] = bool_or(randoms, "sequential", false) || pattern.has_value();
    Json& patterns = randoms.emplace("patterns", Json::array()).first.value();
    if (pattern && patterns.size() < kShown) patterns.push_back({{"product", fmt::format("{:014X}", table.entries[group.first].upper())}, {"pattern", name_of(*pattern)}});
  }
}

// What looks random and is not; and characters that are uneven, which proves nothing.
void add_hidden(const Table& table, const probe::Context& context, model::Observation& observation) {
  Json& randoms = observation.facts["randoms"];
  if (randoms.contains("sequential") && table.entries.size() >= kLeastToForetell) {
    if (const auto found = foretell(table, context.deadline(), context.cancel())) {
      randoms["foretold"] = Json::array();
      for (const Foretold& one : *found) randoms["foretold"].push_back({{"product", one.product}, {"generator", one.generator}, {"values", one.values}});
    } else {
      observation.status = model::Status::timeout;
      observation.message = "out of time while looking for a generator";
    }
  }
  const auto uneven = uneven_characters(table);
  for (std::size_t i = 0; i < std::min(uneven.size(), kShown); ++i)
    observation.notes.push_back(fmt::format("below {:014X}, character {} of the random field is uneven (chi-square, p = {:.2g})", uneven[i].upper, uneven[i].position, uneven[i].p));
}

void add_fields(const Table& table, const probe::Context& context, model::Observation& observation) {
  Json& facts = observation.facts;
  facts["versions"] = field_values(table, 48, 0xFF, 2);
  facts["vendors"] = field_values(table, 24, 0xFF'FFFF, 6);
  facts["products"] = field_values(table, 0, 0xFF'FFFF, 6);
  facts["extensions"] = extensions(table);
  for (const char* name : {"vendors", "products"})
    for (const Json& value : facts[name])
      if (value == "000000") observation.notes.push_back(fmt::format("{}: a field is all zeros", name));
  const Repeats repeated = repeated_randoms(table);
  facts["randoms"] = {{"count", table.entries.size()}, {"unique", different_randoms(table)}, {"repeated", repeated.shown}, {"repeated_count", repeated.count}};
  const auto tomorrow = std::chrono::duration_cast<std::chrono::seconds>((context.clock().now() + std::chrono::hours(24)).time_since_epoch()).count();
  add_patterns(table, static_cast<std::uint32_t>(std::clamp<std::int64_t>(tomorrow, 0, UINT32_MAX)), facts["randoms"]);
  add_hidden(table, context, observation);
  const Shared shared = shared_values(table);
  facts["shared"] = {{"values", shared.values}, {"lower_parts", shared.lower_parts}, {"expected", shared.expected}, {"improbable", shared.improbable}, {"shown", shared.shown}};
  observation.notes.push_back("an identity has at most 32 bits that can't be foretold: it names a device and is no credential");
}

void run(probe::Context& context, model::Observation& observation) {
  auto list = read_list(context);
  if (!list) {  // half a list decides nothing: an unread rest may hold the repeat
    observation.status = probe::status_of(list.error());
    observation.message = list.error().message;
    return;
  }
  Json& facts = observation.facts;
  facts["count"] = list->count;
  facts["well_formed"] = list->ids.size();
  facts["malformed_count"] = list->malformed_count;
  facts["malformed"] = Json::array();
  for (const Malformed& entry : list->malformed) facts["malformed"].push_back({{"line", entry.line}, {"value", entry.value}, {"reason", name_of(entry.flaw)}});
  if (list->upper_case && list->lower_case) observation.notes.push_back("letter case is mixed; ids are compared without it");
  const Table table = table_of(std::move(list->ids));
  const Repeats repeats = repeated_ids(table);
  facts["duplicates"] = repeats.shown;
  facts["duplicate_count"] = repeats.count;
  // Two parts of the allocation rule show in a list: below one random value an extension is given out once, and no lower field before an upper one.
  facts["allocation_violation_count"] = repeats.count + list->disordered_count;
  Json& violations = facts["allocation_violations"] = repeats.shown;
  for (const std::string& value : list->disordered)
    if (violations.size() < kShown) violations.push_back(value);
  if (!table.entries.empty()) add_fields(table, context, observation);
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "设备身份信息的格式、字段与重复",
    .title_en = "Format, fields and repeats of device identities",
    .version = "2",
    .takes = model::ItemKind::identities,
    .cost = probe::Cost::cpu,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::identity
