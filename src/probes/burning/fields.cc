#include "probes/burning/fields.h"

#include <algorithm>

#include "base/text.h"

namespace lintel::probes::burning {
namespace {

constexpr std::string_view kGood[] = {"ok", "pass", "passed", "success", "succeeded", "true", "yes", "done", "成功", "通过", "合格", "是", "已完成"};
constexpr std::string_view kBad[] = {"ng", "nok", "fail", "failed", "failure", "error", "false", "no", "失败", "不合格", "未通过", "否"};

}  // namespace

std::optional<Id> parse_id(std::string_view text, const char*& flaw) {
  const auto id = model::parse_device_id(text);
  const bool visible = std::none_of(text.begin(), text.end(), [](char c) { return c <= 0x20 || c >= 0x7F; });
  flaw = id ? nullptr : visible && text.size() != model::kDeviceIdCharacters ? "length" : "character";
  return id;
}

std::optional<std::chrono::minutes> parse_zone(std::string_view text) {
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = parse_unsigned<int>(text.substr(1, 2)), minutes = parse_unsigned<int>(text.substr(4));
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  return std::chrono::minutes((*hours * 60 + *minutes) * (text[0] == '-' ? -1 : 1));
}

std::optional<WallTime> parse_moment(std::string_view text, std::optional<std::chrono::minutes> zone) {
  if (text.size() < 19 || text.size() > 40) return std::nullopt;
  std::string spelled(text);
  if (spelled[4] == '/' && spelled[7] == '/') spelled[4] = spelled[7] = '-';
  if (spelled[10] == ' ') spelled[10] = 'T';
  if (const auto time = parse_time(spelled)) return time;
  if (!zone) return std::nullopt;
  const auto as_if_utc = parse_time(spelled + "Z");
  return as_if_utc ? std::optional(*as_if_utc - *zone) : std::nullopt;
}

Word read_word(std::string_view text, const std::vector<std::string>& good) {
  const std::string word = to_lower(text);
  const auto is = [&](const auto& one) { return to_lower(one) == word; };
  if (!good.empty()) return std::any_of(good.begin(), good.end(), is) ? Word::yes : Word::no;
  if (std::any_of(std::begin(kGood), std::end(kGood), is)) return Word::yes;
  return std::any_of(std::begin(kBad), std::end(kBad), is) ? Word::no : Word::unclear;
}

std::optional<KeyDigest> parse_key_digest(std::string_view text, std::optional<crypto::DigestAlgorithm> declared) {
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    declared = crypto::digest_named(trim(text.substr(0, colon)));
    text = trim(text.substr(colon + 1));
  }
  if (!declared || !crypto::is_strong(*declared)) return std::nullopt;
  const std::size_t size = crypto::size_bytes(*declared);
  auto value = text.size() == 2 * size ? from_hex(text) : from_base64(text);
  if (!value || value->size() != size) return std::nullopt;
  return KeyDigest{*declared, *std::move(value)};
}

}  // namespace lintel::probes::burning
