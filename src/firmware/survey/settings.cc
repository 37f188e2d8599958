#include "firmware/survey/settings.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace lintel::firmware {
namespace {

constexpr std::size_t kLargestConfiguration = 256 << 10, kMostSettings = 64;

struct Line {
  std::size_t number;
  std::vector<std::string> words;
};

// Words of each line that is no comment, lower case, without quotes; `key value`, `key=value`, `option key 'value'`.
std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t number = 1; !text.empty() && lines.size() < 20'000; ++number) {
    const auto end = text.find('\n');
    const std::string_view line = trim(text.substr(0, end));
    if (!line.empty() && line[0] != '#' && line[0] != ';') {
      Line one{number, {}};
      std::string word;
      for (const char c : to_lower(line.substr(0, 500))) {
        const bool gap = c == ' ' || c == '\t' || c == '=' || c == '\'' || c == '"';
        if (c == '#' && word.empty()) break;
        if (!gap) word += c;
        if (gap && !word.empty()) one.words.push_back(std::move(word)), word.clear();
      }
      if (!word.empty()) one.words.push_back(std::move(word));
      if (!one.words.empty()) lines.push_back(std::move(one));
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

// The first that an sshd_config says counts, up to the first Match.
std::vector<Setting> of_sshd(const std::vector<Line>& lines) {
  std::vector<Setting> settings{{"sshd", "permitrootlogin", "prohibit-password", 0}, {"sshd", "passwordauthentication", "yes", 0}, {"sshd", "permitemptypasswords", "no", 0}};
  for (const Line& line : lines) {
    if (line.words[0] == "match") break;
    if (line.words.size() < 2) continue;
    for (Setting& setting : settings)
      if (setting.name == line.words[0] && setting.line == 0) setting = {"sshd", line.words[0], line.words[1], line.number};
  }
  return settings;
}

std::vector<Setting> of_uci(const char* service, const std::vector<Line>& lines, std::initializer_list<std::string_view> names) {
  std::vector<Setting> settings;
  for (const Line& line : lines)
    if (line.words.size() > 2 && (line.words[0] == "option" || line.words[0] == "list") && std::ranges::find(names, line.words[1]) != names.end() && settings.size() < kMostSettings)
      settings.push_back({service, line.words[1], line.words[2], line.number, line.words[2].starts_with("127.0.0.1")});
  return settings;
}

std::vector<Setting> of_mosquitto(const std::vector<Line>& lines) {
  std::vector<Setting> settings;
  std::size_t listeners = 0, local = 0;
  for (const Line& line : lines) {
    if (line.words[0] == "allow_anonymous" && line.words.size() > 1 && settings.size() < kMostSettings) settings.push_back({"mosquitto", line.words[0], line.words[1], line.number});
    if (line.words[0] != "listener" && line.words[0] != "bind_address") continue;
    ++listeners;
    const std::string& address = line.words.back();
    local += address.starts_with("127.") || address == "localhost" || address == "::1" || address.starts_with('/') ? 1 : 0;
  }
  for (Setting& setting : settings) setting.local = listeners > 0 && local == listeners;
  return settings;
}

std::vector<Setting> of_opkg(const std::vector<Line>& lines) {
  for (const Line& line : lines)
    if (line.words.size() > 1 && line.words[0] == "option" && line.words[1] == "check_signature") return {{"opkg", "check_signature", line.words.size() > 2 && line.words[2] == "0" ? "no" : "yes", line.number}};
  return {{"opkg", "check_signature", "no", 0}};
}

}  // namespace

std::vector<Setting> settings_of(const std::string& path, std::string_view text) {
  const auto ends = [&](std::string_view end) { return path == end || (path.ends_with(end) && path[path.size() - end.size() - 1] == '/'); };
  const bool mosquitto = ends("mosquitto.conf") || (path.find("mosquitto/conf.d/") != std::string::npos && path.ends_with(".conf"));
  if (text.size() > kLargestConfiguration || text.find('\0') != std::string_view::npos) return {};
  if (ends("sshd_config")) return of_sshd(lines_of(text));
  if (ends("etc/config/dropbear")) return of_uci("dropbear", lines_of(text), {"passwordauth", "rootpasswordauth", "rootlogin"});
  if (ends("etc/config/uhttpd")) return of_uci("uhttpd", lines_of(text), {"listen_http"});
  if (mosquitto) return of_mosquitto(lines_of(text));
  if (ends("etc/opkg.conf")) return of_opkg(lines_of(text));
  return {};
}

}  // namespace lintel::firmware
