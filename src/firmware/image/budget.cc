#include "firmware/image/budget.h"

#include <algorithm>

namespace lintel::firmware {

namespace {
constexpr std::uint64_t kAlwaysUnpacked = 64ULL << 20;
}

Budget::Budget(const Caps& caps, std::uint64_t image_bytes, Deadline deadline, const Cancel& cancel) : caps_(caps), deadline_(deadline), cancel_(cancel) {
  caps_.unpacked_bytes = std::min(caps.unpacked_bytes, std::max(kAlwaysUnpacked, caps.ratio * std::min(image_bytes, UINT64_MAX / caps.ratio)));
}

Result<void> Budget::take(std::uint64_t& used, std::uint64_t count, std::uint64_t cap, const char* name) {
  TRY(alive());
  if (count > cap - used) {
    hit_.insert(name);
    return fail(ErrorCode::limit, "{}: more than {}", name, cap);
  }
  used += count;
  return {};
}

Result<void> Budget::unpack(std::uint64_t bytes) { return take(unpacked_, bytes, caps_.unpacked_bytes, "unpacked bytes"); }
Result<void> Budget::search(std::uint64_t bytes) { return take(searched_, bytes, caps_.searched_bytes, "searched bytes"); }
Result<void> Budget::add_file() { return take(files_, 1, caps_.files, "files"); }
Result<void> Budget::add_part() { return take(parts_, 1, caps_.parts, "parts"); }

Result<void> Budget::enter(int depth) {
  if (depth <= caps_.depth) return alive();
  hit_.insert("depth");
  return fail(ErrorCode::limit, "depth: more than {}", caps_.depth);
}

Result<void> Budget::alive() {
  if (asked_ % 64 != 0) {  // a look at the clock, and at the stop button, costs more than the loops that ask
    ++asked_;
    return {};
  }
  if (cancel_.requested()) return fail(ErrorCode::cancelled, "cancelled");
  if (!deadline_.passed()) {
    ++asked_;
    return {};
  }
  hit_.insert("time");
  return fail(ErrorCode::timeout, "out of time");
}

}  // namespace lintel::firmware
