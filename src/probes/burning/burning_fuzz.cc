// Burn receipts from anyone, as CSV and as JSON lines, cut into pieces anywhere: the same findings; counts that fit together.
#include <cstdlib>
#include <string>

#include "probes/burning/ledger.h"

using namespace lintel;
using namespace lintel::probes::burning;

static std::string findings(Format format, ByteView first, ByteView second) {
  Ledger ledger({std::chrono::minutes(480), {}, crypto::DigestAlgorithm::sm3, *parse_time("2026-11-21T10:00:00Z")});
  KeyLook keys({});
  std::optional<KeyDigest> digest;
  RowReader reader(format, {}, [&](const Row& row) -> Result<void> {
    TRY(ledger.add(row, digest));
    keys.add(row, std::nullopt, digest);
    return {};
  });
  for (const ByteView piece : {first, second})
    if (const auto fed = reader.feed(piece); !fed) return fed.error().message;
  if (const auto done = reader.finish(); !done) return done.error().message;
  const Findings found = ledger.finish();
  if (found.malformed.count + found.burned > found.count || keys.proven_count > keys.clear_count || found.duplicates.count > found.burned) std::abort();
  if (ledger.burned_ids().size() != found.burned) std::abort();
  std::string out;
  for (const std::size_t count : {found.count, found.burned, found.malformed.count, found.unreadable.count, found.duplicates.count, found.keys, keys.clear_count})
    out += std::to_string(count) + " ";
  return out;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView all(data, size);
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  for (const Format format : {Format::csv, Format::json_lines})
    if (findings(format, all, {}) != findings(format, all.first(cut), all.subspan(cut))) std::abort();
  return 0;
}
