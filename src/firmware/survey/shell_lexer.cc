// Words and operators of the POSIX shell, without what only running it can tell.
#include "firmware/survey/shell_lexer.h"

#include <algorithm>

#include <algorithm>

#include "base/text.h"

namespace lintel::firmware {

static constexpr std::size_t kLongestWord = 4096, kMostVariables = 256, kLongestValue = 256;

static bool is_name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

static void put(std::string& word, std::string_view text) {
  if (word.size() < kLongestWord) word += text;
}

void ShellLexer::set(const std::string& name, const std::string& value) {
  if (value.size() > kLongestValue || (variables_.size() >= kMostVariables && !variables_.contains(name))) return;
  variables_[name] = value;
}

void ShellLexer::skip_space() {
  for (;;) {
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '\\' && (peek(1) == '\n' || (peek(1) == '\r' && peek(2) == '\n'))) {
      at_ += peek(1) == '\n' ? 2 : 3;
      ++line_;
    } else if (c == '#') {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    } else {
      return;
    }
  }
}

// After the operator stands a file, a descriptor, or the word that ends a here-document.
bool ShellLexer::skip_redirection() {
  std::size_t digits = 0;
  while (peek(digits) >= '0' && peek(digits) <= '9' && digits < 4) ++digits;
  const bool both = digits == 0 && peek() == '&' && peek(1) == '>';
  const char c = both ? '>' : peek(digits);
  if (c != '<' && c != '>') return false;
  at_ += digits + (both ? 2 : 1);
  const bool here = c == '<' && peek() == '<' && peek(1) != '<';
  while (peek() == '<' || peek() == '>' || peek() == '&' || peek() == '|') ++at_;
  if (here && peek() == '-') ++at_;
  skip_space();
  ShellToken target;
  if (peek() != '\n' && peek() != '\0') read_word(target);
  if (here && here_.size() < 8) here_.push_back(target.text);
  return true;
}

void ShellLexer::skip_here_documents() {
  for (const std::string& delimiter : here_) {
    while (at_ < text_.size()) {
      const auto end = std::min(text_.find('\n', at_), text_.size());
      const std::string_view line = trim(text_.substr(at_, end - at_));
      at_ = std::min(end + 1, text_.size());
      ++line_;
      if (line == delimiter) break;
    }
  }
  here_.clear();
}

// To the closing character of what was opened; inside nothing is told apart but nesting and line breaks.
void ShellLexer::skip_to(char open, char close, std::string& word) {
  const std::size_t begin = at_;
  for (std::size_t depth = 0; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '\n') ++line_;
    if (c == '\\' && at_ + 1 < text_.size()) {
      ++at_;
      if (text_[at_] == '\n') ++line_;
      continue;
    }
    if (c == open && open != close) ++depth;
    if (c == close && (open == close ? at_ != begin : --depth == 0)) break;
  }
  at_ = std::min(at_ + 1, text_.size());
  put(word, text_.substr(begin, at_ - begin));
}

void ShellLexer::read_dollar(std::string& word) {
  ++at_;
  if (peek() == '(') {
    put(word, "$");
    return skip_to('(', ')', word);
  }
  const bool braces = peek() == '{';
  std::size_t end = at_ + (braces ? 1 : 0);
  while (end < text_.size() && is_name_char(text_[end])) ++end;
  const std::string name(text_.substr(at_ + (braces ? 1 : 0), end - at_ - (braces ? 1 : 0)));
  const auto found = variables_.find(name);
  if (found != variables_.end() && (!braces || (end < text_.size() && text_[end] == '}'))) {
    put(word, found->second);
    at_ = end + (braces ? 1 : 0);
    return;
  }
  put(word, "$");
  if (braces) return skip_to('{', '}', word);
  put(word, name);
  at_ = end;
}

void ShellLexer::read_word(ShellToken& token) {
  token.kind = ShellToken::Kind::word;
  char quote = '\0';
  for (; at_ < text_.size();) {
    const char c = text_[at_];
    if (quote == '\0' && std::string_view(" \t\r\n;&|()<>").find(c) != std::string_view::npos) return;
    if (c == '\n') ++line_;
    if (quote != '\'' && c == '\\' && at_ + 1 < text_.size()) {
      if (text_[at_ + 1] == '\n') ++line_;
      else put(token.text, text_.substr(at_ + 1, 1));
      at_ += 2;
    } else if (quote != '\'' && c == '$') {
      read_dollar(token.text);
    } else if (quote != '\'' && c == '`') {
      skip_to('`', '`', token.text);
    } else if (c == quote || (quote == '\0' && (c == '"' || c == '\''))) {
      quote = c == quote ? '\0' : c;
      token.quoted = true;
      ++at_;
    } else {
      put(token.text, text_.substr(at_, 1));
      ++at_;
    }
  }
}

ShellToken ShellLexer::next() {
  do skip_space();
  while (skip_redirection());
  ShellToken token;
  token.line = line_;
  if (at_ >= text_.size()) return token;
  const char c = peek();
  if (std::string_view("\n;&|()").find(c) == std::string_view::npos) {
    read_word(token);
    return token;
  }
  token.kind = ShellToken::Kind::operation;
  const bool twice = (c == ';' || c == '&' || c == '|') && peek(1) == c;
  token.text = text_.substr(at_, twice ? 2 : 1);
  at_ += token.text.size();
  if (c == '\n') {
    ++line_;
    skip_here_documents();
  }
  return token;
}

}  // namespace lintel::firmware
