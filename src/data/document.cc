#include "data/document.h"

#include "base/text.h"

namespace lintel {
namespace {

// One part of a JSON pointer: ~1 is /, ~0 is ~.
std::string unescape(std::string_view part) {
  std::string text;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool escape = part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1');
    text += escape ? (part[++i] == '0' ? '~' : '/') : part[i];
  }
  return text;
}

Mark find(const yaml::Tree& tree, std::string_view pointer, bool want_key) {
  yaml::Node node = tree.root();
  Mark mark = node.mark();
  if (pointer.empty()) return mark;
  for (const std::string_view part : split(pointer.substr(1), '/')) {
    std::optional<yaml::Node> next;
    if (node.kind() == yaml::Kind::list) {
      if (const auto position = parse_unsigned<std::size_t>(part)) next = node.item(*position);
      if (next) mark = next->mark();
    } else {
      const std::string name = unescape(part);
      node.each_entry([&](yaml::Node key, yaml::Node value) {
        if (key.text() != name) return;
        next = value;
        mark = want_key ? key.mark() : value.mark();
      });
    }
    if (!next) return node.mark();
    node = *next;
  }
  return mark;
}

}  // namespace

Mark Document::at(std::string_view pointer) const { return find(tree, pointer, false); }
Mark Document::key_at(std::string_view pointer) const { return find(tree, pointer, true); }

std::string name_hint(std::string_view name, const std::vector<std::string>& known) {
  if (const auto near = nearest_name(name, known)) return "did you mean `" + *near + "`?";
  if (known.empty() || known.size() > 12) return "";
  std::string hint = "known here: ";
  for (std::size_t i = 0; i < known.size(); ++i) hint += (i == 0 ? "" : ", ") + known[i];
  return hint;
}

}  // namespace lintel
