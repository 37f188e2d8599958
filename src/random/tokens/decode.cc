#include "random/tokens/decode.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "random/tokens/alphabet.h"
#include "random/tokens/columns.h"
#include "random/tokens/digits.h"

namespace lintel::random::tokens {
namespace {

using Values = std::vector<std::uint64_t>;

constexpr double kTwo53 = 9007199254740992.0;
constexpr std::uint64_t kFractionRange = std::uint64_t{1} << 53;
constexpr std::size_t kEnoughForRange = 64;  // values: that all of them lie in the lower half is then no luck

// Positions of a value of varying length mean nothing, so most views ask for this.
bool one_length(const Part& part) {
  return std::all_of(part.values.begin(), part.values.end(), [&](const std::string& value) { return value.size() == part.values.front().size(); });
}

bool all_in(const Part& part, std::string_view set) {
  return std::all_of(part.values.begin(), part.values.end(), [&](const std::string& value) { return !value.empty() && value.find_first_not_of(set) == std::string::npos; });
}

std::size_t longest(const Part& part) {
  std::size_t most = 0;
  for (const std::string& value : part.values) most = std::max(most, value.size());
  return most;
}

std::size_t shortest(const Part& part) {
  std::size_t least = SIZE_MAX;
  for (const std::string& value : part.values) least = std::min(least, value.size());
  return least;
}

std::string said(const Part& part, std::string view) { return part.name.empty() ? view : part.name + ": " + view; }

// The power of two above all values, when there are enough of them to tell; else `widest` (0: 2^64).
std::uint64_t range_of(const Values& values, std::uint64_t widest) {
  if (values.size() < kEnoughForRange || values.empty()) return widest;
  const std::uint64_t most = *std::max_element(values.begin(), values.end());
  std::uint64_t range = 1;
  while (range != 0 && range <= most) range <<= 1;
  return widest != 0 && (range == 0 || range > widest) ? widest : range;
}

Stream stream(const Part& part, const std::string& view, std::uint64_t range, std::size_t per_id, Values values) {
  Stream made;
  made.view = said(part, view);
  made.range = range;
  made.per_id = per_id;
  made.values = std::move(values);
  return made;
}

Values with_ids_reversed(const Values& values, std::size_t per_id) {
  Values turned = values;
  for (std::size_t i = 0; i + per_id <= turned.size(); i += per_id)
    std::reverse(turned.begin() + static_cast<std::ptrdiff_t>(i), turned.begin() + static_cast<std::ptrdiff_t>(i + per_id));
  return turned;
}

// Words of the bytes of each identifier, highest or lowest byte first, first or last word first.
void add_words(const Part& part, const std::string& bytes, std::size_t per_id_bytes, bool uuid, std::vector<Stream>& out) {
  for (const std::size_t size : {1U, 2U, 3U, 4U, 6U, 8U}) {
    const std::size_t words = per_id_bytes / size;
    const bool whole = per_id_bytes % size == 0;
    if (words == 0 || (size == 3 && (!whole || per_id_bytes > 12)) || (size == 6 && (!whole || per_id_bytes > 24))) continue;
    for (const bool lowest_first : {false, true}) {
      if (size == 1 && lowest_first) continue;
      Values values;
      for (std::size_t row = 0; row < bytes.size() / per_id_bytes; ++row)
        for (std::size_t word = 0; word < words; ++word) {
          std::uint64_t value = 0;
          for (std::size_t i = 0; i < size; ++i) {
            const std::size_t at = row * per_id_bytes + word * size + (lowest_first ? size - 1 - i : i);
            value = value << 8 | static_cast<std::uint8_t>(bytes[at]);
          }
          values.push_back(value);
        }
      std::vector<std::uint64_t> known;
      if (uuid) {
        // Version and variant: the high nibble of byte 6, the two high bits of byte 8.
        for (std::size_t word = 0; word < words; ++word) {
          std::uint64_t mask = 0;
          for (std::size_t i = 0; i < size; ++i) {
            const std::size_t at = word * size + (lowest_first ? size - 1 - i : i);
            mask = mask << 8 | (at == 6 ? 0x0FU : at == 8 ? 0x3FU : 0xFFU);
          }
          known.push_back(mask);
        }
        for (std::size_t i = 0; i < values.size(); ++i) values[i] &= known[i % words];
      }
      const std::uint64_t widest = size == 8 ? 0 : std::uint64_t{1} << (8 * size);
      const std::uint64_t range = uuid ? widest : range_of(values, widest);
      const std::string view = size == 1 ? "bytes" : fmt::format("words of {} bits, {} byte first", 8 * size, lowest_first ? "lowest" : "highest");
      if (words > 1 && whole) {
        Stream turned = stream(part, view + ", last one first", range, words, with_ids_reversed(values, words));
        turned.known.assign(known.rbegin(), known.rend());
        out.push_back(std::move(turned));
      }
      Stream made = stream(part, words > 1 ? view + ", first one first" : view, range, words, std::move(values));
      made.known = std::move(known);
      out.push_back(std::move(made));
    }
  }
}

void add_bytes(const Part& part, const std::string& bytes, std::size_t per_id, bool uuid, std::vector<Stream>& out) {
  if (per_id == 0 || bytes.size() != per_id * part.values.size()) return;
  add_words(part, bytes, per_id, uuid, out);
}

std::optional<std::uint64_t> number_in(std::string_view text, unsigned radix, const std::array<int, 256>& digit) {
  Wide value = 0;
  for (const char c : text) {
    value = value * radix + static_cast<unsigned>(digit[static_cast<unsigned char>(c)]);
    if (value >> 64 != 0) return std::nullopt;
  }
  return static_cast<std::uint64_t>(value);
}

std::array<int, 256> digits_by(std::string_view order) {
  std::array<int, 256> digit{};
  for (std::size_t i = 0; i < order.size(); ++i) digit[static_cast<unsigned char>(order[i])] = static_cast<int>(i);
  return digit;
}

// Each identifier as one number in the system that `order` spells.
void add_number(const Part& part, const std::string& name, std::string_view order, std::vector<Stream>& out) {
  const auto digit = digits_by(order);
  Values values;
  bool leading_zero = false;
  for (const std::string& value : part.values) {
    const auto number = number_in(value, static_cast<unsigned>(order.size()), digit);
    if (!number) return;
    values.push_back(*number);
    leading_zero = leading_zero || (value.size() > 1 && value.front() == order.front());
  }
  std::uint64_t places = 0;  // of a number with so many digits; 0: 2^64
  if (one_length(part) && leading_zero) {
    Wide all = 1;
    for (std::size_t i = 0; i < part.values.front().size() && all >> 64 == 0; ++i) all *= order.size();
    places = all >> 64 == 0 ? static_cast<std::uint64_t>(all) : 0;
  }
  const bool binary = (order.size() & (order.size() - 1)) == 0;
  const std::uint64_t range = places != 0 && !binary ? places : range_of(values, places);
  out.push_back(stream(part, name + " number", range, 1, std::move(values)));
}

void add_decimal_fields(const Part& part, std::vector<Stream>& out) {
  if (!one_length(part)) return;
  const std::size_t length = part.values.front().size();
  std::uint64_t range = 1;
  for (std::size_t width = 1; width <= 18 && width < length; ++width) {
    range *= 10;
    if (length % width != 0) continue;
    Values values;
    for (const std::string& value : part.values)
      for (std::size_t i = 0; i < length; i += width) values.push_back(parse_unsigned<std::uint64_t>(std::string_view(value).substr(i, width)).value_or(0));
    out.push_back(stream(part, width == 1 ? "decimal digits" : fmt::format("decimal fields of {} digits", width), range, length / width, std::move(values)));
  }
}

// Digits behind "0.", written or cut off.
void add_decimal_fraction(const Part& part, std::vector<Stream>& out) {
  const std::size_t most = longest(part);
  if (most < 8 || most > 20) return;
  Values values;
  std::uint64_t top = 0;
  bool exact = most >= 15;
  for (const std::string& value : part.values) {
    if (value.empty()) {
      values.push_back(kUnknownValue);
      continue;
    }
    const double scaled = std::strtod(("0." + value).c_str(), nullptr) * kTwo53;
    exact = exact && scaled == std::floor(scaled);
    values.push_back(static_cast<std::uint64_t>(std::min(scaled, kTwo53 - 1)));
    top = std::max(top, values.back());
  }
  // A fraction reaches beyond a half, unless it is none.
  if (values.size() >= kEnoughForRange && top < kFractionRange / 2) return;
  Stream made = stream(part, "decimal fraction", kFractionRange, 1, std::move(values));
  made.slack = exact ? 0 : static_cast<std::uint64_t>(std::ceil(kTwo53 * std::pow(10.0, -static_cast<double>(most))));
  out.push_back(std::move(made));
}

std::uint64_t fraction_of_36(std::string_view text) {
  double value = 0, place = 1.0 / 36;
  for (const char c : text) {
    value += place * (c <= '9' ? c - '0' : c - 'a' + 10);
    place /= 36;
  }
  return static_cast<std::uint64_t>(std::min(value * kTwo53, kTwo53 - 1));
}

// JavaScript's number.toString(36) behind the point: as many digits as are needed, often 10 to 12; also two of them in a row.
void add_base36_fraction(const Part& part, std::vector<Stream>& out) {
  constexpr std::uint64_t kSlack = 4;
  const std::size_t most = longest(part);
  if (most >= 8 && most <= 14) {
    Values values;
    for (const std::string& value : part.values) values.push_back(fraction_of_36(value));
    Stream made = stream(part, "fraction to the base 36", kFractionRange, 1, std::move(values));
    made.slack = kSlack;
    if (one_length(part)) made.slack = static_cast<std::uint64_t>(std::max(4.0, std::ceil(kTwo53 * std::pow(36.0, -static_cast<double>(most)))));
    out.push_back(std::move(made));
  }
  if (most >= 18 && most <= 26 && most % 2 == 0 && !one_length(part)) {
    Values values;
    for (const std::string& value : part.values) {
      // A fraction below 1/36 begins with 0 and has a digit more.
      const bool both = value.size() == most && value.front() != '0' && value[most / 2 - 1] != '0';
      values.push_back(both ? fraction_of_36(std::string_view(value).substr(0, most / 2)) : kUnknownValue);
      values.push_back(both ? fraction_of_36(std::string_view(value).substr(most / 2)) : kUnknownValue);
    }
    Stream made = stream(part, "two fractions to the base 36", kFractionRange, 2, std::move(values));
    made.slack = kSlack;
    out.push_back(std::move(made));
  }
}

// The symbols in all orders that programs write their alphabets in: digits, lower case and upper case in any sequence, then the rest.
std::vector<std::string> alphabet_orders(const Alphabet& alphabet) {
  std::array<std::string, 3> classes;
  std::string others;
  std::string sorted = alphabet.digits;
  std::sort(sorted.begin(), sorted.end());
  for (const char c : sorted) (c >= '0' && c <= '9' ? classes[0] : c >= 'a' && c <= 'z' ? classes[1] : c >= 'A' && c <= 'Z' ? classes[2] : others) += c;
  std::array<std::size_t, 3> turn{0, 1, 2};
  std::vector<std::string> orders;
  const auto add = [&](const std::string& order) {
    if (std::find(orders.begin(), orders.end(), order) == orders.end()) orders.push_back(order);
  };
  do {
    const std::string order = classes[turn[0]] + classes[turn[1]] + classes[turn[2]];
    add(order + others);
    if (others.size() == 2) add(order + others[1] + others[0]);
    if (others.size() == 2 && others == "-_") add("_-" + order);
  } while (std::next_permutation(turn.begin(), turn.end()));
  if (sorted.size() == 64 && others == "-_") add("useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict");  // npm nanoid
  if (sorted.size() == 32) add("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
  std::erase_if(orders, [&](std::string order) {
    std::sort(order.begin(), order.end());
    return order != sorted;
  });
  return orders;
}

std::string order_name(const std::string& order) { return fmt::format("characters as digits {}...{} of {}", order.front(), order.back(), order.size()); }

// One number a character. Positions at the ends that show fewer symbols than the rest hold something else (a leading digit, a rest of bits).
void add_characters(const Part& part, const Alphabet& alphabet, std::vector<Stream>& out) {
  if (!one_length(part) || alphabet.size() < 2) return;
  std::size_t first = 0, end = part.values.front().size();
  const Table table = table_of(part.values);
  if (table.cut > 0) return;
  const auto fewer = [&](std::size_t i) { return surely_fewer(alphabet.size(), table.columns[i].symbols, table.rows, 1e-6); };
  while (first < end && fewer(first)) ++first;
  while (end > first && fewer(end - 1)) --end;
  if (first == end) return;
  const bool cut = first > 0 || end < part.values.front().size();
  for (const std::string& order : alphabet_orders(alphabet)) {
    const auto digit = digits_by(order);
    Values values;
    for (const std::string& value : part.values)
      for (std::size_t i = first; i < end; ++i) values.push_back(static_cast<std::uint64_t>(digit[static_cast<unsigned char>(value[i])]));
    out.push_back(stream(part, order_name(order) + (cut ? fmt::format(", {} to {}", first + 1, end) : ""), order.size(), end - first, std::move(values)));
  }
}

void add_hexadecimal(const Part& part, bool uuid, std::vector<Stream>& out) {
  if (!one_length(part)) {
    if (longest(part) <= 16) return add_number(part, "hexadecimal", "0123456789abcdef", out);
    // Leading zeros that a program leaves out; identifiers of very different length are no numbers of one size.
    const std::size_t most = longest(part);
    if (most - shortest(part) > 8) return;
    Part filled{part.name, {}, false};
    for (const std::string& value : part.values) filled.values.push_back(std::string(most - value.size(), '0') + value);
    return add_hexadecimal(filled, uuid, out);
  }
  const std::size_t length = part.values.front().size();
  Part lower{part.name, {}, false};
  for (const std::string& value : part.values) lower.values.push_back(to_lower(value));
  std::string bytes;
  if (length % 2 == 0)
    for (const std::string& value : lower.values)
      if (const auto read = from_hex(value)) bytes += as_text(*read);
  add_bytes(part, bytes, length / 2, uuid, out);
  if (length <= 16) add_number(lower, "hexadecimal", "0123456789abcdef", out);
  Values nibbles;
  std::vector<std::uint64_t> known;
  for (const std::string& value : lower.values)
    for (std::size_t i = 0; i < length; ++i) {
      if (uuid && i == 12) continue;
      const auto nibble = static_cast<std::uint64_t>(value[i] <= '9' ? value[i] - '0' : value[i] - 'a' + 10);
      nibbles.push_back(uuid && i == 16 ? nibble & 3U : nibble);
    }
  if (uuid) {
    known.assign(31, 15);
    known[15] = 3;
  }
  Stream made = stream(part, uuid ? "hexadecimal digits without the version" : "hexadecimal digits", 16, uuid ? 31 : length, std::move(nibbles));
  made.known = std::move(known);
  out.push_back(std::move(made));
}

void add_base64_bytes(const Part& part, std::vector<Stream>& out) {
  if (!one_length(part)) return;
  std::string bytes;
  std::size_t per_id = 0;
  for (const std::string& value : part.values) {
    const auto read = any_base64(value);
    if (!read || (per_id != 0 && read->size() != per_id)) return;
    per_id = read->size();
    bytes += *read;
  }
  add_bytes(part, bytes, per_id, false, out);
}

void add_base32_bytes(const Part& part, std::string_view order, std::vector<Stream>& out) {
  if (!one_length(part)) return;
  const auto digit = digits_by(order);
  std::string bytes;
  for (const std::string& value : part.values) {
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : value) {
      bits = (bits << 5 | static_cast<std::uint32_t>(digit[static_cast<unsigned char>(c)])) & 0xFFFFU;
      held += 5;
      if (held < 8) continue;
      held -= 8;
      bytes += static_cast<char>(bits >> held & 0xFFU);
    }
  }
  add_bytes(part, bytes, part.values.front().size() * 5 / 8, false, out);
}

}  // namespace

std::vector<Stream> streams_of(const Part& all, const Layout& layout) {
  std::vector<Stream> out;
  Part part = all;
  if (part.values.size() > kMostDecoded) part.values.resize(kMostDecoded);
  if (part.values.empty()) return out;
  while (std::all_of(part.values.begin(), part.values.end(), [](const std::string& value) { return value.ends_with('='); }))
    for (std::string& value : part.values) value.pop_back();
  Counts counts{};
  for (const std::string& value : part.values) {
    if (value.empty() || value.size() > 1024) return out;
    for (const char c : value) ++counts[static_cast<unsigned char>(c)];
  }
  const Alphabet alphabet = alphabet_of(counts);
  const bool uuid = layout.format == Format::uuid;
  constexpr std::string_view kDigits = "0123456789", kHex = "0123456789abcdefABCDEF", kBase36 = "0123456789abcdefghijklmnopqrstuvwxyz";
  if (all_in(part, kDigits) && !uuid) {
    add_number(part, "decimal", kDigits, out);
    add_decimal_fields(part, out);
    add_decimal_fraction(part, out);
    return out;
  }
  // Fractions, some of them with an exponent: "0.0005" is "5.0E-4" elsewhere, and was cut at the wrong place.
  Part digits{part.name, part.values, part.after_point};
  std::size_t odd = 0;
  for (std::string& value : digits.values)
    if (value.find_first_not_of(kDigits) != std::string::npos) {
      value.clear();
      ++odd;
    }
  if (odd * 50 < part.values.size() && longest(part) >= 14) add_decimal_fraction(digits, out);
  if (all_in(part, kHex)) {
    add_hexadecimal(part, uuid, out);
    return out;
  }
  if (all_in(part, kBase36)) {
    add_base36_fraction(part, out);
    add_number(part, "base 36", kBase36, out);
  }
  if (alphabet.name == "base32") add_base32_bytes(part, alphabet.digits.find('A') != std::string::npos ? "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" : "abcdefghijklmnopqrstuvwxyz234567", out);
  add_base64_bytes(part, out);
  add_characters(part, alphabet, out);
  return out;
}

std::string digest_in(std::string_view value) {
  std::string digits;
  for (const char c : value)
    if (c != '-' || value.size() != 36) digits += c;
  if (const auto bytes = from_hex(digits)) return bytes->size() >= 16 && bytes->size() <= 64 ? std::string(as_text(*bytes)) : std::string();
  const auto bytes = any_base64(value);
  return bytes && bytes->size() >= 16 && bytes->size() <= 64 ? *bytes : std::string();
}

}  // namespace lintel::random::tokens
