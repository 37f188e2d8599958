// lintel probe list, lintel probe show: the probes and the facts they can learn, from their published schemas.
#include "probe/probe.h"

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/probes.h"
#include "data/json.h"
#include "report/messages.h"

namespace lintel::cli {
namespace {

std::string type_of(const Json& schema, const Console& console) {
  if (schema.contains("enum")) {
    std::vector<std::string> words;
    for (const Json& word : schema["enum"]) words.push_back(word.is_string() ? word.get<std::string>() : dump_json(word));
    return join(words, " | ");
  }
  const std::string type = text_or(schema, "type", "any");
  if (type == "array") return fmt::format(fmt::runtime(choose(console, "{}的列表", "list of {}")), type_of(member(schema, "items"), console));
  return console.language == "en" ? type : report::in_chinese(type);
}

void show_facts(const Json& root, const Json& schema, const std::string& path, const Console& console, int depth) {
  if (depth > 12) return;
  const std::string reference = text_or(schema, "$ref");
  if (reference.rfind("#/$defs/", 0) == 0) {
    show_facts(root, member(member(root, "$defs"), reference.substr(8)), path, console, depth + 1);
    return;
  }
  if (!path.empty()) {
    const std::string zh = text_or(schema, "x-zh"), en = text_or(schema, "description");
    const std::string unit = text_or(schema, "x-unit");
    fmt::print("  {:<34} {:<20} {}{}\n", path, type_of(schema, console), choose(console, zh.empty() ? en : zh, en),
               unit.empty() ? "" : fmt::format(" [{}]", unit));
  }
  const Json& members = member(schema, "properties");
  if (members.is_object())
    for (const auto& [name, one] : members.items())
      show_facts(root, one, path.empty() ? name : path + "." + name, console, depth + 1);
  if (member(schema, "items").is_object() && member(member(schema, "items"), "properties").is_object())
    for (const auto& [name, one] : schema["items"]["properties"].items())
      show_facts(root, one, path + "[]." + name, console, depth + 1);
}

std::string_view word_of(probe::Intrusive intrusive) {
  switch (intrusive) {
    case probe::Intrusive::no: return "no";
    case probe::Intrusive::partly: return "partly";
    case probe::Intrusive::yes: return "yes";
  }
  return "";
}

template <typename Entry>
Json about(const Entry& entry) {
  return {{"name", entry.name}, {"title", {{"zh", entry.probe->title_zh}, {"en", entry.probe->title_en}}}, {"takes", name_of(entry.probe->takes)}, {"version", entry.probe->version}, {"intrusive", word_of(entry.probe->intrusive)}};
}

}  // namespace

int run_command(const ProbeListCommand&, const Console& console) {
  if (console.json) {
    Json list = Json::array();
    for (const auto& entry : probe::all_probes()) list.push_back(about(entry));
    print_json({{"probes", std::move(list)}});
    return 0;
  }
  for (const auto& entry : probe::all_probes())
    fmt::print("{:<14} {:<12} {}\n", entry.name, name_of(entry.probe->takes),
               choose(console, std::string(entry.probe->title_zh), std::string(entry.probe->title_en)));
  return 0;
}

int run_command(const ProbeShowCommand& command, const Console& console) {
  const auto* entry = probe::find_probe(command.probe);
  if (entry == nullptr) {
    const auto nearest = nearest_name(command.probe, probe_catalog().names);
    print_error(fmt::format("no probe \"{}\"{}", command.probe, nearest ? fmt::format("; did you mean {}?", *nearest) : "; see: lintel probe list"));
    return kUsageError;
  }
  const auto facts = parse_json(entry->facts_schema), params = parse_json(entry->params_schema);
  if (!facts || !params) return kInternalError;
  if (console.json) {
    Json shown = about(*entry);
    shown["facts"] = *facts;
    shown["parameters"] = *params;
    print_json(shown);
    return 0;
  }
  const auto said = [&](std::string_view word) { return console.language == "en" ? std::string(word) : report::in_chinese(std::string(word)); };
  fmt::print(fmt::runtime(choose(console, "{}  {}\n  对象 {}，版本 {}，侵入性 {}\n", "{}  {}\n  takes {}, version {}, intrusive {}\n")), entry->name,
             choose(console, std::string(entry->probe->title_zh), std::string(entry->probe->title_en)), name_of(entry->probe->takes),
             entry->probe->version, said(word_of(entry->probe->intrusive)));
  fmt::print("{}\n", choose(console, "事实", "facts"));
  show_facts(*facts, *facts, "", console, 0);
  if (!member(*params, "properties").empty()) {
    fmt::print("{}\n", choose(console, "参数", "parameters"));
    show_facts(*params, *params, "", console, 0);
  }
  return 0;
}

}  // namespace lintel::cli
