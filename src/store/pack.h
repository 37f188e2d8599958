// JSON in a pair of columns: size, and one zstd frame. Shared by writing (run_file.cc) and reading (load.cc).
#pragma once
#include "data/json_fwd.h"
#include "store/sqlite.h"

namespace lintel::store {

struct Packed {
  std::int64_t size_bytes = 0;
  Bytes frame;
};
Packed pack(const Json& json);

// What is left to read of a run; hostile files must not fill the memory row by row.
struct Budget {
  std::size_t bytes = 0;
};
// Errors: limit (above cap or budget), invalid_input (damaged).
Result<Json> unpack(Statement& row, int size_column, std::size_t cap_bytes, Budget& budget);
// The bytes of a packed column pair; the size column comes first.
Result<Bytes> unpack_bytes(Statement& row, int size_column, std::size_t cap_bytes);

}  // namespace lintel::store
