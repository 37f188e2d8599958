// CSV from anyone, cut into pieces anywhere: the same records, or the same error; lines rise.
#include <cstdlib>
#include <string>

#include "data/csv.h"

using namespace lintel;

static std::string records(ByteView first, ByteView second) {
  std::string out;
  std::size_t line = 0;
  CsvReader reader([&](const CsvRecord& record) -> Result<void> {
    if (record.line <= line || record.fields.empty()) std::abort();
    line = record.line;
    for (const std::string_view field : record.fields) out += std::string(field) + '\x1F';
    out += record.ends ? '\x1E' : '\x1D';
    return {};
  });
  for (const ByteView piece : {first, second})
    if (const auto fed = reader.feed(piece); !fed) return out + fed.error().message;
  const auto done = reader.finish();
  return done ? out : out + done.error().message;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView all(data, size);
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  if (records(all, {}) != records(all.first(cut), all.subspan(cut))) std::abort();
  return 0;
}
