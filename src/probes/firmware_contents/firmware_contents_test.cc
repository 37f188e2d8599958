// Facts from what the child says; the whole way through the child is in tests/firmware.
#include <doctest/doctest.h>

#include "probe/fake.h"
#include "probe/probe.h"
#include "probes/firmware_contents/contents.h"

using namespace lintel;
using namespace lintel::probes::firmware_contents;

namespace {

lintel::firmware::Answer answer_with(std::uint64_t parsed, std::uint64_t high, std::uint64_t low) {
  lintel::firmware::Answer answer;
  answer.image.coverage = {.bytes = parsed + high + low, .parsed = parsed, .padding = 0, .high_entropy = high, .low_entropy = low};
  answer.image.parts.push_back({.format = "squashfs", .problems = {"a\x1b[31m"}, .file_count = 12});
  answer.survey = {{"setuid_files", Json::array()}};
  return answer;
}

}  // namespace

TEST_CASE("complete: all of it was read, nearly all understood, nothing looks encrypted") {
  CHECK(facts_of(answer_with(1000, 0, 0))["complete"] == true);
  CHECK(facts_of(answer_with(980, 0, 20))["complete"] == true);
  CHECK(facts_of(answer_with(979, 0, 21))["complete"] == false);
  CHECK(facts_of(answer_with(999, 1, 0))["complete"] == false);
  CHECK(facts_of(answer_with(0, 0, 0))["complete"] == false);
  auto erased = answer_with(0, 0, 0);
  erased.image.coverage = {.bytes = 4096, .parsed = 0, .padding = 4096, .high_entropy = 0, .low_entropy = 0};
  CHECK(facts_of(erased)["complete"] == false);
  auto early = answer_with(1000, 0, 0);
  early.hit = {"time"};
  CHECK(facts_of(early)["complete"] == false);
  CHECK(facts_of(early)["ended_early"] == Json{"time"});
}

TEST_CASE("parts are listed, in words that can be shown, up to a cap") {
  auto answer = answer_with(10, 0, 0);
  answer.image.parts.resize(kMostParts + 5, answer.image.parts[0]);
  const Json facts = facts_of(answer);
  CHECK(facts["parts"].size() == kMostParts);
  CHECK(facts["file_count"] == 12 * (kMostParts + 5));
  CHECK(facts["parts"][0]["problems"][0].get<std::string>().find('\x1b') == std::string::npos);
  CHECK(facts["setuid_files"] == Json::array());
}
