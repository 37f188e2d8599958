// The identity probe: reads a list of device identities and reports format, fields, repeats and running numbers. Sends nothing.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "data/json.h"
#include "probe/context.h"
#include "probe/probe.h"
#include "probes/identity/allocation.h"
#include "probes/identity/list.h"

namespace lintel::probes::identity {
namespace {

constexpr std::size_t kEvidenceCapBytes = 1 << 20;
constexpr std::size_t kMostFieldValues = 256;  // all that versions and extensions can have

Result<IdList> read_file(probe::Context& context, const std::string& path) {
  ListReader reader;
  std::string head;
  const auto visit = [&](ByteView piece) -> Result<void> {
    if (context.cancel().requested()) return fail(ErrorCode::cancelled, "cancelled");
    if (context.deadline().passed()) return fail(ErrorCode::timeout, "out of time");
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

Json field_values(const std::vector<Id>& ids, std::size_t first, std::size_t characters) {
  std::set<std::string> values;
  std::string last;
  for (const Id& id : ids) {
    std::string value = field(id, first, characters);
    if (value == last) continue;
    if (values.size() >= kMostFieldValues) break;
    values.insert(value);
    last = std::move(value);
  }
  return values;
}

void add_field_facts(const std::vector<Id>& ids, model::Observation& observation) {
  Json& facts = observation.facts;
  facts["versions"] = field_values(ids, 0, 2);
  facts["vendors"] = field_values(ids, 2, 6);
  facts["products"] = field_values(ids, 8, 6);
  facts["extensions"] = field_values(ids, 22, 2);
  for (const char* name : {"vendors", "products"})
    for (const Json& value : facts[name])
      if (value == "000000") observation.notes.push_back(fmt::format("{}: a field is all zeros", name));
  const Randoms randoms = examine_randoms(ids);
  Json& fact = facts["randoms"];
  fact = {{"count", randoms.count}, {"unique", randoms.unique}, {"repeated", randoms.repeated.shown}, {"repeated_count", randoms.repeated.count}};
  if (randoms.sequential) fact["sequential"] = *randoms.sequential;
}

void run(probe::Context& context, model::Observation& observation) {
  const auto list = read_list(context);
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
  for (const Malformed& entry : list->malformed) facts["malformed"].push_back({{"line", entry.line}, {"value", entry.value}, {"reason", entry.reason}});
  const Repeats repeats = repeated_ids(list->ids);
  facts["duplicates"] = repeats.shown;
  facts["duplicate_count"] = repeats.count;
  // The one part of the allocation rule that a list shows: below one random value an extension is given out once.
  facts["allocation_violations"] = repeats.shown;
  if (!list->ids.empty()) add_field_facts(list->ids, observation);
  if (list->upper_case && list->lower_case) observation.notes.push_back("letter case is mixed; ids are compared without it");
  context.progress(1, 1);
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "设备身份信息的格式、字段与重复",
    .title_en = "Format, fields and repeats of device identities",
    .version = "1",
    .takes = model::ItemKind::identities,
    .cost = probe::Cost::cpu,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::identity
