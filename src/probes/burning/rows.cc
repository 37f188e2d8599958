#include "probes/burning/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "data/json.h"

namespace lintel::probes::burning {
namespace {

constexpr std::size_t kLineCapBytes = 1 << 20, kMostMembers = 1000;

// The scalars of an object, by path. False: more than kMostMembers.
bool flatten(const Json& value, const std::string& name, std::vector<std::pair<std::string, std::string>>& out) {
  if (value.is_structured()) {
    for (const auto& [key, inner] : value.items()) {
      const std::string below = value.is_array() ? name : name.empty() ? key : name + "." + key;
      if (!flatten(inner, below, out)) return false;
    }
    return true;
  }
  if (value.is_null()) return true;
  out.emplace_back(name, value.is_string() ? value.get_ref<const std::string&>() : value.dump());
  return out.size() <= kMostMembers;
}

}  // namespace

std::string_view Row::operator[](Column column) const {
  const int place = known[static_cast<std::size_t>(column)];
  return place < 0 ? std::string_view() : fields[static_cast<std::size_t>(place)].value;
}

RowReader::RowReader(Format format, ColumnNames declared, Visit visit)
    : format_(format), declared_(std::move(declared)), visit_(std::move(visit)), csv_([this](const CsvRecord& record) { return have_header_ ? csv_row(record) : header(record); }) {
  row_.known.fill(-1);
}

int RowReader::column_named(std::string_view name) const {
  for (std::size_t i = 0; i < declared_.size(); ++i)
    if (declared_[i].empty() ? to_lower(name) == kColumnNames[i] : name == declared_[i]) return static_cast<int>(i);
  return -1;
}

// What the first line holds is not repeated in an error: in a file without a header that is a receipt, and maybe a key.
Result<void> RowReader::missing_columns() const {
  const bool csv = format_ == Format::csv;
  for (std::size_t i = 0; i < declared_.size(); ++i) {
    if (declared_[i].empty() || seen_[i]) continue;
    const std::string name = printable(declared_[i]);
    if (csv) return fail(ErrorCode::protocol, "line 1 names no column '{}', which is declared for {}", name, kColumnNames[i]);
    return fail(ErrorCode::protocol, "no line has a member '{}', which is declared for {}", name, kColumnNames[i]);
  }
  if (seen_[0]) return {};
  if (csv) return fail(ErrorCode::protocol, "line 1 names no column 'id'; `columns` says how the file calls it");
  return fail(ErrorCode::protocol, "no line has a member 'id'; `columns` says how the file calls it");
}

Result<void> RowReader::header(const CsvRecord& record) {
  have_header_ = true;
  std::set<std::string_view> different;
  for (const std::string_view field : record.fields) names_.emplace_back(trim(field));
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (!names_[i].empty() && !different.insert(names_[i]).second) return fail(ErrorCode::protocol, "line {}: column {} has the name of one before it", record.line, i + 1);
    const int column = column_named(names_[i]);
    if (column < 0 || seen_[static_cast<std::size_t>(column)]) continue;
    seen_[static_cast<std::size_t>(column)] = true;
    row_.known[static_cast<std::size_t>(column)] = static_cast<int>(i);
  }
  return missing_columns();
}

Result<void> RowReader::csv_row(const CsvRecord& record) {
  Row row = row_;
  row.line = record.line;
  if (record.fields.size() != names_.size()) {
    if (!record.ends) return fail(ErrorCode::protocol, "line {}: the file ends inside a record", record.line);
    row.flaw = "fields";
    row.known.fill(-1);
    return visit_(row);
  }
  fields_.clear();
  for (std::size_t i = 0; i < names_.size(); ++i) fields_.push_back({names_[i], trim(record.fields[i])});
  row.fields = fields_;
  return visit_(row);
}

Result<void> RowReader::json_line(bool ends) {
  ++number_;
  std::string_view text = line_;
  if (number_ == 1 && (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))) return fail(ErrorCode::protocol, "the file is UTF-16; save it as UTF-8");
  if (number_ == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text = trim(text);
  if (text.empty()) return {};
  if (text.find('\0') != std::string_view::npos) return fail(ErrorCode::protocol, "line {}: a NUL byte", number_);
  if (!is_utf8(text)) return fail(ErrorCode::protocol, "line {}: not UTF-8; save the file as UTF-8", number_);
  Row row;
  row.line = number_;
  row.known.fill(-1);
  const auto object = parse_json(text);
  members_.clear();
  if (!object || !object->is_object()) {
    if (!ends) return fail(ErrorCode::protocol, "line {}: the file ends inside a record", number_);
    row.flaw = "json";
    return visit_(row);
  }
  if (!flatten(*object, "", members_)) return fail(ErrorCode::limit, "line {}: more than {} members", number_, kMostMembers);
  fields_.clear();
  for (const auto& [name, value] : members_) {
    const int column = column_named(name);
    if (column >= 0 && row.known[static_cast<std::size_t>(column)] < 0) {
      row.known[static_cast<std::size_t>(column)] = static_cast<int>(fields_.size());
      seen_[static_cast<std::size_t>(column)] = true;
    }
    fields_.push_back({name, trim(value)});
  }
  row.fields = fields_;
  return visit_(row);
}

Result<void> RowReader::feed(ByteView piece) {
  if (format_ == Format::csv) return csv_.feed(piece);
  for (std::string_view rest = as_text(piece); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    const std::string_view part = rest.substr(0, end);
    if (line_.size() + part.size() > kLineCapBytes) return fail(ErrorCode::limit, "line {}: more than {} bytes", number_ + 1, kLineCapBytes);
    line_ += part;
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
    TRY(json_line(true));
    line_.clear();
  }
  return {};
}

Result<void> RowReader::finish() {
  if (format_ == Format::csv) {
    TRY(csv_.finish());
    if (!have_header_) return fail(ErrorCode::protocol, "the file is empty");
    return {};
  }
  if (!line_.empty()) TRY(json_line(false));
  if (number_ == 0) return fail(ErrorCode::protocol, "the file is empty");
  return missing_columns();
}

}  // namespace lintel::probes::burning
