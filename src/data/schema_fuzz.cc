// A schema and a value, split at the first line break: loading and both validators end, whatever they hold.
#include <cstdint>

#include "base/bytes.h"
#include "data/document.h"

using namespace lintel;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  const std::size_t split = text.find('\n');
  if (split == std::string_view::npos) return 0;
  const auto schema = schema::Schema::load(text.substr(0, split), "fuzz");
  if (!schema) return 0;
  std::vector<Diagnostic> diagnostics;
  if (const auto tree = yaml::parse(text.substr(split + 1), "fuzz", diagnostics)) {
    const Json value = typed_value(tree->root(), schema->root(), schema::Missing::refused, "fuzz", diagnostics);
    validate(value, schema->root());
    schema::with_defaults(value, schema->root());
  }
  schema::member_names(schema->root());
  return 0;
}
