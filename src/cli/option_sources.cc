#include "cli/option_sources.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/text.h"
#include "cli/option_list.h"

namespace lintel::cli {
namespace {

constexpr std::string_view kPrefix = "LINTEL_";

std::string variable_of(const std::string& command, const std::string& option) {
  std::string name = command + "_" + option;
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::isalnum(c) != 0 ? static_cast<char>(std::toupper(c)) : '_'; });
  return name;
}

bool is_set(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  return value != nullptr && *value != 0;
}

// What is wrong with a value that an option is given; empty: nothing.
std::string wrong_value(const CLI::Option& option, const std::string& value) {
  if (!takes_value(option)) {
    const std::string word = to_lower(value);
    for (const char* known : {"true", "false", "on", "off", "yes", "no", "1", "0"})
      if (word == known) return "";
    return fmt::format("{} is neither true nor false", value);
  }
  const std::vector<std::string> known = values_of(option);
  if (known.empty()) return "";
  for (const std::string_view piece : option.get_delimiter() == 0 ? std::vector<std::string_view>{value} : split(value, option.get_delimiter()))
    if (std::ranges::find(known, trim(piece)) == known.end()) return fmt::format("{} is none of {}", piece, join(known, ", "));
  return "";
}

std::string hint(const std::string& name, const std::vector<std::string>& candidates) {
  const auto near = nearest_name(name, candidates);
  return near ? fmt::format("; did you mean {}?", *near) : "";
}

// The line on which a key stands; 0 when it can't be told.
int line_of(const std::string& text, const CLI::ConfigItem& item) {
  const std::string section = join(item.parents, ".");
  std::string here;
  int line = 0;
  for (const std::string_view raw : split(text, '\n')) {
    ++line;
    const std::string_view row = trim(raw);
    if (row.starts_with("[")) {
      here = row.substr(1, row.find(']') == std::string_view::npos ? row.size() : row.find(']') - 1);
      if (item.name == "++" && here == section) return line;
      continue;
    }
    std::string_view key = trim(row.substr(0, row.find('=')));
    if (key.size() > 1 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
    const std::string full = (here.empty() || here == "default" ? "" : here + ".") + std::string(key);
    if (full == (section.empty() ? "" : section + ".") + item.name) return line;
  }
  return 0;
}

class ConfigFile : public CLI::ConfigTOML {
 public:
  explicit ConfigFile(const CLI::App& app) : app_(app) {}

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    const std::string text{std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
    std::istringstream again(text);
    auto found = CLI::ConfigTOML::from_config(again);
    for (const CLI::ConfigItem& item : found)
      if (const std::string mistake = mistake_in(item); !mistake.empty()) {
        const int line = line_of(text, item);
        throw CLI::ConfigError(fmt::format("{}{}: {}", app_.get_config_ptr()->as<std::string>(), line > 0 ? fmt::format(":{}", line) : "", mistake), CLI::ExitCodes::ConfigError);
      }
    // A variable is stronger than the file, and CLI11 has it the other way round.
    std::erase_if(found, [](const CLI::ConfigItem& item) {
      std::string path = "lintel";
      for (const std::string& parent : item.parents) path += " " + parent;
      return is_set(variable_of(path, item.name));
    });
    return found;
  }

 private:
  std::string mistake_in(const CLI::ConfigItem& item) const {
    const CLI::App* command = &app_;
    for (const std::string& parent : item.parents) {
      std::vector<std::string> names;
      const CLI::App* below = nullptr;
      for (const CLI::App* one : commands_of(*command)) {
        names.push_back(one->get_name());
        if (one->get_name() == parent) below = one;
      }
      if (below == nullptr) return fmt::format("there is no command {}{}", parent, hint(parent, names));
      command = below;
    }
    if (item.name == "++" || item.name == "--") return "";  // begin and end of a section
    std::vector<std::string> names;
    for (const CLI::Option* option : named_options(*command)) {
      if (!option->get_configurable()) continue;
      for (const std::string& name : option->get_lnames()) {
        names.push_back(name);
        if (name != item.name) continue;
        for (const std::string& input : item.inputs)
          if (const std::string wrong = wrong_value(*option, input); !wrong.empty()) return name + ": " + wrong;
        return "";
      }
    }
    return fmt::format("{} has no option {}{}", path_of(*command), item.name, hint(item.name, names));
  }

  const CLI::App& app_;
};

}  // namespace

std::shared_ptr<CLI::Config> config_file(const CLI::App& app) { return std::make_shared<ConfigFile>(app); }

void name_environment(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_lnames().empty() || option->get_lnames()[0] == "help" || option->get_lnames()[0] == "version") continue;
    option->envname(variable_of(path_of(app), option->get_lnames()[0]));
  }
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) name_environment(*command);
}

std::optional<std::string> wrong_variable(const CLI::App& app) {
  std::optional<std::string> wrong;
  walk(app, [&](const CLI::App& each) {
    for (const CLI::Option* option : each.get_options()) {
      if (wrong || option->get_envname().empty() || !is_set(option->get_envname())) continue;
      const std::string mistake = wrong_value(*option, std::getenv(option->get_envname().c_str()));
      if (!mistake.empty()) wrong = option->get_envname() + ": " + mistake;
    }
  });
  return wrong;
}

std::vector<std::string> mistyped_variables(const CLI::App& app) {
  std::vector<std::string> known = {"HOME", "CONFIG"};
  walk(app, [&](const CLI::App& each) {
    for (const CLI::Option* option : each.get_options())
      if (option->get_envname().starts_with(kPrefix)) known.push_back(option->get_envname().substr(kPrefix.size()));
  });
  std::vector<std::string> warnings;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string name(text.substr(0, text.find('=')));
    if (!name.starts_with(kPrefix)) continue;
    const std::string rest = name.substr(kPrefix.size());
    if (std::ranges::find(known, rest) != known.end()) continue;
    if (const auto near = nearest_name(rest, known)) warnings.push_back(fmt::format("no option reads {}; did you mean {}{}?", name, kPrefix, *near));
  }
  return warnings;
}

}  // namespace lintel::cli
