#include "rules/type_check.h"

#include <algorithm>

#include "data/json.h"
#include "rules/functions.h"
#include "rules/type_checker.h"

namespace lintel::rules {

const Type* TypeChecker::find_type(Node& node) {
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
bool TypeChecker::need(const Node& node, TypeKind kind) {
  const bool fits = node.type->kind == kind || node.type->kind == TypeKind::any ||
                    (kind == TypeKind::number && node.type->kind == TypeKind::integer);
  if (!fits)
    error("E062", node.at,
          fmt::format("{} is needed here, but {} is {}", with_article(*of(kind)),
                      source_of(expression_, node), with_article(*node.type)));
  return fits;
}

const Type* TypeChecker::name_type(Node& node) {
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

const Type* TypeChecker::member_type(Node& node) {
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

const Type* TypeChecker::index_type(Node& node) {
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

const Type* TypeChecker::arithmetic_type(Node& node) {
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

const Type* TypeChecker::order_type(Node& node) {
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

const Type* TypeChecker::list_type(Node& node) {
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

const Type* TypeChecker::conditional_type(Node& node) {
  for (Node* child : node.children) check(*child);
  need(*node.children[0], TypeKind::boolean);
  const Type* a = node.children[1]->type;
  const Type* b = node.children[2]->type;
  if (const Type* both = common(types_, a, b)) return both;
  return error("E062", node.children[2]->at,
               fmt::format("both sides of ':' must be of one type, not {} and {}", with_article(*a),
                           with_article(*b)));
}

const Type* check_types(Expression& expression, Environment& environment, std::vector<Problem>& problems) {
  const std::size_t before = environment.bound.size();
  const Type* type = TypeChecker(expression, environment, problems).check(*expression.root);
  environment.bound.resize(before);
  return type;
}

void need_condition(const Expression& expression, Environment& environment, std::vector<Problem>& problems) {
  TypeChecker(expression, environment, problems).need_condition(*expression.root);
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

}  // namespace lintel::rules
