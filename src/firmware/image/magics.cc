// The search for magics: one pass over the bytes, a table by the first two bytes of each magic.
#include <algorithm>
#include <cstring>
#include <vector>

#include "firmware/image/open.h"

namespace lintel::firmware {

namespace {

struct Entry {
  const Format* format;
  Magic magic;
};

std::size_t pair_of(const std::uint8_t* at) { return static_cast<std::size_t>(at[0]) << 8 | at[1]; }

}  // namespace

std::vector<Hit> find_magics(ByteView bytes, std::span<const Format* const> formats) {
  std::vector<std::uint8_t> row_of_pair(65536, 0);  // 0: no magic begins so
  std::vector<std::vector<Entry>> rows(1);
  for (const Format* format : formats)
    for (const Magic& magic : format->magics) {
      std::uint8_t& row = row_of_pair[pair_of(as_bytes(magic.bytes).data())];
      if (row == 0) {
        row = static_cast<std::uint8_t>(rows.size());
        rows.emplace_back();
      }
      rows[row].push_back({format, magic});
    }

  std::vector<Hit> hits;
  for (std::size_t at = 0; at + 1 < bytes.size(); ++at) {
    const std::uint8_t row = row_of_pair[pair_of(bytes.data() + at)];
    if (row == 0) continue;
    for (const Entry& entry : rows[row]) {
      const std::string_view magic = entry.magic.bytes;
      if (entry.magic.offset > at || bytes.size() - at < magic.size()) continue;
      if (std::memcmp(bytes.data() + at, magic.data(), magic.size()) == 0) hits.push_back({at - entry.magic.offset, entry.format});
    }
  }
  std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.at < b.at; });
  return hits;
}

}  // namespace lintel::firmware
