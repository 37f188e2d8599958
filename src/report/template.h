// The HTML templates of reports/, mustache by kainjow (wrapped here and nowhere else). Two things are added to mustache:
//   {{> name}}  is the file name.html, put in place when the template is loaded;
//   [[word]]    is ui.word of the catalogue, as two spans with lang=zh and lang=en; [[word:zh]] is the bare
//               Chinese, [[word:two]] both bare. In a report of one language the first and the last give that one.
// A name is looked up in the nearest object only, and one that isn't there is an error: a report never has silent gaps.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "data/json_fwd.h"
#include "report/words.h"

namespace lintel::report {

class Template {
 public:
  // The embedded file reports/NAME.html. Errors: internal (no such file, partial or word, tags that don't match).
  static Result<Template> load(std::string_view name, const Words& words, Language language = Language::both);
  // Any template text, for tests.
  static Result<Template> parse(std::string text, const Words& words, Language language = Language::both);
  Template(Template&&) noexcept;
  ~Template();

  // Every value is escaped, save {{{raw}}} which templates use for our own CSS and script alone.
  // Null and false skip a section. Errors: internal, naming the missing members.
  Result<std::string> render(const Json& values) const;

 private:
  struct Parsed;
  explicit Template(std::unique_ptr<Parsed> parsed);
  std::unique_ptr<Parsed> parsed_;
};

// The five characters that mean something in HTML, as entities.
std::string escape_html(std::string_view text);

}  // namespace lintel::report
