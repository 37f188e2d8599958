#include "rules/loader.h"

#include <doctest/doctest.h>

#include <fstream>

#include "base/embedded.h"
#include "data/schema.h"
#include "rules/target_lint.h"
#include "rules/test_catalog.h"

using namespace lintel;
using namespace lintel::rules;

namespace lintel::rules {
std::span<const EmbeddedFile> embedded_files();
}

namespace {

const std::filesystem::path kSource = LINTEL_SOURCE_DIR;
const std::filesystem::path kWorld = kSource / "tests/golden/diagnostics/world";

std::string all(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& one : diagnostics) text += to_string(one) + "\n";
  return text;
}

}  // namespace

TEST_CASE("every embedded schema is one that the validators honour") {
  int count = 0;
  for (const EmbeddedFile& file : embedded_files()) {
    const auto loaded = schema::Schema::load(file.text, file.name);
    CHECK_MESSAGE(loaded, (loaded ? "" : loaded.error().message));
    ++count;
  }
  CHECK(count >= 22);  // all of docs/schemas are compiled in
}

TEST_CASE("a profile with its parts, checks, derived clauses and coverage") {
  const LoadedProfile loaded = load_profile(kWorld, catalog_of(kWorld / "probes"));
  CHECK(all(loaded.diagnostics) == "");
  CHECK(loaded.profile.id == "mini");
  REQUIRE(loaded.profile.clauses.size() == 4);
  CHECK(loaded.profile.clauses[0].checks[0].check == "demo.ports");
  CHECK(loaded.profile.clauses[0].checks[0].obligation == model::Obligation::shall);
  CHECK(loaded.profile.clauses[1].attest->valid_for_days == 30);
  CHECK(loaded.profile.clauses[2].checks[0].obligation == model::Obligation::should);
  CHECK(loaded.profile.clauses[3].derived_from == std::vector<std::string>{"7.a", "7.b", "7.c"});
  CHECK(loaded.profile.clauses[0].references.at("owasp_iot") == std::vector<std::string>{"I7"});
  REQUIRE(loaded.checks.size() == 1);
  const model::Check& check = loaded.checks[0];
  CHECK(check.with == Json{{"range", "1-1024"}, {"tries", 2}});
  CHECK(check.on_empty == model::Verdict::not_applicable);
  CHECK(check.rows.size() == 3);
  CHECK(check.rows[1].facts["open_tcp"] == Json{23, 443});
  CHECK(check.rows[2].status == model::Status::timeout);
  REQUIRE(loaded.coverage.size() == 4);
  CHECK((loaded.coverage[1].question && loaded.coverage[1].checks == 0 && loaded.coverage[1].in_profile));
  CHECK(loaded.coverage[3].derived);
  CHECK(canonical_profile(loaded.profile, loaded.checks) == canonical_profile(loaded.profile, loaded.checks));
}

TEST_CASE("a target becomes items with ids and what a service takes from its host") {
  const LoadedTarget loaded = load_target(kWorld / "target.yaml");
  CHECK(all(loaded.diagnostics) == "");
  const model::Target& target = loaded.target;
  CHECK(target.limits.gap == std::chrono::milliseconds(20));
  CHECK(target.limits.deadline == std::chrono::minutes(10));
  CHECK(target.waivers == "waivers.yaml");
  CHECK(target.folder == kWorld.string());
  CHECK(target.file == "target.yaml");
  REQUIRE(target.assets.size() == 2);
  CHECK(target.assets[0].line == 9);
  CHECK(target.assets[1].line == 26);
  std::string ids;
  for (const model::Asset& asset : target.assets)
    for (const model::Item& item : asset.items) ids += std::string(name_of(item.kind)) + " " + item.id + "; ";
  CHECK(ids == "host edge; service edge:8443/tcp; service edge:8883/tcp; session login; identities identities-1; firmware lamp-2.4.1; ");
  const Json& service = target.assets[0].items[1].data;
  CHECK(service["address"] == "127.0.10.1");
  CHECK(service["host"] == "edge");
  CHECK(service["transport"] == "tcp");
  CHECK(target.assets[0].items[0].data["services"].size() == 2);
  CHECK(target.assets[1].items[0].data["product"] == "00A001");
  CHECK(target.assets[1].items[0].data["values"][0] == "01A1B2C300A00112345678FF");
  CHECK(target.assets[1].items[1].data["version"] == "2.4.10");
  CHECK(target.assets[1].level == 2);
}

TEST_CASE("attestations and waivers") {
  const LoadedProfile profile = load_profile(kWorld, catalog_of(kWorld / "probes"));
  const LoadedTarget target = load_target(kWorld / "target.yaml");
  const LoadedAttestations attestations = load_attestations(kWorld / "attestations.yaml", profile.profile, target.target, *parse_time("2026-12-01T00:00:00Z"));
  CHECK(all(attestations.diagnostics) == "");
  REQUIRE(attestations.attestations.size() == 1);
  CHECK(attestations.attestations[0].evidence[0].name == "lamp.bin");
  CHECK(attestations.attestations[0].at == *parse_time("2026-11-01T02:00:00Z"));
  CHECK(attestations.attestations[0].valid_until == parse_time("2027-04-30T16:00:00Z"));
  const LoadedWaivers waivers = load_waivers(kWorld / "waivers.yaml", profile.profile, target.target);
  CHECK(all(waivers.diagnostics) == "");
  REQUIRE(waivers.waivers.size() == 1);
  CHECK(waivers.waivers[0].ticket == "LAB-118");
}

TEST_CASE("a check on its own has the id of its path") {
  CHECK(all(load_check(kWorld / "checks/demo/ports.yaml", catalog_of(kWorld / "probes")).diagnostics) == "");
}

TEST_CASE("durations and ports") {
  using namespace std::chrono_literals;
  CHECK(parse_duration("20ms") == 20ms);
  CHECK(parse_duration("10m") == 10min);
  CHECK(parse_duration("2h") == 2h);
  CHECK(!parse_duration("10"));
  CHECK(!parse_duration("ms"));
  CHECK(!parse_duration("99999999999s"));
  CHECK(ports_problem("1-65535") == "");
  CHECK(ports_problem("22,80,8000-8100") == "");
  CHECK(ports_problem("0-10") == "there is no port 0");
  CHECK(ports_problem("1-70000") == "there is no port 70000");
  CHECK(ports_problem("90-80") == "90-80 runs backwards");
}

// The profile that is delivered.
TEST_CASE("the profile of the smart home loads") {
  const ProbeCatalog catalog = catalog_of(kSource / "src/probes");
  const LoadedProfile loaded = load_profile(kSource / "profiles/smart-home", catalog);
  for (const Diagnostic& one : loaded.diagnostics)
    CHECK_MESSAGE(false, to_string(one));
  CHECK(catalog.names.size() >= 5);
  CHECK(loaded.coverage.size() == 153);
  CHECK(loaded.profile.clauses.size() == 153);
}

TEST_CASE("what black boxes can only refute is asked for too") {
  const LoadedProfile loaded = load_profile(kSource / "profiles/smart-home", catalog_of(kSource / "src/probes"));
  for (const auto& clause : loaded.profile.clauses)
    for (const auto& use : clause.checks)
      if (use.check == "session.not-weak" || use.check == "identity.random") {
        CAPTURE(clause.id);
        CHECK((clause.attest && !clause.attest->only_without_items));
      }
}

TEST_CASE("the sample home's documents have no error") {
  const LoadedTarget target = load_target(kSource / "samples/home/target.yaml");
  CHECK_MESSAGE(!has_errors(target.diagnostics), all(target.diagnostics));
  const LoadedProfile profile = load_profile(kSource / "profiles/smart-home", catalog_of(kSource / "src/probes"));
  const LoadedWaivers waivers = load_waivers(kSource / "samples/home/waivers.yaml", profile.profile, target.target);
  CHECK_MESSAGE(waivers.diagnostics.empty(), all(waivers.diagnostics));
}
