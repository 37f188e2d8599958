#include "random/bits/load.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "base/files.h"
#include "base/text.h"

namespace lintel::random::bits {
namespace {

constexpr std::string_view kNames[] = {"binary", "octets", "digits", "hex", "base64"};

// Value of a digit, or -1.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

int digit_value(char c) { return c == '0' || c == '1' ? c - '0' : -1; }

int value_of(Format format, char c) { return format == Format::digits ? digit_value(c) : format == Format::hex ? hex_value(c) : base64_value(c); }
std::size_t width_of(Format format) { return format == Format::digits ? 1 : format == Format::hex ? 4 : 6; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::optional<std::string_view> packer_of(std::string_view content) {
  static constexpr std::pair<std::string_view, std::string_view> kMagic[] = {
      {"\x1f\x8b", "gzip"}, {"PK\x03\x04", "zip"}, {"\xfd" "7zXZ", "xz"}, {"\x28\xb5\x2f\xfd", "zstd"}, {"BZh", "bzip2"}};
  for (const auto& [magic, name] : kMagic)
    if (content.starts_with(magic)) return name;
  return std::nullopt;
}

// unix_us TAB the rest, on every line that is not empty: then each line's rest.
std::optional<std::vector<std::string_view>> without_stamps(const std::vector<std::string_view>& lines) {
  std::vector<std::string_view> rest;
  for (const std::string_view line : lines) {
    if (trim(line).empty()) continue;
    const std::size_t tab = line.find('\t');
    if (tab < 10 || tab > 17 || !std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(tab), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    rest.push_back(line.substr(tab + 1));
  }
  if (rest.empty()) return std::nullopt;
  return rest;
}

using Counts = std::array<std::size_t, 256>;

// Every digit would stand in fair text of this length but for one chance in a million, and some do not.
bool lacks_digits(Format format, const Counts& counts) {
  const std::size_t symbols = std::size_t{1} << width_of(format);
  std::vector<bool> seen(symbols, false);
  double length = 0;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    const int value = counts[c] > 0 ? value_of(format, static_cast<char>(c)) : -1;
    if (value < 0) continue;
    seen[static_cast<std::size_t>(value)] = true;
    length += static_cast<double>(counts[c]);
  }
  const auto k = static_cast<double>(symbols);
  return length >= k * (std::log(k) + 14) && std::ranges::count(seen, false) > 0;
}

bool fits(Format format, const Counts& counts) {
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (const char character = static_cast<char>(c); counts[c] > 0 && !is_space(character) && !(format == Format::base64 && character == '=') && value_of(format, character) < 0) return false;
  return true;
}

Result<Format> guess(std::string_view content, const Counts& counts) {
  if (std::ranges::all_of(content, [](char c) { return c == 0 || c == 1; })) return Format::octets;
  if (fits(Format::digits, counts)) return Format::digits;
  for (const Format format : {Format::hex, Format::base64})
    if (fits(format, counts) && !lacks_digits(format, counts)) return format;
  const bool text = std::ranges::all_of(content, [](char c) { return is_space(c) || (c > ' ' && c <= '~'); });
  if (!text) return Format::binary;
  const auto kinds = static_cast<std::size_t>(std::ranges::count_if(counts, [](std::size_t count) { return count > 0; }));
  return fail(ErrorCode::invalid_input, "this is text of {} different characters, neither '0' and '1' nor full hex or base64: which bits it stands for can't be known; --format says so where it is known", kinds);
}

Result<void> append_text(Bits& bits, std::string_view line, std::size_t number, Format format) {
  const std::size_t width = width_of(format);
  std::size_t digits = 0;
  bool padded = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (is_space(line[i])) continue;
    if (format == Format::base64 && line[i] == '=') {
      padded = true;
      continue;
    }
    const int value = value_of(format, line[i]);
    if (value < 0 || padded) return fail(ErrorCode::invalid_input, "line {}, character {}: no digit of {}", number, i + 1, name_of(format));
    append_bits(bits, static_cast<std::uint64_t>(value), width);
    ++digits;
  }
  // Base64 spreads whole bytes over its digits; what is behind the last whole byte is filling.
  if (format == Format::base64) shorten(bits, bits.size - digits * 6 % 8);
  return {};
}

}  // namespace

std::string_view name_of(Format format) { return kNames[static_cast<std::size_t>(format)]; }

std::optional<Format> parse_format(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kNames); ++i)
    if (kNames[i] == name) return static_cast<Format>(i);
  return std::nullopt;
}

Result<Sample> read_sample(std::string_view content, std::optional<Format> format) {
  if (content.empty()) return fail(ErrorCode::invalid_input, "the file is empty");
  Sample sample;
  sample.forced = format.has_value();
  if (const auto packer = packer_of(content); packer && !format) return fail(ErrorCode::invalid_input, "the file is compressed ({}): unpack it first; --format binary takes it as it is", *packer);
  std::vector<std::string_view> lines;
  const bool binary_asked = format == Format::binary || format == Format::octets;
  if (!binary_asked && content.find('\0') == std::string_view::npos) {
    lines = split(content, '\n');
    if (auto rest = without_stamps(lines)) {
      lines = *std::move(rest);
      sample.stamped = true;
    }
  }
  Counts counts{};
  if (lines.empty())
    for (const char c : content) ++counts[static_cast<std::uint8_t>(c)];
  for (const std::string_view line : lines)
    for (const char c : line) ++counts[static_cast<std::uint8_t>(c)];
  sample.format = format ? *format : TRY(guess(content, counts));
  if (sample.format == Format::binary) {
    sample.bits = bits_of(as_bytes(content));
    return sample;
  }
  if (sample.format == Format::octets) {
    for (std::size_t i = 0; i < content.size(); ++i) {
      if (content[i] != 0 && content[i] != 1) return fail(ErrorCode::invalid_input, "byte {} is neither 0 nor 1", i + 1);
      append_bits(sample.bits, static_cast<std::uint8_t>(content[i]), 1);
    }
    return sample;
  }
  if (lines.empty()) return fail(ErrorCode::invalid_input, "there is a NUL in it: this is no text");
  std::size_t number = 0;
  for (std::string_view line : lines) {
    ++number;
    TRY(append_text(sample.bits, line, number, sample.format));
    line = trim(line);
    if (!line.empty() && sample.lines.size() < kMostLines) sample.lines.emplace_back(line);
  }
  if (sample.lines.size() < 2) sample.lines.clear();
  if (sample.bits.size == 0) return fail(ErrorCode::invalid_input, "there are no bits in the file");
  return sample;
}

Result<Sample> load_sample(const std::filesystem::path& path, std::optional<Format> format) {
  const std::string content = TRY(read_file(path, kMostFileBytes));
  auto sample = read_sample(content, format);
  if (!sample) return add_context(sample.error(), path.string());
  return sample;
}

std::vector<std::uint8_t> symbols_of(const Bits& bits, Format format) {
  const std::size_t width = format == Format::octets || format == Format::digits ? 1 : 8;
  std::vector<std::uint8_t> symbols(bits.size / width);
  for (std::size_t i = 0; i < symbols.size(); ++i) symbols[i] = static_cast<std::uint8_t>(window(bits.words, i * width) >> (64 - width));
  return symbols;
}

}  // namespace lintel::random::bits
