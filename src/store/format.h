// The shape of the run file on disk: its mark, its tables, and the test that a file is one. run_file.h describes the fields.
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/error.h"
#include "store/sqlite.h"

namespace lintel::store {

constexpr std::uint32_t kApplicationId = 0x4C4E544C;  // "LNTL"
constexpr std::uint32_t kFormat = 1;

struct Table {
  std::string_view name;
  std::string_view sql;  // as SQLite keeps it in sqlite_schema
};
extern const std::array<Table, 8> kTables;

// Reads the first 100 bytes without SQLite, so that a foreign database is never touched, its journal included.
// Do not call on a file that this very process scans into: closing it would drop the process's file locks.
// Errors: not_found, permission, io, invalid_input (no run file, or a newer format).
Result<void> check_header(const std::filesystem::path& path);
// Errors: invalid_input unless the schema is kTables and nothing else: no views, triggers, generated columns.
Result<void> check_schema(Database& database);
Result<void> create_schema(Database& database);

}  // namespace lintel::store
