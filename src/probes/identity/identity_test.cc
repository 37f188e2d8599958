// The identity probe against lists as factories hand them in, and against what is no list.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <random>
#include <set>

#include "base/text.h"
#include "crypto/digest.h"
#include "data/json.h"
#include "probe/fake.h"
#include "probes/identity/allocation.h"
#include "probes/identity/foretell.h"
#include "probes/identity/list.h"
#include "probes/identity/uneven.h"

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

const std::string kCredentialNote =
    "an identity has at most 32 bits that can't be foretold: it names a device and is no credential";

// The pattern of values of one product, in this order.
std::optional<Pattern> pattern_in(const std::vector<std::uint32_t>& values) {
  std::vector<Id> ids;
  for (const std::uint32_t value : values) ids.push_back(*model::parse_device_id(fmt::format("01A1B2C300A001{:08X}00", value)));
  const Table table = table_of(ids);
  return pattern_of(table, table.groups.at(0), 1'800'000'000);
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
                       {"allocation_violation_count", 0},
                       {"allocation_violations", Json::array()},
                       {"shared", {{"values", 0}, {"lower_parts", 0}, {"expected", 0.0}, {"improbable", false}, {"shown", Json::array()}}},
                       {"randoms", {{"count", 2}, {"unique", 2}, {"repeated_count", 0}, {"repeated", Json::array()}}}}));
  CHECK(Bench("01A1B2C300A0011234ABCD00\n01a1b2c300a001fedc0123ff").look().notes == std::vector<std::string>{"letter case is mixed; ids are compared without it", kCredentialNote});
  CHECK(Bench("01A1B2C300A0011234ABCD00\n").look().notes == std::vector<std::string>{kCredentialNote});
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
      {"0x01A1B2C300A0011234ABCD", "0x01A1B2C300A0011234ABCD", "character"},
      {"------------------------", "------------------------", "character"},
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

TEST_CASE("fields are filled from the upper to the lower") {
  struct Row {
    const char *line, *reason;
    std::size_t at;
  };
  const Row rows[] = {
      {"01A1B2C300A00X1234ABCD00", "order", 13},      // the product is not complete, random is there
      {"01______00A0011234ABCD00", "order", 2},
      {"..A1B2C3................", "order", 0},
      {"01A1B2C300A001????????00", "order", 14},
      {"01A1B2C300A0011234ABC*00", "order", 21},
      {"01A1B2C300A0011234ABCDxx", "unfinished", 22},
      {"01A1B2C3----------------", "unfinished", 8},
      {"01A1XXC3XXXXXXXXXXXXXXXX", "unfinished", 4},  // within a field the annex has no order
      {"01A1B2C300A0011234ABCD0X", "unfinished", 23},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    const auto mistake = model::mistake_of(row.line);
    REQUIRE(mistake);
    CHECK(name_of(mistake->flaw) == row.reason);
    CHECK(mistake->at == row.at);
    const Json facts = facts_of("01A1B2C300A0011234ABCD00\n" + std::string(row.line) + "\n");
    CHECK(facts["malformed"] == Json::array({{{"line", 2}, {"value", row.line}, {"reason", row.reason}}}));
    const bool order = std::string_view(row.reason) == "order";
    CHECK(facts["allocation_violation_count"] == (order ? 1 : 0));
    CHECK(facts["allocation_violations"] == (order ? Json::array({row.line}) : Json::array()));
  }
}

TEST_CASE("values that several products share: a handful is chance, a cloned generator is not") {
  std::mt19937 random(9);
  const auto id = [](unsigned product, std::uint32_t value, unsigned version = 1, unsigned extension = 0) { return fmt::format("{:02X}A1B2C3{:06X}{:08X}{:02X}\n", version, product, value, extension); };
  std::string cloned, apart, versions;
  for (unsigned i = 0; i < 40; ++i) {
    const auto value = static_cast<std::uint32_t>(random());
    cloned += id(1, value) + id(2, value, 1, i % 2);
    apart += id(1, value) + id(2, static_cast<std::uint32_t>(random()));
    versions += id(1, value) + id(1, value, 2);
  }
  Json shared = facts_of(cloned)["shared"];
  CHECK(shared["values"] == 40);
  CHECK(shared["lower_parts"] == 20);
  CHECK(shared["shown"].size() == 20);
  CHECK(shared["expected"].get<double>() == doctest::Approx(2 * 40 * 40 / 0x1p33));
  CHECK(shared["improbable"] == true);
  for (const std::string& list : {apart, versions, apart + id(1, 7) + id(2, 7)}) {
    shared = facts_of(list)["shared"];
    CHECK(shared["values"] == (list.size() > apart.size() ? 1 : 0));
    CHECK(shared["improbable"] == false);
  }
  // 300,000 devices of two products meet five times on average.
  std::string large;
  for (unsigned i = 0; i < 300'000; ++i) large += id(1 + i % 2, static_cast<std::uint32_t>(random()));
  shared = facts_of(large)["shared"];
  CHECK(shared["expected"].get<double>() == doctest::Approx(5.24).epsilon(0.01));
  CHECK(shared["values"].get<int>() < 30);
  CHECK(shared["improbable"] == false);
  CHECK(log2_tail(40, 5.24) < -64);
  CHECK(log2_tail(20, 5.24) > -64);
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
  CHECK(pattern_in(up) == Pattern::step);
  CHECK(pattern_in(shuffled(up)) == Pattern::near);
  CHECK(pattern_in(list(8, [](std::uint32_t i) { return 100 - i; })));
  CHECK(pattern_in(list(30, [](std::uint32_t i) { return 0xFFFFFFF0 + i; })));
  CHECK(pattern_in(list(30, [](std::uint32_t i) { return i * 0x9E3779B9U; })));
  CHECK(pattern_in(shuffled(list(30, [](std::uint32_t i) { return i << 16; }))));
  CHECK(pattern_in(list(100, [](std::uint32_t i) { return i / 10 * 16 + i % 10; })));  // a decimal counter
  CHECK(pattern_in(list(60, [&](std::uint32_t i) { return i << 12 | (random() & 0xFFF); })));
  CHECK(pattern_in(list(40, [](std::uint32_t i) { return (i < 20 ? 0x10000000 : 0xE0000000) + i; })));  // two batches
    CHECK(pattern_in(list(20, [&](std::uint32_t i) { return 1'700'000'000 + i * 60 + random() % 60; })) == Pattern::time);
  CHECK(pattern_in(list(20, [&](std::uint32_t i) { return 2'700'000'000 + i * 60 + random() % 60; })) == Pattern::range);
  CHECK(pattern_in(list(20, [&](std::uint32_t) { return static_cast<std::uint32_t>(random()) | 0x00F0'0F00; })) == Pattern::constant);
  for (unsigned round = 0; round < 2000; ++round) {
    const auto values = list(8 + round % 200, [&](std::uint32_t) { return static_cast<std::uint32_t>(random()); });
    auto sorted = values;
    std::sort(sorted.begin(), sorted.end());
    CHECK_FALSE(pattern_in(values));
    CHECK_FALSE(pattern_in(sorted));
  }
  CHECK_FALSE(pattern_in(list(200'000, [&](std::uint32_t) { return static_cast<std::uint32_t>(random()); })));
  std::string text;
  for (std::uint32_t i = 0; i < 8; ++i) text += id_with(i);
  CHECK(facts_of(text)["randoms"]["sequential"] == true);
  CHECK(facts_of(text)["randoms"]["patterns"] == Json::array({{{"product", "01A1B2C300A001"}, {"pattern", "step"}}}));
  text.resize(text.size() - 25);
  CHECK_FALSE(facts_of(text)["randoms"].contains("sequential"));
}

TEST_CASE("values that look random and can be worked out") {
  std::mt19937 random(3);
  const auto digest = [](crypto::DigestAlgorithm algorithm, std::string_view text, std::size_t from) {
    const Bytes bytes = *crypto::digest(algorithm, as_bytes(text));
    return Cursor(ByteView(bytes).subspan(from, 4)).u32();
  };
  struct Row {
    const char* generator;
    std::function<std::uint32_t(std::uint32_t)> value;
  };
  using enum crypto::DigestAlgorithm;
  const Row rows[] = {
      {"MD5 of a decimal number, first 4 bytes", [&](std::uint32_t i) { return digest(md5, fmt::format("{}", i), 0); }},
      {"SHA-256 of a decimal number of 8 digits, first 4 bytes", [&](std::uint32_t i) { return digest(sha256, fmt::format("{:08}", 1'000'001 + i), 0); }},
      {"SHA-1 of the upper fields and a decimal number of 6 digits, last 4 bytes", [&](std::uint32_t i) { return digest(sha1, fmt::format("01A1B2C300A001{:06}", i * 7), 16); }},
      {"SM3 of a 32-bit number, last 4 bytes", [&](std::uint32_t i) { return digest(sm3, std::string{0, 0, static_cast<char>(i >> 8), static_cast<char>(i)}, 28); }},
  };
  for (const Row& row : rows) {
    std::vector<std::string> lines;
    for (std::uint32_t i = 1; i <= 40; ++i) lines.push_back(id_with(row.value(i)));
    std::shuffle(lines.begin(), lines.end(), random);  // the order does not matter
    std::string text;
    for (const std::string& line : lines) text += line;
    const Json randoms = facts_of(text)["randoms"];
    CHECK(randoms["sequential"] == false);
    CHECK(randoms["foretold"] == Json::array({{{"product", ""}, {"generator", row.generator}, {"values", 40}}}));
  }
  // Other numbers, or nothing but chance, and a list in order of value: nothing is said.
  std::string strong, sorted_list, few;
  std::set<std::uint32_t> values;
  while (values.size() < 3000) values.insert(static_cast<std::uint32_t>(digest(sha256, fmt::format("secret {}", random()), 0)));
  for (const std::uint32_t value : values) sorted_list += id_with(value);
  std::vector<std::uint32_t> shuffled(values.begin(), values.end());
  // Nearly sorted, two sorted lists in turns, sorted batches: the order is of those who made the list, and an attack takes it for a generator's.
  std::string swapped, turns, batches;
  std::vector<std::uint32_t> ordered(values.begin(), values.end());
  std::swap(ordered[10], ordered[1500]);
  for (const std::uint32_t value : ordered) swapped += id_with(value);
  for (std::size_t i = 0; i + 1 < ordered.size(); i += 2) turns += id_with(ordered[i + 1]) + id_with(ordered[i]);
  std::shuffle(shuffled.begin(), shuffled.end(), random);
  for (const std::uint32_t value : shuffled) strong += id_with(value);
  std::vector<std::uint32_t> batch = shuffled;
  for (std::size_t at = 0; at < batch.size(); at += 200) std::sort(batch.begin() + static_cast<std::ptrdiff_t>(at), batch.begin() + static_cast<std::ptrdiff_t>(at + 200));
  for (const std::uint32_t value : batch) batches += id_with(value);
  for (const std::string& text : {strong, sorted_list, swapped, turns, batches}) {
    const auto seen = Bench(text).look();
    CHECK(seen.facts["randoms"]["foretold"] == Json::array());
    CHECK(seen.notes == std::vector<std::string>{kCredentialNote});
  }
  for (std::uint32_t i = 0; i < 19; ++i) few += id_with(shuffled[i]);
  CHECK_FALSE(facts_of(few)["randoms"].contains("foretold"));
  std::vector<Id> ids;
  for (const std::uint32_t value : shuffled) ids.push_back(*model::parse_device_id(trim(id_with(value))));
  CHECK_FALSE(foretell(table_of(ids), Deadline::after(std::chrono::seconds(-1)), Cancel()));  // no time: not the same as nothing found
  // A digit that is never above 9 is told and fails nothing.
  std::string decimal;
  for (const std::uint32_t value : shuffled) decimal += id_with(value / 16 % 10 << 4 | (value & ~std::uint32_t{0xF0}));
  const auto seen = Bench(decimal).look();
  CHECK(seen.facts["randoms"]["sequential"] == false);
  CHECK(seen.facts["randoms"]["foretold"] == Json::array());
  REQUIRE(seen.notes.size() == 2);
  CHECK(seen.notes[0].starts_with("below 01A1B2C300A001, character 7 of the random field is uneven (chi-square, p = "));
}

TEST_CASE("the chance of a chi-square value") {
  // From tables: 15 degrees of freedom, 0.05 and 0.001.
  CHECK(chi_square_15(24.996) == doctest::Approx(0.05).epsilon(1e-3));
  CHECK(chi_square_15(37.697) == doctest::Approx(0.001).epsilon(1e-3));
  CHECK(chi_square_15(0) == doctest::Approx(1));
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
  CHECK(seen.message == "ids.txt: more than 20000000 identities");
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
  const std::pair<const char*, bool> lists[] = {{"py_appA_sequential.tsv", true}, {"py_appA_from_mac.tsv", true}, {"py_appA_random32.tsv", false}};
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
    if (!sequential) CHECK(facts["randoms"]["foretold"] == Json::array());
  }
}
