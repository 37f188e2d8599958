// The firmware probe against files from memory: as a vendor should hand them in, and as vendors and attackers do.
#include <doctest/doctest.h>
#include <unistd.h>

#include "crypto/test_signer.h"
#include "data/json.h"
#include "probe/fake.h"
#include "probes/firmware/declaration.h"
#include "probes/firmware/sums.h"
#include "probes/firmware/verification.h"

namespace lintel::probes::firmware {
extern const probe::Probe probe;
}

using namespace lintel;
using namespace lintel::probes::firmware;
using crypto::DigestAlgorithm;
using crypto::SignatureAlgorithm;
using crypto::testing::Signer;
using model::Status;

namespace {

constexpr std::string_view kImage = "firmware of a lamp";

std::string digest_hex(DigestAlgorithm algorithm, std::string_view text = kImage) { return to_hex(*crypto::digest(algorithm, as_bytes(text))); }

struct Bench {
  probe::FakeContext context;
  Bench() {
    context.world.files["lamp.bin"] = kImage;
    context.world.item = {model::ItemKind::firmware, "lamp", {{"id", "lamp"}, {"image", "lamp.bin"}, {"model", "LAMP-1"}, {"version", "2.4.1"}}};
  }
  Json& item() { return context.world.item.data; }
  void manifest(std::string text) {
    item()["manifest"] = "m/manifest.json";
    context.world.files["m/manifest.json"] = std::move(text);
  }
  model::Observation look() { return probe::look(probes::firmware::probe, context); }
};

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return text;
}

}  // namespace

TEST_CASE("a well-declared image: every fact") {
  Bench bench;
  const Signer signer = Signer::sm2();
  const crypto::SignatureScheme scheme{SignatureAlgorithm::sm2, DigestAlgorithm::sm3};
  const Bytes signature = signer.sign(scheme, kImage);
  bench.context.world.files["lamp.sig"] = std::string(as_text(signature));
  bench.context.world.files["vendor.pem"] = signer.public_pem();
  bench.context.world.secrets["env:KEY"] = "k";
  bench.item()["signature"] = {{"file", "lamp.sig"}, {"algorithm", "sm2"}, {"digest", "sm3"}, {"public_key", "vendor.pem"}};
  bench.item()["hmac"] = {{"value", upper(to_hex(*crypto::hmac(DigestAlgorithm::sm3, as_bytes("k"), as_bytes(kImage))))}, {"digest", "SM3"}, {"key", "env:KEY"}};
  bench.manifest(R"({"model": "LAMP-1", "unknown": [1], "digests": {"SHA-256": ")" + upper(digest_hex(DigestAlgorithm::sha256)) + R"(", "md5": ")" +
                 digest_hex(DigestAlgorithm::md5) + R"("}})");
  const auto seen = bench.look();
  CHECK_MESSAGE(seen.status == Status::ok, seen.message);
  CHECK(seen.notes.empty());
  const Json& facts = seen.facts;
  CHECK(facts["model"] == "LAMP-1");
  CHECK(facts["version"] == "2.4.1");
  CHECK(facts["contradictions"] == Json::array());
  CHECK(facts["image"] == Json({{"size_bytes", 18}, {"sha256", digest_hex(DigestAlgorithm::sha256)}, {"sm3", digest_hex(DigestAlgorithm::sm3)}}));
  REQUIRE(facts["digests"].size() == 2);
  CHECK(facts["digests"][0]["algorithm"] == "sha256");
  CHECK(facts["digests"][0]["matches"] == true);
  CHECK(facts["digests"][0]["strong"] == true);
  CHECK(facts["digests"][1]["strong"] == false);
  CHECK(facts["digests_match"] == true);
  CHECK(facts["strong_digest_matches"] == true);
  CHECK(facts["signature"]["verifies"] == true);
  CHECK(facts["signature"]["key_type"] == "SM2");
  CHECK(facts["signature"]["key_bits"] == 256);
  CHECK(facts["hmac"] == Json({{"present", true}, {"digest", "sm3"}, {"verifies", true}}));
  const auto& kept = bench.context.seen;
  CHECK(kept.find_evidence("signature.bin")->bytes == as_text(signature));
  CHECK(kept.find_evidence("digests.txt")->bytes.find("sm3 " + digest_hex(DigestAlgorithm::sm3)) != std::string::npos);
  CHECK(kept.find_evidence("manifest") != nullptr);
  CHECK(kept.progress.back().first == kept.progress.back().second);
}

TEST_CASE("one flipped bit") {
  Bench bench;
  const Signer signer = Signer::ec("P-256");
  bench.context.world.files["lamp.sig"] = to_base64(signer.sign({}, kImage)) + "\n";
  bench.context.world.files["vendor.pem"] = signer.public_pem();
  bench.context.world.secrets["env:KEY"] = "k";
  bench.item()["digests"] = {{"sha256", digest_hex(DigestAlgorithm::sha256)}};
  bench.item()["signature"] = {{"file", "lamp.sig"}, {"algorithm", "ecdsa"}, {"digest", "sha256"}, {"public_key", "vendor.pem"}};
  bench.item()["hmac"] = {{"value", to_hex(*crypto::hmac(DigestAlgorithm::sha256, as_bytes("k"), as_bytes(kImage)))}, {"digest", "sha256"}, {"key", "env:KEY"}};
  CHECK(bench.look().facts["signature"]["verifies"] == true);
  bench.context.world.files["lamp.bin"][3] ^= 1;
  const auto seen = bench.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["digests_match"] == false);
  CHECK(seen.facts["strong_digest_matches"] == false);
  CHECK(seen.facts["signature"]["verifies"] == false);
  CHECK(seen.facts["hmac"]["verifies"] == false);
}

TEST_CASE("signed by another key, or with a broken signature") {
  Bench bench;
  const Signer vendor = Signer::rsa(2048), stranger = Signer::rsa(2048);
  bench.context.world.files["vendor.pem"] = vendor.public_pem();
  bench.item()["signature"] = {{"file", "lamp.sig"}, {"algorithm", "rsa-pkcs1"}, {"digest", "sha256"}, {"public_key", "vendor.pem"}};
  const Bytes strange = stranger.sign({SignatureAlgorithm::rsa_pkcs1, DigestAlgorithm::sha256}, kImage);
  for (const std::string& bytes : {std::string(as_text(strange)), std::string(), std::string("x"), std::string(256, '\xff')}) {
    bench.context.world.files["lamp.sig"] = bytes;
    CHECK(bench.look().facts["signature"]["verifies"] == false);
  }
}

TEST_CASE("nothing declared is said, not guessed") {
  Bench bench;
  const auto seen = bench.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["digests"] == Json::array());
  CHECK(seen.facts["signature"] == Json({{"present", false}}));
  CHECK(seen.facts["hmac"] == Json({{"present", false}}));
  CHECK_FALSE(seen.facts.contains("digests_match"));
  CHECK_FALSE(seen.facts.contains("strong_digest_matches"));
}

TEST_CASE("an image that is not there, empty or cut short by the clock gives no fact about it") {
  Bench bench;
  bench.item()["digests"] = {{"sha256", digest_hex(DigestAlgorithm::sha256, "")}};
  const auto no_facts = [](const model::Observation& seen) {
    for (const char* name : {"image", "digests", "digests_match", "strong_digest_matches", "signature", "hmac"})
      if (seen.facts.contains(name)) return false;
    return true;
  };
  bench.context.world.files["lamp.bin"].clear();
  auto seen = bench.look();
  CHECK(seen.status == Status::not_declared);
  CHECK(seen.message == "image lamp.bin is empty");
  CHECK(no_facts(seen));
  bench.context.world.files.erase("lamp.bin");
  seen = bench.look();
  CHECK(seen.status == Status::not_declared);
  CHECK(seen.message == "image lamp.bin: can't open lamp.bin: No such file or directory");
  CHECK(no_facts(seen));
  bench.item().erase("image");
  seen = bench.look();
  CHECK(seen.message == "no image is declared");
  CHECK(no_facts(seen));
  bench.item()["image"] = "lamp.bin";
  bench.context.world.files["lamp.bin"] = kImage;
  bench.context.world.deadline = Deadline::after(std::chrono::seconds(-1));
  seen = bench.look();
  CHECK(seen.status == Status::timeout);
  CHECK(no_facts(seen));
  bench.context.cancel_button.request();
  CHECK(bench.look().status == Status::interrupted);
}

TEST_CASE("4 GiB of nothing: streamed, and stopped by a cancel") {
  Bench bench;
  const auto folder = TemporaryFolder::create();
  REQUIRE(folder);
  REQUIRE(write_file(folder->path() / "big.bin", "x"));
  REQUIRE(truncate((folder->path() / "big.bin").c_str(), off_t{4} << 30) == 0);
  bench.context.world.folder = folder->path();
  bench.item()["image"] = "big.bin";
  bench.context.world.deadline = Deadline::after(std::chrono::milliseconds(30));
  const auto seen = bench.look();
  CHECK(seen.status == Status::timeout);
  CHECK(seen.message.starts_with("image big.bin: out of time after "));
  CHECK_FALSE(seen.facts.contains("image"));
}

TEST_CASE("manifests in the forms that tools print") {
  const std::string sha = digest_hex(DigestAlgorithm::sha256), sm3 = digest_hex(DigestAlgorithm::sm3), md5 = digest_hex(DigestAlgorithm::md5);
  struct Row {
    std::string text, algorithm;
    bool matches;
  };
  const Row rows[] = {
      {sha + "  lamp.bin\n", "sha256", true},
      {upper(sha) + " *./out/lamp.bin\r\n", "sha256", true},
      {sm3 + "  lamp.bin\n", "sm3", true},
      {sha + "\n", "sha256", true},
      {sha + "  -\n", "sha256", true},
      {"\xEF\xBB\xBF# made by build\n\n" + sha + "\tlamp.bin", "sha256", true},
      {"SHA256 (lamp.bin) = " + sha, "sha256", true},
      {"SHA2-256(lamp.bin)= " + sha + "\n", "sha256", true},
      {"SM3(dist/lamp.bin)= " + sm3 + "\n", "sm3", true},
      {md5 + "  lamp.bin\n", "md5", true},
      {std::string(64, '0') + "  other.bin\n" + sha + "  lamp.bin\n", "sha256", true},
      {std::string(64, '0') + "  lamp.bin\n", "sha256", false},
      {"SHA256 (lamp.bin) = abcd", "sha256", false},
      {R"({"digests": {"sm3": ")" + sm3.substr(2) + "\"}}", "sm3", false},
      {R"({"digests": {"sha256": ""}})", "sha256", false},
      {R"({"digests": {"sha256": "智能"}})", "sha256", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Bench bench;
    bench.manifest(row.text);
    const auto seen = bench.look();
    CHECK_MESSAGE(seen.status == Status::ok, seen.message);
    REQUIRE(seen.facts["digests"].size() == 1);
    CHECK(seen.facts["digests"][0]["algorithm"] == row.algorithm);
    CHECK(seen.facts["digests"][0]["source"] == "manifest");
    CHECK(seen.facts["digests_match"] == row.matches);
  }
}

TEST_CASE("a manifest that can't be read never lets the rest pass") {
  std::string deep(200, '['), many = "{\"digests\":{";
  for (int i = 0; i < 100; ++i) many += fmt::format("\"d{}\":\"\",", i);
  many += "\"sha256\":\"\"}}";
  struct Row {
    std::string text, message;
  };
  const Row rows[] = {
      {"", "the file is empty"},
      {"MZ\x90\x01", "line 1 is neither JSON nor a checksum as sha256sum or openssl dgst print it"},
      {"{", "not JSON at byte 2"},
      {"{\"digests\": 1e999}", "the JSON has a number that is too large"},
      {"[1]", "the JSON is array where an object is needed"},
      {"{\"digests\": 3}", "digests is number where an object is needed"},
      {"{\"digests\": {\"sha256\": 3}}", "digests.sha256 is number where text is needed"},
      {"{\"model\": 3}", "model is number where text is needed"},
      {"{\"signature\": {\"file\": \"../../etc/shadow\"}}", "signature.file leaves the manifest's folder"},
      {"{\"signature\": {\"file\": \"/etc/shadow\"}}", "signature.file leaves the manifest's folder"},
      {"{\"signature\": \"abc\"}", "signature is string where an object is needed"},
      {"{\"hmac\": {\"value\": []}}", "hmac.value is array where text is needed"},
      {"{\"a\":" + deep + std::string(200, ']') + "}", "JSON is nested deeper than 100"},
      {many, "more than 64 digests"},
      {std::string(64, '0') + "  other.bin\n", "1 checksum(s), none of them for lamp.bin"},
  };
  for (const Row& row : rows) {
    Bench bench;
    bench.item()["digests"] = {{"sha256", digest_hex(DigestAlgorithm::sha256)}};
    bench.manifest(row.text);
    auto seen = bench.look();
    CHECK(seen.status == Status::protocol_error);
    CHECK(seen.message == "manifest m/manifest.json: " + row.message);
    CHECK_FALSE(seen.facts.contains("digests_match"));  // more may have been declared
    CHECK_FALSE(seen.facts.contains("signature"));
    CHECK_FALSE(seen.facts.contains("hmac"));
    bench.item()["digests"] = {{"sha256", std::string(64, '0')}};
    CHECK(bench.look().facts["digests_match"] == false);  // a difference stays one
  }
  Bench bench;
  bench.manifest(std::string(kManifestCapBytes + 1, ' '));
  CHECK(bench.look().status == Status::protocol_error);
  bench.context.world.files.erase("m/manifest.json");
  CHECK(bench.look().status == Status::not_declared);
}

TEST_CASE("target file and manifest that contradict each other") {
  Bench bench;
  const std::string right = digest_hex(DigestAlgorithm::sha256), wrong(64, 'a');
  bench.item()["digests"] = {{"sha256", right}};
  bench.manifest(R"({"model": "LAMP-2", "version": "2.4.1", "digests": {"sha256": ")" + wrong + "\"}}");
  auto seen = bench.look();
  CHECK(seen.status == Status::ok);
  CHECK(seen.facts["contradictions"] == Json({"model", "digests.sha256"}));
  CHECK(seen.facts["digests"].size() == 2);
  CHECK(seen.facts["digests_match"] == false);
  bench.manifest("{\"digests\": {\"sha256\": \"" + upper(right) + "\"}}");
  seen = bench.look();
  CHECK(seen.facts["contradictions"] == Json::array());
  CHECK(seen.facts["digests"].size() == 1);
  CHECK(seen.facts["digests_match"] == true);
}

TEST_CASE("a signature inside the manifest counts, a key inside it does not") {
  Bench bench;
  const Signer signer = Signer::ed25519();
  const std::string value = to_base64(signer.sign({SignatureAlgorithm::ed25519}, kImage));
  bench.context.world.files["vendor.pem"] = signer.public_pem();
  bench.context.world.files["m/evil.pem"] = signer.public_pem();
  bench.manifest(R"({"signature": {"value": ")" + value + R"(", "algorithm": "ed25519", "public_key": "evil.pem"}})");
  auto seen = bench.look();
  CHECK(seen.status == Status::not_declared);
  CHECK(seen.message == "signature: public_key is not declared in the target file");
  CHECK(seen.facts["signature"]["present"] == true);
  CHECK_FALSE(seen.facts["signature"].contains("verifies"));
  bench.item()["signature"] = {{"public_key", "vendor.pem"}};
  seen = bench.look();
  CHECK(seen.facts["signature"]["verifies"] == true);
  CHECK(seen.facts["signature"]["key_type"] == "ED25519");
  bench.manifest(R"({"signature": {"file": "lamp.sig"}})");
  bench.context.world.files["m/lamp.sig"] = std::string(as_text(*from_base64(value)));
  CHECK(bench.look().facts["signature"]["verifies"] == true);
  bench.manifest(R"({"signature": {"value": "*"}})");
  CHECK(bench.look().message == "signature: value is not base64");
}

TEST_CASE("what is missing for signature and HMAC is named and leaves the result unknown") {
  Bench bench;
  const Signer signer = Signer::rsa(1024);
  bench.context.world.files["vendor.pem"] = signer.public_pem();
  bench.context.world.files["private.pem"] = signer.private_pem();
  bench.context.world.files["lamp.sig"] = std::string(128, 'x');
  struct Row {
    Json signature;
    std::string message;
  };
  const Row rows[] = {
      {{{"file", "none.sig"}, {"public_key", "vendor.pem"}}, "signature: can't open none.sig: No such file or directory"},
      {{{"public_key", "vendor.pem"}}, "signature: neither file nor value is declared"},
      {{{"file", "lamp.sig"}}, "signature: public_key is not declared in the target file"},
      {{{"file", "lamp.sig"}, {"public_key", "lamp.sig"}}, "signature: lamp.sig: no public key can be read from it, neither PEM nor DER"},
      {{{"file", "lamp.sig"}, {"public_key", "private.pem"}}, "signature: private.pem: this is a private key"},
      {{{"file", "lamp.sig"}, {"public_key", "vendor.pem"}}, "signature: algorithm is not declared"},
      {{{"file", "lamp.sig"}, {"public_key", "vendor.pem"}, {"algorithm", "rsa-pss"}}, "signature: digest is not declared"},
      {{{"file", "lamp.sig"}, {"public_key", "vendor.pem"}, {"algorithm", "dsa"}}, "signature: algorithm 'dsa' is not known"},
      {{{"file", "lamp.sig"}, {"public_key", "vendor.pem"}, {"algorithm", "rsa-pss"}, {"digest", "crc32"}}, "signature: digest 'crc32' is not known"},
      {{{"file", "lamp.sig"}, {"public_key", "vendor.pem"}, {"algorithm", "sm2"}}, "signature: algorithm sm2 does not go with a key of type RSA"},
  };
  for (const Row& row : rows) {
    bench.item()["signature"] = row.signature;
    const auto seen = bench.look();
    CHECK(seen.status == Status::not_declared);
    CHECK_MESSAGE(seen.message.starts_with(row.message), seen.message);
    CHECK(seen.facts["signature"]["present"] == true);
    CHECK_FALSE(seen.facts["signature"].contains("verifies"));
    CHECK(seen.facts.contains("image"));
  }
  bench.item().erase("signature");
  const std::pair<Json, std::string> hmacs[] = {
      {{{"digest", "sha256"}, {"key", "env:K"}}, "hmac: value is not declared"},
      {{{"value", "00"}, {"key", "env:K"}}, "hmac: digest is not declared"},
      {{{"value", "00"}, {"digest", "sha256"}}, "hmac: key is not declared in the target file"},
      {{{"value", "00"}, {"digest", "sha256"}, {"key", "env:K"}}, "hmac: secret env:K is not set"},
  };
  for (const auto& [hmac, message] : hmacs) {
    bench.item()["hmac"] = hmac;
    const auto seen = bench.look();
    CHECK(seen.status == Status::not_declared);
    CHECK(seen.message == message);
    CHECK(seen.facts["hmac"]["present"] == true);
    CHECK_FALSE(seen.facts["hmac"].contains("verifies"));
  }
  bench.context.world.secrets["env:K"] = "k";
  CHECK(bench.look().facts["hmac"]["verifies"] == false);  // "00" is no SHA-256 HMAC
}

TEST_CASE("signature files as vendors keep them") {
  const Bytes bytes(64, 'Z');
  CHECK(signature_bytes(to_hex(bytes) + "\n") == bytes);
  CHECK(signature_bytes(to_base64(bytes).insert(20, "\r\n")) == bytes);
  CHECK(signature_bytes(as_text(bytes)) == *from_base64(std::string(64, 'Z')));  // text of letters is taken as base64
  const Bytes der{0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01};
  CHECK(signature_bytes(as_text(der)) == der);
}
