#include "store/format.h"

#include <algorithm>
#include <string>

#include "base/files.h"

namespace lintel::store {

const std::array<Table, 8> kTables = {{
    {"meta", "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)"},
    {"document", "CREATE TABLE document (name TEXT PRIMARY KEY, size INTEGER NOT NULL, data BLOB NOT NULL)"},
    {"job",
     "CREATE TABLE job (position INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, probe TEXT NOT NULL, asset TEXT NOT NULL, kind TEXT NOT NULL, "
     "item TEXT NOT NULL, params TEXT NOT NULL, checks TEXT NOT NULL)"},
    {"observation",
     "CREATE TABLE observation (job TEXT PRIMARY KEY REFERENCES job(key), status TEXT NOT NULL, size INTEGER NOT NULL, data BLOB NOT NULL)"},
    {"blob", "CREATE TABLE blob (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, data BLOB NOT NULL)"},
    {"attestation", "CREATE TABLE attestation (position INTEGER PRIMARY KEY, data TEXT NOT NULL)"},
    {"waiver", "CREATE TABLE waiver (position INTEGER PRIMARY KEY, data TEXT NOT NULL)"},
    {"verdict",
     "CREATE TABLE verdict (position INTEGER PRIMARY KEY, clause TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, "
     "size INTEGER NOT NULL, data BLOB NOT NULL)"},
}};

Result<void> check_header(const std::filesystem::path& path) {
  constexpr std::size_t kHeaderBytes = 100;
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  Bytes header;
  bool stopped = false;
  auto read = for_each_chunk(path, [&](ByteView chunk) -> Result<void> {
    header.assign(chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(std::min(chunk.size(), kHeaderBytes)));
    stopped = true;
    return fail(ErrorCode::cancelled, "enough");
  });
  if (!read && !stopped) return read;
  const auto number = [&](std::size_t offset) { return Cursor(ByteView(header).subspan(offset)).u32(); };
  if (header.size() < kHeaderBytes || as_text(header).substr(0, kMagic.size()) != kMagic || number(68) != kApplicationId)
    return fail(ErrorCode::invalid_input, "{} is no Lintel run file", path.string());
  if (number(60) != kFormat)
    return fail(ErrorCode::invalid_input, "{} has format {}, this version reads format {}; use the Lintel that wrote it, or a newer one",
                path.string(), number(60), kFormat);
  return {};
}

Result<void> check_schema(Database& database) {
  Statement rows = TRY(database.prepare("SELECT type, name, sql FROM sqlite_schema LIMIT 100"));
  std::size_t found = 0;
  while (TRY(rows.step())) {
    const std::string_view type = rows.text(0);
    if (type == "index" && rows.text(2).empty()) continue;  // made by SQLite itself for a key
    const auto known = std::find_if(kTables.begin(), kTables.end(), [&](const Table& table) { return table.name == rows.text(1); });
    if (type != "table" || known == kTables.end() || known->sql != rows.text(2))
      return fail(ErrorCode::invalid_input, "the file is damaged: unknown {} '{}'", type, rows.text(1).substr(0, 60));
    ++found;
  }
  if (found != kTables.size()) return fail(ErrorCode::invalid_input, "the file is damaged: a table is missing");
  return {};
}

Result<void> create_schema(Database& database) {
  for (const Table& table : kTables) TRY(database.execute(table.sql));
  TRY(database.execute("PRAGMA application_id = " + std::to_string(kApplicationId)));
  TRY(database.execute("PRAGMA user_version = " + std::to_string(kFormat)));
  return {};
}

}  // namespace lintel::store
