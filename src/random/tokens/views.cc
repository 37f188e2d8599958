#include "random/tokens/views.h"

#include <algorithm>
#include <string_view>

namespace lintel::random::tokens {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

// A digit's value; 62 and 63 in both spellings of base64. -1 for anything else.
int base64_value(char c) {
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  const std::size_t at = kBase64.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

bool alphanumeric(char c) { return kBase64.find(c) != std::string_view::npos; }

// Positions of digits, in runs: a position with one and the same other character for all ends a run (dots, dashes of a UUID, padding).
std::vector<std::vector<std::size_t>> runs_of(const std::vector<std::string>& ids, bool base64) {
  std::vector<std::vector<std::size_t>> runs(1);
  for (std::size_t i = 0; i < ids.front().size(); ++i) {
    const char c = ids.front()[i];
    const bool constant = std::all_of(ids.begin(), ids.end(), [&](const std::string& id) { return id[i] == c; });
    const bool digit = alphanumeric(c) || (base64 && base64_value(c) >= 0);
    if (!constant || digit) runs.back().push_back(i);
    else if (!runs.back().empty()) runs.emplace_back();
  }
  return runs;
}

// Base64 digits as hexadecimal ones, the last filled up with zeros.
View as_bytes_of(const std::vector<std::string>& ids) {
  View view;
  const auto runs = runs_of(ids, true);
  for (const auto& run : runs)
    for (std::size_t bit = 0; bit < (run.size() * 6 + 7) / 8 * 8; bit += 4) view.origin.push_back(run[std::min(bit / 6, run.size() - 1)]);
  for (const std::string& id : ids) {
    std::string hex;
    for (const auto& run : runs) {
      unsigned bits = 0, held = 0;
      const std::size_t target = hex.size() + (run.size() * 6 + 7) / 8 * 2;
      for (const std::size_t i : run) {
        const int value = base64_value(id[i]);
        if (value < 0) return {};
        bits = (bits << 6 | static_cast<unsigned>(value)) & 0xFFFFU;
        for (held += 6; held >= 4; held -= 4) hex += kHex[bits >> (held - 4) & 15U];
      }
      if (hex.size() < target) hex += kHex[held > 0 ? bits << (4 - held) & 15U : 0];
      if (hex.size() < target) hex += '0';
    }
    view.ids.push_back(std::move(hex));
  }
  return view;
}

View without_separators(const std::vector<std::string>& ids) {
  View view;
  for (const auto& run : runs_of(ids, false)) view.origin.insert(view.origin.end(), run.begin(), run.end());
  for (const std::string& id : ids) {
    std::string digits;
    for (const std::size_t i : view.origin) digits += id[i];
    view.ids.push_back(std::move(digits));
  }
  return view;
}

View reversed(View view) {
  const auto turn = [](auto& row) {
    for (std::size_t i = 0; i + 1 < row.size(); i += 2) std::swap(row[i], row[i + 1]);
    std::reverse(row.begin(), row.end());
  };
  turn(view.origin);
  for (std::string& id : view.ids) turn(id);
  return view;
}

}  // namespace

std::vector<View> other_views(const std::vector<std::string>& ids, const Alphabet& alphabet) {
  if (ids.empty() || ids.front().empty() || ids.front().size() > kMostViewed) return {};
  if (std::any_of(ids.begin(), ids.end(), [&](const std::string& id) { return id.size() != ids.front().size(); })) return {};
  std::vector<View> views;
  if (alphabet.name == "base64" || alphabet.name == "base64url") {
    views.push_back(as_bytes_of(ids));
    if (views.front().ids.empty()) return {};
    views.push_back(reversed(views.front()));
  } else if (alphabet.name == "hex" || alphabet.name == "HEX") {
    if (View view = without_separators(ids); view.origin.size() % 2 == 0) views.push_back(reversed(std::move(view)));
  }
  return views;
}

}  // namespace lintel::random::tokens
