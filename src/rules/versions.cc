// compare_versions of functions.h: dotted versions as vendors write them.
#include <algorithm>

#include "rules/functions.h"

namespace lintel::rules {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct Version {
  std::string_view release;
  std::string_view prerelease;
};

// "v1.2-rc.1+build" → {"1.2", "rc.1"}; false when it does not start with a digit or has other characters.
bool read_version(std::string_view text, Version& out) {
  if (!text.empty() && (text[0] == 'v' || text[0] == 'V')) text.remove_prefix(1);
  text = text.substr(0, text.find('+'));
  const std::size_t dash = text.find('-');
  out.release = text.substr(0, dash);
  out.prerelease = dash == std::string_view::npos ? std::string_view{} : text.substr(dash + 1);
  if (out.release.empty() || !digit(out.release[0]) || out.release.back() == '.') return false;
  if (dash != std::string_view::npos && out.prerelease.empty()) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return digit(c) || letter(c) || c == '.' || c == '-' || c == '_'; });
}

// Takes a run of digits or a run of anything else up to a separator; empty at the end.
std::string_view take_run(std::string_view& text) {
  while (!text.empty() && (text[0] == '.' || text[0] == '-' || text[0] == '_')) text.remove_prefix(1);
  std::size_t length = 0;
  while (length < text.size() && (digit(text[length]) || letter(text[length])) &&
         digit(text[length]) == digit(text[0]))
    ++length;
  const std::string_view run = text.substr(0, length);
  text.remove_prefix(length);
  return run;
}

int sign(int order) { return order == 0 ? 0 : (order < 0 ? -1 : 1); }

int compare_digits(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return sign(a.compare(b));
}

// What stands after the last common run: more digits count only above zero, more letters always.
int compare_runs(std::string_view a, std::string_view b, bool zero_is_nothing) {
  for (;;) {
    const std::string_view x = take_run(a), y = take_run(b);
    if (x.empty() && y.empty()) return 0;
    const bool x_digits = !x.empty() && digit(x[0]), y_digits = !y.empty() && digit(y[0]);
    int order = 0;
    if (x.empty() || y.empty()) {
      const std::string_view rest = x.empty() ? y : x;
      const bool nothing =
          zero_is_nothing && digit(rest[0]) && rest.find_first_not_of('0') == std::string_view::npos;
      order = nothing ? 0 : (x.empty() ? -1 : 1);
    } else if (x_digits && y_digits) {
      order = compare_digits(x, y);
    } else if (x_digits != y_digits) {
      // "1.0.2a" against "1.0.2.1": a new number counts more than letters; in a pre-release the same way
      // round as semver.
      order = zero_is_nothing ? (x_digits ? 1 : -1) : (x_digits ? -1 : 1);
    } else {
      order = sign(x.compare(y));
    }
    if (order != 0) return order;
  }
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
  Version x, y;
  if (!read_version(a, x) || !read_version(b, y)) return 2;
  const int order = compare_runs(x.release, y.release, true);
  if (order != 0 || (x.prerelease.empty() && y.prerelease.empty())) return order;
  if (x.prerelease.empty() != y.prerelease.empty()) return x.prerelease.empty() ? 1 : -1;
  return compare_runs(x.prerelease, y.prerelease, false);
}

}  // namespace lintel::rules
