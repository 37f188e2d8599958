#include "model/text.h"

#include "data/json.h"

namespace lintel::model {

void to_json(Json& json, const Text& text) {
  json = Json::object();
  json["en"] = text.en;
  json["zh"] = text.zh;
}

void from_json(const Json& json, Text& text) {
  text.zh = text_or(json, "zh");
  text.en = text_or(json, "en");
}

}  // namespace lintel::model
