#include "report/template.h"

#include <kainjow/mustache.hpp>
#include <set>

#include "base/text.h"
#include "data/json.h"

namespace lintel::report {
namespace {

namespace mustache = kainjow::mustache;

mustache::data to_data(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object: {
      mustache::data object{mustache::data::type::object};
      for (const auto& [key, each] : value.items()) object[key] = to_data(each);
      return object;
    }
    case Json::value_t::array: {
      mustache::data list{mustache::data::type::list};
      // push_back() copies whole trees; the list itself is ours and not const.
      auto& items = const_cast<mustache::list&>(list.list_value());
      items.reserve(value.size());
      for (const auto& each : value) items.push_back(to_data(each));
      return list;
    }
    case Json::value_t::string: return value.get_ref<const std::string&>();
    case Json::value_t::boolean: return value.get<bool>();
    case Json::value_t::null: return false;
    default: return dump_json(value);
  }
}

// Looks a name up in the nearest object, never further out: a member that one row lacks would else be filled
// silently from the page around it. Remembers what was not there.
class StrictContext : public mustache::basic_context<std::string> {
 public:
  explicit StrictContext(const mustache::data* data) { items_.push_back(data); }
  void push(const mustache::data* data) override { items_.push_back(data); }
  void pop() override { items_.pop_back(); }
  const mustache::data* get(const std::string& name) const override {
    if (name == ".") return items_.back();
    auto item = items_.rbegin();
    while (item != items_.rend() && !(*item)->is_object()) ++item;
    const mustache::data* found = item == items_.rend() ? nullptr : *item;
    for (const auto part : split(name, '.')) {
      if (found != nullptr) found = found->get(std::string(part));
    }
    if (found == nullptr) missing_.insert(name);
    return found;
  }
  const mustache::data* get_partial(const std::string& name) const override {
    missing_.insert("> " + name);
    return nullptr;
  }
  std::vector<std::string> missing() const { return {missing_.begin(), missing_.end()}; }

 private:
  std::vector<const mustache::data*> items_;
  mutable std::set<std::string> missing_;
};

// The text with leading white space of each line and the last newline gone: less to parse, less to send.
std::string compact(std::string_view text) {
  std::string out;
  for (const auto line : split(text, '\n')) {
    const auto from = line.find_first_not_of(" \t");
    if (from == std::string_view::npos) continue;
    if (!out.empty()) out += '\n';
    out += line.substr(from);
  }
  return out;
}

Result<std::string> expand_partials(std::string_view text, int depth) {
  if (depth > 8) return fail(ErrorCode::internal, "report templates include each other in a circle");
  std::string out;
  while (true) {
    const auto open = text.find("{{>");
    if (open == std::string_view::npos) return out + std::string(text);
    const auto close = text.find("}}", open);
    if (close == std::string_view::npos) return fail(ErrorCode::internal, "report template: {{{{> without }}}}");
    const auto name = trim(text.substr(open + 3, close - open - 3));
    const std::string_view file = TRY(embedded(std::string(name) + ".html"));
    out += text.substr(0, open);
    out += TRY(expand_partials(compact(file), depth + 1));
    text.remove_prefix(close + 2);
  }
}

Result<std::string> expand_words(std::string_view text, const Words& words, Language language) {
  std::string out;
  while (true) {
    const auto open = text.find("[[");
    if (open == std::string_view::npos) return out + std::string(text);
    const auto close = text.find("]]", open);
    const auto tag = text.substr(open + 2, close == std::string_view::npos ? 0 : close - open - 2);
    const auto parts = split(tag, ':');
    if (close == std::string_view::npos || parts.size() > 2 || !words.has("ui", parts[0]))
      return fail(ErrorCode::internal, "report template: no word '{}' in words.json", tag);
    const model::Text word = words.text("ui", parts[0]);
    out += text.substr(0, open);
    const bool both = language == Language::both && word.zh != word.en;
    const std::string one = escape_html(language == Language::en ? word.en : word.zh);
    if (parts.size() == 2)
      out += parts[1] == "two" ? (both ? escape_html(word.zh + " " + word.en) : one) : escape_html(parts[1] == "zh" ? word.zh : word.en);
    else if (language != Language::both)
      out += "<span>" + one + "</span>";
    else
      out += fmt::format("<span lang=zh>{}</span> <span lang=en>{}</span>", escape_html(word.zh), escape_html(word.en));
    text.remove_prefix(close + 2);
  }
}

}  // namespace

struct Template::Parsed {
  mutable mustache::mustache mustache;
};

Template::Template(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
Template::Template(Template&&) noexcept = default;
Template::~Template() = default;

Result<Template> Template::parse(std::string text, const Words& words, Language language) {
  const std::string whole = TRY(expand_partials(compact(text), 0));
  const std::string expanded = TRY(expand_words(whole, words, language));
  auto parsed = std::make_unique<Parsed>(Parsed{mustache::mustache(expanded)});
  if (!parsed->mustache.is_valid())
    return fail(ErrorCode::internal, "report template: {}", parsed->mustache.error_message());
  parsed->mustache.set_custom_escape([](const std::string& value) { return escape_html(value); });
  return Template(std::move(parsed));
}

Result<Template> Template::load(std::string_view name, const Words& words, Language language) {
  const std::string_view text = TRY(embedded(std::string(name) + ".html"));
  auto parsed = parse(std::string(text), words, language);
  if (!parsed) return add_context(parsed.error(), name);
  return parsed;
}

Result<std::string> Template::render(const Json& values) const {
  const mustache::data data = to_data(values);
  StrictContext context(&data);
  std::ostringstream stream;
  parsed_->mustache.render(context, stream);
  const auto missing = context.missing();
  if (!missing.empty()) return fail(ErrorCode::internal, "report template: the view has no {}", join(missing, ", "));
  if (!parsed_->mustache.is_valid())
    return fail(ErrorCode::internal, "report template: {}", parsed_->mustache.error_message());
  return std::move(stream).str();
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace lintel::report
