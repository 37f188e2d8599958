#include "firmware/image/program.h"

#include <algorithm>
#include <string_view>

namespace lintel::firmware {
namespace {

constexpr std::size_t kMostVersion = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The word behind a banner, when it begins as versions do: 3.10, 2013.07.
std::string version_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && end - at < kMostVersion && text[end] > ' ' && text[end] < 0x7F) ++end;
  const std::string_view word = text.substr(at, end - at);
  const std::size_t dot = word.find('.');
  const bool is_version = dot != std::string_view::npos && dot > 0 && dot + 1 < word.size() && std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(dot), is_digit) && is_digit(word[dot + 1]);
  return is_version && end < text.size() && end - at < kMostVersion ? std::string(word) : "";
}

// Where the kernel keeps what uname() tells: fields of 65 characters, the first "Linux", the third the release. A kernel that puts its banner
// together when it starts has no other place.
std::string release_of_uname(std::string_view text) {
  using namespace std::string_view_literals;
  constexpr std::size_t kField = 65;
  constexpr std::string_view kSystem = "Linux\0\0\0\0\0\0"sv;
  for (std::size_t at = text.find(kSystem); at != std::string_view::npos; at = text.find(kSystem, at + 1)) {
    if (text.size() - at < 3 * kField || text.substr(at, kField).find_last_not_of('\0') != 4) continue;
    const std::string_view field = text.substr(at + 2 * kField, kField);
    if (field.back() != '\0') continue;
    if (std::string version = version_at(field, 0); !version.empty()) return version;
  }
  return "";
}

}  // namespace

std::optional<Program> program_in(ByteView bytes) {
  struct Banner {
    std::string_view text;
    const char* name;
  };
  const std::string_view text = as_text(bytes);
  for (const Banner& banner : {Banner{"Linux version ", "linux"}, Banner{"U-Boot ", "u-boot"}, Banner{"U-Boot SPL ", "u-boot"}})
    for (std::size_t at = text.find(banner.text); at != std::string_view::npos; at = text.find(banner.text, at + 1))
      if (std::string version = version_at(text, at + banner.text.size()); !version.empty()) return Program{banner.name, std::move(version)};
  if (std::string version = release_of_uname(text); !version.empty()) return Program{"linux", std::move(version)};
  return std::nullopt;
}

}  // namespace lintel::firmware
