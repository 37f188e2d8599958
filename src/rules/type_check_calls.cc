// Types of functions and of the forms that bind a name (type_check.h).
#include "rules/functions.h"
#include "rules/type_checker.h"

namespace lintel::rules {

const Type* TypeChecker::call_type(Node& node) {
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

const Type* TypeChecker::call_result(Node& node) {
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

const Type* TypeChecker::bind_type(Node& node) {
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

}  // namespace lintel::rules
