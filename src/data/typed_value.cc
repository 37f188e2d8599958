// Walks a YAML node and its schema side by side: what fits becomes JSON, what does not becomes a located diagnostic.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/clock.h"
#include "base/text.h"
#include "data/document.h"
#include "data/scalar.h"

namespace lintel {
namespace {

using schema::Type;
using yaml::Kind;

constexpr std::size_t kShownBytes = 40;

// A scalar as it stands in a message.
std::string shown(std::string_view text) {
  std::string out = printable(text.substr(0, kShownBytes + 3));
  std::replace(out.begin(), out.end(), '\n', ' ');
  if (text.size() > kShownBytes) {
    std::size_t cut = kShownBytes;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0u) == 0x80u) --cut;
    out = printable(text.substr(0, cut)) + "…";
    std::replace(out.begin(), out.end(), '\n', ' ');
  }
  return "`" + out + "`";
}

std::string shown(const yaml::Node& node) {
  switch (node.kind()) {
    case Kind::null: return "nothing";
    case Kind::list: return "a list";
    case Kind::map: return "a map";
    case Kind::scalar: return (node.quoted() ? "the text " : "") + shown(node.text());
  }
  return "nothing";
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

// Descriptions that start small say what a value has to look like; the others what it is for, which would not help here.
std::string form_hint(const schema::Node& rule) {
  const std::string& text = rule.description;
  return !text.empty() && !(text[0] >= 'A' && text[0] <= 'Z') ? text : "";
}

std::string words(const Json& value) { return value.is_string() ? value.get<std::string>() : dump_json(value); }

class Walk {
 public:
  Walk(schema::Missing missing, const std::string& file, std::vector<Diagnostic>& diagnostics)
      : missing_(missing), file_(file), diagnostics_(diagnostics) {}

  // name: what the value is called in messages, "`port`" or "item 2 of `ports`".
  Json value(const yaml::Node& node, const schema::Node& given, const std::string& name) {
    const schema::Node& rule = schema::resolve(given);
    if (!rule.one_of.empty() && !only_names(rule.one_of)) return form(node, rule.one_of, name, true);
    if (!rule.any_of.empty() && !only_names(rule.any_of)) return form(node, rule.any_of, name, false);
    switch (node.kind()) {
      case Kind::null:
        if ((rule.types & Type::null) != 0) return nullptr;
        refuse("E030", node.mark(), fmt::format("{} has no value", name),
               rule.types == Type::array ? "take the # off the entries below it that are meant; [] is an empty list" : "");
        return nullptr;
      case Kind::scalar: return scalar(node, rule, name);
      case Kind::list: return list(node, rule, name);
      case Kind::map: return map(node, rule, name);
    }
    return nullptr;
  }

 private:
  void refuse(const char* code, Mark mark, std::string message, std::string hint) {
    if (diagnostics_.size() < yaml::kMaxDiagnostics)
      diagnostics_.push_back({code, Severity::error, file_, mark, std::move(message), std::move(hint)});
  }

  static std::vector<std::string> known_words(const schema::Node& rule) {
    std::vector<std::string> known;
    for (const Json& one : rule.values) known.push_back(words(one));
    return known;
  }

  void refuse_type(const yaml::Node& node, const schema::Node& rule, const std::string& name) {
    std::string hint;
    if (node.kind() == Kind::scalar && node.quoted() && (rule.types & (Type::number | Type::integer | Type::boolean)) != 0)
      hint = "write it without quotes";
    else if (node.kind() == Kind::scalar && (rule.types & Type::boolean) != 0)
      hint = "write `true` or `false`";
    else if (node.kind() == Kind::scalar && (rule.types & Type::array) != 0)
      hint = fmt::format("write `[{}]` for a list of one", printable(node.text().substr(0, 40)));
    else if (!rule.values.empty())
      hint = name_hint("", known_words(rule));
    else
      hint = form_hint(rule);
    refuse("E023", node.mark(), fmt::format("{} must be {}, not {}", name, schema::type_words(rule.types), shown(node)), hint);
  }

  Json scalar(const yaml::Node& node, const schema::Node& rule, const std::string& name) {
    std::optional<Json> made = scalar_value(node.text(), node.quoted(), rule.types);
    if (!made) {
      refuse_type(node, rule, name);
      return nullptr;
    }
    const Json& json = *made;
    if (!rule.values.empty() && std::find(rule.values.begin(), rule.values.end(), json) == rule.values.end()) {
      const std::vector<std::string> known = known_words(rule);
      if (known.size() == 1)
        refuse("E024", node.mark(), fmt::format("{} must be `{}`, not {}", name, known[0], shown(node.text())), "");
      else
        refuse("E024", node.mark(), fmt::format("{} can't be {}", name, shown(node.text())), name_hint(node.text(), known));
      return nullptr;
    }
    if (json.is_string()) return text(node, rule, name) ? std::move(*made) : Json();
    if (json.is_number()) {
      const double number = json.get<double>();
      if (number < rule.minimum || number > rule.maximum) {
        refuse("E026", node.mark(), fmt::format("{} is {}; {}", name, shown(node.text()), range(rule.minimum, rule.maximum)), form_hint(rule));
        return nullptr;
      }
    }
    return std::move(*made);
  }

  static std::string range(double low, double high) {
    if (std::isinf(high)) return fmt::format("{} is the least", low);
    if (std::isinf(low)) return fmt::format("{} is the most", high);
    return fmt::format("it must be within {} and {}", low, high);
  }

  bool text(const yaml::Node& node, const schema::Node& rule, const std::string& name) {
    const std::string_view text = node.text();
    const std::size_t length = characters(text);
    if (length < rule.min_size || (length == 0 && rule.pattern != nullptr && !re2::RE2::PartialMatch("", *rule.pattern))) {
      refuse("E027", node.mark(), length == 0 ? fmt::format("{} is empty", name)
                                              : fmt::format("{} is {}; it needs {} characters or more", name, shown(text), rule.min_size), form_hint(rule));
      return false;
    }
    if (rule.pattern != nullptr && rule.min_size > 0 && is_blank(text)) {
      refuse("E027", node.mark(), fmt::format("{} holds nothing but spaces", name), form_hint(rule));
      return false;
    }
    if (length > rule.max_size) {
      refuse("E027", node.mark(), fmt::format("{} has {} characters; {} are the most", name, length, rule.max_size), "");
      return false;
    }
    if (rule.pattern != nullptr && !re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *rule.pattern)) {
      refuse("E025", node.mark(), fmt::format("{} can't be {}", name, shown(text)),
             !form_hint(rule).empty() ? form_hint(rule) : printable(text) != text ? "plain text without control characters" : fmt::format("it must match {}", rule.pattern_text));
      return false;
    }
    if (rule.format == schema::Format::date_time && !parse_time(text)) {
      refuse("E028", node.mark(), fmt::format("{} is {}, not a moment with its offset", name, shown(text)), "like 2026-11-01T10:00:00+08:00");
      return false;
    }
    return true;
  }

  Json list(const yaml::Node& node, const schema::Node& rule, const std::string& name) {
    if ((rule.types & Type::array) == 0) {
      refuse_type(node, rule, name);
      return nullptr;
    }
    if (node.size() < rule.min_size)
      refuse("E027", node.mark(), node.size() == 0 ? fmt::format("{} is an empty list", name)
                                                   : fmt::format("{} has {} items; it needs {} or more", name, node.size(), rule.min_size), form_hint(rule));
    if (node.size() > rule.max_size)
      refuse("E027", node.mark(), fmt::format("{} has {} items; {} are the most", name, node.size(), rule.max_size), "");
    Json out = Json::array();
    std::size_t position = 0;
    static const schema::Node any;
    node.each_item([&](yaml::Node item) {
      ++position;
      out.push_back(value(item, rule.items != nullptr ? *rule.items : any, fmt::format("item {} of {}", position, name)));
    });
    return out;
  }

  Json map(const yaml::Node& node, const schema::Node& rule, const std::string& name) {
    if ((rule.types & Type::object) == 0) {
      refuse_type(node, rule, name);
      return nullptr;
    }
    const std::string owner = rule.title.empty() ? name : "this " + rule.title;
    static const schema::Node any;
    Json out = Json::object();
    std::vector<std::string> meant;  // keys that an unknown one was probably meant to be: not told as missing as well
    bool unknown = false;
    node.each_entry([&](yaml::Node key, yaml::Node child) {
      const auto found = rule.properties.find(key.text());
      const schema::Node* child_rule = found != rule.properties.end() ? found->second
                                       : rule.additional != nullptr   ? rule.additional
                                       : rule.additional_allowed      ? &any
                                                                      : nullptr;
      if (child_rule == nullptr) {
        const std::vector<std::string> known = schema::member_names(rule);
        refuse("E021", key.mark(), fmt::format("unknown key {} in {}", shown(key.text()), owner), name_hint(key.text(), known));
        if (auto near = nearest_name(key.text(), known)) meant.push_back(std::move(*near));
        unknown = true;
        return;
      }
      out[std::string(key.text())] = value(child, *child_rule, shown(key.text()));
    });
    if (missing_ == schema::Missing::refused)
      for (const std::string& needed : rule.required)
        if (!node.find(needed) && std::find(meant.begin(), meant.end(), needed) == meant.end())
          refuse("E022", node.mark(), fmt::format("`{}` is missing in {}", needed, owner), "");
    if (missing_ == schema::Missing::refused && !unknown) names(node, rule, owner);
    return out;
  }

  // oneOf or anyOf beside properties: which members go together.
  void names(const yaml::Node& node, const schema::Node& rule, const std::string& owner) {
    const auto& forms = rule.one_of.empty() ? rule.any_of : rule.one_of;
    if (forms.empty()) return;
    std::string all, first;
    for (const schema::Node* form : forms) {
      const std::string& key = form->required.front();
      all += (all.empty() ? "`" : form == forms.back() ? " or `" : ", `") + key + "`";
      node.each_entry([&](yaml::Node name, yaml::Node) {
        if (name.text() != key) return;
        if (first.empty()) first = key;
        else if (!rule.one_of.empty())
          refuse("E029", name.mark(), fmt::format("`{}` can't stand beside `{}` in {}", key, first, owner), "keep one of them");
      });
    }
    if (first.empty()) refuse("E022", node.mark(), fmt::format("{} needs {}", owner, all), "");
  }

  static bool only_names(const std::vector<const schema::Node*>& forms) {
    return std::all_of(forms.begin(), forms.end(), [](const schema::Node* form) {
      return form->reference == nullptr && form->required.size() == 1 && form->properties.empty();
    });
  }

  static unsigned types_of(const yaml::Node& node) {
    switch (node.kind()) {
      case Kind::null: return Type::null;
      case Kind::list: return Type::array;
      case Kind::map: return Type::object;
      case Kind::scalar: return Type::string | Type::boolean | Type::number | Type::integer;
    }
    return 0;
  }

  static unsigned types_of(const schema::Node& given, int depth = 0) {
    const schema::Node& rule = schema::resolve(given);
    unsigned types = 0;
    if (depth < 20)
      for (const auto* forms : {&rule.one_of, &rule.any_of})
        if (!only_names(*forms))
          for (const schema::Node* form : *forms) types |= types_of(*form, depth + 1);
    return types == 0 ? rule.types : types;
  }

  // One of several forms: those of the written kind are tried; when none fits, the one that comes nearest explains why.
  Json form(const yaml::Node& node, const std::vector<const schema::Node*>& forms, const std::string& name, bool exactly_one) {
    std::vector<const schema::Node*> fitting;
    unsigned types = 0;
    for (const schema::Node* one : forms) {
      types |= types_of(*one);
      if ((types_of(*one) & types_of(node)) != 0) fitting.push_back(one);
    }
    if (++form_depth_ > 100 || fitting.empty()) {
      schema::Node wanted;
      wanted.types = types;
      refuse_type(node, wanted, name);
      --form_depth_;
      return nullptr;
    }
    if (fitting.size() == 1) {
      Json made = value(node, *fitting[0], name);
      --form_depth_;
      return made;
    }
    std::vector<Diagnostic> nearest;
    Json result;
    int fits = 0;
    for (const schema::Node* one : fitting) {
      std::vector<Diagnostic> found;
      Json made = Walk(missing_, file_, found).value(node, *one, name);
      if (found.empty() && ++fits == 1) result = std::move(made);
      if (fits == 0 && (nearest.empty() || found.size() < nearest.size())) nearest = std::move(found);
    }
    --form_depth_;
    if (fits == 0)
      for (Diagnostic& one : nearest) refuse(one.code.c_str(), one.mark, std::move(one.message), std::move(one.hint));
    if (fits > 1 && exactly_one) refuse("E029", node.mark(), fmt::format("{} fits more than one form", name), "");
    return result;
  }

  schema::Missing missing_;
  const std::string& file_;
  std::vector<Diagnostic>& diagnostics_;
  int form_depth_ = 0;
};

}  // namespace

Json typed_value(const yaml::Node& node, const schema::Node& schema, schema::Missing missing, const std::string& file,
                 std::vector<Diagnostic>& diagnostics, const std::string& name) {
  return Walk(missing, file, diagnostics).value(node, schema, name);
}

Json untyped_value(const yaml::Node& node) {
  static const schema::Node any;
  std::vector<Diagnostic> none;
  return Walk(schema::Missing::allowed, "", none).value(node, any, "");
}

}  // namespace lintel
