// A laboratory for the hand-made run, with pictures that are real and texts that are hostile.
#pragma once
#include "base/bytes.h"
#include "crypto/digest.h"
#include "report/fixture_test.h"

namespace lintel::report::fixture {

// 2 x 2 pixels.
inline std::string photo_png() {
  const auto bytes = from_base64("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR42mPQiOoBIgYIBQAcBgQ5OPv70wAAAABJRU5ErkJggg==");
  return std::string(as_text(*bytes));
}
inline std::string logo_svg() { return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"40\"><circle cx=\"20\" cy=\"20\" r=\"18\" fill=\"#1f4f82\"/></svg>"; }

inline model::Photo photo(const std::string& name, const std::string& content, model::Text caption) {
  const Bytes digest = *crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(content));
  return {{name, "image/png", to_hex(digest), content.size(), {}}, std::move(caption)};
}

inline model::Run with_lab() {
  model::Run run = home();
  model::Lab lab;
  lab.laboratory = {{"示例检测机构", "Sample laboratory"}, {"某市某路 1 号", "1 Some Road"}, "L0000", "lab@example.com", photo("logo.svg", logo_svg(), {})};
  lab.customer = {{"示例委托方", "Sample customer"}, {"某市", "Some town"}, "customer@example.com"};
  lab.report = {"LAB-2026-0001", "2", "TLP:AMBER", time("2026-11-22T09:00:00+08:00"), time("2027-11-22T09:00:00+08:00"),
                model::Amendment{"LAB-2026-0000", {"型号有误", "The model was wrong"}, {"更正型号", "Model corrected"}}};
  model::LabItem lamp{"lamp", "LAMP-1", "A2", "2.4.1", "SN-1", "02:00:00:00:00:01", {"完好", "Undamaged"}, time("2026-11-01T10:00:00+08:00"), {}};
  lamp.photos = {photo("lamp.png", photo_png(), {"正面", "Front"})};
  model::LabItem app;
  app.asset = "app";
  app.model = hostile();
  lab.items = {lamp, app};
  lab.people = {{"tested", "Wang Li", "Engineer"}, {"approved", hostile(), ""}};
  lab.conditions = {{{"温度", "Temperature"}, "23 °C"}};
  lab.clock = "NTP";
  lab.external = {{{"另一机构", "Another laboratory"}, {"符合", "Passed"}, "X-1", {"6.1.1"}}};
  lab.opinions = {{{"一条意见", "An opinion of ours"}, "Zhang San", {"经验", "Experience"}, {"7.e", "no.such"}}};
  lab.source = {"lab.yaml", "application/yaml", hash(7), 512, {}};
  run.lab = lab;
  return run;
}

// The bytes of its pictures.
inline std::optional<std::string> lab_evidence(const std::string& sha256, std::size_t) {
  for (const std::string& content : {photo_png(), logo_svg()})
    if (photo("", content, {}).file.sha256 == sha256) return content;
  return std::nullopt;
}

}  // namespace lintel::report::fixture
