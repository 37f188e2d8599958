#include "store/pack.h"

#include "data/json.h"
#include "store/zstd.h"

namespace lintel::store {

Packed pack(const Json& json) {
  const std::string text = dump_json(json);
  return {static_cast<std::int64_t>(text.size()), compress(as_bytes(text))};
}

Result<Bytes> unpack_bytes(Statement& row, int size_column, std::size_t cap_bytes) {
  const std::int64_t size = row.number(size_column);
  if (size < 0) return fail(ErrorCode::invalid_input, "a size is negative");
  return decompress(row.bytes(size_column + 1), static_cast<std::size_t>(size), cap_bytes);
}

Result<Json> unpack(Statement& row, int size_column, std::size_t cap_bytes, Budget& budget) {
  const Bytes bytes = TRY(unpack_bytes(row, size_column, std::min(cap_bytes, budget.bytes)));
  budget.bytes -= bytes.size();
  return parse_json(as_text(bytes));
}

}  // namespace lintel::store
