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
  const Randoms randoms = examine_randoms(a->ids);
  if (randoms.unique > randoms.count || (repeated_ids(a->ids).count > 0 && randoms.repeated.count == 0)) __builtin_trap();
  return 0;
}
