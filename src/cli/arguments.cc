#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/app_text.h"
#include "cli/arguments/groups.h"
#include "cli/console.h"
#include "cli/option_list.h"
#include "cli/option_sources.h"
#include "cli/translate.h"
#include "cli/version.h"
#include "report/columns.h"

namespace lintel::cli {
namespace {

// Each option's variable follows from its name (docs/command-line.md), so --help need not name them all.
class Formatter : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string text = CLI::Formatter::make_option_opts(option);
    return text.substr(0, text.find(" (" + get_label("Env") + ":"));
  }
  // CLI11 pads by bytes.
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    const std::string name = "  " + make_option_name(option, is_positional) + make_option_opts(option);
    const std::string begin = report::columns(name) < get_column_width() ? report::pad(name, get_column_width()) : name + "\n" + std::string(get_column_width(), ' ');
    return begin + make_option_desc(option) + "\n";
  }
};

// CLI11 tells of a mistyped command only that one is required.
std::optional<std::string> unknown_command(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining(true);
  const CLI::App* last = &app;  // of the commands understood
  while (!last->get_subcommands().empty()) last = last->get_subcommands().front();
  if (last->get_require_subcommand_min() == 0 || words.empty() || words[0].starts_with("-")) return std::nullopt;
  std::vector<std::string> names;
  for (const CLI::App* command : last->get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  const auto near = nearest_name(words[0], names);
  return fmt::format("no command \"{}\"{}; there is {}", words[0], near ? fmt::format(", did you mean \"{}\"?", *near) : "", join(names, ", "));
}

// One sentence, with where the help is. CLI11 names the option even when its value comes from a variable.
std::string usage_mistake(const CLI::App& app, const CLI::ParseError& error) {
  if (auto unknown = unknown_command(app)) return *unknown;
  if (auto variable = wrong_variable(app)) return *variable;
  if (dynamic_cast<const CLI::ConfigError*>(&error) != nullptr) return error.what();
  const char* config = std::getenv("LINTEL_CONFIG");
  if (dynamic_cast<const CLI::FileError*>(&error) != nullptr) return fmt::format("{}: {}", config != nullptr && *config != 0 ? "LINTEL_CONFIG" : "--config", error.what());
  const CLI::App* last = &app;
  while (!last->get_subcommands().empty()) last = last->get_subcommands().front();
  return fmt::format("{}; see `{} --help`", error.what(), path_of(*last));
}

}  // namespace

std::variant<Arguments, int> parse_arguments(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Lint for the smart home: decides, clause by clause, whether devices, gateways, apps and platforms conform to a standard.", "lintel");
  app.formatter(std::make_shared<Formatter>());
  app.set_version_flag("--version", std::string("lintel ") + kVersion);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  lintel scan home.yaml                        look, judge, write home.lintel, home.html, home.pdf\n"
      "  lintel scan home.yaml --resume home.lintel   complete an interrupted scan\n"
      "  lintel judge home.lintel                     judge again, offline\n"
      "  lintel profile coverage profiles/smart-home  what decides each clause\n"
      "Exit codes: 0 conformant, 1 a shall-clause fails, 2 usage or document error, 3 something is open,\n"
      "4 internal error, 5 nothing could be tested, 130 interrupted.");
  arguments.language = language_of(argc, argv);
  app.add_option("--language,--lang", arguments.language, "language of what is printed: zh, en (default: en when LANG begins with en, else zh)")
      ->check(CLI::IsMember({"zh", "en"}));
  std::string colour = "auto";
  app.add_option("--colour,--color", colour, "auto, always, never; NO_COLOR is honoured")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_flag("--json", arguments.json, "the result as JSON on standard output");
  app.add_flag("-q,--quiet", arguments.quiet, "no progress and no table; errors and paths only");
  app.fallthrough();

  add_scan(app, arguments);
  add_judge(app, arguments);
  add_assess(app, arguments);
  add_ics(app, arguments);
  add_report(app, arguments);
  add_export(app, arguments);
  add_diff(app, arguments);
  add_history(app, arguments);
  add_seal(app, arguments);
  add_verify(app, arguments);
  add_profile(app, arguments);
  add_target(app, arguments);
  add_probe(app, arguments);
  add_random(app, arguments);
  add_id(app, arguments);
  add_firmware(app, arguments);
  add_init(app, arguments);

  std::string shell;
  auto* completion_app = app.add_subcommand("completion", "print the completion of commands and options for a shell");
  completion_app->add_option("shell", shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion_app->footer("Examples:\n  source <(lintel completion bash)\n  lintel completion fish > ~/.config/fish/completions/lintel.fish");
  auto* man_app = app.add_subcommand("man", "print the manual page");
  man_app->footer("Example:\n  lintel man | man -l -");

  app.config_formatter(config_file(app));
  const char* config = std::getenv("LINTEL_CONFIG");  // CLI11 reads variables after the file
  app.set_config("--config", config == nullptr ? "" : config, "file with options: `language=\"en\"`, and a section for each command: `[scan]`, `allow-open=true` (or LINTEL_CONFIG)", config != nullptr && *config != 0);
  app.allow_config_extras(CLI::config_extras_mode::error);
  name_environment(app);
  if (arguments.language == "zh") translate(app);
  speak(arguments.language);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    print_error(usage_mistake(app, error));
    return 2;
  }
  for (const std::string& warning : mistyped_variables(app)) print_error(warning);
  arguments.colour = colour == "always" ? Colour::always : colour == "never" ? Colour::never : Colour::automatic;
  const auto* report = std::get_if<ReportCommand>(&arguments.command);
  const auto* exported = std::get_if<ExportCommand>(&arguments.command);
  const std::string of_report = report != nullptr ? report->language : exported != nullptr ? exported->language : "both";
  if (of_report != "both") arguments.language = of_report;
  if (*completion_app) arguments.command = TextCommand{completion(app, shell)};
  if (*man_app) arguments.command = TextCommand{man_page(app)};
  speak(arguments.language);
  return arguments;
}

}  // namespace lintel::cli
