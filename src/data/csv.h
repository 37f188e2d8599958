// Comma-separated values (RFC 4180), read piece by piece: a file of any size costs one record of memory. Not thread-safe.
//
// Taken: a byte order mark, LF or CRLF, blank lines (skipped), a last record without a line break, quoted line breaks and commas.
// Refused by name and line, because what follows can't be trusted: UTF-16, bytes that are not UTF-8, NUL, a quote out of place, a
// quoted field that never ends, a carriage return alone, a record or a number of fields above the caps.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace lintel {

inline constexpr std::size_t kCsvRecordCapBytes = 1 << 20;
inline constexpr std::size_t kCsvFieldCap = 1000;

struct CsvRecord {
  std::size_t line = 0;                       // on which it begins, from 1
  std::span<const std::string_view> fields;   // without their quotes; valid during the call
  bool ends = true;                           // by a line break; false: the file ended, maybe too early
};

class CsvReader {
 public:
  // visit gets each record; its first error ends the reading.
  using Visit = std::function<Result<void>(const CsvRecord&)>;
  explicit CsvReader(Visit visit) : visit_(std::move(visit)) {}
  // Errors: protocol (above), limit, visit's.
  Result<void> feed(ByteView piece);
  Result<void> finish();

 private:
  // Where the next byte stands: before a field, in a plain one, in a quoted one, behind a quote in a quoted one, behind a carriage return.
  enum class Place { begin, plain, quoted, quote, carriage_return };
  Result<void> read(std::string_view text);
  Result<void> step(char c);
  Result<void> begin_text();
  Result<void> append(std::string_view part);
  Result<void> end_field();
  Result<void> end_record(bool ends);

  Visit visit_;
  Place place_ = Place::begin;
  std::string start_;                  // the first bytes, until it is clear whether they are a byte order mark
  bool started_ = false;
  std::string text_;                   // of the record's fields, one after the other
  std::vector<std::size_t> ends_;      // where each of them ends in text_
  std::vector<std::string_view> fields_;
  std::size_t line_ = 1, record_line_ = 1, quote_line_ = 1;
  bool any_ = false;                   // the record has at least one byte
};

}  // namespace lintel
