// YAML from anyone: parsing ends, and a tree that was accepted can be walked, with marks inside the source.
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "data/document.h"
#include "data/yaml.h"

using namespace lintel;

static std::size_t walk(yaml::Node node, int depth) {
  if (depth > 61 || node.mark().line < 1 || node.mark().column < 1) std::abort();
  std::size_t count = 1 + node.text().size() % 2;
  node.each_item([&](yaml::Node item) { count += walk(item, depth + 1); });
  node.each_entry([&](yaml::Node key, yaml::Node value) { count += walk(key, depth + 1) + walk(value, depth + 1); });
  return count;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<Diagnostic> diagnostics;
  const auto tree = yaml::parse(as_text({data, size}), "fuzz", diagnostics);
  if (tree.has_value() != diagnostics.empty()) std::abort();
  if (!tree) return 0;
  walk(tree->root(), 0);
  untyped_value(tree->root());
  return 0;
}
