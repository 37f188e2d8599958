#include "rules/parser.h"

#include <algorithm>

#include "rules/functions.h"
#include "rules/lexer.h"

namespace lintel::rules {
namespace {

constexpr int kConditional = 1, kOr = 2, kAnd = 3, kComparison = 4, kSum = 5, kProduct = 6;

struct Infix {
  int precedence = 0;  // 0: no infix operator
  NodeKind kind = NodeKind::unknown;
};

Infix infix_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::question:
      return {kConditional, NodeKind::conditional};
    case TokenKind::or_or:
      return {kOr, NodeKind::logical_or};
    case TokenKind::and_and:
      return {kAnd, NodeKind::logical_and};
    case TokenKind::equal:
      return {kComparison, NodeKind::equal};
    case TokenKind::not_equal:
      return {kComparison, NodeKind::not_equal};
    case TokenKind::less:
      return {kComparison, NodeKind::less};
    case TokenKind::less_equal:
      return {kComparison, NodeKind::less_equal};
    case TokenKind::greater:
      return {kComparison, NodeKind::greater};
    case TokenKind::greater_equal:
      return {kComparison, NodeKind::greater_equal};
    case TokenKind::in:
      return {kComparison, NodeKind::in};
    case TokenKind::plus:
      return {kSum, NodeKind::add};
    case TokenKind::minus:
      return {kSum, NodeKind::subtract};
    case TokenKind::star:
      return {kProduct, NodeKind::multiply};
    case TokenKind::slash:
      return {kProduct, NodeKind::divide};
    case TokenKind::percent:
      return {kProduct, NodeKind::remainder};
    case TokenKind::end:
    case TokenKind::integer:
    case TokenKind::number:
    case TokenKind::text:
    case TokenKind::name:
    case TokenKind::left_paren:
    case TokenKind::right_paren:
    case TokenKind::left_bracket:
    case TokenKind::right_bracket:
    case TokenKind::comma:
    case TokenKind::dot:
    case TokenKind::colon:
    case TokenKind::bang:
      return {};
  }
  return {};
}

class Parser {
 public:
  Parser(std::string_view source, std::vector<Token> tokens) : tokens_(std::move(tokens)) {
    expression_.source = source;
  }

  Result<Expression> run() {
    expression_.root = TRY(parse(kConditional));
    if (next().kind != TokenKind::end) return unexpected("an operator or the end");
    return std::move(expression_);
  }

 private:
  const Token& next() const { return tokens_[position_]; }
  Token take() { return tokens_[position_ + 1 < tokens_.size() ? position_++ : position_]; }
  bool accept(TokenKind kind) {
    if (next().kind != kind) return false;
    ++position_;
    return true;
  }
  int last_end() const { return position_ == 0 ? 0 : tokens_[position_ - 1].end; }

  tl::unexpected<Error> unexpected(std::string_view wanted) const {
    return fail(ErrorCode::invalid_input, "at character {}: {} is needed here, not {}", next().at, wanted,
                describe(next(), expression_.source));
  }
  Result<void> expect(TokenKind kind, std::string_view spelling) {
    if (!accept(kind)) return unexpected(spelling);
    return {};
  }
  tl::unexpected<Error> too_deep(int at) const {
    return fail(ErrorCode::limit, "at character {}: nested deeper than {}", at, kMaxDepth);
  }

  Node* make(NodeKind kind, int at, int begin) {
    Node& node = expression_.nodes.emplace_back();
    node.kind = kind;
    node.at = at;
    node.begin = begin;
    return &node;
  }
  // Ends a node at the last token taken and measures its depth: a long chain is as deep as a nest.
  Result<Node*> finish(Node* node) {
    node->end = last_end();
    for (const Node* child : node->children)
      if (child != nullptr) node->depth = std::max(node->depth, child->depth + 1);
    if (node->depth > kMaxDepth) return too_deep(node->at);
    return node;
  }

  Result<Node*> parse(int lowest) {
    if (depth_ >= kMaxDepth) return too_deep(next().at);
    ++depth_;
    Result<Node*> result = parse_operators(lowest);
    --depth_;
    return result;
  }

  Result<Node*> parse_operators(int lowest) {
    Node* left = TRY(parse_prefix());
    for (;;) {
      const Infix infix = infix_of(next().kind);
      if (infix.precedence == 0 || infix.precedence < lowest) return left;
      take();
      Node* node = make(infix.kind, left->at, left->begin);
      node->children = {left};
      if (infix.kind == NodeKind::conditional) {
        node->children.push_back(TRY(parse(kConditional)));
        TRY(expect(TokenKind::colon, "':'"));
        node->children.push_back(TRY(parse(kConditional)));
      } else {
        node->children.push_back(TRY(parse(infix.precedence + 1)));
      }
      left = TRY(finish(node));
      if (infix.precedence == kComparison && infix_of(next().kind).precedence == kComparison)
        return fail(ErrorCode::invalid_input,
                    "at character {}: comparisons do not chain; use && or parentheses", next().at);
    }
  }

  Result<Node*> parse_prefix() {
    const Token& token = next();
    if (token.kind != TokenKind::bang && token.kind != TokenKind::minus) return parse_postfix();
    Node* node =
        make(token.kind == TokenKind::bang ? NodeKind::logical_not : NodeKind::negate, token.at, token.begin);
    take();
    if (depth_ >= kMaxDepth) return too_deep(next().at);
    ++depth_;
    node->children.push_back(TRY(parse_prefix()));
    --depth_;
    return finish(node);
  }

  Result<Node*> parse_postfix() {
    Node* node = TRY(parse_primary());
    for (;;) {
      if (accept(TokenKind::dot)) {
        // `in` is an operator, but may well be the name of a member.
        if (next().kind != TokenKind::name && next().kind != TokenKind::in)
          return unexpected("a member's name");
        Node* member = make(NodeKind::member, next().at, node->begin);
        member->text = take().text;
        member->children = {node};
        node = TRY(finish(member));
      } else if (next().kind == TokenKind::left_bracket) {
        node = TRY(parse_bracket(node));
      } else {
        return node;
      }
    }
  }

  Result<Node*> parse_bracket(Node* of) {
    Node* node = make(NodeKind::index, next().at, of->begin);
    take();
    Node* low = next().kind == TokenKind::colon ? nullptr : TRY(parse(kConditional));
    if (accept(TokenKind::colon)) {
      node->kind = NodeKind::slice;
      Node* high = next().kind == TokenKind::right_bracket ? nullptr : TRY(parse(kConditional));
      node->children = {of, low, high};
    } else {
      node->children = {of, low};
    }
    TRY(expect(TokenKind::right_bracket, "']'"));
    return finish(node);
  }

  Result<Node*> parse_primary() {
    const Token& token = next();
    Node* node = make(NodeKind::unknown, token.at, token.begin);
    switch (token.kind) {
      case TokenKind::integer:
        node->kind = NodeKind::integer;
        node->integer = token.integer;
        break;
      case TokenKind::number:
        node->kind = NodeKind::number;
        node->number = token.number;
        break;
      case TokenKind::text:
        node->kind = NodeKind::text;
        node->text = token.text;
        break;
      case TokenKind::name:
        return parse_name(node);
      case TokenKind::left_paren: {
        take();
        Node* inner = TRY(parse(kConditional));
        TRY(expect(TokenKind::right_paren, "')'"));
        inner->begin = node->begin;  // its source keeps the parentheses
        inner->end = last_end();
        return inner;
      }
      case TokenKind::left_bracket:
        take();
        node->kind = NodeKind::list;
        if (accept(TokenKind::right_bracket)) return finish(node);
        do node->children.push_back(TRY(parse(kConditional)));
        while (accept(TokenKind::comma));
        TRY(expect(TokenKind::right_bracket, "',' or ']'"));
        return finish(node);
      case TokenKind::end:
      case TokenKind::right_paren:
      case TokenKind::right_bracket:
      case TokenKind::comma:
      case TokenKind::dot:
      case TokenKind::question:
      case TokenKind::colon:
      case TokenKind::plus:
      case TokenKind::minus:
      case TokenKind::star:
      case TokenKind::slash:
      case TokenKind::percent:
      case TokenKind::bang:
      case TokenKind::less:
      case TokenKind::less_equal:
      case TokenKind::greater:
      case TokenKind::greater_equal:
      case TokenKind::equal:
      case TokenKind::not_equal:
      case TokenKind::and_and:
      case TokenKind::or_or:
      case TokenKind::in:
        return unexpected("a value");
    }
    take();
    return finish(node);
  }

  Result<Node*> parse_name(Node* node) {
    node->text = take().text;
    if (next().kind == TokenKind::left_paren) return parse_call(node);
    if (node->text == "true" || node->text == "false") {
      node->kind = NodeKind::boolean;
      node->boolean = node->text == "true";
    } else if (node->text != "unknown") {
      node->kind = NodeKind::name;
    }
    return finish(node);
  }

  Result<Node*> parse_call(Node* node) {
    take();
    if (is_binding_form(node->text)) return parse_binding(node);
    node->kind = NodeKind::call;
    if (accept(TokenKind::right_paren)) return finish(node);
    do node->children.push_back(TRY(parse(kConditional)));
    while (accept(TokenKind::comma));
    TRY(expect(TokenKind::right_paren, "',' or ')'"));
    return finish(node);
  }

  // all(list, x, x > 3): node->function is found by name before the bound name takes its place in text.
  Result<Node*> parse_binding(Node* node) {
    node->kind = NodeKind::bind;
    node->function = find_function(node->text);
    node->children.push_back(TRY(parse(kConditional)));
    TRY(expect(TokenKind::comma, "','"));
    if (next().kind != TokenKind::name) return unexpected("a name for the element");
    node->text = take().text;
    TRY(expect(TokenKind::comma, "','"));
    node->children.push_back(TRY(parse(kConditional)));
    TRY(expect(TokenKind::right_paren, "')'"));
    return finish(node);
  }

  Expression expression_;
  std::vector<Token> tokens_;
  std::size_t position_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<Expression> parse_expression(std::string_view source) {
  std::vector<Token> tokens = TRY(tokenize(source));
  if (tokens.size() == 1) return fail(ErrorCode::invalid_input, "the expression is empty");
  return Parser(source, std::move(tokens)).run();
}

}  // namespace lintel::rules
