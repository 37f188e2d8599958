#include "probes/identity/table.h"

#include <algorithm>
#include <tuple>

namespace lintel::probes::identity {

static Entry entry_of(const Id& id, std::uint32_t place) {
  Cursor bytes(id);
  Entry entry;
  entry.high = bytes.u64();
  entry.low = bytes.u32();
  entry.place = place;
  return entry;
}

Id id_of(const Entry& entry) {
  Id id{};
  for (std::size_t i = 0; i < 8; ++i) id[i] = static_cast<std::uint8_t>(entry.high >> (56 - 8 * i));
  for (std::size_t i = 0; i < 4; ++i) id[8 + i] = static_cast<std::uint8_t>(entry.low >> (24 - 8 * i));
  return id;
}

Table table_of(std::vector<Id> ids) {
  Table table;
  table.entries.reserve(ids.size());
  for (const Id& id : ids) table.entries.push_back(entry_of(id, static_cast<std::uint32_t>(table.entries.size())));
  std::sort(table.entries.begin(), table.entries.end(), [](const Entry& a, const Entry& b) { return std::tie(a.high, a.low, a.place) < std::tie(b.high, b.low, b.place); });

  std::size_t groups = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) groups += i == 0 || table.entries[i].upper() != table.entries[i - 1].upper();
  table.groups.reserve(groups);
  std::vector<std::uint32_t> group_of(ids.size());
  for (std::uint32_t i = 0; i < ids.size(); ++i) {
    const bool first = i == 0 || table.entries[i].upper() != table.entries[i - 1].upper();
    if (first) table.groups.push_back({.first = i});
    Group& group = table.groups.back();
    group.different += first || table.entries[i].random() != table.entries[i - 1].random();
    group_of[table.entries[i].place] = static_cast<std::uint32_t>(table.groups.size() - 1);
  }
  table.randoms.resize(ids.size());
  for (std::size_t place = 0; place < ids.size(); ++place) {
    Group& group = table.groups[group_of[place]];
    table.randoms[group.first + group.size++] = model::random_of(ids[place]);
  }
  return table;
}

}  // namespace lintel::probes::identity
