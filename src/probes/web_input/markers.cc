// Values that show by a mark in the answer that they were taken as markup, template, query, command or header. They compute; they change nothing.
#include "probes/web_input/attacks.h"

namespace lintel::probes::web_input {

std::vector<Attack> markers(const flow::Call& call) {
  struct Form {
    const char *name, *before, *after;
  };
  // `||` joins texts; where it means "or" it could widen a change to every row, so it is sent only with calls that read. `+` is harmless in both.
  constexpr Form kReads[] = {{"sql_join", "lq'||(", ")||'"}};
  constexpr Form kComputed[] = {{"arithmetic", "", ""},           {"sql_plus", "lq'+(", ")+'"},    {"template_braces", "{{", "}}"},    {"template_dollar", "${", "}"},
                                {"template_hash", "#{", "}"},     {"template_tag", "<%= ", " %>"}, {"command_then", ";echo $((", "))"}, {"command_pipe", "|echo $((", "))"},
                                {"command_inside", "$(echo $((", ")))"}, {"command_windows", "&set /a ", ""}};
  std::vector<Attack> attacks;
  for (const auto& [input, good] : call.inputs) {
    const Place place = place_of(call.step.request, input);
    if (place == Place::none || place == Place::header) continue;
    const auto add = [&](const char* name, const std::string& text, Sign sign, std::string mark) {
      attacks.push_back({.name = name, .input = input, .call = call, .values = {{input, written(place, text)}}, .sign = sign, .mark = std::move(mark)});
    };
    const auto compute = [&](const Form& form) {
      const Product product = fresh_product();
      add(form.name, form.before + product.expression + form.after, Sign::computed, product.value);
    };
    const std::string tag = "<" + fresh_word() + ">", header = fresh_word();
    add("markup", tag, Sign::markup, tag);
    for (const Form& form : kComputed) compute(form);
    if (!call.writes)
      for (const Form& form : kReads) compute(form);
    add("sql_quote", "lq'\"", Sign::database, "");
    add("line_break", "lq\r\n" + header + ": 1", Sign::header, header);
  }
  return attacks;
}

}  // namespace lintel::probes::web_input
