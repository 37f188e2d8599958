// How scripts of the image update it: downloads that check no certificate,
// packages checked by a mere digest; signatures that are verified; Android's switches for debugging.
#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "firmware/survey/daemons.h"
#include "firmware/survey/shell.h"
#include "firmware/survey/surveyors.h"

namespace lintel::firmware {
namespace {

constexpr std::size_t kLargestUpdateScript = 256 << 10, kMostUpdateBytes = 16 << 20;

bool is_shell_script(std::string_view path, std::string_view text) {
  if (text.starts_with("#!")) return text.substr(0, std::min(text.find('\n'), std::size_t{80})).find("sh") != std::string_view::npos;
  return path.ends_with(".sh") && text.find('\0') == std::string_view::npos;
}

bool names_any(const std::vector<std::string>& words, std::initializer_list<std::string_view> any_of) {
  return std::ranges::any_of(words, [&](const std::string& word) { return std::ranges::find(any_of, word) != any_of.end(); });
}

bool is_short_option(const std::string& word, char letter) { return word.size() > 1 && word[0] == '-' && word[1] != '-' && word.find(letter) != std::string::npos; }

// What a command does for an update, "" for nothing.
std::string_view step_of(const std::vector<std::string>& words) {
  const std::string program = program_name(words[0]);
  const auto any_short = [&](char letter) { return std::ranges::any_of(words.begin() + 1, words.end(), [&](const std::string& word) { return is_short_option(word, letter); }); };
  const bool clear = std::ranges::any_of(words, [](const std::string& word) { return word.starts_with("http://") && !word.starts_with("http://127.") && !word.starts_with("http://localhost"); });
  if (program == "curl" && (any_short('k') || names_any(words, {"--insecure"}))) return "insecure download";
  if ((program == "wget" || program == "uclient-fetch") && names_any(words, {"--no-check-certificate"})) return "insecure download";
  if ((program == "curl" || program == "wget" || program == "uclient-fetch") && clear) return "clear download";
  if ((program == "tftp" && any_short('g')) || program == "ftpget") return "clear download";
  if ((program == "md5sum" || program == "sha1sum" || program == "cksum") && any_short('c')) return "weak digest";
  if ((program == "sha256sum" || program == "sha512sum" || program == "sm3sum") && any_short('c')) return "digest";
  if (program == "usign" && names_any(words, {"-V"})) return "signature";
  if (program == "signify" && names_any(words, {"-V"})) return "signature";
  if (program == "openssl" && words.size() > 2 && (names_any(words, {"-verify"}) || words[1] == "cms" || words[1] == "pkeyutl")) return names_any(words, {"-verify", "verify"}) ? "signature" : "";
  if ((program == "gpg" || program == "gpgv") && (program == "gpgv" || names_any(words, {"--verify"}))) return "signature";
    if (program == "swupdate" && !names_any(words, {"-k", "--key"})) return "install";  // rauc, and swupdate with a key, verify by themselves
  if (program == "sysupgrade" || (program == "mtd" && names_any(words, {"write"})) || program == "flashcp" || program == "nandwrite" || program == "mtd_write") return "install";
  return "";
}

class Update : public Surveyor {
 public:
  void see(const Image&, const File& file, ByteView content) override {
    const std::string_view text = as_text(content);
    const std::string name = program_name(file.path);
    if (name == "build.prop" || name == "default.prop" || name == "prop.default") return see_properties(file, text);
    if (content.size() > kLargestUpdateScript || bytes_ + content.size() > kMostUpdateBytes || !is_shell_script(file.path, text)) return;
    bytes_ += content.size();
    std::map<std::string_view, Json> steps;
    for (const ShellCommand& command : commands_of(text)) see_command(file, command, steps);
    const auto any = [&](std::initializer_list<std::string_view> names) { return *std::ranges::find_if(names.begin(), names.end() - 1, [&](std::string_view step) { return steps.contains(step); }); };
    const std::string_view transport = any({"insecure download", "clear download", "unknown"}), verifies = any({"signature", "digest", "weak digest", "none"});
    if (!steps.contains("install") || updaters_.size() > kMostFindings) return;
    Json updater = steps.contains(transport) ? steps[transport] : steps["install"];
    updater["transport"] = transport == "insecure download" ? "unverified" : transport == "clear download" ? "clear" : "unknown";
    updater["verifies"] = verifies;
    updaters_.push_back(std::move(updater));
  }

  void conclude(const Image&, Json& facts) override {
    facts["updaters"] = facts["android_properties"] = Json::array();
    for (Json& updater : updaters_) add_finding(facts, "updaters", std::move(updater));
    for (Json& property : properties_) add_finding(facts, "android_properties", std::move(property));
  }

 private:
  void see_command(const File& file, const ShellCommand& command, std::map<std::string_view, Json>& steps) {
    const std::vector<std::string> words = unwrapped(command.words);
    if (words.empty()) return;
    const std::string_view step = step_of(words);
    if (!step.empty() && !steps.contains(step)) steps[step] = finding(file, command, words);
  }

  static Json finding(const File& file, const ShellCommand& command, const std::vector<std::string>& words) {
    Json found = place_of(file);
    found["line"] = command.line;
    found["command"] = shown_command(words);
    found["confidence"] = "structural";
    return found;
  }

  void see_properties(const File& file, std::string_view text) {
    static constexpr std::array<std::string_view, 5> kNames{"ro.debuggable", "ro.adb.secure", "ro.secure", "persist.sys.usb.config", "sys.usb.config"};
    for (std::size_t number = 1; !text.empty() && number < 20'000; ++number) {
      const auto end = text.find('\n');
      const std::string_view line = trim(text.substr(0, end));
      const auto equals = line.find('=');
      const std::string_view name = trim(line.substr(0, equals));
      if (equals != std::string_view::npos && std::ranges::find(kNames, name) != kNames.end() && properties_.size() <= kMostFindings) {
        Json property = place_of(file);
        property["line"] = number;
        property["name"] = name;
        property["value"] = printable(trim(line.substr(equals + 1)).substr(0, 64));
        property["confidence"] = "structural";
        properties_.push_back(std::move(property));
      }
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 1);
    }
  }

  std::vector<Json> updaters_, properties_;
  std::size_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<Surveyor> survey_update() { return std::make_unique<Update>(); }

}  // namespace lintel::firmware
