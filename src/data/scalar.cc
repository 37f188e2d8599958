#include "data/scalar.h"

#include <charconv>
#include <cmath>
#include <cstdint>

#include "data/schema.h"

namespace lintel {
namespace {

// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)? as JSON has it; tells whether it is a whole number by form.
enum class Form { none, whole, real };
Form number_form(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t start = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - start;
  };
  const bool zero = i < text.size() && text[i] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return Form::none;
  if (i == text.size()) return Form::whole;
  if (text[i] == '.') {
    ++i;
    if (digits() == 0) return Form::none;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (digits() == 0) return Form::none;
  }
  return i == text.size() ? Form::real : Form::none;
}

}  // namespace

std::optional<Json> scalar_value(std::string_view text, bool quoted, unsigned types) {
  if (!quoted && (types & schema::boolean) != 0 && (text == "true" || text == "false")) return Json(text == "true");
  if (!quoted && (types & (schema::integer | schema::number)) != 0) {
    const Form form = number_form(text);
    const char* end = text.data() + text.size();
    if (form == Form::whole && (types & schema::integer) != 0) {
      std::int64_t value = 0;
      const auto [stop, error] = std::from_chars(text.data(), end, value);
      if (error == std::errc() && stop == end) return Json(value);
    }
    if (form != Form::none && (types & schema::number) != 0) {
      double value = 0;
      const auto [stop, error] = std::from_chars(text.data(), end, value);
      if (error == std::errc() && stop == end && std::isfinite(value)) return Json(value);
    }
  }
  if ((types & schema::string) != 0) return Json(std::string(text));
  return std::nullopt;
}

}  // namespace lintel
