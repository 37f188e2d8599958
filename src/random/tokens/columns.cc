#include "random/tokens/columns.h"

#include <algorithm>

namespace lintel::random::tokens {

Table table_of(const std::vector<std::string>& ids) {
  Table table;
  table.rows = ids.size();
  if (ids.empty()) return table;
  const auto by_size = [](const std::string& a, const std::string& b) { return a.size() < b.size(); };
  table.shortest = std::min_element(ids.begin(), ids.end(), by_size)->size();
  table.longest = std::max_element(ids.begin(), ids.end(), by_size)->size();
  const std::size_t width = std::min(table.longest, kMostColumns);
  table.cut = table.longest - width;
  table.columns.resize(width);
  for (std::size_t i = 0; i < width; ++i) {
    Column& column = table.columns[i];
    const std::size_t from_end = width - i;
    column.characters.reserve(ids.size());
    for (const std::string& id : ids) {
      const bool there = from_end <= id.size();
      const auto character = there ? static_cast<std::uint8_t>(id[id.size() - from_end]) : std::uint8_t{0};
      column.characters.push_back(character);
      if (there) ++column.counts[character];
      else ++column.absent;
    }
    column.symbols = static_cast<std::size_t>(std::count_if(column.counts.begin(), column.counts.end(), [](std::size_t n) { return n > 0; })) +
                     (column.absent > 0 ? 1 : 0);
  }
  return table;
}

}  // namespace lintel::random::tokens
