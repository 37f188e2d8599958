// Which assertions there are and what members each takes (assertion_compiler.h).
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "data/json.h"
#include "rules/assertion_compiler.h"

namespace lintel::rules {
namespace {

constexpr Form kForms[] = {
    {AssertionKind::equals, "equals", "path value|of"},
    {AssertionKind::not_equals, "not_equals", "path value|of"},
    {AssertionKind::one_of, "one_of", "path values"},
    {AssertionKind::none_of, "none_of", "path values"},
    {AssertionKind::subset_of, "subset_of", "path values|of"},
    {AssertionKind::contains, "contains", "path value"},
    {AssertionKind::at_least, "at_least", "path value"},
    {AssertionKind::at_most, "at_most", "path value"},
    {AssertionKind::between, "between", "path low high"},
    {AssertionKind::matches, "matches", "path pattern"},
    {AssertionKind::exists, "exists", "path"},
    {AssertionKind::absent, "absent", "path"},
    {AssertionKind::count, "count", "path ?at_least ?at_most ?equals"},
    {AssertionKind::unique, "unique", "path"},
    {AssertionKind::for_all, "for_all", "in as assert"},
    {AssertionKind::for_some, "for_some", "in as assert"},
    {AssertionKind::all, "all", ""},
    {AssertionKind::any, "any", ""},
    {AssertionKind::negation, "not", ""},
    {AssertionKind::that, "that", ""},
};

const Form* find_form(std::string_view name) {
  for (const Form& form : kForms)
    if (form.name == name) return &form;
  return nullptr;
}

std::string escape_pointer(std::string_view key) {
  std::string out;
  for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

}  // namespace

const Form* AssertionCompiler::form_of(Assertion& assertion, const Json& json, const std::string& pointer) {
  if (!json.is_object())
    return problem(assertion, pointer, "E065",
                   "an assertion is a mapping like {equals: {path: complete, value: true}}"),
           nullptr;
  const Form* form = nullptr;
  for (const auto& [key, value] : json.items()) {
    if (key == "title") continue;
    const Form* found = find_form(key);
    if (found == nullptr) {
      std::vector<std::string> names;
      for (const Form& known : kForms) names.emplace_back(known.name);
      const auto nearest = nearest_name(key, names);
      return problem(
                 assertion, pointer + "/" + escape_pointer(key), "E065",
                 fmt::format("there is no assertion '{}'", printable(key)),
                 nearest ? fmt::format("did you mean '{}'?", *nearest) : "the list is in docs/documents.md"),
             nullptr;
    }
    if (form != nullptr)
      return problem(assertion, pointer, "E065",
                     fmt::format("one mapping holds two assertions, '{}' and '{}'", form->name, key),
                     "write each as its own list element"),
             nullptr;
    form = found;
  }
  if (form == nullptr)
    problem(assertion, pointer, "E065", "the assertion is empty",
            "write one like {equals: {path: complete, value: true}}");
  return form;
}

bool AssertionCompiler::check_members(Assertion& assertion, const Form& form, const Json& body,
                                      const std::string& pointer) {
  if (!body.is_object())
    return problem(assertion, pointer, "E065",
                   fmt::format("{} takes a mapping with: {}", form.name, form.members)),
           false;
  std::vector<std::string> known;
  bool fine = true;
  for (const std::string_view wanted : split(form.members, ' ')) {
    const bool optional = wanted.starts_with('?');
    int found = 0;
    for (const std::string_view name : split(optional ? wanted.substr(1) : wanted, '|')) {
      known.emplace_back(name);
      found += body.contains(name) ? 1 : 0;
    }
    std::string spoken(wanted);
    if (const std::size_t bar = spoken.find('|'); bar != std::string::npos) spoken.replace(bar, 1, "' or '");
    if (found == 0 && !optional)
      problem(assertion, pointer, "E065", fmt::format("{} needs '{}'", form.name, spoken)), fine = false;
    if (found > 1)
      problem(assertion, pointer, "E065", fmt::format("{} takes '{}', not both", form.name, spoken)),
          fine = false;
  }
  for (const auto& [key, value] : body.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const auto nearest = nearest_name(key, known);
    problem(assertion, pointer + "/" + escape_pointer(key), "E065",
            fmt::format("{} has no member '{}'", form.name, printable(key)),
            nearest ? fmt::format("did you mean '{}'?", *nearest)
                    : fmt::format("it takes: {}", join(known, ", ")));
    fine = false;
  }
  return fine;
}

}  // namespace lintel::rules
