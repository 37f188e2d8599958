// The ota probe against a platform in memory: one that conforms, one for each break, and those that are no help at all.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/files.h"
#include "crypto/test_signer.h"
#include "data/schema.h"
#include "flow/answer.h"
#include "probe/fake.h"
#include "probes/ota/offer.h"

namespace lintel::probes::ota {
extern const probe::Probe probe;
}

using namespace lintel;
using model::Status;
using net::HttpRequest;
using net::HttpResponse;

namespace {

HttpResponse says(long status, std::string body = "") { return {status, {}, std::move(body), {}, 0}; }

const crypto::testing::Signer& vendor() {
  static const auto signer = crypto::testing::Signer::ec("P-256");
  return signer;
}
const crypto::testing::Signer& stranger() {
  static const auto signer = crypto::testing::Signer::ec("P-256");
  return signer;
}

// A lamp at 2.4.1 that is offered 2.5.0, and a hub that is up to date; `flaw` spoils one thing.
struct Home {
  probe::FakeContext context;
  std::string flaw, image = "\x7f" "firmware LAMP-1 2.5.0\n";
  Json offer;

  explicit Home(std::string broken = "") : flaw(std::move(broken)) {
    context.world.item.kind = model::ItemKind::web;
    context.world.item.data = *parse_json(R"({"id": "web", "url": "https://h",
      "accounts": {"lamp": {"token": "t1", "model": "LAMP-1", "version": "2.4.1"}, "hub": {"token": "t2", "model": "HUB-1", "version": "1.8.0"}, "person": {"user": "alice"}},
      "flows": {"offer": [{"request": {"path": "/offer", "query": {"version": "{version}"}, "headers": {"X-Token": "{token}"}},
                           "take": {"offer_version": {"json": "/version"}, "offer_model": {"json": "/model"}, "offer_url": {"json": "/url"}, "offer_sha256": {"json": "/sha256"},
                                    "offer_md5": {"json": "/md5"}, "offer_signature": {"json": "/signature"}}}],
                "offer_image": [{"request": {"path": "{offer_url}", "headers": {"X-Token": "{token}"}}}]}})");
    firmware("lamp-2.5.0", "LAMP-1", "2.5.0", image);
    firmware("lamp-2.4.1", "LAMP-1", "2.4.1", "older");
    firmware("hub-1.8.0", "HUB-1", "1.8.0", "hub");
    context.world.files["vendor.pem"] = vendor().public_pem();
    offer = {{"version", "2.5.0"}, {"model", "LAMP-1"}, {"url", "/image"}, {"sha256", to_hex(*crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(image)))},
             {"signature", to_base64((is("signature") ? stranger() : vendor()).sign({}, image))}};
    context.world.http = [this](const HttpRequest& request) { return answer(request); };
  }
  bool is(std::string_view name) const { return flaw == name; }
  Json& item() { return context.world.item.data; }
  void firmware(const char* id, const char* model, const char* version, const std::string& bytes) {
    context.world.files[std::string(id) + ".bin"] = bytes;
    context.world.asset.items.push_back({model::ItemKind::firmware, id, {{"image", std::string(id) + ".bin"}, {"model", model}, {"version", version},
                                         {"signature", {{"public_key", "vendor.pem"}, {"algorithm", "ecdsa"}, {"digest", "sha256"}}}}});
  }

  Result<HttpResponse> answer(const HttpRequest& request) {
    const std::string token = flow::header_value(request.headers, "x-token").value_or(""), path = request.url.substr(9);
    if (token != "t1" && token != "t2") return says(401);
    if (path == "/image") return says(200, is("bytes") ? image + "x" : is("other image") ? "hub" : image);
    const std::string told = path.substr(path.find('=') + 1);
    if (token == "t2" && is("foreign")) return says(200, offer.dump());
    if (token == "t2") return is("hub refused") ? says(401) : says(204);
    if (told == "2.4.1") return says(200, offer.dump());
    if (is("higher")) return says(200, offer.dump());
    if (is("asleep")) return says(503);
    return is("told off") ? says(400) : is("polite") ? says(200, R"({"update": false})") : says(204);
  }
  model::Observation look() {
    auto seen = probe::look(probes::ota::probe, context);
    static const auto schema = schema::Schema::load(std::string_view(*read_file(LINTEL_SOURCE_DIR "/src/probes/ota/facts.schema.json", 1 << 20)), "facts");
    CHECK(schema::validate(seen.facts, schema->root()).empty());
    return seen;
  }
};

// "lamp installed offered 2.5.0, …" in the order of the requests.
std::string asked(const Json& facts) {
  std::string out;
  for (const Json& one : member(facts, "asked")) out += fmt::format("{} {} {};", text_or(one, "account"), text_or(one, "claim"), text_or(one, "answer"));
  return out;
}
std::string word(const Json& facts, const char* pointer) {
  const Json* value = flow::at_pointer(facts, pointer);
  return value == nullptr ? "-" : value->is_string() ? value->get<std::string>() : value->dump();
}

}  // namespace

TEST_CASE("a platform that conforms") {
  for (const char* manner : {"", "told off", "polite"}) {
    CAPTURE(manner);
    Home home(manner);
    const auto seen = home.look();
    CHECK_MESSAGE(seen.status == Status::ok, seen.message);
    CHECK(asked(seen.facts) == "hub installed none;lamp installed offered;lamp same none;lamp higher none;");
    CHECK(seen.facts["models"] == 2);
    CHECK(seen.facts["offers"].size() == 1);
    CHECK(word(seen.facts, "/offers/0/model_fits") == "yes");
    CHECK(word(seen.facts, "/offers/0/link_encrypted") == "yes");
    CHECK(word(seen.facts, "/offers/0/image/fits") == "yes");
    CHECK(word(seen.facts, "/offers/0/image/declared_as") == "lamp-2.5.0");
    CHECK(word(seen.facts, "/offers/0/image/names_version") == "true");
    CHECK(word(seen.facts, "/offers/0/digests/0/matches") == "yes");
    CHECK(word(seen.facts, "/offers/0/signature") == "yes");
    CHECK(seen.facts["requests"] == 6);
    CHECK(seen.notes.empty());
    CHECK(home.context.seen.http_options.back().body_cap_bytes == 1 << 20);  // only the image may be large
    CHECK(home.context.seen.find_evidence("transcript.txt") != nullptr);
  }
}

TEST_CASE("each break shows where it is") {
  const auto fact = [](const char* flaw, const char* pointer) {
    Home home(flaw);
    return word(home.look().facts, pointer);
  };
  CHECK(fact("bytes", "/offers/0/image/fits") == "no");
  CHECK(fact("bytes", "/offers/0/digests/0/matches") == "no");
  CHECK(fact("bytes", "/offers/0/signature") == "no");
  CHECK(fact("other image", "/offers/0/image/fits") == "no");
  CHECK(fact("signature", "/offers/0/signature") == "no");
  CHECK(fact("signature", "/offers/0/image/fits") == "yes");
  CHECK(fact("foreign", "/offers/0/account") == "hub");
  CHECK(fact("foreign", "/offers/0/model_fits") == "no");
  CHECK(fact("foreign", "/offers/0/image/fits") == "no");
  Home downgrade("higher");
  const auto seen = downgrade.look();
  CHECK(asked(seen.facts) == "hub installed none;lamp installed offered;lamp same offered;lamp higher offered;");
  CHECK(word(seen.facts, "/asked/3/told") == "3.5.0");
  CHECK(word(seen.facts, "/asked/3/version") == "2.5.0");
}

TEST_CASE("what the offer says otherwise") {
  const auto with = [](const char* key, const Json& value) {
    Home home;
    if (value.is_null()) home.offer.erase(key);
    else home.offer[key] = value;
    return home.look().facts;
  };
  CHECK(word(with("model", "LAMP-2"), "/offers/0/model_fits") == "no");
  CHECK(word(with("model", nullptr), "/offers/0/model_fits") == "yes");  // the image's own
  CHECK(word(with("version", "2.6.0"), "/offers/0/image/fits") == "no");
  CHECK(word(with("version", nullptr), "/offers/0/image/fits") == "unknown");
  CHECK(word(with("url", "http://h/image"), "/offers/0/link_encrypted") == "no");
  CHECK(word(with("url", "http://h/image"), "/offers/0/image") == "-");
  CHECK(word(with("url", "https://h/image"), "/offers/0/image/fits") == "yes");
  CHECK(word(with("url", "https://elsewhere/image"), "/offers/0/image") == "-");
  CHECK(word(with("url", "https://hh/image"), "/offers/0/image") == "-");
  CHECK(word(with("signature", nullptr), "/offers/0/signature") == "absent");
  CHECK(word(with("signature", "?!"), "/offers/0/signature") == "unknown");
  CHECK(word(with("sha256", nullptr), "/offers/0/digests") == "[]");
  CHECK(word(with("sha256", "yes"), "/offers/0/digests/0/matches") == "unknown");
  CHECK(word(with("md5", std::string(32, '0')), "/offers/0/digests/1/strong") == "false");
}

TEST_CASE("a firmware that is not declared, or without a key, decides nothing") {
  Home unknown;
  unknown.context.world.asset.items.clear();
  auto seen = unknown.look();
  CHECK(word(seen.facts, "/offers/0/image/fits") == "unknown");
  CHECK(word(seen.facts, "/offers/0/signature") == "unknown");
  CHECK(seen.notes.size() == 2);
  Home missing;
  missing.context.world.files.erase("lamp-2.5.0.bin");
  CHECK(word(missing.look().facts, "/offers/0/image/fits") == "unknown");
  Home keyless;
  keyless.context.world.files["vendor.pem"] = "no key";
  CHECK(word(keyless.look().facts, "/offers/0/signature") == "unknown");
}

TEST_CASE("what is not declared") {
  Home home;
  home.item()["flows"].erase("offer");
  CHECK(home.look().status == Status::not_applicable);
  Home nobody;
  for (const char* name : {"lamp", "hub"}) nobody.item()["accounts"][name].erase("version");
  CHECK(nobody.look().status == Status::not_declared);
  CHECK(nobody.context.seen.http_requests.empty());
  Home pictures;
  pictures.item()["flows"].erase("offer_image");
  CHECK(word(pictures.look().facts, "/offers/0/image") == "-");
  Home fixed;  // no {version} in the request: nothing can be claimed
  fixed.item()["flows"]["offer"][0]["request"].erase("query");
  fixed.item()["flows"]["offer"][0]["request"]["path"] = "/offer?version=2.4.1";
  CHECK(asked(fixed.look().facts) == "hub installed none;lamp installed offered;");
  Home alone;
  alone.item()["accounts"].erase("hub");
  CHECK(alone.look().facts["models"] == 1);
  Home refused("hub refused");
  CHECK(refused.look().facts["models"] == 1);
  Home asleep("asleep");
  CHECK(asked(asleep.look().facts) == "hub installed none;lamp installed offered;lamp same unknown;lamp higher unknown;");
}

TEST_CASE("platforms that turn bad after some answers: never a fact that lets a check pass") {
  const std::function<Result<HttpResponse>()> bad[] = {[] { return Result<HttpResponse>(fail(ErrorCode::timeout, "no answer in time")); },
                                                       [] { return Result<HttpResponse>(fail(ErrorCode::closed, "closed")); }, [] { return Result<HttpResponse>(says(503)); },
                                                       [] { return Result<HttpResponse>(says(401)); }, [] { return Result<HttpResponse>(says(204)); },
                                                       [] { return Result<HttpResponse>(says(200, "\xff\x01 no JSON")); }};
  for (std::size_t kind = 0; kind < std::size(bad); ++kind)
    for (int good = 0; good < 6; ++good) {
      CAPTURE(kind);
      CAPTURE(good);
      Home home;
      int answered = 0;
      home.context.world.http = [&](const HttpRequest& request) { return answered++ < good ? home.answer(request) : bad[kind](); };
      const auto seen = home.look();
      if (kind < 2) CHECK(seen.status != Status::ok);
      const std::string all = asked(seen.facts);
      CHECK(all.find("lamp same none") == std::string::npos);
      CHECK(all.find("lamp higher none") == std::string::npos);
      if (good < 3) CHECK(word(seen.facts, "/offers/0/image/fits") != "yes");
    }
}

TEST_CASE("versions, links, digests") {
  using namespace probes::ota;
  CHECK(higher("2.5.0") == "3.5.0");
  CHECK(higher("v09-b") == "v10-b");
  CHECK(higher("blue") == "");
  CHECK(higher("18446744073709551615.1") == "");
  CHECK(names("x2.5.0\n", "2.5.0"));
  CHECK_FALSE(names("12.5.0 2.5.01", "2.5.0"));
  CHECK_FALSE(names("anything", ""));
  CHECK(encrypted_link("HTTPS://cdn/x", "http://h") == "yes");
  CHECK(encrypted_link("/x", "http://h") == "no");
  CHECK(encrypted_link("ftp://h/x", "https://h") == "unknown");
  CHECK(encrypted_link("//cdn/x", "https://h") == "unknown");
  CHECK(encrypted_link("", "https://h") == "unknown");
  const Bytes sum = *crypto::digest(crypto::DigestAlgorithm::md5, as_bytes(std::string_view("a")));
  CHECK(same_digest("0CC175B9C0F1B6A831C399E269772661", sum) == "yes");
  CHECK(same_digest("md5:" + to_base64(sum), sum) == "yes");
  CHECK(same_digest("0cc175b9c0f1b6a831c399e269772662", sum) == "no");
  CHECK(same_digest("0cc175", sum) == "unknown");
}
