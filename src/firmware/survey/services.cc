// Network services and debuggers that the image starts, its consoles, and what the configuration of remote services says. Startup (startup.h)
// finds what is started; whether its program is in the image is seen from the files.
#include <algorithm>

#include "base/text.h"
#include "firmware/survey/daemons.h"
#include "firmware/survey/settings.h"
#include "firmware/survey/startup.h"
#include "firmware/survey/surveyors.h"

namespace lintel::firmware {
namespace {

constexpr std::size_t kMostConfigurations = 500;

std::string_view login_at(const std::vector<std::string>& words) {
  const std::string program = program_name(words[0]);
  if (is_shell(words[0])) return "none";
  if (program == "login" || program == "sulogin") return "required";
  if (!program.ends_with("getty")) return "unknown";
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "-a" || words[i].starts_with("--autologin")) return "none";
    if (words[i] == "-l" && i + 1 < words.size()) return is_shell(words[i + 1]) ? "none" : program_name(words[i + 1]) == "login" ? "required" : "unknown";
  }
  return "required";
}

class Services : public Surveyor {
 public:
  void see(const Image&, const File& file, ByteView content) override {
    startup_.see(file, as_text(content));
    if (configurations_.size() >= kMostConfigurations) return;
    auto settings = settings_of(file.path, as_text(content));
    if (!settings.empty()) configurations_.push_back({file, std::move(settings)});
  }

  void conclude(const Image& image, Json& facts) override {
    facts["services"] = facts["consoles"] = facts["service_settings"] = facts["media_scripts"] = Json::array();
    const FileIndex index(image);
    const Boot boot = startup_.follow(image);
    std::vector<std::string> started;
    for (const Started& one : boot.started) {
      auto service = service_of(one.command.words);
      if (!service) continue;
      const std::string name = (*service)["name"];
      if (name == "uhttpd" && serves_clear_http(one.file->part)) (*service)["encrypted"] = "no";
      if (name == "httpd" && is_busybox(index.program(one.file->part, one.command.words[0]))) (*service)["encrypted"] = "no";
      const bool present = index.program(one.file->part, one.command.words[0]) != nullptr;
      if (present && !one.command.guarded) started.push_back(name);
      service->update(place_of(*one.file));
      (*service)["line"] = one.command.line;
      (*service)["by"] = one.by;
      (*service)["command"] = shown_command(one.command.words);
      (*service)["guarded"] = one.command.guarded;
      (*service)["present"] = present;
      (*service)["confidence"] = one.command.guarded || !present ? "pattern" : "structural";
      add_finding(facts, "services", std::move(*service));
    }
    for (const Terminal& one : boot.terminals) {
      Json console = place_of(*one.file);
      console["line"] = one.line;
      console["terminal"] = printable(one.terminal.substr(0, 64));
      console["action"] = one.action;
      console["command"] = shown_command(one.words);
      console["login"] = login_at(one.words);
      console["present"] = index.program(one.file->part, one.words[0]) != nullptr;
      console["confidence"] = "structural";
      add_finding(facts, "consoles", std::move(console));
    }
    for (const Started& one : boot.media) {
      Json script = place_of(*one.file);
      script["line"] = one.command.line;
      script["command"] = shown_command(one.command.words);
      script["guarded"] = one.command.guarded;
      script["confidence"] = one.command.guarded ? "pattern" : "structural";
      add_finding(facts, "media_scripts", std::move(script));
    }
    for (const Configuration& configuration : configurations_)
      for (const Setting& setting : configuration.settings) {
        Json finding = place_of(configuration.file);
        if (setting.line != 0) finding["line"] = setting.line;
        finding["service"] = setting.service;
        finding["setting"] = setting.name;
        finding["value"] = printable(setting.value.substr(0, 64));
        finding["local"] = setting.local;
        finding["started"] = std::ranges::find(started, setting.service) != started.end();
        add_finding(facts, "service_settings", std::move(finding));
      }
    facts["boot_known"] = boot.known || image.files.empty();
  }

 private:
  struct Configuration {
    File file;
    std::vector<Setting> settings;
  };

  static bool is_busybox(const File* program) { return program != nullptr && program->kind == FileKind::symlink && program_name(program->target) == "busybox"; }

  bool serves_clear_http(std::size_t part) const {
    return std::ranges::any_of(configurations_, [&](const Configuration& one) {
      return one.file.part == part && std::ranges::any_of(one.settings, [](const Setting& setting) { return std::string_view(setting.service) == "uhttpd" && !setting.local; });
    });
  }

  Startup startup_;
  std::vector<Configuration> configurations_;
};

}  // namespace

std::unique_ptr<Surveyor> survey_services() { return std::make_unique<Services>(); }

}  // namespace lintel::firmware
