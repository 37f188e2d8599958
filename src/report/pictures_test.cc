// The pictures: what stands in them, and that nothing from a device can break out of one.
#include "report/pictures.h"

#include <doctest/doctest.h>

#include "data/json.h"
#include "report/svg.h"

using namespace lintel;
using namespace lintel::report;

namespace {

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

Json cells(int pass, int fail, int not_tested) {
  const auto cell = [](const char* code, int count) { return Json{{"verdict", {{"code", code}}}, {"weight", std::to_string(count)}}; };
  return Json::array({cell("pass", pass), cell("fail", fail), cell("not_tested", not_tested)});
}

// One observation on a cloud with a host `edge` whose services are declared on 443 and 8883.
Json gallery_of(const char* probe, const char* facts, const char* item = "edge") {
  model::Run run;
  model::Asset cloud;
  cloud.id = "cloud";
  for (const char* data : {R"({"port": 443, "transport": "tcp"})", R"({"port": 8883, "transport": "tcp"})", R"({"port": 5684, "transport": "udp"})"}) {
    const Json parsed = *parse_json(data);
    cloud.items.push_back({model::ItemKind::service, "edge:" + std::to_string(parsed["port"].get<int>()), parsed});
  }
  run.target.assets.push_back(cloud);
  model::Observation observation;
  observation.job.probe = probe;
  observation.job.asset = "cloud";
  observation.job.item = item;
  observation.facts = *parse_json(facts);
  run.observations.push_back(observation);
  const RunIndex index(run, *Words::load(), ViewLimits{});
  return gallery(index);
}

}  // namespace

TEST_CASE("the ring has a part for each verdict that occurs, and the number of clauses") {
  const std::string ring = verdict_donut(cells(3, 1, 0), "label");
  CHECK(count_of(ring, "<path") == 2);
  CHECK(ring.find("s-pass") != std::string::npos);
  CHECK(ring.find("s-fail") != std::string::npos);
  CHECK(ring.find("s-not_tested") == std::string::npos);
  CHECK(ring.find(">4</text>") != std::string::npos);
  CHECK(count_of(verdict_donut(cells(7, 0, 0), ""), "<circle") == 1);  // an arc of a whole turn would vanish
  const std::string none = verdict_donut(cells(0, 0, 0), "");
  CHECK(none.find(">0</text>") != std::string::npos);
  CHECK(none.find("nan") == std::string::npos);
  CHECK(chapter_bar(cells(0, 0, 0), 0, "").find("nan") == std::string::npos);
}

TEST_CASE("the ladder fills what is reached and underlines what is claimed") {
  const std::string two_of_three = grade_ladder(2, 3, "");
  CHECK(count_of(two_of_three, "class=\"f-pass\"") == 2);
  CHECK(count_of(two_of_three, "class=\"s-fail\"") == 1);
  CHECK(count_of(grade_ladder(1, 1, ""), "class=\"s-fail\"") == 0);
  CHECK(count_of(grade_ladder(0, 1, ""), "class=\"f-pass\"") == 0);
}

TEST_CASE("the port map tells declared, undeclared and closed ports apart") {
  const Json shown = gallery_of("ports", R"({"open_tcp": [443, 2323]})");
  REQUIRE(shown.size() == 1);
  const std::string map = shown[0]["picture"];
  CHECK(map.find(">443</text>") != std::string::npos);
  CHECK(map.find(">2323 !</text>") != std::string::npos);
  CHECK(map.find(">8883 –</text>") != std::string::npos);
  CHECK(map.find("5684") == std::string::npos);
  CHECK(shown[0]["more"].is_null());
}

TEST_CASE("a host with every port open stays small") {
  Json facts{{"open_tcp", Json::array()}};
  for (int port = 1; port <= 65535; ++port) facts["open_tcp"].push_back(port);
  const Json shown = gallery_of("ports", dump_json(facts).c_str());
  CHECK(shown[0]["picture"].get<std::string>().size() < 100'000);
}

TEST_CASE("TLS versions: offered, refused and unknown look different") {
  const Json shown = gallery_of("tls", R"({"versions": {"ssl3": {"offered": "no"}, "tls1_2": {"offered": "yes"}, "tls1_3": {"offered": "unknown"}}})", "edge:443/tcp");
  const std::string matrix = shown[0]["picture"];
  CHECK(count_of(matrix, "<rect") == 1);
  CHECK(count_of(matrix, ">?</text>") == 5);  // ssl2, tls1_0, tls1_1, TLCP were not looked at, tls1_3 not learned
  CHECK(matrix.find(">TLCP</text>") != std::string::npos);
  CHECK(matrix.find("DTLS") == std::string::npos);  // nothing here speaks UDP
}

TEST_CASE("a service over UDP is asked other versions than one over TCP") {
  const Json alone = gallery_of("tls", R"({"versions": {"dtls1_0": {"offered": "no"}, "dtls1_2": {"offered": "yes"}}})", "edge:5684/udp");
  const std::string matrix = alone[0]["picture"];
  CHECK(matrix.find(">DTLS 1.2</text>") != std::string::npos);
  CHECK(matrix.find(">TLS 1.2</text>") == std::string::npos);
  CHECK(count_of(matrix, "<rect") == 1);
  CHECK(count_of(matrix, ">?</text>") == 0);
}

TEST_CASE("entropy bars follow the facts, whatever they are") {
  const Json shown = gallery_of("session_ids", R"({"count": 20, "alphabet": {"size": 16}, "positions": [{"entropy_bits": 4.0}, {"entropy_bits": 0.5}, {}]})", "login");
  const std::string bars = shown[0]["picture"];
  CHECK(count_of(bars, "<rect") == 3);
  CHECK(count_of(bars, "f-fail") == 2);
  CHECK(bars.find("4.0 bit") != std::string::npos);
  for (const char* odd : {R"({"positions": {}})", R"({"positions": []})", R"({"positions": 7, "alphabet": {"size": 0}})", R"({"positions": ["x", null], "count": "many"})"})
    CHECK(dump_json(gallery_of("session_ids", odd)).find("nan") == std::string::npos);
  CHECK(gallery_of("tls", R"({"versions": "none"})").size() == 1);
  CHECK(gallery_of("tls", R"({})").empty());
}

TEST_CASE("names from outside stay text") {
  const Json shown = gallery_of("ports", R"({"open_tcp": [1]})", "</text><script>alert(1)</script>");
  CHECK(shown[0]["picture"].get<std::string>().find("<script") == std::string::npos);
  CHECK(shortened("灯灯灯灯", 2) == "灯灯…");
  CHECK(shortened("ab", 2) == "ab");
}
