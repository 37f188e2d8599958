#include "probes/burning/issued.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "base/text.h"

namespace lintel::probes::burning {
namespace {

constexpr std::size_t kIssuedCap = 20'000'000, kIssuedLineCap = 4096;

Result<void> end_issued_line(std::string& line, bool first, Issued& issued) {
  std::string_view text = line;
  if (first && (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))) return fail(ErrorCode::protocol, "the list is UTF-16; save it as UTF-8");
  if (first && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text = trim(text.substr(0, text.find('#')));
  const char* flaw = nullptr;
  if (const auto id = parse_id(text, flaw)) issued.ids.push_back(*id);
  else issued.malformed += !text.empty();
  line.clear();
  if (issued.ids.size() > kIssuedCap) return fail(ErrorCode::limit, "more than {} identities", kIssuedCap);
  return {};
}

}  // namespace

Result<Issued> read_issued(probe::Context& context, const std::string& path) {
  Issued issued;
  std::string line;
  bool first = true;
  const auto visit = [&](ByteView piece) -> Result<void> {
    if (context.cancel().requested()) return fail(ErrorCode::cancelled, "cancelled");
    if (context.deadline().passed()) return fail(ErrorCode::timeout, "out of time");
    for (std::string_view rest = as_text(piece); !rest.empty();) {
      const std::size_t end = rest.find('\n');
      const std::string_view part = rest.substr(0, end);
      line.append(part.substr(0, kIssuedLineCap - line.size()));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
      TRY(end_issued_line(line, first, issued));
      first = false;
    }
    return {};
  };
  TRY(context.for_each_chunk(path, visit));
  TRY(end_issued_line(line, first, issued));
  std::sort(issued.ids.begin(), issued.ids.end());
  issued.ids.erase(std::unique(issued.ids.begin(), issued.ids.end()), issued.ids.end());
  return issued;
}

Difference compare(const Issued& issued, const std::vector<Id>& burned) {
  Difference difference;
  std::set_difference(burned.begin(), burned.end(), issued.ids.begin(), issued.ids.end(), std::back_inserter(difference.not_issued));
  difference.not_burned = issued.ids.size() - (burned.size() - difference.not_issued.size());
  return difference;
}

}  // namespace lintel::probes::burning
