#include "data/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <span>
#include <streambuf>
#include <unordered_map>

#include "base/text.h"
#include "data/yaml_text.h"

namespace lintel::yaml {

Kind Node::kind() const { return static_cast<Kind>(tree_->records_[index_].kind); }
bool Node::quoted() const { return tree_->records_[index_].quoted != 0; }

Mark Node::mark() const {
  const Tree::Record& record = tree_->records_[index_];
  return {static_cast<int>(record.line), static_cast<int>(record.column)};
}

std::string_view Node::text() const {
  const Tree::Record& record = tree_->records_[index_];
  if (kind() != Kind::scalar) return {};
  return std::string_view(tree_->text_).substr(record.first, record.size);
}

std::size_t Node::size() const {
  return kind() == Kind::list || kind() == Kind::map ? tree_->records_[index_].size : 0;
}

std::optional<Node> Node::find(std::string_view key) const {
  std::optional<Node> found;
  each_entry([&](Node name, Node value) {
    if (!found && name.text() == key) found = value;
  });
  return found;
}

std::optional<Node> Node::item(std::size_t position) const {
  if (kind() != Kind::list || position >= size()) return std::nullopt;
  std::uint32_t at = tree_->records_[index_].first;
  while (position-- > 0) at = tree_->records_[at].next;
  return Node(*tree_, at);
}

namespace {

struct Stop {};  // thrown through yaml-cpp to leave a parse that can't go on; caught in parse()

// yaml-cpp's terse words, in ours: what is wrong and what to do.
struct SyntaxText {
  std::string_view theirs;
  const char* message;
  const char* hint;
};
std::span<const SyntaxText> syntax_texts() {
  static const SyntaxText rows[] = {
    {YAML::ErrorMsg::END_OF_MAP, "this line does not fit the map it stands in", "check the indentation, and for a missing `:`"},
    {YAML::ErrorMsg::END_OF_SEQ, "this line does not fit the list it stands in", "check the indentation and the `- `"},
    {YAML::ErrorMsg::FLOW_END, "a closing bracket that nothing opened", "quote text that holds brackets"},
    {YAML::ErrorMsg::EOF_IN_SCALAR, "a quoted text does not end", "close the quote"},
    {YAML::ErrorMsg::DOC_IN_SCALAR, "a quoted text does not end before the next document", "close the quote"},
    {YAML::ErrorMsg::MAP_VALUE, "a `:` where no key can stand", "quote text that holds `: `, or check the indentation"},
    {YAML::ErrorMsg::MAP_KEY, "a `?` where no key can stand", "quote text that starts with `?`"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "a `- ` where no list can stand", "start the list on a line of its own"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "text can't start with this character", "quote it"},
    {YAML::ErrorMsg::CHAR_IN_SCALAR, "text can't start with this character", "quote it"},
    {YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab in the indentation", "indent with spaces"},
    {YAML::ErrorMsg::CHAR_IN_BLOCK, "after `|` or `>` the line must end", "put the text on the next line, or quote it"},
    {YAML::ErrorMsg::ZERO_INDENT_IN_BLOCK, "an indentation of 0 after `|` or `>`", "leave the number out"},
    {YAML::ErrorMsg::INVALID_HEX, "a wrong hexadecimal escape in double quotes", "\\x takes 2, \\u 4, \\U 8 digits"},
  };
  return rows;
}

// A read-only stream over memory that is not copied.
class MemoryBuffer : public std::streambuf {
 public:
  explicit MemoryBuffer(std::string_view text) {
    char* start = const_cast<char*>(text.data());  // never written: no put area
    setg(start, start, start + text.size());
  }
};

}  // namespace

// Takes yaml-cpp's events and grows the tree.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string_view source, const std::string& file, std::vector<Diagnostic>& diagnostics)
      : source_(source), file_(file), diagnostics_(diagnostics), places_(source) {
    tree_.records_.reserve(source.size() / 12);
    tree_.text_.reserve(source.size());
  }

  bool failed() const { return failed_; }
  Tree take() { return std::move(tree_); }
  bool empty() const { return tree_.records_.empty() || tree_.root().kind() == Kind::null; }

  // yaml-cpp lets a quote run to the end of the file; only the last scalar can.
  void refuse_open_quote() {
    if (last_scalar_ >= source_.size()) return;
    const char quote = source_[last_scalar_];
    if (quote != '\'' && quote != '"') return;
    for (std::size_t i = last_scalar_ + 1; i < source_.size(); ++i) {
      if (quote == '"' && source_[i] == '\\') ++i;
      else if (source_[i] != quote) continue;
      else if (quote == '\'' && i + 1 < source_.size() && source_[i + 1] == quote) ++i;
      else return;
    }
    refuse("E007", places_.at(last_scalar_), "a quoted text does not end", "close the quote");
  }

  void refuse(const char* code, Mark mark, std::string message, std::string hint) {
    failed_ = true;
    diagnostics_.push_back({code, Severity::error, file_, mark, std::move(message), std::move(hint)});
    if (++refused_ >= kMaxDiagnostics) throw Stop{};
  }
  // The bracket that a flow list or map was opened with.
  Mark open_bracket() { return open_.empty() ? Mark{} : node(open_.back().index).mark(); }
  Mark place(const YAML::Mark& mark) { return mark.is_null() ? Mark{} : places_.at(static_cast<std::size_t>(mark.pos)); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ < 2) return;
    refuse("E009", place(mark), "a second document in the file", "one file, one document; remove the `---`");
    throw Stop{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Mark at = place(mark);
    // For `key:` with nothing behind it yaml-cpp gives the place of the next token, which may be lines away.
    if (!open_.empty() && open_.back().map && open_.back().have_key) {
      const Mark key = node(open_.back().last).mark();
      if (key.line != at.line) at = key;
    }
    add(at, mark, Kind::null, "?", anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse("E010", place(mark), "aliases are refused", "write the value out");
    add(place(mark), mark, Kind::null, "?", 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    const std::uint32_t index = add(place(mark), mark, Kind::scalar, tag, anchor);
    Tree::Record& record = tree_.records_[index];
    record.first = static_cast<std::uint32_t>(tree_.text_.size());
    record.size = static_cast<std::uint32_t>(value.size());
    record.quoted = tag == "!" ? 1 : 0;
    tree_.text_ += value;
    last_scalar_ = static_cast<std::size_t>(std::max(mark.pos, 0));
    if (!open_.empty() && open_.back().map && open_.back().have_key && value == "<<" && record.quoted == 0)
      refuse("E011", node(index).mark(), "merge keys are refused", "write the entries out");
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, Kind::list, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, Kind::map, tag, anchor);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapEnd() override {
    refuse_duplicates(node(open_.back().index));
    open_.pop_back();
  }

 private:
  struct Open {
    std::uint32_t index = 0;
    std::uint32_t last = 0;  // child added last; 0 for none
    bool map = false;
    bool have_key = false;  // of a map: the last child is a key whose value has not come yet
  };

  Node node(std::uint32_t index) const { return Node(tree_, index); }

  std::uint32_t add(Mark at, const YAML::Mark& mark, Kind kind, const std::string& tag, YAML::anchor_t anchor) {
    if (tree_.records_.size() >= kMaxNodes) {
      refuse("E016", at, fmt::format("more than {} values in one file", kMaxNodes), "split the file");
      throw Stop{};
    }
    const auto offset = static_cast<std::size_t>(std::max(mark.pos, 0));
    if ((tag != "?" && tag != "!" && !tag.empty()) || (tag == "!" && offset < source_.size() && source_[offset] == '!'))
      refuse("E012", at, "tags are refused", "remove the `!...`; the schema says which type a value has");
    if (anchor != 0) refuse("E010", at, "anchors are refused", "remove the `&...` and write values out where they are used");

    const auto index = static_cast<std::uint32_t>(tree_.records_.size());
    Tree::Record record;
    record.line = static_cast<std::uint32_t>(at.line);
    record.column = static_cast<std::uint32_t>(at.column) & 0x1FFFFFFFu;
    record.kind = static_cast<std::uint32_t>(kind) & 3u;
    tree_.records_.push_back(record);
    if (open_.empty()) return index;

    Open& parent = open_.back();
    if (parent.map && !parent.have_key && kind != Kind::scalar)
      refuse("E014", at, "a key must be a text", "quote it when it starts with `[`, `{` or `?`");
    Tree::Record& holder = tree_.records_[parent.index];
    if (parent.last == 0) holder.first = index;
    else tree_.records_[parent.last].next = index;
    parent.last = index;
    if (!parent.map || parent.have_key) ++holder.size;
    parent.have_key = parent.map && !parent.have_key;
    return index;
  }

  void open(const YAML::Mark& mark, Kind kind, const std::string& tag, YAML::anchor_t anchor) {
    const std::uint32_t index = add(place(mark), mark, kind, tag, anchor);
    if (open_.size() >= kMaxDepth) {
      refuse("E015", node(index).mark(), fmt::format("nested deeper than {}", kMaxDepth), "");
      throw Stop{};
    }
    open_.push_back({index, 0, kind == Kind::map, false});
  }

  void refuse_duplicates(Node map) {
    std::unordered_map<std::string_view, int> seen;  // key → line; filled only for maps too long to compare pairwise
    const bool small = map.size() <= 12;
    std::vector<Node> keys;
    map.each_entry([&](Node key, Node) {
      if (key.kind() != Kind::scalar) return;
      int first = 0;
      if (small) {
        for (const Node& other : keys)
          if (other.text() == key.text()) first = other.mark().line;
        keys.push_back(key);
      } else {
        const auto [found, fresh] = seen.emplace(key.text(), key.mark().line);
        if (!fresh) first = found->second;
      }
      if (first != 0)
        refuse("E013", key.mark(), fmt::format("key `{}` stands twice in one map", printable(key.text())),
               fmt::format("the first is on line {}", first));
    });
  }

  std::string_view source_;
  const std::string& file_;
  std::vector<Diagnostic>& diagnostics_;
  Places places_;
  Tree tree_;
  std::vector<Open> open_;
  std::size_t refused_ = 0;
  std::size_t last_scalar_ = std::string_view::npos;  // offset
  int documents_ = 0;
  bool failed_ = false;
};

namespace {

void refuse_syntax(Builder& builder, const YAML::ParserException& error) {
  const Mark at = builder.place(error.mark);
  if (error.msg == YAML::ErrorMsg::UNKNOWN_ANCHOR || error.msg == YAML::ErrorMsg::ALIAS_NOT_FOUND)
    return builder.refuse("E010", at, "aliases are refused", "write the value out, or quote text that starts with `*`");
  if (error.msg == YAML::ErrorMsg::ANCHOR_NOT_FOUND)
    return builder.refuse("E010", at, "anchors are refused", "quote text that starts with `&`");
  if (error.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW || error.msg == YAML::ErrorMsg::END_OF_MAP_FLOW)
    return builder.refuse("E007", builder.open_bracket(),
                          fmt::format("`{}` is not closed where line {} goes on", error.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW ? "[" : "{", at.line),
                          "close it, or put a comma between the entries");
  for (const SyntaxText& row : syntax_texts())
    if (error.msg == row.theirs) return builder.refuse("E007", at, row.message, row.hint);
  builder.refuse("E007", at, fmt::format("not YAML: {}", printable(error.msg)), "");
}

}  // namespace

std::optional<Tree> parse(std::string_view source, const std::string& file, std::vector<Diagnostic>& diagnostics) {
  if (!check_text(source, file, diagnostics)) return std::nullopt;
  Builder builder(source, file, diagnostics);
  try {
    try {
      MemoryBuffer buffer(source);
      std::istream stream(&buffer);
      YAML::Parser parser(stream);
      while (parser.HandleNextDocument(builder)) {
      }
      builder.refuse_open_quote();
      if (!builder.failed() && builder.empty())
        builder.refuse("E008", {1, 1}, "the document is empty", "the first line says what it is, like `lintel: target/1`");
    } catch (const YAML::ParserException& error) {
      refuse_syntax(builder, error);
    }
  } catch (const Stop&) {
  }
  if (builder.failed()) return std::nullopt;
  return builder.take();
}

}  // namespace lintel::yaml
