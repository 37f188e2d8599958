#include "probes/identity/list.h"

#include <algorithm>

#include "base/text.h"

namespace lintel::probes::identity {
namespace {

constexpr std::size_t kLineCap = 4096;  // what is kept of a line; more of it can't make it an identity

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

}  // namespace

std::string to_text(const Id& id) {
  std::string text = to_hex(id);
  for (char& c : text)
    if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::string field(const Id& id, std::size_t first_character, std::size_t characters) { return to_text(id).substr(first_character, characters); }

std::uint32_t random_of(const Id& id) { return Cursor(ByteView(id).subspan(7, 4)).u32(); }

const char* flaw_of(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (!ascii) return "character";
  if (text.size() != kIdCharacters) return "length";
  return std::all_of(text.begin(), text.end(), is_hex) ? nullptr : "character";
}

Result<void> ListReader::add(std::string_view value) {
  ++number_;
  value = trim(value.substr(0, value.find('#')));
  if (value.empty()) return {};
  if (++list_.count > kListCapIds) return fail(ErrorCode::limit, "more than {} identities", kListCapIds);
  if (const char* flaw = flaw_of(value)) {
    ++list_.malformed_count;
    if (list_.malformed.size() < kShown) list_.malformed.push_back({number_, printable(value.substr(0, 64)), flaw});
    return {};
  }
  for (const char c : value) {
    list_.upper_case = list_.upper_case || (c >= 'A' && c <= 'F');
    list_.lower_case = list_.lower_case || (c >= 'a' && c <= 'f');
  }
  const auto bytes = from_hex(value);
  Id id{};
  std::copy_n(bytes->begin(), id.size(), id.begin());
  list_.ids.push_back(id);
  return {};
}

Result<void> ListReader::end_line() {
  std::string_view line = line_;
  if (number_ == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  if (number_ == 0 && (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF")))
    return fail(ErrorCode::protocol, "the list is UTF-16; save it as UTF-8");
  // What was cut off the end of an overlong line is no blank for us, unless it belongs to a comment.
  if (line_.size() == kLineCap && line.find('#') == std::string_view::npos) line_.back() = '?';
  auto added = add(line);
  line_.clear();
  return added;
}

Result<void> ListReader::feed(ByteView piece) {
  bytes_ += piece.size();
  if (bytes_ > kListCapBytes) return fail(ErrorCode::limit, "the list is larger than {} bytes", kListCapBytes);
  for (std::string_view rest = as_text(piece); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    const std::string_view part = rest.substr(0, end);
    line_.append(part.substr(0, kLineCap - line_.size()));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
    TRY(end_line());
  }
  return {};
}

Result<IdList> ListReader::finish() {
  if (!line_.empty()) TRY(end_line());
  return std::move(list_);
}

}  // namespace lintel::probes::identity
