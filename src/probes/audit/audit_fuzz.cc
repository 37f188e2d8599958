// Any export: reading it never crashes, and no count exceeds what there is.
#include <cstdint>
#include <cstdlib>

#include "probes/audit/trail.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel::probes::audit;
  const auto declared = lintel::parse_json(R"({"fields": {"time": "/at", "user": "/user", "type": "/event/type", "result": "/result"}, "chain": {"previous": "/previous", "hash": "/hash"}})");
  const Layout layout = read_layout(*declared);
  const auto trail = lintel::flow::read_trail(std::string(reinterpret_cast<const char*>(data), size), "");
  if (!trail) return 0;
  for (const Lacking& one : lacking_fields(*trail, layout))
    if (one.records > trail->records.size()) std::abort();
  if (const Chain chain = follow_chain(*trail, layout); chain.breaks > chain.links) std::abort();
  if (lintel::flow::new_records(*trail, lintel::flow::known_records(*trail)).size() != 0) std::abort();
  (void)oldest(*trail, layout);
  return 0;
}
