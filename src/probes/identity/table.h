// A list of identities sorted once: what repeats stands side by side, and each product is a run. 20 bytes an identity, 12 more a product.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "probes/identity/list.h"

namespace lintel::probes::identity {

struct Entry {
  std::uint64_t high = 0;   // version, vendor, product, first byte of random
  std::uint32_t low = 0;    // rest of random, extension
  std::uint32_t place = 0;  // in the list, from 0
  std::uint64_t upper() const { return high >> 8; }  // version, vendor, product
  std::uint64_t product() const { return upper() & 0xFFFF'FFFF'FFFF; }  // vendor, product
  std::uint32_t random() const { return static_cast<std::uint32_t>(high << 24) | low >> 8; }
  std::uint8_t extension() const { return static_cast<std::uint8_t>(low); }
};
Id id_of(const Entry& entry);

// All identities of one version, vendor and product.
struct Group {
  std::uint32_t first = 0, size = 0;   // in Table::entries and Table::randoms
  std::uint32_t different = 0;         // random values
};

struct Table {
  std::vector<Entry> entries;          // sorted; equal ids by place
  std::vector<std::uint32_t> randoms;  // group after group, each in the order of the list
  std::vector<Group> groups;           // sorted by upper
};
inline std::span<const Entry> sorted(const Table& table, const Group& group) { return std::span(table.entries).subspan(group.first, group.size); }
inline std::span<const std::uint32_t> in_order(const Table& table, const Group& group) { return std::span(table.randoms).subspan(group.first, group.size); }

// Takes the ids, so that they are not there twice.
Table table_of(std::vector<Id> ids);

// Visits runs of neighbours that `same` joins.
template <class Same, class Visit>
void for_each_run(std::span<const Entry> sorted, Same same, Visit visit) {
  for (std::size_t first = 0, last = 0; first < sorted.size(); first = last) {
    last = first + 1;
    while (last < sorted.size() && same(sorted[first], sorted[last])) ++last;
    visit(sorted.subspan(first, last - first));
  }
}

}  // namespace lintel::probes::identity
