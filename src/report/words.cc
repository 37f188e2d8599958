#include "report/words.h"

#include "base/embedded.h"
#include "report/values.h"

namespace lintel::report {

std::span<const EmbeddedFile> embedded_files();

Result<std::string_view> embedded(std::string_view name) {
  for (const EmbeddedFile& file : embedded_files())
    if (file.name == name) return file.text;
  return fail(ErrorCode::internal, "the program was built without reports/{}", name);
}

Result<Words> Words::load() {
  const std::string_view text = TRY(embedded("words.json"));
  auto parsed = parse_json(text);
  if (!parsed) return add_context(parsed.error(), "reports/words.json");
  return Words(*std::move(parsed));
}

bool Words::has(std::string_view section, std::string_view name) const {
  return member(member(catalogue_, section), name).is_object();
}

Json Words::entry(std::string_view section, std::string_view name) const {
  const Json& found = member(member(catalogue_, section), name);
  Json value = found.is_object() ? found : Json::object();
  if (!found.is_object()) value["zh"] = value["en"] = plain(name);
  value["two"] = value["zh"] != value["en"];
  value["code"] = plain(name);
  return value;
}

model::Text Words::text(std::string_view section, std::string_view name) const {
  const Json value = entry(section, name);
  return {text_or(value, "zh"), text_or(value, "en")};
}

}  // namespace lintel::report
