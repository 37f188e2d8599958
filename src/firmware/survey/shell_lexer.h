// Words and operators of a shell script, one at a time; used by shell.cc only.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::firmware {

struct ShellToken {
  enum class Kind { word, operation, end };
  Kind kind = Kind::end;
  std::string text{};   // of an operation: "\n" ";" ";;" "&" "&&" "|" "||" "(" ")"
  bool quoted = false;  // some of it was in quotes: no reserved word
  std::size_t line = 0;
};

class ShellLexer {
 public:
  explicit ShellLexer(std::string_view text) : text_(text) {}
  ShellToken next();
  void set(const std::string& name, const std::string& value);

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  void skip_space();
  bool skip_redirection();
  void skip_here_documents();
  void read_word(ShellToken& token);
  void read_dollar(std::string& word);
  void skip_to(char open, char close, std::string& word);
  std::string_view text_;
  std::size_t at_ = 0, line_ = 1;
  std::vector<std::string> here_;  // delimiters of here-documents that begin after this line
  std::map<std::string, std::string> variables_;
};

}  // namespace lintel::firmware
