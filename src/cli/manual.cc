#include "cli/app_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/option_list.h"
#include "cli/version.h"

namespace lintel::cli {
namespace {

std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else out += c;
  }
  std::string guarded;
  for (const auto line : split(out, '\n')) guarded += (line.starts_with(".") || line.starts_with("'") ? "\\&" : "") + std::string(line) + "\n";
  return guarded;
}

std::string man_options(const CLI::App& app) {
  std::string out;
  for (const CLI::Option* option : named_options(app)) {
    std::string names = join(spellings(*option), ", ");
    const auto values = values_of(*option);
    if (takes_value(*option)) names += values.empty() ? " VALUE" : " {" + join(values, "|") + "}";
    out += ".TP\n.B " + roff(names) + roff(option->get_description());
  }
  return out;
}

std::string synopsis(const CLI::App& app) {
  std::string text = path_of(app);
  if (!named_options(app).empty()) text += " [OPTIONS]";
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional()) text += option->get_required() ? " " + option->get_name() : " [" + option->get_name() + "]";
  if (!commands_of(app).empty()) text += " COMMAND";
  return text;
}

}  // namespace

std::string man_page(const CLI::App& app) {
  const std::string about = app.get_description();
  const std::string name = about.substr(0, std::min(about.find(':'), about.find("：")));
  std::string out = fmt::format(".TH LINTEL 1 \"\" \"lintel {}\" \"Lintel\"\n.SH NAME\nlintel \\- {}\n.SH SYNOPSIS\n.B {}", kVersion, name, roff(synopsis(app)));
  out += ".SH DESCRIPTION\n" + roff(about) + ".SH OPTIONS\n" + man_options(app) + ".SH COMMANDS\n";
  for (const CLI::App* command : commands_of(app))
    walk(*command, [&](const CLI::App& each) {
      out += ".SS " + roff(synopsis(each)) + roff(each.get_description()) + man_options(each);
      if (!each.get_footer().empty()) out += ".PP\n.nf\n" + roff(each.get_footer()) + ".fi\n";
    });
  out += ".SH ENVIRONMENT\nEach option can be given as a variable, " + roff("LINTEL_<COMMAND>_<OPTION>: LINTEL_SCAN_ALLOW_OPEN=true is `lintel scan --allow-open`, LINTEL_LANGUAGE=en is `--language en`.") +
         ".SH EXAMPLES\n.nf\n" + roff(app.get_footer()) + ".fi\n";
  return out;
}

}  // namespace lintel::cli
