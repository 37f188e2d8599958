#include "probes/identity/list.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace lintel::probes::identity {
namespace {

constexpr std::size_t kLineCap = 4096;  // what is kept of a line; more of it can't make it an identity

// Of a well-formed id: letters have bit 6 set, and bit 5 when they are small.
bool holds_letter(std::string_view id, char case_bit) {
  return std::any_of(id.begin(), id.end(), [&](char c) { return (c & 0x60) == (0x40 | case_bit); });
}

}  // namespace

Result<void> ListReader::add(std::string_view value) {
  ++number_;
  auto id = model::parse_device_id(value);  // the usual line, in haste
  if (!id) {
    value = trim(value.substr(0, value.find('#')));
    if (value.empty()) return {};
    id = model::parse_device_id(value);
  }
  if (++list_.count > kListCapIds) return fail(ErrorCode::limit, "more than {} identities", kListCapIds);
  if (id) {
    list_.upper_case = list_.upper_case || holds_letter(value, 0);
    list_.lower_case = list_.lower_case || holds_letter(value, 0x20);
    list_.ids.push_back(*id);
    return {};
  }
  ++list_.malformed_count;
  const auto mistake = model::mistake_of(value);
  const bool disordered = mistake->flaw == model::DeviceIdFlaw::order;
  if (disordered && ++list_.disordered_count <= kShown) list_.disordered.push_back(printable(value.substr(0, 64)));
  if (list_.malformed.size() < kShown) list_.malformed.push_back({number_, printable(value.substr(0, 64)), mistake->flaw});
  return {};
}

Result<void> ListReader::end_line(std::string_view line, bool cut) {
  if (number_ == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  if (number_ == 0 && (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF")))
    return fail(ErrorCode::protocol, "the list is UTF-16; save it as UTF-8");
  if (!cut || line.find('#') != std::string_view::npos) return add(line);
  // What was cut off the end of an overlong line is no blank for us.
  std::string shown(line);
  shown.back() = '?';
  return add(shown);
}

Result<void> ListReader::feed(ByteView piece) {
  bytes_ += piece.size();
  if (bytes_ > kListCapBytes) return fail(ErrorCode::limit, "the list is larger than {} bytes", kListCapBytes);
  for (std::string_view rest = as_text(piece); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    const std::string_view part = rest.substr(0, end);
    if (end == std::string_view::npos || !line_.empty()) line_.append(part.substr(0, kLineCap - line_.size()));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
    if (line_.empty()) {
      TRY(end_line(part.substr(0, kLineCap), part.size() >= kLineCap));
    } else {
      TRY(end_line(line_, line_.size() == kLineCap));
      line_.clear();
    }
  }
  return {};
}

Result<IdList> ListReader::finish() {
  if (!line_.empty()) TRY(end_line(line_, line_.size() == kLineCap));
  return std::move(list_);
}

}  // namespace lintel::probes::identity
