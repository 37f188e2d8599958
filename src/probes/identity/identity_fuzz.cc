// Fuzz target: identity lists, cut into pieces anywhere.
#include "probes/identity/allocation.h"
#include "probes/identity/list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  using namespace lintel::probes::identity;
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  ListReader whole, pieces;
  const bool read = whole.feed({data, size}) && pieces.feed({data, cut}) && pieces.feed({data + cut, size - cut});
  if (!read) return 0;
  const auto a = whole.finish(), b = pieces.finish();
  if (!a || !b) return 0;
  if (a->ids != b->ids || a->malformed_count != b->malformed_count) __builtin_trap();
  if (a->count != a->ids.size() + a->malformed_count) __builtin_trap();
  for (const Id& id : a->ids)
    if (model::mistake_of(model::to_text(id)) || model::parse_device_id(model::to_text(id)) != id) __builtin_trap();
  const Table table = table_of(a->ids);
  if (different_randoms(table) > a->ids.size() || (repeated_ids(table).count > 0 && repeated_randoms(table).count == 0)) __builtin_trap();
  for (const Group& group : table.groups)
    if (group.different >= kLeastForPattern) (void)pattern_of(table, group, 0);
  if (shared_values(table).values > different_randoms(table)) __builtin_trap();
  return 0;
}
