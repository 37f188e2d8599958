#include "random/tokens/alphabet.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace lintel::random::tokens {
namespace {

constexpr std::string_view kDecimal = "0123456789", kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", kLower = "abcdefghijklmnopqrstuvwxyz";

struct Class {
  const char* name;
  std::string digits;
};

const std::vector<Class>& classes() {
  static const std::vector<Class> list = [] {
    const std::string decimal(kDecimal), upper(kUpper), lower(kLower);
    return std::vector<Class>{
        {"decimal", decimal},
        {"hex", decimal + "abcdef"},
        {"HEX", decimal + "ABCDEF"},
        {"base32", upper + "234567"},
        {"base32", lower + "234567"},
        {"base36", decimal + lower},
        {"base36", decimal + upper},
        {"base62", decimal + upper + lower},
        {"base64url", upper + lower + decimal + "-_"},
        {"base64", upper + lower + decimal + "+/"},
    };
  }();
  return list;
}

}  // namespace

bool surely_fewer(std::size_t k, std::size_t seen, std::size_t n, double chance) {
  if (seen == 0 || seen >= k) return false;
  const double all = static_cast<double>(k), some = static_cast<double>(seen);
  const double choices = std::lgamma(all + 1) - std::lgamma(some + 1) - std::lgamma(all - some + 1);
  return choices + static_cast<double>(n) * std::log(some / all) < std::log(chance);
}

Alphabet alphabet_of(const Counts& characters) {
  std::string seen;
  std::size_t total = 0;
  for (std::size_t c = 0; c < characters.size(); ++c) {
    if (characters[c] > 0) seen += static_cast<char>(c);
    total += characters[c];
  }
  for (const Class& known : classes()) {
    const bool holds = std::all_of(seen.begin(), seen.end(), [&](char c) { return known.digits.find(c) != std::string::npos; });
    if (!holds) continue;
    Alphabet alphabet{known.name, known.digits, seen.size()};
    if (surely_fewer(known.digits.size(), seen.size(), total, kFamilyChance))
      std::erase_if(alphabet.digits, [&](char c) { return seen.find(c) == std::string::npos; });
    return alphabet;
  }
  return {"other", seen, seen.size()};
}

std::vector<std::string> digit_orders(const Alphabet& alphabet) {
  const std::string decimal(kDecimal), upper(kUpper), lower(kLower);
  std::vector<std::string> orders;
  std::string ascii = alphabet.digits;
  std::sort(ascii.begin(), ascii.end());
  orders.push_back(ascii);
  if (std::all_of(ascii.begin(), ascii.end(), [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; })) return orders;  // read in one way everywhere
  for (const std::string& model : {decimal + lower + upper, upper + lower + decimal + "+/-_"}) {
    std::string order;
    for (const char c : model)
      if (ascii.find(c) != std::string::npos) order += c;
    for (const char c : ascii)
      if (order.find(c) == std::string::npos) order += c;
    if (std::find(orders.begin(), orders.end(), order) == orders.end()) orders.push_back(order);
  }
  return orders;
}

}  // namespace lintel::random::tokens
