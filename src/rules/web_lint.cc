#include "rules/web_lint.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <set>

#include "base/text.h"
#include "model/placeholder.h"
#include "rules/item_lint.h"

namespace lintel::rules {
namespace {

class WebLint : public ItemLint {
 public:
  using ItemLint::ItemLint;

  void application(const Json& json) {
    file(json, "ca");
    for (const std::string_view name : model::built_in_names()) known_.insert(std::string(name));
    if (const Json& accounts = member(json, "accounts"); accounts.is_object())
      for (const auto& [name, account] : accounts.items()) read_account(name, account);
    each_step(json, [this](const Json& step, const std::string&) {
      if (const Json& take = member(step, "take"); take.is_object())
        for (const auto& [name, place] : take.items()) known_.insert(name);
    });
    each_step(json, [this](const Json& step, const std::string& where) { read_step(step, where); });
    if (const Json& calls = member(json, "calls"); calls.is_array())
      for (std::size_t i = 0; i < calls.size(); ++i) read_call(calls[i], fmt::format("calls/{}/", i));
    texts(member(json, "privacy"), "privacy", known_);
  }

 private:
  template <class Visit>
  static void each_step(const Json& json, Visit visit) {
    if (const Json& flows = member(json, "flows"); flows.is_object())
      for (const auto& [name, steps] : flows.items())
        for (std::size_t i = 0; i < steps.size(); ++i) visit(steps[i], fmt::format("flows/{}/{}/", escape(name), i));
    if (const Json& calls = member(json, "calls"); calls.is_array())
      for (std::size_t i = 0; i < calls.size(); ++i) visit(calls[i], fmt::format("calls/{}/", i));
  }

  void read_account(const std::string& name, const Json& account) {
    names_.push_back(name);
    const std::string above = fmt::format("accounts/{}/", escape(name));
    for (const auto& [key, value] : account.items()) {
      known_.insert(key);
      if (key == "certificate" || (key == "key" && account.contains("certificate"))) file(account, key.c_str(), above);
      else secret(key, value, above + escape(key));
    }
  }

  void read_step(const Json& step, const std::string& where) {
    std::set<std::string> known = known_;
    if (const Json& inputs = member(step, "inputs"); inputs.is_object())
      for (const auto& [name, input] : inputs.items()) known.insert(name);
    read_body(member(step, "request"), where + "request/");
    for (const char* part : {"request", "success"}) texts(member(step, part), where + part, known);
    if (const Json& sign = member(step, "sign"); sign.is_object()) {
      for (const std::string_view name : model::signature_names()) known.insert(std::string(name));
      texts(sign, where + "sign", known);
    }
    if (const Json& take = member(step, "take"); take.is_object())
      for (const auto& [name, place] : take.items()) read_place(place, where + "take/" + escape(name), known);
  }

  void read_body(const Json& request, const std::string& where) {
    std::string first;
    for (const char* body : {"form", "json", "body", "file"}) {
      if (!request.contains(body) || (body == std::string_view("file") && first == "form")) continue;  // members of a form go with its file
      if (!first.empty()) error_at_key("E029", where + body, fmt::format("`{}` can't stand beside `{}` in this request", body, first), "keep one of them");
      first = body;
    }
    if (!first.empty() && text_or(request, "method") == "GET")
      error_at_key("E077", where + first, fmt::format("a GET request sends no `{}`", first), "write `method: POST`");
  }

  void read_place(const Json& place, const std::string& where, const std::set<std::string>& known) {
    const std::size_t places = place.contains("cookie") + place.contains("header") + place.contains("json") + place.contains("file");
    const std::string pattern = text_or(place, "pattern");
    if (places > 1 || (places == 0 && pattern.empty()) || (places == 1 && !pattern.empty() && !place.contains("file") && !place.contains("header")))
      error("E092", where, "a value is taken from one place", "{cookie: NAME}, {header: NAME, pattern: …}, {json: /pointer}, {pattern: 're2 (group)'} or {file: PATH, pattern: …}");
    if (!pattern.empty()) {
      const re2::RE2 compiled(pattern, re2::RE2::Quiet);
      if (!compiled.ok()) error("E093", where + "/pattern", fmt::format("the pattern does not compile: {}", compiled.error()));
      else if (compiled.NumberOfCapturingGroups() != 1) error("E093", where + "/pattern", "the pattern needs one group, the value", "like 'code: ([0-9]+)'");
    }
    if (place.contains("file")) texts(place["file"], where + "/file", known);
  }

  void read_call(const Json& call, const std::string& where) {
    const Json& as = member(call, "as");
    for (std::size_t i = 0; i < as.size(); ++i) {
      const std::string name = as[i].get<std::string>();
      if (std::find(names_.begin(), names_.end(), name) != names_.end()) continue;
      const auto near = nearest_name(name, names_);
      error("E091", fmt::format("{}as/{}", where, i), fmt::format("there is no account `{}`", printable(name)),
            near ? fmt::format("did you mean `{}`?", *near) : "accounts stand under `accounts:`");
    }
  }

  void texts(const Json& value, const std::string& where, const std::set<std::string>& known) {
    if (value.is_string()) {
      for (const model::Placeholder& found : model::placeholders(value.get_ref<const std::string&>())) {
        if (known.contains(found.name)) continue;
        const std::vector<std::string> names(known.begin(), known.end());
        const auto near = nearest_name(found.name, names);
        error("E090", where, fmt::format("nothing gives `{{{}}}` a value", found.name),
              near ? fmt::format("did you mean `{{{}}}`?", *near) : "a member of an account, a value that a step takes, or an input");
      }
    } else if (value.is_object()) {
      for (const auto& [key, element] : value.items()) texts(element, where + "/" + escape(key), known);
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) texts(value[i], fmt::format("{}/{}", where, i), known);
    }
  }

  std::set<std::string> known_;
  std::vector<std::string> names_;
};

}  // namespace

void lint_web(const Json& json, const std::string& at, const Document& document, const std::filesystem::path& folder, Diagnostics& diagnostics) {
  WebLint(at, document, folder, diagnostics).application(json);
}

}  // namespace lintel::rules
