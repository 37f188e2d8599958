// A file of burn receipts as rows: CSV with a header, or JSON lines. Read piece by piece.
//
// JSON lines: one object a line; members of an inner object are named outer.inner, numbers and truth values are taken as their text.
// Both: UTF-8, a byte order mark is taken, blank lines are skipped; NULs, other encodings and lines above 1 MiB are errors with their line.
#pragma once
#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "data/csv.h"

namespace lintel::probes::burning {

enum class Column { id, station, burned_at, key_digest, result, activated_at, verified, rework_of };
inline constexpr std::array<std::string_view, 8> kColumnNames{"id", "station", "burned_at", "key_digest", "result", "activated_at", "verified", "rework_of"};
using ColumnNames = std::array<std::string, kColumnNames.size()>;  // as the factory calls them; empty: not declared

enum class Format { csv, json_lines };

struct Field {
  std::string_view name, value;  // trimmed
};

struct Row {
  std::size_t line = 0;
  const char* flaw = nullptr;       // "fields" (not as many as the header), "json" (no object): the rest is empty then
  std::span<const Field> fields;    // all of them, in their order; valid during the call
  std::array<int, kColumnNames.size()> known{};  // where the known ones stand in fields; -1: not there
  std::string_view operator[](Column column) const;  // empty: not there
  bool has(Column column) const { return known[static_cast<std::size_t>(column)] >= 0; }
};

class RowReader {
 public:
  using Visit = std::function<Result<void>(const Row&)>;
  // declared: a column that has no name there is found by its own name, letter case aside.
  RowReader(Format format, ColumnNames declared, Visit visit);
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;
  Result<void> feed(ByteView piece);
  // Errors: protocol: the last row is cut off, a declared column or that of the identities is not there.
  Result<void> finish();
  bool seen(Column column) const { return seen_[static_cast<std::size_t>(column)]; }

 private:
  Result<void> header(const CsvRecord& record);
  Result<void> csv_row(const CsvRecord& record);
  Result<void> json_line(bool ends);
  Result<void> missing_columns() const;
  int column_named(std::string_view name) const;

  Format format_;
  ColumnNames declared_;
  Visit visit_;
  CsvReader csv_;
  bool have_header_ = false;
  std::vector<std::string> names_;        // of the header
  std::vector<std::pair<std::string, std::string>> members_;  // of a JSON line
  std::vector<Field> fields_;
  Row row_;
  std::array<bool, kColumnNames.size()> seen_{};
  std::string line_;                      // of JSON lines, unfinished
  std::size_t number_ = 0;
};

}  // namespace lintel::probes::burning
