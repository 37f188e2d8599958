#include <doctest/doctest.h>
#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "crypto/cms.h"
#include "crypto/digest.h"
#include "crypto/test_authority.h"
#include "data/json.h"
#include "data/schema.h"
#include "probe/fake.h"
#include "probes/burning/ledger.h"

namespace lintel::probes::burning {
extern const probe::Probe probe;
}

using namespace lintel;
using namespace lintel::crypto::testing;
using model::Status;

namespace {

constexpr const char* kHeader = "id,station,burned_at,key_digest,result,activated_at,verified,rework_of\n";
const std::string kA = "01A1B2C300A0015F3C9A7100", kB = "01A1B2C300A001C81E047D00", kC = "01A1B2C300A00192D6B3FA00";

std::string digest_of(std::string_view key) { return to_hex(*crypto::digest(crypto::DigestAlgorithm::sm3, as_bytes(key))); }

// A good receipt; key tells one root key from another.
std::string receipt(const std::string& id, const std::string& key, const std::string& burned = "2026-11-20T08:00:00Z", const std::string& activated = "2026-11-20T09:00:00Z",
                    const std::string& rework = "") {
  return fmt::format("{},S1,{},sm3:{},OK,{},PASS,{}\n", id, burned, digest_of(key), activated, rework);
}

struct Bench {
  probe::FakeContext context;
  Bench() { context.world.item = {model::ItemKind::burning, "burning-1", {{"receipts", "r.csv"}}}; }
  Json& item() { return context.world.item.data; }
  Bench& file(const std::string& text, const char* name = "r.csv") {
    context.world.files[name] = text;
    item()["receipts"] = name;
    return *this;
  }
  model::Observation look() {
    auto observation = probe::look(probes::burning::probe, context);
    static const auto schema = *schema::Schema::load(std::string_view(*read_file(std::string(LINTEL_SOURCE_DIR) + "/src/probes/burning/facts.schema.json", 1 << 20)), "facts");
    for (const auto& violation : schema::validate(observation.facts, schema.root())) FAIL_CHECK(violation.pointer << ": " << violation.message);
    return observation;
  }
  Json facts() {
    const auto observation = look();
    CHECK_MESSAGE(observation.status == Status::ok, observation.message);
    return observation.facts;
  }
  Json facts(const std::string& rows) { return file(kHeader + rows).facts(); }
};

Json facts(const std::string& rows) { return Bench().facts(rows); }

}  // namespace

TEST_CASE("a good file") {
  Bench bench;
  bench.context.world.files["issued.txt"] = "# two\n" + kA + "\n" + kB + "\n" + kC + "\n";
  bench.item()["identities"] = "issued.txt";
  const Json found = bench.facts(receipt(kA, "a") + receipt(kB, "b"));
  CHECK(found["count"] == 2);
  CHECK(found["burned_count"] == 2);
  for (const char* zero : {"malformed_count", "duplicate_count", "unreadable_count", "future_count", "clock_backwards_count", "failed_count", "formula_count"}) CHECK(found[zero] == 0);
  for (const char* zero : {"missing_count", "unordered_count", "before_count"}) CHECK(found["activation"][zero] == 0);
  CHECK(found["keys"]["count"] == 2);
  for (const char* zero : {"missing_count", "unread_count", "repeated_count", "guessed_count"}) CHECK(found["keys"][zero] == 0);
  CHECK(found["clear_keys"]["count"] == 0);
  CHECK(found["signature"]["state"] == "absent");
  CHECK(found["issued"]["not_issued_count"] == 0);
  CHECK(found["issued"]["not_burned_count"] == 1);
}

TEST_CASE("an identity burned twice, and a declared rework") {
  const Json twice = facts(receipt(kA, "a") + receipt(kB, "b") + receipt("01a1b2c300a0015f3c9a7100", "c"));
  CHECK(twice["duplicate_count"] == 1);
  CHECK(twice["duplicates"][0] == Json{{"id", kA}, {"lines", {2, 4}}});
  const Json rework = facts(receipt(kA, "a") + receipt(kA, "c", "2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z", kA));
  CHECK(rework["duplicate_count"] == 0);
  CHECK(rework["reworked_count"] == 1);
  // A rework under another identity withdraws the first, which may then stand without activation, and lend its key.
  const Json moved = facts(receipt(kA, "a", "2026-11-20T08:00:00Z", "") + receipt(kB, "a", "2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z", kA));
  CHECK(moved["activation"]["missing_count"] == 0);
  CHECK(moved["keys"]["repeated_count"] == 0);
  const Json twice_and_rework = facts(receipt(kA, "a") + receipt(kA, "b") + receipt(kA, "c", "2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z", kA));
  CHECK(twice_and_rework["duplicate_count"] == 1);
  const Json failed_first = facts(kA + ",S1,2026-11-20T07:00:00Z,,NG,,,\n" + receipt(kA, "a"));
  CHECK(failed_first["duplicate_count"] == 0);
  CHECK(failed_first["failed_count"] == 1);
  const Json unclear = facts(kA + ",S1,2026-11-20T07:00:00Z,,E17,,,\n" + receipt(kA, "a"));
  CHECK(unclear["duplicate_count"] == 0);
  CHECK(unclear["unclear_result_count"] == 1);
  CHECK(unclear["unreadable"][0] == Json{{"line", 2}, {"column", "result"}});
}

TEST_CASE("times: order, offsets, the future, a clock set back") {
  const Json before = facts(receipt(kA, "a", "2026-11-20T08:00:00Z", "2026-11-20T15:59:59+08:00") + receipt(kB, "b", "2026-11-20T08:00:00Z", "2026-11-20T16:00:00+08:00"));
  CHECK(before["activation"]["before_count"] == 1);
  CHECK(before["activation"]["before"][0] == Json{{"line", 2}, {"id", kA}});
  const Json no_offset = facts(receipt(kA, "a", "2026-11-20 08:00:00", "2026/11/20 09:00:00"));
  CHECK(no_offset["unreadable_count"] == 2);
  CHECK(no_offset["activation"]["unordered_count"] == 1);
  CHECK(no_offset["activation"]["missing_count"] == 0);
  Bench declared;
  declared.item()["time_zone"] = "+08:00";
  const Json zoned = declared.facts(receipt(kA, "a", "2026-11-20 08:00:00", "2026/11/20 09:00:00.5"));
  CHECK(zoned["unreadable_count"] == 0);
  CHECK(zoned["activation"]["unordered_count"] == 0);
  CHECK(zoned["activation"]["before_count"] == 0);
  const Json future = facts(receipt(kA, "a", "2026-11-21T10:04:00Z", "2026-11-21T10:06:00Z"));  // our clock shows 10:00
  CHECK(future["future_count"] == 1);
  CHECK(future["future"][0] == Json{{"line", 2}, {"column", "activated_at"}});
  const Json back = facts(receipt(kA, "a", "2026-11-20T08:00:00Z") + receipt(kB, "b", "2026-11-20T07:00:00Z"));
  CHECK(back["clock_backwards_count"] == 1);
  const Json not_yet = facts(receipt(kA, "a", "2026-11-20T08:00:00Z", ""));
  CHECK(not_yet["activation"]["missing_count"] == 1);
}

TEST_CASE("verification") {
  const std::string head = "id,verified\n";
  CHECK(Bench().file(head + kA + ",合格\n").facts()["verification"]["failed_count"] == 0);
  CHECK(Bench().file(head + kA + ",NG\n").facts()["verification"]["failed_count"] == 1);
  CHECK(Bench().file(head + kA + ",\n").facts()["verification"]["missing_count"] == 1);
  const Json odd = Bench().file(head + kA + ",1\n").facts();
  CHECK(odd["verification"]["missing_count"] == 1);
  CHECK(odd["unreadable_count"] == 1);
  Bench words;
  words.item()["good"] = {"1"};
  CHECK(words.file(head + kA + ",1\n" + kB + ",0\n").facts()["verification"] ==
        Json{{"missing_count", 0}, {"missing", Json::array()}, {"failed_count", 1}, {"failed", {{{"line", 3}, {"id", kB}}}}});
}

TEST_CASE("what the file does not speak of stays unknown") {
  const Json found = Bench().file("id\n" + kA + "\n").facts();
  for (const char* name : {"activation", "verification", "keys", "future_count", "clock_backwards_count", "issued"}) CHECK(!found.contains(name));
}

TEST_CASE("root keys: repeated, guessable, of an unnamed digest") {
  const Json repeated = facts(receipt(kA, "same") + receipt(kB, "same") + receipt(kC, "other"));
  CHECK(repeated["keys"]["repeated_count"] == 1);
  CHECK(repeated["keys"]["repeated"][0] == Json{{"id", kA}, {"lines", {2, 3}}});
  const auto how = [](std::string_view key) {
    const Json found = facts(receipt(kA, std::string(key)));
    return found["keys"]["guessed_count"] == 1 ? text_or(found["keys"]["guessed"][0], "how") : "";
  };
  CHECK(how(std::string(16, '\0')) == "16 bytes of 00");
  CHECK(how(std::string(32, '\xFF')) == "32 bytes of FF");
  CHECK(how("1234567890123456") == "the text 1234567890123456");
  CHECK(how(as_text(*from_hex("0123456789abcdeffedcba9876543210"))) == "the example key of SM4");
  CHECK(how(kA) == "the identity's text");
  const Bytes id = *from_hex(kA);
  CHECK(how(std::string(as_text(id)) + std::string(4, '\0')) == "the identity's bytes");
  CHECK(how(as_text(*crypto::digest(crypto::DigestAlgorithm::md5, as_bytes(kA)))) == "the identity's text, md5");
  CHECK(how(as_text(*crypto::digest(crypto::DigestAlgorithm::sm3, id)).substr(0, 16)) == "the identity's bytes, sm3");
  CHECK(how("a good key of 32 bytes, by chance").empty());
  const std::string bare = "id,key_digest\n" + kA + "," + digest_of("a") + "\n";
  CHECK(Bench().file(bare).facts()["keys"]["unread_count"] == 1);
  Bench named;
  named.item()["key_digest"] = "sm3";
  CHECK(named.file(bare).facts()["keys"]["count"] == 1);
  CHECK(Bench().file("id,key_digest\n" + kA + ",md5:00112233445566778899aabbccddeeff\n").facts()["keys"]["unread_count"] == 1);
}

TEST_CASE("keys in clear are found and never shown") {
  const std::string key = "8f3a5c1e90b7d24466ae0f19c83b57d2";
  const auto with_column = [&](const char* column, const std::string& value, const std::string& digest = "") {
    Bench bench;
    const Json found = bench.file(fmt::format("id,key_digest,{}\n{},{},{}\n", column, kA, digest, value)).facts();
    const bool shown = found.dump().find(value) != std::string::npos || found.dump().find(to_lower(value)) != std::string::npos;
    CHECK(!shown);
    CHECK(bench.context.seen.hidden.size() == found["clear_keys"]["count"]);
    return std::pair(integer_or(found["clear_keys"], "count", -1), integer_or(found["clear_keys"], "proven_count", -1));
  };
  using Counts = std::pair<std::int64_t, std::int64_t>;
  CHECK(with_column("root_key", key) == Counts{1, 0});
  CHECK(with_column("根密钥", "0x" + key) == Counts{1, 0});
  CHECK(with_column("Secret", to_base64(*from_hex(key))) == Counts{1, 0});
  CHECK(with_column("psk", key + key.substr(0, 16)) == Counts{1, 0});
  const std::string digest = "sm3:" + digest_of(as_text(*from_hex(key)));
  CHECK(with_column("remark", key, digest) == Counts{1, 1});
  CHECK(with_column("root_key", key, digest) == Counts{1, 1});
  CHECK(with_column("remark", "sixteen letters!", "sm3:" + digest_of("sixteen letters!")) == Counts{1, 1});
  CHECK(with_column("remark", "-----BEGIN PRIVATE KEY----- MC4CAQ") == Counts{1, 1});
  for (const char* other : {"key_id", "key_hash", "KeyVersion", "密钥编号", "密钥校验值", "wrapped_key", "public_key", "token"}) CHECK(with_column(other, key) == Counts{0, 0});
  CHECK(with_column("root_key", "********************************") == Counts{0, 0});
  CHECK(with_column("root_key", "see HSM slot 12, label lamp-root") == Counts{0, 0});
  CHECK(with_column("root_key", digest_of("x"), "sm3:" + digest_of("x")) == Counts{0, 0});
  Bench wrapped;
  wrapped.item()["wrapped"] = {"root_key"};
  CHECK(wrapped.file("id,root_key\n" + kA + "," + key + "\n").facts()["clear_keys"]["count"] == 0);
  const Json inner = Bench().file(fmt::format("{{\"id\": \"{}\", \"module\": {{\"root_key\": \"{}\"}}}}\n", kA, key), "r.jsonl").facts();
  CHECK(inner["clear_keys"]["found"][0] == Json{{"line", 1}, {"column", "module.root_key"}, {"proven", false}});
}

TEST_CASE("a factory's own columns, JSON lines, identities that are none") {
  Bench bench;
  bench.item()["columns"] = {{"id", "UID"}, {"burned_at", "烧录时间"}, {"activated_at", "激活时间"}};
  const Json csv = bench.file("\xEF\xBB\xBF" "UID,烧录时间,激活时间\r\n" + kA + ",2026-11-20T08:00:00Z,2026-11-20T07:00:00Z\r\n").facts();
  CHECK(csv["activation"]["before_count"] == 1);
  Bench lines;
  lines.item()["columns"] = {{"id", "device.uid"}};
  const Json json = lines.file(fmt::format("{{\"device\": {{\"uid\": \"{}\"}}, \"verified\": true}}\n[1]\n\n{{\"device\": {{\"uid\": 7}}}}", kA), "r.jsonl").facts();
  CHECK(json["count"] == 3);
  CHECK(json["burned_count"] == 1);
  CHECK(json["malformed"] == Json{{{"line", 2}, {"reason", "json"}}, {{"line", 4}, {"reason", "length"}}});
  const Json bad = Bench().file("id,x\n" + kA + ",\n" + kA + "\n01A1B2C300A0015F3C9A710,\n01A1B2C300A0015F3C9A71G0,\n,\n").facts();
  CHECK(bad["malformed"] == Json{{{"line", 3}, {"reason", "fields"}}, {{"line", 4}, {"reason", "length"}}, {{"line", 5}, {"reason", "character"}}, {{"line", 6}, {"reason", "length"}}});
  CHECK(facts("=1+1,@x,,,,,,\n")["formula_count"] == 2);
}

TEST_CASE("half a file decides nothing, and says where it ends") {
  const std::string good = kHeader + receipt(kA, "a");
  const std::pair<std::string, std::string> rows[] = {
      {"", "r.csv: the file is empty"},
      {good + kB + ",S1,2026", "r.csv: line 3: the file ends inside a record"},
      {good + kB + ",\"S1", "r.csv: line 3: the quoted field that begins here does not end"},
      {good + std::string("\0", 1), "r.csv: line 3: a NUL byte"},
      {"\xFF\xFEi", "r.csv: the file is UTF-16; save it as UTF-8"},
      {good + std::string(10'000'000, 'x'), "r.csv: line 3: a record of more than 1048576 bytes"},
      {good + kB + ",\xB2\xFA,,,,,,\n", "r.csv: line 3: not UTF-8; save the file as UTF-8"},
      {"id,id\n", "r.csv: line 1: column 2 has the name of one before it"},
      {kA + ",8f3a5c1e90b7d24466ae0f19c83b57d2\n", "r.csv: line 1 names no column 'id'; `columns` says how the file calls it"},
  };
  for (const auto& [text, message] : rows) {
    const auto observation = Bench().file(text).look();
    CHECK(observation.status == Status::protocol_error);
    CHECK(observation.message == message);
    CHECK(observation.facts.empty());
  }
  const auto lines = [](const std::string& text) { return Bench().file(text, "r.jsonl").look().message; };
  CHECK(lines("") == "r.jsonl: the file is empty");
  CHECK(lines("{\"id\": \"" + kA + "\"}\n{\"id\": \"01") == "r.jsonl: line 2: the file ends inside a record");
  CHECK(lines(std::string("{}\n\0\n", 5)) == "r.jsonl: line 2: a NUL byte");
  CHECK(lines("{}\n" + std::string(10'000'000, 'x')) == "r.jsonl: line 2: more than 1048576 bytes");
  CHECK(lines("{}\n") == "r.jsonl: no line has a member 'id'; `columns` says how the file calls it");
  CHECK(lines("{\"a\": \"\xB2\"}\n") == "r.jsonl: line 1: not UTF-8; save the file as UTF-8");
  Bench declared;
  declared.item()["columns"] = {{"burned_at", "时间"}};
  CHECK(declared.file("id\n").look().message == "r.csv: line 1 names no column '时间', which is declared for burned_at");
  Bench absent;
  CHECK(absent.look().status == Status::not_declared);
  Bench late;
  late.context.world.deadline = Deadline::after(std::chrono::seconds(-1));
  CHECK(late.file(good).look().status == Status::timeout);
  Bench stopped;
  stopped.context.cancel_button.request();
  CHECK(stopped.file(good).look().status == Status::interrupted);
}

TEST_CASE("what was burned without having been issued") {
  const auto issued = [](const std::string& list) {
    Bench bench;
    bench.context.world.files["issued.txt"] = list;
    bench.item()["identities"] = "issued.txt";
    return bench.facts(receipt(kA, "a") + receipt(kB, "b"))["issued"];
  };
  const Json one = issued("\xEF\xBB\xBF" + to_lower(kA) + "\r\n" + kC);
  CHECK(one["not_issued"] == Json{kB});
  CHECK(one["not_issued_count"] == 1);
  CHECK(one["not_burned_count"] == 1);
  CHECK(!issued(kA + "\nbroken\n").contains("not_issued_count"));
  Bench absent;
  absent.item()["identities"] = "issued.txt";
  CHECK(absent.file(kHeader + receipt(kA, "a")).look().status == Status::not_declared);
}

TEST_CASE("one CMS over the file") {
  const Identity root = issue(Signer::ec("P-256"), kAuthority), line = issue(Signer::ec("P-256"), {}, &root), sm2_line = issue(Signer::sm2(), {}, &root);
  const Identity stranger_root = issue(Signer::ec("P-256"), kAuthority), stranger = issue(Signer::ec("P-256"), {}, &stranger_root);
  const Identity old = issue(Signer::ec("P-256"), {.name = "Old", .until = *parse_time("2026-02-01T00:00:00Z")}, &root);
  const Identity server = issue(Signer::ec("P-256"), {"Server", {{"keyUsage", "critical,digitalSignature"}, {"extendedKeyUsage", "serverAuth"}}}, &root);
  const std::string text = kHeader + receipt(kA, "a");
  const auto proof = [&](const Identity& who, const std::string& signed_text, const char* at = "2026-11-20T12:00:00Z", std::size_t cut = 0) {
    Bench bench;
    const auto made = crypto::sign_cms(as_bytes(signed_text), who.key(), who.der(), {}, *parse_time(at));
    REQUIRE(made);
    const Bytes der = crypto::encode_cms(*made, {});
    bench.context.world.files["r.p7s"] = std::string(as_text(der)).substr(0, der.size() - cut);
    bench.context.world.files["ca.pem"] = root.pem();
    bench.item()["signature"] = {{"cms", "r.p7s"}, {"ca", "ca.pem"}};
    return bench.file(text).facts()["signature"];
  };
  const Json good = proof(line, text);
  CHECK(good["state"] == "valid");
  CHECK(good["by"] == "file");
  CHECK(good["signer"] == "CN=Lab");
  CHECK(good["signing_time"] == "2026-11-20T12:00:00Z");
  CHECK(proof(sm2_line, text)["state"] == "valid");
  const Json changed = proof(line, text + "\n");
  CHECK(changed["state"] == "invalid");
  CHECK(text_or(changed, "reason").starts_with("it is over other content"));
  CHECK(proof(stranger, text)["state"] == "invalid");
  CHECK(proof(old, text)["state"] == "invalid");
  CHECK(proof(old, text, "2026-01-20T12:00:00Z")["state"] == "valid");
  CHECK(proof(server, text)["state"] == "invalid");
  CHECK(proof(line, text, "2026-11-21T12:00:00Z")["reason"] == "its signing time lies in the future");
  CHECK(proof(line, text, "2026-11-20T12:00:00Z", 5)["state"] == "unknown");
  Bench absent;
  absent.item()["signature"] = {{"cms", "r.p7s"}, {"ca", "ca.pem"}};
  CHECK(absent.file(text).facts()["signature"]["state"] == "unknown");
}

TEST_CASE("a signature in each receipt") {
  const Signer station = Signer::sm2(), other = Signer::sm2();
  const crypto::SignatureScheme scheme{.algorithm = crypto::SignatureAlgorithm::sm2, .digest = crypto::DigestAlgorithm::sm3};
  const auto row = [&](const Signer& signer, const std::string& id, const std::string& over_id) {
    return fmt::format("{},S1,{}\n", id, to_base64(signer.sign(scheme, over_id + "|S1")));
  };
  const auto proof = [&](const std::string& rows, const char* over = "{id}|{station}") {
    Bench bench;
    bench.context.world.files["line.pem"] = station.public_pem();
    bench.item()["receipt_signature"] = {{"column", "sig"}, {"over", over}, {"algorithm", "sm2"}, {"public_key", "line.pem"}};
    return bench.file("id,station,sig\n" + rows).facts()["signature"];
  };
  const Json good = proof(row(station, kA, kA) + row(station, kB, kB));
  CHECK(good["state"] == "valid");
  CHECK(good["valid_count"] == 2);
  const Json one = proof(row(station, kA, kA) + row(station, kB, kC) + row(other, kC, kC));
  CHECK(one["state"] == "invalid");
  CHECK(one["lines"] == Json{3, 4});
  CHECK(proof(row(station, kA, kA) + kB + ",S1,\n")["state"] == "invalid");
  CHECK(proof(row(station, kA, kA) + kB + ",S1,zz\n")["invalid_count"] == 1);
  CHECK(proof(row(other, kA, kA))["state"] == "unknown");  // or the key is declared wrongly
  CHECK(proof(row(station, kA, kA), "{id}|{place}")["reason"] == "no receipt has the column 'place', which `over` names");
  CHECK(proof(kA + ",S1,\n")["state"] == "unknown");
  Bench absent;
  absent.item()["receipt_signature"] = {{"column", "sig"}, {"over", "{id}"}, {"public_key", "line.pem"}};
  CHECK(absent.file("id,sig\n").look().status == Status::not_declared);
}
