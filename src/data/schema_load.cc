// From the JSON of a schema to its nodes; refuses what the validators could not honour.
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "data/schema.h"

namespace lintel::schema {

class Loader {
 public:
  Loader(Schema& schema, std::string_view name) : schema_(schema), name_(name) {}

  Result<void> load(const Json& json) {
    Node* root = &schema_.nodes_.emplace_back();
    schema_.root_ = root;
    const Json& definitions = lintel::member(json, "$defs");
    if (!definitions.is_null() && !definitions.is_object()) return refuse(ErrorCode::invalid_input, "/$defs", "must be an object");
    for (const auto& [name, ignored] : definitions.items()) schema_.definitions_[name] = &schema_.nodes_.emplace_back();
    for (const auto& [name, body] : definitions.items())
      TRY(fill(*const_cast<Node*>(schema_.definitions_[name]), body, "/$defs/" + name));
    TRY(fill(*root, json, ""));
    return refuse_circles();
  }

 private:
  template <class... Args>
  tl::unexpected<Error> refuse(ErrorCode code, const std::string& at, fmt::format_string<Args...> text, Args&&... args) {
    return fail(code, "schema {} at {}: {}", name_, at.empty() ? "/" : at, fmt::format(text, std::forward<Args>(args)...));
  }

  Result<const Node*> child(const Json& json, const std::string& at) {
    Node& node = schema_.nodes_.emplace_back();
    TRY(fill(node, json, at));
    return &node;
  }

  Result<void> fill(Node& node, const Json& json, const std::string& at) {
    if (json.is_boolean() && json.get<bool>()) return {};  // `true`: anything goes
    if (!json.is_object()) return refuse(ErrorCode::invalid_input, at, "a schema must be an object");
    bool typed = false;
    for (const auto& [key, value] : json.items()) {
      const std::string here = at + "/" + key;
      if (key == "type") {
        typed = true;
        node.types = 0;
        for (const Json& word : value.is_array() ? value : Json::array({value})) node.types |= TRY(type(word, here));
      } else if (key == "properties") {
        if (!value.is_object()) return refuse(ErrorCode::invalid_input, here, "must be an object");
        for (const auto& [name, body] : value.items()) node.properties[name] = TRY(child(body, here + "/" + name));
      } else if (key == "required") {
        if (!value.is_array()) return refuse(ErrorCode::invalid_input, here, "must be a list of names");
        for (const Json& name : value) {
          if (!name.is_string()) return refuse(ErrorCode::invalid_input, here, "must be a list of names");
          node.required.push_back(name.get<std::string>());
        }
      } else if (key == "additionalProperties") {
        if (value.is_boolean()) node.additional_allowed = value.get<bool>();
        else node.additional = TRY(child(value, here));
      } else if (key == "items") {
        node.items = TRY(child(value, here));
      } else if (key == "enum") {
        if (!value.is_array() || value.empty()) return refuse(ErrorCode::invalid_input, here, "must be a list that is not empty");
        node.values.assign(value.begin(), value.end());
      } else if (key == "const") {
        node.values = {value};
      } else if (key == "pattern") {
        TRY(pattern(node, value, here));
      } else if (key == "minimum" || key == "maximum") {
        if (!value.is_number()) return refuse(ErrorCode::invalid_input, here, "must be a number");
        (key == "minimum" ? node.minimum : node.maximum) = value.get<double>();
      } else if (key == "minItems" || key == "minLength" || key == "maxItems" || key == "maxLength") {
        if (!value.is_number_unsigned()) return refuse(ErrorCode::invalid_input, here, "must be a whole number, 0 or more");
        (key.starts_with("min") ? node.min_size : node.max_size) = value.get<std::size_t>();
      } else if (key == "oneOf" || key == "anyOf") {
        if (!value.is_array() || value.empty()) return refuse(ErrorCode::invalid_input, here, "must be a list that is not empty");
        for (const Json& form : value) (key == "oneOf" ? node.one_of : node.any_of).push_back(TRY(child(form, here)));
      } else if (key == "format") {
        if (value != "date-time") return refuse(ErrorCode::unsupported, here, "only the format date-time is checked");
        node.format = Format::date_time;
      } else if (key == "$ref") {
        node.reference = TRY(reference(value, here));
      } else if (key == "title") node.title = text(value);
      else if (key == "description") node.description = text(value);
      else if (key == "x-zh") node.description_zh = text(value);
      else if (key == "x-unit") node.unit = text(value);
      else if (key == "x-unknown") node.unknown = value;
      else if (key == "default") node.default_value = value;
      else if (key != "$schema" && key != "$id" && key != "$comment" && key != "examples" && !key.starts_with("x-") &&
               !(key == "$defs" && at.empty()))
        return refuse(ErrorCode::unsupported, here, "the keyword is not supported");
    }
    if (!typed) node.types = implied_types(node);
    return check_forms(node, json, at);
  }

  Result<unsigned> type(const Json& word, const std::string& at) {
    constexpr std::pair<std::string_view, Type> kTypes[] = {{"null", null}, {"boolean", boolean}, {"integer", integer},
                                                            {"number", number}, {"string", string}, {"array", array}, {"object", object}};
    for (const auto& [name, bit] : kTypes)
      if (word == name) return bit == number ? static_cast<unsigned>(number | integer) : static_cast<unsigned>(bit);
    return refuse(ErrorCode::invalid_input, at, "there is no type {}", dump_json(word));
  }

  Result<void> pattern(Node& node, const Json& value, const std::string& at) {
    if (!value.is_string()) return refuse(ErrorCode::invalid_input, at, "must be text");
    node.pattern_text = value.get<std::string>();
    auto compiled = std::make_shared<const re2::RE2>(node.pattern_text, re2::RE2::Quiet);
    if (!compiled->ok()) return refuse(ErrorCode::invalid_input, at, "bad regular expression: {}", compiled->error());
    node.pattern = std::move(compiled);
    return {};
  }

  Result<const Node*> reference(const Json& value, const std::string& at) {
    const std::string target = text(value);
    constexpr std::string_view kPrefix = "#/$defs/";
    if (target == "#") return schema_.root_;
    if (target.starts_with(kPrefix))
      if (const Node* found = schema_.definition(std::string_view(target).substr(kPrefix.size()))) return found;
    return refuse(ErrorCode::invalid_input, at, "{} leads nowhere; only # and #/$defs/name of the same file are followed", target);
  }

  // Without `type`, the enumeration says which types there are; with neither, anything.
  static unsigned implied_types(const Node& node) {
    if (node.values.empty()) return kAnyType;
    unsigned types = 0;
    for (const Json& value : node.values) {
      if (value.is_string()) types |= string;
      else if (value.is_boolean()) types |= boolean;
      else if (value.is_number_integer()) types |= integer;
      else if (value.is_number()) types |= number | integer;
      else if (value.is_array()) types |= array;
      else if (value.is_object()) types |= object;
      else types |= null;
    }
    return types;
  }

  Result<void> check_forms(const Node& node, const Json& json, const std::string& at) {
    const auto has = [&](auto... keys) { return (json.contains(keys) || ...); };
    const bool constrained = has("type", "properties", "required", "additionalProperties", "items", "enum", "const", "pattern",
                                 "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "format");
    if (node.reference != nullptr && (constrained || has("oneOf", "anyOf")))
      return refuse(ErrorCode::unsupported, at, "$ref beside other rules is not supported");
    if (!node.one_of.empty() && !node.any_of.empty())
      return refuse(ErrorCode::unsupported, at, "oneOf beside anyOf is not supported");
    for (const auto* forms : {&node.one_of, &node.any_of}) {
      const bool names_only = std::all_of(forms->begin(), forms->end(), [](const Node* form) {
        return form->required.size() == 1 && form->properties.empty() && form->reference == nullptr;
      });
      if (constrained && !names_only)
        return refuse(ErrorCode::unsupported, at, "oneOf and anyOf beside other rules may only list {{required: [name]}}");
    }
    return {};
  }

  Result<void> refuse_circles() {
    for (const Node& node : schema_.nodes_) {
      std::size_t steps = 0;
      for (const Node* at = &node; at->reference != nullptr; at = at->reference)
        if (++steps > schema_.nodes_.size()) return refuse(ErrorCode::invalid_input, "", "a $ref leads back to itself");
    }
    return {};
  }

  static std::string text(const Json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

  Schema& schema_;
  std::string_view name_;
};

Result<Schema> Schema::load(const Json& json, std::string_view name) {
  Schema schema;
  TRY(Loader(schema, name).load(json));
  return schema;
}

Result<Schema> Schema::load(std::string_view json_text, std::string_view name) {
  auto json = parse_json(json_text);
  if (!json) return add_context(json.error(), fmt::format("schema {}", name));
  return load(*json, name);
}

}  // namespace lintel::schema
