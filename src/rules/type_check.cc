#include "rules/type_check.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "data/json.h"
#include "rules/functions.h"
#include "rules/parser.h"

namespace lintel::rules {
namespace {

std::string with_article(const Type& type) {
  const std::string name = describe(type);
  return (name[0] == 'i' || name[0] == 'o' ? "an " : "a ") + name;
}

std::string nearest_hint(std::string_view name, const std::vector<std::string>& candidates) {
  const auto nearest = nearest_name(name, candidates);
  return nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string();
}

class Checker {
 public:
  Checker(const Expression& expression, Environment& environment, std::vector<Problem>& problems)
      : expression_(expression), environment_(environment), types_(environment.types), problems_(problems) {}

  const Type* check(Node& node) {
    node.type = find_type(node);
    return node.type;
  }

  void check_pair(const Node& left, const Node& right, Against against, int at);
  void check_words(const Type& type, const Node& literal);
  void need_condition(const Node& node) {
    if (node.type->kind != TypeKind::boolean && node.type->kind != TypeKind::any)
      error("E062", node.at,
            fmt::format("a truth value is needed here, but {} is {}", source_of(expression_, node),
                        with_article(*node.type)));
  }

 private:
  const Type* any() const { return types_.of(TypeKind::any); }
  const Type* of(TypeKind kind) const { return types_.of(kind); }

  const Type* error(std::string code, int at, const std::string& message, std::string hint = "") {
    // Literals of a document (`value: ...`) stand at character 0: the loader knows their line.
    problems_.push_back({"", std::move(code),
                         at > 0 ? fmt::format("at character {}: {}", at, message) : message,
                         std::move(hint)});
    return any();
  }

  const Type* find_type(Node& node);
  const Type* name_type(Node& node);
  const Type* member_type(Node& node);
  const Type* index_type(Node& node);
  const Type* arithmetic_type(Node& node);
  const Type* order_type(Node& node);
  const Type* list_type(Node& node);
  const Type* conditional_type(Node& node);
  const Type* call_type(Node& node);
  const Type* call_result(Node& node);
  const Type* bind_type(Node& node);
  bool need(const Node& node, TypeKind kind);

  const Expression& expression_;
  Environment& environment_;
  TypeTable& types_;
  std::vector<Problem>& problems_;
};

const Type* Checker::find_type(Node& node) {
  switch (node.kind) {
    case NodeKind::boolean:
      return of(TypeKind::boolean);
    case NodeKind::integer:
      return of(TypeKind::integer);
    case NodeKind::number:
      return of(TypeKind::number);
    case NodeKind::text:
      return of(TypeKind::text);
    case NodeKind::unknown:
      return any();
    case NodeKind::list:
      return list_type(node);
    case NodeKind::name:
      return name_type(node);
    case NodeKind::member:
      return member_type(node);
    case NodeKind::index:
    case NodeKind::slice:
      return index_type(node);
    case NodeKind::negate:
    case NodeKind::multiply:
    case NodeKind::divide:
    case NodeKind::remainder:
    case NodeKind::add:
    case NodeKind::subtract:
      return arithmetic_type(node);
    case NodeKind::less:
    case NodeKind::less_equal:
    case NodeKind::greater:
    case NodeKind::greater_equal:
      return order_type(node);
    case NodeKind::equal:
    case NodeKind::not_equal:
      check(*node.children[0]);
      check(*node.children[1]);
      check_pair(*node.children[0], *node.children[1], Against::value, node.children[1]->at);
      return of(TypeKind::boolean);
    case NodeKind::in: {
      check(*node.children[0]);
      const Type* list = check(*node.children[1]);
      if (list->kind == TypeKind::text)
        error("E062", node.children[1]->at,
              fmt::format("in needs a list, but {} is a text", source_of(expression_, *node.children[1])),
              "write contains(text, part)");
      else if (need(*node.children[1], TypeKind::list))
        check_pair(*node.children[0], *node.children[1], Against::elements, node.children[0]->at);
      return of(TypeKind::boolean);
    }
    case NodeKind::logical_not:
      check(*node.children[0]);
      need(*node.children[0], TypeKind::boolean);
      return of(TypeKind::boolean);
    case NodeKind::logical_and:
    case NodeKind::logical_or:
      for (Node* child : node.children) {
        check(*child);
        need(*child, TypeKind::boolean);
      }
      return of(TypeKind::boolean);
    case NodeKind::conditional:
      return conditional_type(node);
    case NodeKind::call:
      return call_type(node);
    case NodeKind::bind:
      return bind_type(node);
  }
  return any();
}

// Whether the node's type is the kind or any; else says so. number takes integers too.
bool Checker::need(const Node& node, TypeKind kind) {
  const bool fits = node.type->kind == kind || node.type->kind == TypeKind::any ||
                    (kind == TypeKind::number && node.type->kind == TypeKind::integer);
  if (!fits)
    error("E062", node.at,
          fmt::format("{} is needed here, but {} is {}", with_article(*of(kind)),
                      source_of(expression_, node), with_article(*node.type)));
  return fits;
}

const Type* Checker::name_type(Node& node) {
  const std::string& name = node.text;
  for (std::size_t i = environment_.bound.size(); i-- > 0;)
    if (environment_.bound[i].name == name) {
      node.role = NameRole::bound;
      node.slot = static_cast<int>(i);
      return environment_.bound[i].type;
    }
  const auto root = [&](NameRole role, const Type* type) {
    node.role = role;
    return type == nullptr ? any() : type;
  };
  if (name == "item") return root(NameRole::item, environment_.item);
  if (name == "asset") return root(NameRole::asset, environment_.asset);
  if (name == "params") return root(NameRole::params, environment_.params);
  node.role = NameRole::fact;
  if (environment_.facts == nullptr) return any();
  if (const Type* type = types_.member(*environment_.facts, name)) return type;
  if (const Function* function = find_function(name))
    return error("E061", node.at, fmt::format("'{}' is a function", name),
                 fmt::format("write {}", function->usage));
  std::vector<std::string> candidates = member_names(*environment_.facts);
  for (const BoundName& bound : environment_.bound) candidates.push_back(bound.name);
  for (const char* reserved : {"item", "asset", "params", "true", "false", "unknown"})
    candidates.emplace_back(reserved);
  return error("E061", node.at, fmt::format("the probe has no fact '{}'", name),
               nearest_hint(name, candidates));
}

const Type* Checker::member_type(Node& node) {
  const Type* object = check(*node.children[0]);
  if (object->kind == TypeKind::any) return any();
  const std::string source = source_of(expression_, *node.children[0]);
  if (object->kind != TypeKind::object)
    return error("E062", node.at, fmt::format("{} is {} and has no members", source, with_article(*object)),
                 object->kind == TypeKind::list ? "name its elements with all, any, map or where" : "");
  if (const Type* type = types_.member(*object, node.text)) return type;
  return error("E061", node.at, fmt::format("{} has no member '{}'", source, node.text),
               nearest_hint(node.text, member_names(*object)));
}

const Type* Checker::index_type(Node& node) {
  const Type* of_what = check(*node.children[0]);
  for (std::size_t i = 1; i < node.children.size(); ++i)
    if (node.children[i] != nullptr) {
      check(*node.children[i]);
      need(*node.children[i], TypeKind::integer);
    }
  if (of_what->kind == TypeKind::any || of_what->kind == TypeKind::text)
    return of_what->kind == TypeKind::any ? any() : of(TypeKind::text);
  if (of_what->kind != TypeKind::list)
    return error("E062", node.at,
                 fmt::format("{} is {} and has no elements", source_of(expression_, *node.children[0]),
                             with_article(*of_what)));
  if (node.kind == NodeKind::slice) return of_what;
  return of_what->element == nullptr ? any() : of_what->element;
}

const Type* Checker::arithmetic_type(Node& node) {
  bool whole = true, open = false, texts = node.kind == NodeKind::add;
  for (Node* child : node.children) {
    const Type* type = check(*child);
    whole = whole && type->kind == TypeKind::integer;
    open = open || type->kind == TypeKind::any;
    texts = texts && (type->kind == TypeKind::text || type->kind == TypeKind::any);
  }
  if (open && texts) return any();
  if (texts) return of(TypeKind::text);
  bool fits = true;
  for (const Node* child : node.children)
    fits = need(*child, node.kind == NodeKind::remainder ? TypeKind::integer : TypeKind::number) && fits;
  if (!fits || open) return any();
  return of(whole && node.kind != NodeKind::divide ? TypeKind::integer : TypeKind::number);
}

const Type* Checker::order_type(Node& node) {
  const Type* a = check(*node.children[0]);
  const Type* b = check(*node.children[1]);
  const auto text = [](const Type* type) {
    return type->kind == TypeKind::text || type->kind == TypeKind::any;
  };
  if (!(is_numeric(*a) && is_numeric(*b)) && !(text(a) && text(b)))
    error("E062", node.children[1]->at,
          fmt::format("{} needs two numbers or two texts, not {} and {}", operator_of(node.kind),
                      with_article(*a), with_article(*b)));
  return of(TypeKind::boolean);
}

const Type* Checker::list_type(Node& node) {
  const Type* element = any();
  for (Node* child : node.children) {
    const Type* type = check(*child);
    const Type* both = common(types_, element, type);
    if (both == nullptr)
      return error("E062", child->at,
                   fmt::format("a list of {}s can't hold {}", describe(*element), with_article(*type)));
    element = both;
  }
  return types_.list_of(element);
}

const Type* Checker::conditional_type(Node& node) {
  for (Node* child : node.children) check(*child);
  need(*node.children[0], TypeKind::boolean);
  const Type* a = node.children[1]->type;
  const Type* b = node.children[2]->type;
  if (const Type* both = common(types_, a, b)) return both;
  return error("E062", node.children[2]->at,
               fmt::format("both sides of ':' must be of one type, not {} and {}", with_article(*a),
                           with_article(*b)));
}

void Checker::check_pair(const Node& left, const Node& right, Against against, int at) {
  const bool in = against == Against::elements;
  const Type& b = in ? (right.type->element == nullptr ? *any() : *right.type->element) : *right.type;
  if (left.type->kind == TypeKind::object || b.kind == TypeKind::object) {
    error("E062", at, "objects can't be compared", "compare their members");
    return;
  }
  if (!comparable(*left.type, b)) {
    if (in)
      error("E062", at, fmt::format("a {} never holds {}", describe(*right.type), with_article(*left.type)));
    else
      error("E062", at, fmt::format("{} never equals {}", with_article(*left.type), with_article(b)));
    return;
  }
  if (!in) return check_words(*left.type, right), check_words(*right.type, left);
  if (right.kind == NodeKind::list)
    for (const Node* element : right.children) check_words(*left.type, *element);
  check_words(b, left);
}

// A literal that is compared with something of the type must be a value the type can have.
void Checker::check_words(const Type& type, const Node& literal) {
  if (literal.kind == NodeKind::list && type.kind == TypeKind::list && type.element != nullptr) {
    for (const Node* element : literal.children) check_words(*type.element, *element);
    return;
  }
  if (literal.kind != NodeKind::text || type.kind != TypeKind::text) return;
  if (type.unknown_value && *type.unknown_value == literal.text) {
    error("E063", literal.at,
          fmt::format("'{}' means that the probe could not tell, and never equals anything", literal.text),
          "leave it out: such a fact makes the result inconclusive");
    return;
  }
  if (type.words.empty() || std::find(type.words.begin(), type.words.end(), literal.text) != type.words.end())
    return;
  std::vector<std::string> words = type.words;
  if (type.unknown_value && type.unknown_value->is_string())
    std::erase(words, type.unknown_value->get_ref<const std::string&>());
  std::string hint = nearest_hint(literal.text, words);
  if (hint.empty()) hint = fmt::format("it is one of: {}", join(words, ", "));
  error("E063", literal.at, fmt::format("the value is never '{}'", literal.text), std::move(hint));
}

const Type* Checker::call_type(Node& node) {
  node.function = find_function(node.text);
  for (Node* child : node.children) check(*child);
  if (node.function == nullptr)
    return error("E061", node.at, fmt::format("there is no function '{}'", node.text),
                 nearest_hint(node.text, function_names()));
  const std::size_t wanted = node.function->arguments;
  if (node.children.size() != wanted)
    return error("E062", node.at,
                 fmt::format("{} takes {} argument{}, not {}", node.function->usage, wanted,
                             wanted == 1 ? "" : "s", node.children.size()));
  return call_result(node);
}

const Type* Checker::call_result(Node& node) {
  const Node& first = *node.children[0];
  const Type& type = *first.type;
  const auto wrong = [&](std::string_view wanted) {
    return error("E062", first.at,
                 fmt::format("{} needs {}, but {} is {}", node.function->usage, wanted,
                             source_of(expression_, first), with_article(type)));
  };
  const Type* element = type.element == nullptr ? any() : type.element;
  const bool list = type.kind == TypeKind::list || type.kind == TypeKind::any;
  switch (node.function->id) {
    case FunctionId::size:
      if (!list && type.kind != TypeKind::text) return wrong("a list or a text");
      return of(TypeKind::integer);
    case FunctionId::lower:
    case FunctionId::upper:
      return need(first, TypeKind::text) ? of(TypeKind::text) : any();
    case FunctionId::starts:
    case FunctionId::ends:
      for (const Node* child : node.children) need(*child, TypeKind::text);
      return of(TypeKind::boolean);
    case FunctionId::contains:
      if (type.kind == TypeKind::text)
        need(*node.children[1], TypeKind::text);
      else if (!list)
        return wrong("a list or a text");
      else if (type.kind == TypeKind::list)
        check_pair(*node.children[1], first, Against::elements, node.children[1]->at);
      return of(TypeKind::boolean);
    case FunctionId::matches:
      need(first, TypeKind::text);
      if (node.children[1]->kind != NodeKind::text)
        error("E064", node.children[1]->at, "the pattern must be written here as a text");
      else
        node.pattern = compile_pattern(node.children[1]->text, node.children[1]->at, problems_);
      return of(TypeKind::boolean);
    case FunctionId::unique:
      if (!list || element->kind == TypeKind::object || element->kind == TypeKind::list)
        return wrong("a list of texts, numbers or truth values");
      return first.type;
    case FunctionId::sorted:
      if (!list || !(is_numeric(*element) || element->kind == TypeKind::text))
        return wrong("a list of numbers or texts");
      return first.type;
    case FunctionId::min:
    case FunctionId::max:
    case FunctionId::sum:
    case FunctionId::mean:
      if (!list || !is_numeric(*element)) return wrong("a list of numbers");
      return node.function->id == FunctionId::mean ? of(TypeKind::number) : of(element->kind);
    case FunctionId::has:
      if (!is_path(first)) return error("E062", first.at, "has(path) needs a path, not a computed value");
      return of(TypeKind::boolean);
    case FunctionId::version_cmp:
      for (const Node* child : node.children) need(*child, TypeKind::text);
      return of(TypeKind::integer);
    case FunctionId::all:
    case FunctionId::any:
    case FunctionId::count:
    case FunctionId::map:
    case FunctionId::where:
      return any();  // parsed as NodeKind::bind
  }
  return any();
}

const Type* Checker::bind_type(Node& node) {
  const Type* list = check(*node.children[0]);
  const bool fits = need(*node.children[0], TypeKind::list);
  const Type* element = fits && list->element != nullptr ? list->element : any();
  node.slot = static_cast<int>(environment_.bound.size());
  if (!bind_name(environment_, node.text, element, node.at, problems_)) return any();
  const Type* body = check(*node.children[1]);
  environment_.bound.pop_back();
  const FunctionId id = node.function->id;
  if (id == FunctionId::map) return types_.list_of(body);
  need(*node.children[1], TypeKind::boolean);
  if (id == FunctionId::where) return list;
  return of(id == FunctionId::count ? TypeKind::integer : TypeKind::boolean);
}

}  // namespace

const Type* check_types(Expression& expression, Environment& environment, std::vector<Problem>& problems) {
  const std::size_t before = environment.bound.size();
  const Type* type = Checker(expression, environment, problems).check(*expression.root);
  environment.bound.resize(before);
  return type;
}

void need_condition(const Expression& expression, Environment& environment, std::vector<Problem>& problems) {
  Checker(expression, environment, problems).need_condition(*expression.root);
}

void check_comparable(Environment& environment, const Expression& left, const Expression& right,
                      Against against, std::vector<Problem>& problems) {
  Checker(left, environment, problems)
      .check_pair(*left.root, *right.root, against, std::min(left.root->at, right.root->at));
}

bool bind_name(Environment& environment, const std::string& name, const Type* type, int at,
               std::vector<Problem>& problems) {
  const std::string place = at > 0 ? fmt::format("at character {}: ", at) : std::string();
  const auto refuse = [&](std::string code, const std::string& message) {
    problems.push_back({"", std::move(code), place + message, "choose another name"});
    return false;
  };
  for (const char* reserved : {"item", "asset", "params", "true", "false", "unknown", "in"})
    if (name == reserved) return refuse("E061", fmt::format("'{}' is a word of the language", name));
  for (const BoundName& bound : environment.bound)
    if (bound.name == name)
      return refuse("E061", fmt::format("'{}' is already the name of an element", name));
  if (environment.facts != nullptr) {
    const std::vector<std::string> facts = member_names(*environment.facts);
    if (std::find(facts.begin(), facts.end(), name) != facts.end())
      return refuse("E061", fmt::format("'{}' is already a fact", name));
  }
  if (environment.bound.size() >= kMaxSlots)
    return refuse("E066", fmt::format("more than {} names at once", kMaxSlots));
  environment.bound.push_back({name, type});
  return true;
}

std::shared_ptr<const re2::RE2> compile_pattern(const std::string& pattern, int at,
                                                std::vector<Problem>& problems) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(1 << 20);
  auto compiled = std::make_shared<const re2::RE2>(pattern, options);
  if (compiled->ok()) return compiled;
  const std::string place = at > 0 ? fmt::format("at character {}: ", at) : std::string();
  problems.push_back({"", "E064",
                      fmt::format("{}bad regular expression: {}", place, printable(compiled->error())),
                      "the syntax is RE2's: no look-around, no back references"});
  return nullptr;
}

}  // namespace lintel::rules
