#include "probes/web_auth/attempts.h"

#include <algorithm>

#include "base/text.h"

namespace lintel::probes::web_auth {

Result<Attempt> attempt(flow::Wire& wire, flow::Client& client, const std::vector<flow::Step>& steps, std::size_t first) {
  const Clock& clock = wire.context().clock();
  const WallTime began = clock.now();
  Attempt made;
  for (std::size_t i = first; i < steps.size(); ++i) {
    const auto sent = client.send(steps[i]);
    made.took = clock.now() - began;
    if (!sent) {
      const ErrorCode code = sent.error().code;
      if (code != ErrorCode::closed && code != ErrorCode::reset) return add_context(sent.error(), fmt::format("step {} of {}", i + 1, steps.size()));
      made.success = false;
      made.status = 0;
      made.why = sent.error().message;
      return made;
    }
    made.success = sent->success && sent->missing.empty();
    made.status = sent->response.status;
    made.body = sent->response.body;
    made.why = sent->success && !made.success ? fmt::format("no value in {}", join(sent->missing, ", ")) : sent->why;
    if (!made.success) break;
  }
  return made;
}

bool turned_away(const Attempt& attempt) { return !attempt.success && attempt.status >= 200 && attempt.status < 500 && attempt.status != 408; }

const char* name_of(Told told) {
  switch (told) {
    case Told::yes: return "yes";
    case Told::no: return "no";
    case Told::unknown: return "unknown";
  }
  return "";
}

static bool slowed(const std::vector<Attempt>& wrong) {
  return wrong.size() >= 5 && std::all_of(wrong.end() - 3, wrong.end(), [&](const Attempt& one) {
           return one.took >= std::chrono::seconds(1) && one.took >= 3 * wrong.front().took;
         });
}

Told stopped(const Series& series) {
  if (std::ranges::any_of(series.wrong, &Attempt::success)) return Told::no;
  if (series.right.success) return slowed(series.wrong) ? Told::yes : Told::no;
  return turned_away(series.right) && !series.too_late ? Told::yes : Told::unknown;
}

Told stopped(const std::vector<Attempt>& sign_ups) {
  if (sign_ups.empty() || !sign_ups.front().success) return Told::unknown;
  const auto failed = std::ranges::find(sign_ups, false, &Attempt::success);
  if (failed == sign_ups.end()) return Told::no;
  if (!turned_away(*failed) || failed->status == 409) return Told::unknown;
  const bool says_so = failed->status == 429 || failed->status == 403 || failed->status == 423;
  return says_so || failed - sign_ups.begin() >= 2 ? Told::yes : Told::unknown;  // a value used twice would have failed the second
}

}  // namespace lintel::probes::web_auth
