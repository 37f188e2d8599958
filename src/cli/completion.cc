#include "cli/app_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/option_list.h"

namespace lintel::cli {
namespace {

std::vector<std::string> words_of(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : commands_of(app)) words.push_back(command->get_name());
  for (const CLI::App* one = &app; one != nullptr; one = one->get_parent())
    for (const CLI::Option* option : named_options(*one))
      for (const auto& name : spellings(*option))
        if (std::find(words.begin(), words.end(), name) == words.end()) words.push_back(name);
  return words;
}

bool takes_files(const CLI::App& app) {
  return std::ranges::any_of(app.get_options(), [](const CLI::Option* option) { return option->get_positional(); });
}

std::string bash_completion(const CLI::App& app) {
  std::string commands, values;
  walk(app, [&](const CLI::App& each) {
    commands += fmt::format("    \"{}\") words=\"{}\"; files={} ;;\n", path_of(each), join(words_of(each), " "), takes_files(each) ? 1 : 0);
    for (const CLI::Option* option : named_options(each)) {
      if (!takes_value(*option)) continue;
      for (const auto& name : spellings(*option))
        values += fmt::format("    \"{} {}\") given=\"{}\" ;;\n", path_of(each), name, join(values_of(*option), " "));
    }
  });
  return fmt::format(R"(# bash completion of lintel: source <(lintel completion bash)
_lintel_words() {{
  case "$1" in
{}    *) return 1 ;;
  esac
}}
_lintel_values() {{
  given=""
  case "$1" in
{}    *) return 1 ;;
  esac
}}
_lintel() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" option="${{COMP_WORDS[COMP_CWORD-1]}}" path="lintel" parent words="" files=0 given i
  # bash takes --view=su apart at the sign.
  if [ "$current" = "=" ]; then current=""; elif [ "$option" = "=" ]; then option="${{COMP_WORDS[COMP_CWORD-2]}}"; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    _lintel_words "$path ${{COMP_WORDS[i]}}" && path="$path ${{COMP_WORDS[i]}}"
  done
  _lintel_words "$path"
  parent="$path"
  while :; do
    if _lintel_values "$parent $option"; then
      local before=""
      case "$current" in *,*) before="${{current%,*}}," ;; esac  # the next of a list
      if [ -n "$given" ]; then COMPREPLY=($(compgen -P "$before" -W "$given" -- "${{current##*,}}")); else mapfile -t COMPREPLY < <(compgen -f -- "$current"); fi
      return
    fi
    [ "$parent" = "${{parent% *}}" ] && break
    parent="${{parent% *}}"
  done
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ "$files" = 1 ] && [ "${{current#-}}" = "$current" ]; then mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -f -- "$current"); fi
}}
complete -o filenames -F _lintel lintel
)", commands, values);
}

// Text between single quotes.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// zsh's own emulation of bash completion shows no descriptions; its _arguments wants one function a command.
std::string zsh_completion(const CLI::App& app) {
  const auto function_of = [](const CLI::App& each) {
    std::string name = "_" + path_of(each);
    std::replace(name.begin(), name.end(), ' ', '_');
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
  };
  const auto bare = [](std::string text) {  // of what _arguments would read as syntax
    std::string out;
    for (const char c : text) out += c == '[' || c == ']' || c == ':' || c == '\n' ? ' ' : c;
    return out;
  };
  std::string out = "#compdef lintel\n# zsh completion of lintel: lintel completion zsh > \"${fpath[1]}/_lintel\"\n";
  walk(app, [&](const CLI::App& each) {
    out += function_of(each) + "() {\n  local line state\n  _arguments -C";
    for (const CLI::App* one = &each; one != nullptr; one = one->get_parent())
      for (const CLI::Option* option : named_options(*one))
        for (const auto& name : spellings(*option)) {
          const auto values = values_of(*option);
          const std::string after = !takes_value(*option) ? "" : values.empty() ? ":value:_files" : option->get_delimiter() == ',' ? ":value:{_values -s , value " + join(values, " ") + "}" : ":value:(" + join(values, " ") + ")";
          out += " \\\n    " + in_quotes(name + "[" + bare(option->get_description()) + "]" + after);
        }
    const auto commands = commands_of(each);
    if (!commands.empty()) {
      std::string names;
      for (const CLI::App* command : commands) names += (names.empty() ? "" : " ") + command->get_name() + "\\:" + in_quotes(bare(command->get_description()));
      out += " \\\n    \"1: :((" + names + "))\" \\\n    '*::argument:->rest'\n  case $line[1] in\n";
      for (const CLI::App* command : commands) out += "    " + command->get_name() + ") " + function_of(*command) + " ;;\n";
      out += "  esac\n}\n";
    } else {
      out += (takes_files(each) ? std::string(" \\\n    '*:file:_files'") : std::string()) + "\n}\n";
    }
  });
  return out + "if [ \"$funcstack[1]\" = _lintel ]; then _lintel \"$@\"; else compdef _lintel lintel; fi\n";
}

std::string fish_completion(const CLI::App& app) {
  std::string out = "# fish completion of lintel: lintel completion fish > ~/.config/fish/completions/lintel.fish\ncomplete -c lintel -f\n";
  walk(app, [&](const CLI::App& each) {
    const std::string path = path_of(each);
    std::string seen;  // the words behind `lintel` must be these commands
    if (const auto at = path.find(' '); at != std::string::npos) seen = path.substr(at + 1);
    std::string condition;
    for (const auto word : split(seen, ' '))
      if (!word.empty()) condition += (condition.empty() ? "" : "; and ") + fmt::format("__fish_seen_subcommand_from {}", word);
    std::vector<std::string> names;
    for (const CLI::App* command : commands_of(each)) names.push_back(command->get_name());
    const std::string without = names.empty() ? "" : "not __fish_seen_subcommand_from " + join(names, " ");
    const std::string here = condition + (condition.empty() || without.empty() ? "" : "; and ") + without;
    const std::string when = here.empty() ? "" : " -n " + in_quotes(here), anywhere = condition.empty() ? "" : " -n " + in_quotes(condition);
    for (const CLI::App* command : commands_of(each))
      out += fmt::format("complete -c lintel{} -a {} -d {}\n", when, command->get_name(), in_quotes(command->get_description()));
    if (takes_files(each)) out += fmt::format("complete -c lintel{} -F\n", anywhere);
    for (const CLI::Option* option : named_options(each)) {
      std::string line = "complete -c lintel" + anywhere;
      for (const auto& name : option->get_snames()) line += " -s " + name;
      for (const auto& name : option->get_lnames()) line += " -l " + name;
      const auto values = values_of(*option);
      if (takes_value(*option)) line += values.empty() ? " -r -F" : " -x -a " + in_quotes(option->get_delimiter() == ',' ? "(__fish_append , " + join(values, " ") + ")" : join(values, " "));
      out += line + " -d " + in_quotes(option->get_description()) + "\n";
    }
  });
  return out;
}

}  // namespace

std::string completion(const CLI::App& app, const std::string& shell) {
  return shell == "zsh" ? zsh_completion(app) : shell == "fish" ? fish_completion(app) : bash_completion(app);
}

}  // namespace lintel::cli
