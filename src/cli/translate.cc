#include "cli/translate.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "data/json.h"
#include "report/words.h"

namespace lintel::cli {
namespace {

void translate(CLI::App& app, const Json& catalogue) {
  const auto chinese = [&](const std::string& english) { return text_or(catalogue, english, english); };
  app.description(chinese(app.get_description()));
  app.group(chinese(app.get_group()));
  app.footer(chinese(app.get_footer()));
  for (CLI::Option* option : app.get_options()) {
    option->description(chinese(option->get_description()));
    option->group(chinese(option->get_group()));
    const std::string type = option->get_type_name();  // with what it can be: "TEXT:{zh,en}"
    if (const std::string name = type.substr(0, type.find(':')); chinese(name) != name) option->type_name(chinese(name));
  }
  for (const char* heading : {"Examples:", "Example:"})  // of a footer that is all commands
    if (app.get_footer().starts_with(heading)) app.footer(chinese(heading) + app.get_footer().substr(std::strlen(heading)));
  const auto formatter = app.get_formatter();
  for (const char* label : {"Usage", "Options", "OPTIONS", "Positionals", "SUBCOMMAND", "SUBCOMMANDS", "REQUIRED", "Excludes", "Needs"})
    formatter->label(label, chinese(label));
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) translate(*command, catalogue);
}

bool is_language(std::string_view text) { return text == "zh" || text == "en"; }

}  // namespace

std::string language_of(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    for (const std::string_view option : {"--language", "--lang"}) {
      if (word == option && i + 1 < argc && is_language(argv[i + 1])) return argv[i + 1];
      if (word.starts_with(option) && word.size() > option.size() && word[option.size()] == '=' && is_language(word.substr(option.size() + 1)))
        return std::string(word.substr(option.size() + 1));
    }
  }
  const char* own = std::getenv("LINTEL_LANGUAGE");
  if (own != nullptr && is_language(own)) return own;
  const char* locale = std::getenv("LANG");
  return locale != nullptr && std::string_view(locale).starts_with("en") ? "en" : "zh";
}

void translate(CLI::App& app) {
  const auto text = report::embedded("help.json");
  const auto catalogue = text ? parse_json(*text) : Result<Json>(Json::object());
  if (catalogue) translate(app, *catalogue);
}

}  // namespace lintel::cli
