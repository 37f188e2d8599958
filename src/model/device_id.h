// The identity of a device as annex A writes it: 24 hexadecimal characters in five fields, upper ones on the left. Either letter case; the same
// identity in both. Pure.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lintel::model {

inline constexpr std::size_t kDeviceIdCharacters = 24;
using DeviceId = std::array<std::uint8_t, kDeviceIdCharacters / 2>;

struct DeviceIdField {
  std::string_view name;
  std::size_t first = 0, size = 0;  // characters
};
inline constexpr std::array<DeviceIdField, 5> kDeviceIdFields = {{{"version", 0, 2}, {"vendor", 2, 6}, {"product", 8, 6}, {"random", 14, 8}, {"extension", 22, 2}}};

enum class DeviceIdFlaw {
  length,      // not 24 characters
  character,   // one that is neither hexadecimal nor stands for a missing one
  order,       // a lower field has characters while one above it is not complete; X x * ? _ - . stand for characters not given yet
  unfinished,  // characters are missing, none of them above one that is given
};
std::string_view name_of(DeviceIdFlaw flaw);

struct DeviceIdMistake {
  DeviceIdFlaw flaw = DeviceIdFlaw::length;
  std::size_t at = 0;  // the first wrong byte of the text; for length: where it ends too early, or its first byte too many
};

std::optional<DeviceId> parse_device_id(std::string_view text);
// nullopt when it is an identity.
std::optional<DeviceIdMistake> mistake_of(std::string_view text);
std::string to_text(const DeviceId& id);  // upper case
inline std::uint32_t random_of(const DeviceId& id) { return std::uint32_t{id[7]} << 24 | std::uint32_t{id[8]} << 16 | std::uint32_t{id[9]} << 8 | id[10]; }

}  // namespace lintel::model
