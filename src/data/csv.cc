#include "data/csv.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace lintel {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

// Bytes that end a run of plain ones; those that end a run of quoted ones.
constexpr std::array<bool, 256> table_of(std::string_view bytes) {
  std::array<bool, 256> table{};
  for (const char c : bytes) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kPlainStops = table_of(std::string_view(",\"\r\n\0", 5)), kQuotedStops = table_of(std::string_view("\"\n\0", 3));

}  // namespace

Result<void> CsvReader::feed(ByteView piece) {
  std::string_view text = as_text(piece);
  if (!started_) {
    const std::size_t missing = std::min(text.size(), kMark.size() - start_.size());
    start_ += text.substr(0, missing);
    text.remove_prefix(missing);
    if (start_.size() < kMark.size()) return {};
    TRY(begin_text());
  }
  return read(text);
}

Result<void> CsvReader::begin_text() {
  started_ = true;
  if (start_.starts_with("\xFF\xFE") || start_.starts_with("\xFE\xFF")) return fail(ErrorCode::protocol, "the file is UTF-16; save it as UTF-8");
  return read(start_ == kMark ? std::string_view() : std::string_view(start_));
}

Result<void> CsvReader::read(std::string_view text) {
  while (!text.empty()) {
    std::size_t run = 0;
    if (place_ == Place::plain || place_ == Place::quoted) {
      const auto& stops = place_ == Place::plain ? kPlainStops : kQuotedStops;
      while (run < text.size() && !stops[static_cast<unsigned char>(text[run])]) ++run;
      TRY(append(text.substr(0, run)));
      text.remove_prefix(run);
    }
    if (text.empty()) return {};
    TRY(step(text.front()));
    text.remove_prefix(1);
  }
  return {};
}

Result<void> CsvReader::step(char c) {
  if (c == '\0') return fail(ErrorCode::protocol, "line {}: a NUL byte", line_);
  any_ = any_ || (c != '\r' && c != '\n');
  if (place_ == Place::quoted && c != '"') {
    line_ += c == '\n';
    return append({&c, 1});
  }
  if (place_ == Place::carriage_return && c != '\n') return fail(ErrorCode::protocol, "line {}: a carriage return without a line feed", line_);
  switch (c) {
    case '"':
      if (place_ == Place::plain) return fail(ErrorCode::protocol, "line {}: a quote inside a field that does not begin with one", line_);
      if (place_ == Place::quote) TRY(append("\""));
      if (place_ == Place::begin) quote_line_ = line_;
      place_ = place_ == Place::quoted ? Place::quote : Place::quoted;
      return {};
    case ',': return end_field();
    case '\r': place_ = Place::carriage_return; return {};
    case '\n': return end_record(true);
    default:
      if (place_ == Place::quote) return fail(ErrorCode::protocol, "line {}: a quoted field goes on behind its closing quote", line_);
      place_ = Place::plain;
      return append({&c, 1});
  }
}

Result<void> CsvReader::append(std::string_view part) {
  if (text_.size() + part.size() > kCsvRecordCapBytes) return fail(ErrorCode::limit, "line {}: a record of more than {} bytes", record_line_, kCsvRecordCapBytes);
  text_ += part;
  return {};
}

Result<void> CsvReader::end_field() {
  if (ends_.size() == kCsvFieldCap) return fail(ErrorCode::limit, "line {}: a record of more than {} fields", record_line_, kCsvFieldCap);
  ends_.push_back(text_.size());
  place_ = Place::begin;
  return {};
}

Result<void> CsvReader::end_record(bool ends) {
  TRY(end_field());
  if (any_) {
    if (!is_utf8(text_)) return fail(ErrorCode::protocol, "line {}: not UTF-8; save the file as UTF-8", record_line_);
    fields_.clear();
    for (std::size_t i = 0, from = 0; i < ends_.size(); from = ends_[i++]) fields_.push_back(std::string_view(text_).substr(from, ends_[i] - from));
    TRY(visit_({record_line_, fields_, ends}));
  }
  text_.clear();
  ends_.clear();
  any_ = false;
  record_line_ = ++line_;
  return {};
}

Result<void> CsvReader::finish() {
  if (!started_) TRY(begin_text());
  if (place_ == Place::quoted) return fail(ErrorCode::protocol, "line {}: the quoted field that begins here does not end", quote_line_);
  if (place_ == Place::carriage_return) return fail(ErrorCode::protocol, "line {}: a carriage return without a line feed", line_);
  return any_ ? end_record(false) : Result<void>{};
}

}  // namespace lintel
