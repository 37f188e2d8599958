#include "report/words.h"

#include <doctest/doctest.h>

#include "data/json.h"
#include "model/verdict.h"

using namespace lintel;
using namespace lintel::report;

namespace {

// Every enumerator until name_of() knows no more.
template <class Enum>
void check_section(const Words& words, std::string_view section, int first = 0) {
  int count = 0;
  for (int i = first; model::name_of(static_cast<Enum>(i)) != "?"; ++i, ++count)
    CHECK_MESSAGE(words.has(section, model::name_of(static_cast<Enum>(i))), section << " " << i);
  CHECK(count > 2);
}

}  // namespace

TEST_CASE("the catalogue has a word in both languages for every enumerator") {
  const Words words = Words::load().value();
  check_section<model::Verdict>(words, "verdict");
  check_section<model::Reason>(words, "reason");
  check_section<model::Status>(words, "status");
  check_section<model::Obligation>(words, "obligation");
  check_section<model::By>(words, "by");
  check_section<model::Subject>(words, "subject");
  check_section<model::Role>(words, "role");
  check_section<model::ItemKind>(words, "kind");
  for (const char* gate : {"conformant", "fails", "open", "nothing_tested", "interrupted"}) CHECK(words.has("gate", gate));
  for (const char* holds : {"yes", "no", "unknown"}) CHECK(words.has("holds", holds));
}

TEST_CASE("no word lacks a language, except where there is nothing to say") {
  const Json all = parse_json(embedded("words.json").value()).value();
  for (const auto& [section, entries] : all.items())
    for (const auto& [name, entry] : entries.items()) {
      if (section == "reason" && name == "none") continue;
      CHECK_MESSAGE(!text_or(entry, "zh").empty(), section << "." << name);
      if (name != "pages") CHECK_MESSAGE(!text_or(entry, "en").empty(), section << "." << name);
    }
}

TEST_CASE("a word that the catalogue lacks is shown as it is") {
  const Words words = Words::load().value();
  CHECK(words.entry("reason", "brand_new")["en"] == "brand_new");
  CHECK(words.entry("reason", "brand_new")["two"] == false);
}
