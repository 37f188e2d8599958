// Other ways to come to identifiers: MQTT messages, files, source addresses, presets.
#include "probes/session_ids/harvest.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <utility>

#include "base/text.h"
#include "data/json.h"
#include "flow/fake_broker.h"
#include "probe/fake.h"

namespace lintel::probes::session_ids {
extern const probe::Probe probe;
}

using namespace lintel;
using namespace lintel::probes::session_ids;
using model::Status;

namespace {

struct MqttBench {
  probe::FakeContext context;
  flow::FakeBroker broker;
  std::mt19937_64 random{7};
  std::size_t asked = 0, answers = SIZE_MAX;
  bool bare = false;
  MqttBench() {
    broker.accounts = {{"tester", {"secret", {"session/granted/#"}, {"session/new"}}}};
    broker.retained = {{"session/granted/old", R"({"token": "left over"})"}};
    broker.published = [this](const std::string& topic, const std::string&) {
      if (topic != "session/new" || asked++ >= answers) return;
      const std::string id = fmt::format("{:016x}{:016x}", random(), random());
      broker.deliver("session/granted/" + id, bare ? id : dump_json({{"token", id}}));
    };
    context.world.params = {{"count", 600}};
    context.world.item = {model::ItemKind::session, "join",
                          {{"id", "join"}, {"address", "127.0.10.1"}, {"port", 1883}, {"tls", false}, {"accounts", {{"tester", {{"user", "tester"}, {"password", "secret"}}}}},
                           {"subscribe", "session/granted/#"}, {"ask", {{"topic", "session/new"}, {"payload", "{}"}}}, {"id_in", {{"json", "/token"}}}}};
    context.world.peers[1883] = [this] { return broker.connection(); };
  }
  model::Observation look() { return probe::look(probes::session_ids::probe, context); }
};

}  // namespace

TEST_CASE("identifiers in MQTT messages: a member, a level of the topic, the whole message") {
  for (const Json& place : {Json{{"json", "/token"}}, Json{{"topic_level", 3}}, Json{{"payload", true}}}) {
    CAPTURE(dump_json(place));
    MqttBench bench;
    bench.context.world.item.data["id_in"] = place;
    bench.bare = place.contains("payload");
    const auto seen = bench.look();
    CHECK_MESSAGE(seen.status == Status::ok, seen.message);
    CHECK(seen.facts["count"] == 600);
    CHECK(seen.facts["connections_used"] == 1);
    CHECK(seen.facts["unique"] == 600);
    CHECK(seen.facts["verdict"] == "not_refuted");
  }
}

TEST_CASE("a broker that refuses, and one that stays silent") {
  MqttBench bench;
  bench.context.world.item.data["accounts"]["tester"]["password"] = "wrong";
  CHECK(bench.look().status == Status::auth_failed);
  MqttBench closed;
  closed.broker.refuses_filters = true;
  closed.context.world.item.data["subscribe"] = "others/#";
  const auto refused = closed.look();
  CHECK(refused.status == Status::auth_failed);
  CHECK(refused.message.starts_with("the broker does not let this account read others/#"));
  MqttBench silent;
  silent.answers = 250;
  silent.context.world.deadline = Deadline::after(std::chrono::milliseconds(300));
  const auto timed_out = silent.look();
  CHECK(timed_out.status == Status::timeout);
  CHECK(timed_out.facts["count"] == 250);
}

TEST_CASE("identifiers out of a file: judged as they stand, nothing is sent") {
  probe::FakeContext context;
  context.world.params = {{"sample", "quick"}};
  context.world.item = {model::ItemKind::session, "given", {{"id", "given"}, {"file", "ids.tsv"}}};
  std::string text;
  for (int i = 0; i < 300; ++i) text += fmt::format("{}\t{:016x}\n", 1'795'248'543'719'814 + 700 * i, 0x7000 + 3 * i);
  context.world.files["ids.tsv"] = text;
  auto seen = probe::look(probes::session_ids::probe, context);
  CHECK_MESSAGE(seen.status == Status::ok, seen.message);
  CHECK(seen.facts["requested"] == 300);
  CHECK(seen.facts["count"] == 300);
  CHECK(seen.facts["connections_used"] == 0);
  CHECK(seen.facts["verdict"] == "refuted");
  CHECK(seen.notes.front().starts_with("the identifiers were read from a file"));
  CHECK(context.seen.http_requests.empty());
  CHECK(context.seen.dialed.empty());
  for (const std::string& broken : {std::string(), std::string("ab\ncd\0ef\n", 9), std::string("\x1f\x8b\x08packed")}) {
    context.world.files["ids.tsv"] = broken;
    seen = probe::look(probes::session_ids::probe, context);
    CHECK(seen.status == Status::not_declared);
    CHECK_FALSE(seen.message.empty());
    CHECK_FALSE(seen.facts.contains("verdict"));
  }
}

TEST_CASE("how many: presets, and a number that counts more; from several addresses in turn") {
  for (const auto& [params, wanted] : {std::pair{Json{{"sample", "quick"}}, 200}, {Json{{"sample", "default"}}, 2000}, {Json::object(), 2000}, {Json{{"sample", "deep"}}, 20'000}, {Json{{"sample", "deep"}, {"count", 30}}, 30}}) {
    probe::FakeContext context;
    context.world.params = params;
    context.world.item = {model::ItemKind::session, "login",
                          {{"id", "login"}, {"url", "http://127.0.10.1/"}, {"source_addresses", {"127.0.10.8", "127.0.10.9", "::1"}}, {"id_in", {{"header", "X-Id"}}}}};
    std::mt19937_64 random{3};
    context.world.http = [&](const net::HttpRequest&) -> Result<net::HttpResponse> {
      net::HttpResponse response;
      response.status = context.seen.http_requests.size() > 40 ? 403 : 200;  // enough of it
      response.headers = {{"X-Id", fmt::format("{:016x}{:016x}", random(), random())}};
      return response;
    };
    const auto seen = probe::look(probes::session_ids::probe, context);
    CHECK(seen.facts["requested"] == wanted);
    REQUIRE(context.seen.http_options.size() == 3);
    CHECK(context.seen.http_options[0].source == "127.0.10.8");
    CHECK(context.seen.http_options[1].source == "127.0.10.9");
    CHECK(context.seen.http_options[2].source == "::1");
  }
}
