#include "rules/roll_up.h"

namespace lintel::rules {

using model::Reason;
using model::Status;
using model::Verdict;

static int badness(Verdict verdict) {
  switch (verdict) {
    case Verdict::not_applicable: return 0;
    case Verdict::pass: return 1;
    case Verdict::not_tested: return 2;
    case Verdict::inconclusive: return 3;
    case Verdict::fail: return 4;
  }
  return 4;
}

std::optional<Outcome> roll_up(const std::vector<Outcome>& parts) {
  std::optional<Outcome> worst;
  for (const Outcome& part : parts)
    if (!worst || badness(part.verdict) > badness(worst->verdict)) worst = part;
  return worst;
}

Reason reason_of(Status status) {
  switch (status) {
    case Status::ok: return Reason::no_fact;
    case Status::timeout: return Reason::timeout;
    case Status::unreachable: return Reason::unreachable;
    case Status::refused: return Reason::refused;
    case Status::closed: return Reason::closed;
    case Status::protocol_error: return Reason::protocol_error;
    case Status::auth_failed: return Reason::auth_failed;
    case Status::no_privilege: return Reason::no_privilege;
    case Status::not_declared: return Reason::not_declared;
    case Status::not_applicable: return Reason::no_evidence;
    case Status::interrupted: return Reason::interrupted;
    case Status::probe_error: return Reason::probe_error;
  }
  return Reason::probe_error;
}

}  // namespace lintel::rules
