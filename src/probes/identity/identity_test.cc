// The identity probe against lists as factories hand them in, and against what is no list.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <random>

#include "base/text.h"
#include "data/json.h"
#include "probe/fake.h"
#include "probes/identity/allocation.h"
#include "probes/identity/list.h"

namespace lintel::probes::identity {
extern const probe::Probe probe;
}

using namespace lintel;
using namespace lintel::probes::identity;
using model::Status;

namespace {

struct Bench {
  probe::FakeContext context;
  explicit Bench(std::string text) {
    context.world.files["ids.txt"] = std::move(text);
    context.world.item = {model::ItemKind::identities, "identities-1", {{"file", "ids.txt"}}};
  }
  model::Observation look() { return probe::look(probes::identity::probe, context); }
};

Json facts_of(std::string text) {
  const auto seen = Bench(std::move(text)).look();
  CHECK_MESSAGE(seen.status == Status::ok, seen.message);
  return seen.facts;
}

std::string id_with(std::uint32_t random, std::string_view extension = "00") { return fmt::format("01A1B2C300A001{:08X}{}\n", random, extension); }

}  // namespace

TEST_CASE("two good ids: every fact") {
  const Json facts = facts_of("\xEF\xBB\xBF# made on Monday\r\n\r\n01A1B2C300A0011234ABCD00\r\n 01a1b2c300a001fedc0123ff # sample\r\n");
  CHECK(facts == Json({{"count", 2},
                       {"well_formed", 2},
                       {"malformed_count", 0},
                       {"malformed", Json::array()},
                       {"versions", {"01"}},
                       {"vendors", {"A1B2C3"}},
                       {"products", {"00A001"}},
                       {"extensions", {"00", "FF"}},
                       {"duplicate_count", 0},
                       {"duplicates", Json::array()},
                       {"allocation_violations", Json::array()},
                       {"randoms", {{"count", 2}, {"unique", 2}, {"repeated_count", 0}, {"repeated", Json::array()}}}}));
  CHECK(Bench("01A1B2C300A0011234ABCD00\n01a1b2c300a001fedc0123ff").look().notes == std::vector<std::string>{"letter case is mixed; ids are compared without it"});
  CHECK(Bench("01A1B2C300A0011234ABCD00\n").look().notes.empty());
}

TEST_CASE("what is no identity, with line and reason") {
  const std::string good = "01A1B2C300A0011234ABCD00";
  struct Row {
    std::string line, value, reason;
  };
  const Row rows[] = {
      {good.substr(1), good.substr(1), "length"},
      {good + "0", good + "0", "length"},
      {"01A1B2C300A0011234ABCG00", "01A1B2C300A0011234ABCG00", "character"},
      {"01-A1B2C3-00A001-1234ABCD", "01-A1B2C3-00A001-1234ABCD", "length"},
      {"01A1B2C3 00A0011234ABCD0", "01A1B2C3 00A0011234ABCD0", "character"},
      {"\"" + good + "\"", "\"" + good + "\"", "length"},
      {"０1A1B2C300A0011234ABCD", "０1A1B2C300A0011234ABCD", "character"},
      {"\x01\xFF", "\uFFFD\uFFFD", "character"},
      {std::string(5000, 'A'), std::string(64, 'A'), "length"},
      {good + std::string(5000, ' ') + "x", good + std::string(40, ' '), "character"},
  };
  for (const Row& row : rows) {
    const Json facts = facts_of(good + "\n#\n" + row.line + "\n");
    CHECK(facts["count"] == 2);
    CHECK(facts["well_formed"] == 1);
    CHECK(facts["malformed_count"] == 1);
    CHECK(facts["malformed"] == Json::array({{{"line", 3}, {"value", row.value}, {"reason", row.reason}}}));
  }
}

TEST_CASE("without a good id there are no fields") {
  for (const char* text : {"", "# nothing\n", "xyz\n"}) {
    const Json facts = facts_of(text);
    CHECK(facts["well_formed"] == 0);
    CHECK(facts["duplicate_count"] == 0);
    for (const char* name : {"versions", "vendors", "products", "extensions", "randoms"}) CHECK_FALSE(facts.contains(name));
  }
}

TEST_CASE("repeats do not depend on letter case or neighbourhood, and lists in facts are capped") {
  Json facts = facts_of("01A1B2C300A0011234ABCD00\n01A1B2C300A0010000000100\n01a1b2c300a0011234abcd00\n");
  CHECK(facts["duplicate_count"] == 1);
  CHECK(facts["duplicates"] == Json({"01A1B2C300A0011234ABCD00"}));
  CHECK(facts["allocation_violations"] == facts["duplicates"]);
  CHECK(facts["randoms"]["repeated"] == Json({"1234ABCD"}));
  facts = facts_of(id_with(7, "00") + id_with(7, "01") + "01A1B2C300A0020000000700\n");  // other product: its own random values
  CHECK(facts["duplicate_count"] == 0);
  CHECK(facts["randoms"]["count"] == 3);
  CHECK(facts["randoms"]["unique"] == 2);
  CHECK(facts["randoms"]["repeated"] == Json({"00000007"}));
  std::string many;
  for (std::uint32_t i = 0; i < 50; ++i) many += id_with(i * 2654435761U) + id_with(i * 2654435761U) + "bad\n";
  facts = facts_of(many);
  CHECK(facts["duplicate_count"] == 50);
  CHECK(facts["duplicates"].size() == 20);
  CHECK(facts["malformed_count"] == 50);
  CHECK(facts["malformed"].size() == 20);
}

TEST_CASE("all values of a small field are listed") {
  std::string text;
  for (unsigned i = 0; i < 256; ++i) text += id_with(i * 2654435761U, fmt::format("{:02X}", i));
  CHECK(facts_of(text)["extensions"].size() == 256);
}

TEST_CASE("running numbers are found, random ones are not") {
  std::mt19937 random(5);
  const auto list = [](std::size_t n, auto make) {
    std::vector<std::uint32_t> values;
    for (std::uint32_t i = 0; i < n; ++i) values.push_back(static_cast<std::uint32_t>(make(i)));
    return values;
  };
  const auto shuffled = [&](std::vector<std::uint32_t> values) {
    std::shuffle(values.begin(), values.end(), random);
    return values;
  };
  const auto up = list(50, [](std::uint32_t i) { return 0x1000 + i; });
  CHECK(is_sequential(up));
  CHECK(is_sequential(shuffled(up)));
  CHECK(is_sequential(list(8, [](std::uint32_t i) { return 100 - i; })));
  CHECK(is_sequential(list(30, [](std::uint32_t i) { return 0xFFFFFFF0 + i; })));
  CHECK(is_sequential(list(30, [](std::uint32_t i) { return i * 0x9E3779B9U; })));
  CHECK(is_sequential(shuffled(list(30, [](std::uint32_t i) { return i << 16; }))));
  CHECK(is_sequential(list(100, [](std::uint32_t i) { return i / 10 * 16 + i % 10; })));  // a decimal counter
  CHECK(is_sequential(list(60, [&](std::uint32_t i) { return i << 12 | (random() & 0xFFF); })));
  CHECK(is_sequential(list(40, [](std::uint32_t i) { return (i < 20 ? 0x10000000 : 0xE0000000) + i; })));  // two batches
  CHECK_FALSE(is_sequential(list(7, [](std::uint32_t i) { return i; })));
  for (unsigned round = 0; round < 2000; ++round) {
    const auto values = list(8 + round % 200, [&](std::uint32_t) { return static_cast<std::uint32_t>(random()); });
    auto sorted = values;
    std::sort(sorted.begin(), sorted.end());
    CHECK_FALSE(is_sequential(values));
    CHECK_FALSE(is_sequential(sorted));
  }
  CHECK_FALSE(is_sequential(list(200'000, [&](std::uint32_t) { return static_cast<std::uint32_t>(random()); })));
  std::string text;
  for (std::uint32_t i = 0; i < 8; ++i) text += id_with(i);
  CHECK(facts_of(text)["randoms"]["sequential"] == true);
  text.resize(text.size() - 25);
  CHECK_FALSE(facts_of(text)["randoms"].contains("sequential"));
}

TEST_CASE("a list that is not there or not a list") {
  Bench gone("");
  gone.context.world.files.clear();
  auto seen = gone.look();
  CHECK(seen.status == Status::not_declared);
  CHECK(seen.message == "ids.txt: can't open ids.txt: No such file or directory");
  CHECK(seen.facts.empty());
  gone.context.world.item.data = Json::object();
  CHECK(gone.look().message == "neither file nor values is declared");
  gone.context.world.item.data = {{"values", {"01A1B2C300A0011234ABCD00", 7}}};
  CHECK(gone.look().message == "a value is number where text is needed");
  gone.context.world.item.data = {{"values", {"01A1B2C300A0011234ABCD00", "1"}}};
  CHECK(gone.look().facts["malformed"] == Json::array({{{"line", 2}, {"value", "1"}, {"reason", "length"}}}));
  seen = Bench(std::string("\xFF\xFE" "0\0" "1\0", 6)).look();
  CHECK(seen.status == Status::protocol_error);
  CHECK(seen.message == "ids.txt: the list is UTF-16; save it as UTF-8");
  seen = Bench(std::string(as_text(probe::garbage(10'000).bytes))).look();
  CHECK(seen.facts["well_formed"] == 0);
  CHECK(seen.facts["malformed_count"] > 0);
}

TEST_CASE("a list too long or cut short decides nothing") {
  std::string many;
  for (std::size_t i = 0; i <= kListCapIds; ++i) many += "1\n";
  Bench bench(std::move(many));
  auto seen = bench.look();
  CHECK(seen.status == Status::protocol_error);
  CHECK(seen.message == "ids.txt: more than 2000000 identities");
  CHECK(seen.facts.empty());
  bench.context.world.deadline = Deadline::after(std::chrono::seconds(-1));
  seen = bench.look();
  CHECK(seen.status == Status::timeout);
  CHECK(seen.facts.empty());
  bench.context.cancel_button.request();
  CHECK(bench.look().status == Status::interrupted);
}

TEST_CASE("the collected lists of this format") {
  const std::filesystem::path folder = std::filesystem::path(LINTEL_SOURCE_DIR) / "../shared/corpus/random/ids";
  const std::pair<const char*, bool> lists[] = {{"py_appA_sequential.tsv", true}, {"py_appA_random32.tsv", false}};
  for (const auto& [name, sequential] : lists) {
    const auto text = lintel::read_file(folder / name, 10'000'000);
    if (!text) {
      std::cout << "skipped: no " << name << " beside the project\n";
      return;
    }
    std::string ids;
    for (const std::string_view line : split(*text, '\n')) ids += std::string(line.substr(line.find('\t') + 1)) + "\n";
    const Json facts = facts_of(ids);
    CHECK(facts["malformed_count"] == 0);
    CHECK(facts["randoms"]["sequential"] == sequential);
  }
}
