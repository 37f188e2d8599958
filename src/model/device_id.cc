#include "model/device_id.h"

#include <algorithm>

namespace lintel::model {
namespace {

constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> kDigit = [] {
  std::array<std::uint8_t, 256> digit{};
  digit.fill(kNoDigit);
  for (std::uint8_t i = 0; i < 10; ++i) digit['0' + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) digit['a' + i] = digit['A' + i] = static_cast<std::uint8_t>(10 + i);
  return digit;
}();

bool is_hex(char c) { return kDigit[static_cast<unsigned char>(c)] != kNoDigit; }
bool is_placeholder(char c) { return std::string_view("Xx*?_-.").find(c) != std::string_view::npos; }

}  // namespace

std::string_view name_of(DeviceIdFlaw flaw) {
  switch (flaw) {
    case DeviceIdFlaw::length: return "length";
    case DeviceIdFlaw::character: return "character";
    case DeviceIdFlaw::order: return "order";
    case DeviceIdFlaw::unfinished: return "unfinished";
  }
  return "";
}

std::optional<DeviceId> parse_device_id(std::string_view text) {
  if (text.size() != kDeviceIdCharacters) return std::nullopt;
  DeviceId id{};
  std::uint8_t seen = 0;  // kNoDigit is the one value above 15
  for (std::size_t i = 0; i < id.size(); ++i) {
    const std::uint8_t high = kDigit[static_cast<unsigned char>(text[2 * i])], low = kDigit[static_cast<unsigned char>(text[2 * i + 1])];
    seen |= high | low;
    id[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  if (seen > 0x0F) return std::nullopt;
  return id;
}

std::optional<DeviceIdMistake> mistake_of(std::string_view text) {
  const auto place = [&](auto iterator) { return static_cast<std::size_t>(iterator - text.begin()); };
  const auto strange = std::find_if(text.begin(), text.end(), [](char c) { return c <= 0x20 || c >= 0x7F; });
  if (strange != text.end()) return DeviceIdMistake{DeviceIdFlaw::character, place(strange)};
  if (text.size() != kDeviceIdCharacters) return DeviceIdMistake{DeviceIdFlaw::length, std::min(text.size(), kDeviceIdCharacters)};
  const auto wrong = std::find_if_not(text.begin(), text.end(), [](char c) { return is_hex(c) || is_placeholder(c); });
  if (wrong != text.end()) return DeviceIdMistake{DeviceIdFlaw::character, place(wrong)};
  const auto missing = std::find_if(text.begin(), text.end(), is_placeholder);
  if (missing == text.end()) return std::nullopt;
  // 0x in front is no version half given; a line of dashes is no identity at all.
  if (place(missing) == 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && std::count_if(text.begin(), text.end(), is_hex) == 23)
    return DeviceIdMistake{DeviceIdFlaw::character, 1};
  if (std::none_of(text.begin(), text.end(), is_hex)) return DeviceIdMistake{DeviceIdFlaw::character, 0};
  for (const DeviceIdField& field : kDeviceIdFields) {
    const std::string_view own = text.substr(field.first, field.size), below = text.substr(field.first + field.size);
    if (std::any_of(own.begin(), own.end(), is_placeholder) && std::any_of(below.begin(), below.end(), is_hex))
      return DeviceIdMistake{DeviceIdFlaw::order, field.first + static_cast<std::size_t>(std::find_if(own.begin(), own.end(), is_placeholder) - own.begin())};
  }
  return DeviceIdMistake{DeviceIdFlaw::unfinished, place(missing)};
}

std::string to_text(const DeviceId& id) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text;
  text.reserve(kDeviceIdCharacters);
  for (const std::uint8_t byte : id) {
    text += kHex[byte >> 4];
    text += kHex[byte & 0x0F];
  }
  return text;
}

}  // namespace lintel::model
