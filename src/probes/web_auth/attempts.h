// Attempts at a declared flow, what each got, and what a series of them shows. The second half is pure.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "flow/client.h"

namespace lintel::probes::web_auth {

struct Attempt {
  bool success = false;
  long status = 0;  // of the last answer; 0: the connection ended without one
  std::string body, why;
  std::chrono::milliseconds took{0};
};

// Sends the steps from `first` on, in order; the first one that is no success ends it. Errors: those of the connection that an attempt can't be
// told from (timeout, unreachable, cancelled …); a connection that the server ends is an answer.
Result<Attempt> attempt(flow::Wire& wire, flow::Client& client, const std::vector<flow::Step>& steps, std::size_t first = 0);

// Clearly turned away: an answer from 200 to 499 that is no success.
bool turned_away(const Attempt& attempt);

enum class Told { yes, no, unknown };
const char* name_of(Told told);

// Wrong guesses in a row and the right one after them.
struct Series {
  std::vector<Attempt> wrong;
  Attempt right;
  bool too_late = false;  // so long after the begin that the right one may have run out by itself
};
// Whether it was stopped: the right one is turned away, or each of the last three wrong ones took a second and three times as long as the first.
Told stopped(const Series& series);
// Whether a series of sign-ups was stopped. The first must be a success; one that repeats what is taken (409) or fails for its form tells nothing.
Told stopped(const std::vector<Attempt>& sign_ups);

}  // namespace lintel::probes::web_auth
