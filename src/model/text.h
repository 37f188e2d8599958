// A sentence in both languages of the reports.
#pragma once
#include <string>

#include "data/json_fwd.h"

namespace lintel::model {

struct Text {
  std::string zh;
  std::string en;
  bool operator==(const Text&) const = default;
};

void to_json(Json& json, const Text& text);
void from_json(const Json& json, Text& text);

}  // namespace lintel::model
