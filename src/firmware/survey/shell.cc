// Which commands a shell script runs, and under what guard: a parser of the shell's grammar as far as that needs.
#include "firmware/survey/shell.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "firmware/survey/shell_lexer.h"

namespace lintel::firmware {
namespace {

constexpr std::size_t kMostCommands = 20'000, kMostWords = 64, kDeepest = 64;

struct Block {
  enum class Kind { condition, loop, every, choice, group, subshell, function };
  Kind kind = Kind::group;
  bool guards = false;    // its commands may not run
  bool never = false;     // its commands do not run
  bool outcome_known = false;
  bool at_pattern = false;  // of a choice
  bool of_argument = false;  // case "$1" in
  std::string name{};     // of a function
};

bool is_called_by_name(std::string_view function) {
  static constexpr std::array<std::string_view, 8> kCalled{"start", "boot", "start_service", "do_start", "start_instance", "init", "main", "service_start"};
  return std::ranges::find(kCalled, function) != kCalled.end();
}

class Parser {
 public:
  explicit Parser(std::string_view script) : lexer_(script) {}

  std::vector<ShellCommand> run() {
    for (ShellToken token = lexer_.next(); token.kind != ShellToken::Kind::end && found_.size() < kMostCommands && blocks_.size() < kDeepest; token = lexer_.next())
      take(token);
    end_command();
    return called_commands();
  }

 private:
  struct Found {
    ShellCommand command;
    std::string function;
  };

  void take(const ShellToken& token) {
    if (!blocks_.empty() && blocks_.back().at_pattern) return take_pattern(token);
    if (token.kind == ShellToken::Kind::operation) return take_operation(token);
    if (words_.empty() && !token.quoted && take_reserved(token.text)) return;
    if (words_.empty()) line_ = token.line;
    if (words_.empty() && take_assignment(token.text)) return;
    if (words_.size() < kMostWords) words_.push_back(token.text);
  }

  void take_operation(const ShellToken& token) {
    const std::string& text = token.text;
    if (text == "(") {
      if (words_.size() == 1) {
        function_ = words_[0];
        words_.clear();
        header_ = true;
        return;
      }
      function_.clear();
      return push({.kind = Block::Kind::subshell, .guards = behind_});
    }
    if (text == ")" && header_) {
      header_ = false;
      return;
    }
    end_command();
    if (text == ")") return pop(Block::Kind::subshell);
    if (text == "&&" || text == "||") behind_ = true;
    else if (text != "|") behind_ = false;
    if (text == ";;" && !blocks_.empty() && blocks_.back().kind == Block::Kind::choice) blocks_.back().at_pattern = true;
  }

  void take_pattern(const ShellToken& token) {
    Block& choice = blocks_.back();
    if (token.kind == ShellToken::Kind::word && token.text == "esac" && pattern_.empty()) return pop(Block::Kind::choice);
    if (token.kind == ShellToken::Kind::word) {
      pattern_.push_back(token.text);
    } else if (token.text == ")") {
      choice.at_pattern = false;
      if (choice.of_argument)
        choice.never = std::ranges::none_of(pattern_, [](const std::string& word) { return word == "start" || word == "boot" || word == "faststart"; });
      pattern_.clear();
    }
  }

  bool take_reserved(const std::string& word) {
    if (word == "then" || word == "do") {
      if (!blocks_.empty()) {
        Block& block = blocks_.back();
        if ((block.kind == Block::Kind::condition || block.kind == Block::Kind::loop) && !block.outcome_known) block.guards = true;
      }
    } else if (word == "else" || word == "elif") {
      if (!blocks_.empty() && blocks_.back().kind == Block::Kind::condition) {
        blocks_.back().guards = true;
        blocks_.back().never = false;
      }
    } else if (word == "if") {
      push({.kind = Block::Kind::condition, .guards = behind_});
    } else if (word == "while" || word == "until") {
      push({.kind = Block::Kind::loop, .guards = behind_});
    } else if (word == "for") {
      push({.kind = Block::Kind::every, .guards = behind_});
      words_ = {"for"};
      return true;
    } else if (word == "case") {
      const bool of_argument = [&] {
        const std::string subject = lexer_.next().text;
        return subject == "$1" || subject == "${1}" || subject == "$action";
      }();
      for (ShellToken token = lexer_.next(); token.kind != ShellToken::Kind::end && token.text != "in"; token = lexer_.next()) {}
      push({.kind = Block::Kind::choice, .guards = behind_ || !of_argument, .at_pattern = true, .of_argument = of_argument});
    } else if (word == "{") {
      if (!function_.empty()) {
        push({.kind = Block::Kind::function, .name = function_});
        functions_.insert(function_);
        function_.clear();
      } else {
        push({.kind = Block::Kind::group, .guards = behind_});
      }
    } else if (word == "}") {
      if (!blocks_.empty()) pop(blocks_.back().kind == Block::Kind::function ? Block::Kind::function : Block::Kind::group);
    } else if (word == "fi") {
      pop(Block::Kind::condition);
    } else if (word == "done") {
      if (!blocks_.empty()) pop(blocks_.back().kind == Block::Kind::every ? Block::Kind::every : Block::Kind::loop);
    } else if (word == "esac") {
      pop(Block::Kind::choice);
    } else if (word == "function") {
      function_ = lexer_.next().text;
    } else {
      return word == "!" || word == "time";
    }
    return true;
  }

  bool take_assignment(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) return false;
    const std::string name = text.substr(0, equals);
    if (!std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; })) return false;
    lexer_.set(name, text.substr(equals + 1));
    return true;
  }

  void push(Block block) {
    behind_ = false;
    blocks_.push_back(std::move(block));
  }

  void pop(Block::Kind kind) {
    end_command();
    behind_ = false;
    if (!blocks_.empty() && blocks_.back().kind == kind) blocks_.pop_back();
  }

  std::string function_now() const {
    for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block)
      if (block->kind == Block::Kind::function) return block->name;
    return "";
  }

  void end_command() {
    std::vector<std::string> words = std::move(words_);
    words_.clear();
    if (words.empty() || words[0] == "for") return;
    if (std::ranges::any_of(blocks_, [](const Block& block) { return block.never; })) return;
    const bool guarded = behind_ || std::ranges::any_of(blocks_, [](const Block& block) { return block.guards; });
    if (!blocks_.empty() && !guarded) {  // `while true`, `if false`
      Block& block = blocks_.back();
      const bool decides = (block.kind == Block::Kind::loop || block.kind == Block::Kind::condition) && words.size() == 1;
      if (decides && (words[0] == "true" || words[0] == ":")) block.outcome_known = true;
      if (decides && words[0] == "false" && block.kind == Block::Kind::condition) block.never = block.outcome_known = true;
    }
    const std::string function = function_now();
    if (ended_.contains(function)) return;
    const bool plain = std::ranges::all_of(blocks_, [](const Block& block) { return block.kind == Block::Kind::function || block.kind == Block::Kind::group; });
    if (!guarded && plain && (words[0] == "exit" || (words[0] == "return" && !function.empty()))) ended_.insert(function);
    found_.push_back({{line_, std::move(words), guarded}, function});
  }

  // Functions are followed from what runs by itself; one that is called only under a guard is guarded.
  std::vector<ShellCommand> called_commands() {
    enum class Called { no, guarded, yes };
    std::map<std::string, Called> called{{"", Called::yes}};
    for (const std::string& function : functions_) called[function] = is_called_by_name(function) ? Called::yes : Called::no;
    for (int pass = 0; pass < 8; ++pass)
      for (const Found& found : found_)
        for (const std::string& word : found.command.words) {
          const auto callee = called.find(word);
          if (callee == called.end() || callee->first.empty() || word == found.function) continue;
          const Called how = std::min(called[found.function], found.command.guarded ? Called::guarded : Called::yes);
          callee->second = std::max(callee->second, how);
        }
    std::vector<ShellCommand> commands;
    for (Found& found : found_) {
      if (called[found.function] == Called::no) continue;
      found.command.guarded |= called[found.function] == Called::guarded;
      commands.push_back(std::move(found.command));
    }
    return commands;
  }

  ShellLexer lexer_;
  std::vector<Block> blocks_;
  std::vector<std::string> words_, pattern_;
  std::size_t line_ = 0;
  bool behind_ = false;  // && or || stands before
  bool header_ = false;  // between the parentheses of a function's header
  std::string function_;  // whose body comes next
  std::set<std::string> functions_, ended_;
  std::vector<Found> found_;
};

}  // namespace

std::vector<ShellCommand> commands_of(std::string_view script) { return Parser(script).run(); }

}  // namespace lintel::firmware
