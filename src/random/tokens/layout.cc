#include "random/tokens/layout.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "data/json.h"

namespace lintel::random::tokens {
namespace {

using Ids = std::vector<std::string>;

template <class Test>
bool all_of(const Ids& ids, Test test) {
  return std::all_of(ids.begin(), ids.end(), test);
}

bool is_hex(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
}

bool same_length(const Ids& ids) {
  return all_of(ids, [&](const std::string& id) { return id.size() == ids.front().size(); });
}

std::string without(std::string_view text, char c) {
  std::string rest(text);
  rest.erase(std::remove(rest.begin(), rest.end(), c), rest.end());
  return rest;
}

// The version that all identifiers show, or 0: dashes in their places or nowhere, the variant of RFC 9562.
int uuid_version_of(const Ids& ids) {
  int version = 0;
  for (const std::string& id : ids) {
    if (id.size() == 36 && (id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-')) return 0;
    const std::string digits = without(id, '-');
    if ((id.size() != 36 && id.size() != 32) || digits.size() != 32 || !is_hex(digits)) return 0;
    const int here = digits[12] - '0';
    if (here < 1 || here > 8 || (version != 0 && here != version) || std::string_view("89abAB").find(digits[16]) == std::string_view::npos) return 0;
    version = here;
  }
  // Without dashes 2,000 random identifiers never look so, a handful may.
  return ids.front().size() == 36 || ids.size() >= 8 ? version : 0;
}

bool is_crockford(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return std::string_view("0123456789ABCDEFGHJKMNPQRSTVWXYZ").find(c) != std::string_view::npos; });
}

std::uint64_t crockford_number(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) value = value * 32 + std::string_view("0123456789ABCDEFGHJKMNPQRSTVWXYZ").find(c);
  return value;
}

// Seconds that lie within ten years of when the sample was taken (or, without times, between 2001 and 2100).
bool is_time(double seconds, std::optional<std::int64_t> unix_us) {
  if (!unix_us) return seconds > 1e9 && seconds < 4.1e9;
  return std::abs(seconds - static_cast<double>(*unix_us) / 1e6) < 3.2e8;
}

bool is_any_time(double value, std::optional<std::int64_t> unix_us) {
  return is_time(value, unix_us) || is_time(value / 1e3, unix_us) || is_time(value / 1e6, unix_us);
}

bool is_ulid(const Ids& ids, std::optional<std::int64_t> unix_us) {
  return all_of(ids, [&](const std::string& id) {
    return id.size() == 26 && id[0] <= '7' && is_crockford(id) && is_time(static_cast<double>(crockford_number(std::string_view(id).substr(0, 10))) / 1e3, unix_us);
  });
}

bool is_object_id(const Ids& ids, std::optional<std::int64_t> unix_us) {
  return all_of(ids, [&](const std::string& id) { return id.size() == 24 && is_hex(id) && is_time(static_cast<double>(std::strtoull(id.substr(0, 8).c_str(), nullptr, 16)), unix_us); });
}

std::optional<Json> json_in(std::string_view text) {
  const auto bytes = any_base64(text);
  if (!bytes || bytes->empty() || bytes->front() != '{') return std::nullopt;
  const auto json = parse_json(*bytes);
  return json && json->is_object() ? std::optional<Json>(*json) : std::nullopt;
}

// Lengths that a digest has, in hexadecimal or base64 without padding: SHA-1, SHA-256, SHA-384, SHA-512.
bool looks_signed(std::string_view text) {
  if (is_hex(text)) return text.size() == 40 || text.size() == 64 || text.size() == 96 || text.size() == 128;
  const std::string_view bare = text.substr(0, text.find('='));
  return (bare.size() == 27 || bare.size() == 43 || bare.size() == 64 || bare.size() == 86) && any_base64(text).has_value();
}

// The members of all payloads that differ from one to another and are no times, as text.
void take_members(const std::vector<Json>& payloads, std::optional<std::int64_t> unix_us, Layout& layout) {
  std::map<std::string, std::set<std::string>> seen;
  std::set<std::string> times;
  for (const Json& payload : payloads)
    for (const auto& [name, value] : payload.items()) {
      if (!value.is_number() && !value.is_string()) continue;
      auto& values = seen[name];
      if (values.size() < 2) values.insert(dump_json(value));
      if (value.is_number() && is_any_time(value.get<double>(), unix_us)) times.insert(name);
    }
  for (const auto& [name, values] : seen)
    if (values.size() > 1 && !times.contains(name)) layout.members.push_back(printable(name.substr(0, 40)));
  std::vector<std::string> names;
  for (const auto& [name, values] : seen)
    if (values.size() > 1 && !times.contains(name)) names.push_back(name);
  layout.core.clear();
  if (names.empty()) return;
  for (const Json& payload : payloads) {
    std::string text;
    for (const std::string& name : names) {
      const Json& value = member(payload, name);
      text += (text.empty() ? "" : ".") + (value.is_string() ? value.get<std::string>() : value.is_null() ? std::string() : dump_json(value));
    }
    layout.core.push_back(std::move(text));
  }
}

// Identifiers as pieces of readable state; `pieces` by identifier: text that has to be JSON in base64.
bool read_state(const Ids& pieces, std::optional<std::int64_t> unix_us, Layout& layout) {
  std::vector<Json> payloads;
  for (const std::string& piece : pieces) {
    auto json = json_in(piece);
    if (!json) return false;
    payloads.push_back(*std::move(json));
  }
  take_members(payloads, unix_us, layout);
  return true;
}

Ids piece_of(const Ids& ids, std::size_t index) {
  Ids pieces;
  for (const std::string& id : ids) pieces.emplace_back(split(id, '.')[index]);
  return pieces;
}

bool is_separator(char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && static_cast<unsigned char>(c) < 0x80; }

// Without the characters that all values begin or end with.
Ids trimmed(const Ids& values, std::string& prefix) {
  std::size_t front = values.front().size(), back = front;
  for (const std::string& value : values) {
    front = std::min(front, static_cast<std::size_t>(std::mismatch(value.begin(), value.end(), values.front().begin(), values.front().end()).first - value.begin()));
    back = std::min(back, static_cast<std::size_t>(std::mismatch(value.rbegin(), value.rend(), values.front().rbegin(), values.front().rend()).first - value.rbegin()));
  }
  prefix = values.front().substr(0, front);
  Ids rest;
  for (const std::string& value : values) rest.push_back(front + back >= value.size() ? value.substr(front) : value.substr(front, value.size() - front - back));
  return rest;
}

bool varies(const Ids& values) {
  return !all_of(values, [&](const std::string& value) { return value == values.front(); });
}

// Fixed columns that hold one separator in all identifiers cut them; in identifiers of different length, a separator that occurs equally often.
std::vector<Ids> cut(const Ids& core) {
  std::vector<Ids> pieces;
  const std::string& first = core.front();
  if (same_length(core)) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= first.size(); ++i) {
      const bool cuts = i == first.size() || (is_separator(first[i]) && all_of(core, [&](const std::string& id) { return id[i] == first[i]; }));
      if (!cuts) continue;
      Ids piece;
      for (const std::string& id : core) piece.push_back(id.substr(begin, i - begin));
      pieces.push_back(std::move(piece));
      begin = i + 1;
    }
    return pieces;
  }
  for (const char separator : {'.', '|', '*', ':', '-', '_', ','}) {
    const auto count = std::count(first.begin(), first.end(), separator);
    if (count == 0 || count > 16 || !all_of(core, [&](const std::string& id) { return std::count(id.begin(), id.end(), separator) == count; })) continue;
    pieces.resize(static_cast<std::size_t>(count) + 1);
    for (const std::string& id : core) {
      const auto texts = split(id, separator);
      for (std::size_t i = 0; i < texts.size(); ++i) pieces[i].emplace_back(texts[i]);
    }
    return pieces;
  }
  return {core};
}

}  // namespace

const char* name_of(Format format) {
  switch (format) {
    case Format::plain: return "plain";
    case Format::uuid: return "uuid";
    case Format::ulid: return "ulid";
    case Format::object_id: return "object_id";
    case Format::jwt: return "jwt";
    case Format::signed_id: return "signed_id";
    case Format::signed_state: return "signed_state";
    case Format::state: return "state";
    case Format::sealed: return "sealed";
  }
  return "";
}

std::optional<std::string> any_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.empty() || text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    std::uint32_t value = 0;
    if (u >= 'A' && u <= 'Z') value = u - 'A';
    else if (u >= 'a' && u <= 'z') value = u - 'a' + 26U;
    else if (u >= '0' && u <= '9') value = u - '0' + 52U;
    else if (c == '+' || c == '-') value = 62;
    else if (c == '/' || c == '_') value = 63;
    else return std::nullopt;
    bits = (bits << 6 | value) & 0xFFFFFFU;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xFFU);
  }
  return bytes;
}

Layout layout_of(const std::vector<std::string>& ids, std::optional<std::int64_t> unix_us) {
  Layout layout;
  layout.core = ids;
  if ((layout.uuid_version = uuid_version_of(ids)) != 0) {
    layout.format = Format::uuid;
    return layout;
  }
  if (is_ulid(ids, unix_us)) return layout.format = Format::ulid, layout;
  if (is_object_id(ids, unix_us)) return layout.format = Format::object_id, layout;
  if (all_of(ids, [](const std::string& id) { return id.starts_with("Fe26."); })) {
    layout.format = Format::sealed;
    layout.core.clear();
    return layout;
  }
  const auto pieces = static_cast<std::size_t>(std::count(ids.front().begin(), ids.front().end(), '.')) + 1;
  const bool even = all_of(ids, [&](const std::string& id) { return static_cast<std::size_t>(std::count(id.begin(), id.end(), '.')) + 1 == pieces; });
  if (even && pieces == 3) {
    const auto is_header = [](const std::string& id) {
      const auto header = json_in(split(id, '.')[0]);
      return header && header->contains("alg");
    };
    if (all_of(ids, is_header) && read_state(piece_of(ids, 1), unix_us, layout)) {
      layout.format = Format::jwt;
      layout.has_signature = all_of(ids, [](const std::string& id) { return !split(id, '.')[2].empty(); });
      return layout;
    }
  }
  if (even && pieces >= 2) {
    const bool is_signed = all_of(piece_of(ids, pieces - 1), looks_signed) && varies(piece_of(ids, pieces - 1));
    if (is_signed && read_state(piece_of(ids, 0), unix_us, layout)) {
      layout.format = Format::signed_state;
      layout.has_signature = true;
      return layout;
    }
    if (is_signed && pieces == 2 && varies(piece_of(ids, 0))) {
      layout.format = Format::signed_id;
      layout.has_signature = true;
      layout.core = piece_of(ids, 0);
      const bool marked = all_of(ids, [](const std::string& id) { return id.starts_with("s:"); });
      if (marked)
        for (std::string& id : layout.core) id.erase(0, 2);
      return layout;
    }
  }
  if (read_state(ids, unix_us, layout)) layout.format = Format::state;
  return layout;
}

std::vector<Part> parts_of(const std::vector<std::string>& core, const Layout& layout) {
  std::vector<Part> parts;
  if (core.empty()) return parts;
  if (layout.format == Format::uuid) {
    parts.emplace_back();
    for (const std::string& id : core) parts.back().values.push_back(without(id, '-'));
    return parts;
  }
  // PHP's uniqid("", true): 13 hexadecimal digits of the time, then lcg_value() * 10 with eight decimals.
  if (all_of(core, [](const std::string& id) { return id.size() == 23 && id[14] == '.' && is_hex(id.substr(0, 13)) && std::isdigit(static_cast<unsigned char>(id[13])) != 0; })) {
    Part tail{"tail of uniqid as a fraction", {}, true};
    for (const std::string& id : core) tail.values.push_back(id[13] + id.substr(15));
    parts.push_back(std::move(tail));
  }
  const auto pieces = cut(core);
  std::vector<std::size_t> hex;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!varies(pieces[i])) continue;
    const bool after_point = i > 0 && all_of(pieces[i - 1], [](const std::string& text) { return text == "0"; });
    const std::string name = pieces.size() > 1 ? "part " + std::to_string(i + 1) : "";
    std::string prefix;
    Ids rest = trimmed(pieces[i], prefix);
    const bool words = same_length(pieces[i]) && all_of(pieces[i], is_hex);
    if (words) hex.push_back(i);
    if (!prefix.empty() || rest.front().size() != pieces[i].front().size()) parts.push_back({name.empty() ? "without its constant ends" : name + " without its constant ends", std::move(rest), false});
    // Hexadecimal or decimal digits keep their places: high digits of a number may be constant.
    const bool number = words || all_of(pieces[i], [](const std::string& text) { return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }); });
    if (prefix.empty() || number) parts.push_back({name, pieces[i], after_point});
  }
  if (hex.size() > 1) {
    Part all{"hexadecimal parts as one", Ids(core.size()), false};
    for (const std::size_t i : hex)
      for (std::size_t t = 0; t < core.size(); ++t) all.values[t] += pieces[i][t];
    parts.push_back(std::move(all));
  }
  return parts;
}

}  // namespace lintel::random::tokens
