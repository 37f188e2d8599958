#include <crypt.h>
#include <doctest/doctest.h>

#include "base/bytes.h"
#include "firmware/survey/crypt_hash.h"
#include "firmware/survey/surveyors.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

using Planted = std::vector<std::pair<std::string, std::string>>;

Json facts_of(const Planted& files) {
  Image image;
  image.parts.push_back({.format = "squashfs"});
  const auto surveyor = survey_accounts();
  for (const auto& [path, content] : files) {
    File file;
    file.path = path;
    surveyor->see(image, file, as_bytes(content));
  }
  Json facts = Json::object();
  surveyor->conclude(image, facts);
  return facts;
}

std::string hashed(const char* word, const char* salt) {
  crypt_data room{};
  return crypt_r(word, salt, &room);
}

const Json& named(const Json& facts, std::string_view name) {
  for (const Json& account : facts["accounts"])
    if (account["name"] == name) return account;
  FAIL("no account " << name);
  return facts;
}

}  // namespace

TEST_CASE("passwd and shadow of one folder are one list, with class, shell and where the password stands") {
  const Json facts = facts_of({{"etc/passwd", "root:x:0:0:root:/root:/bin/sh\n# x:x:0:0::/:/bin/sh\ndaemon:*:1:1:d:/:/bin/false\nsupport::0:0::/:/bin/sh\nftp:x:55:55::/:/usr/sbin/nologin\ngone:x:9:9::/:/bin/sh\nbad line\n"},
                               {"etc/shadow", "root::10933:0:99999:7:::\nftp:$1$a$b:0:0:99999:7:::\nonly:!:0:0:99999:7:::\n"},
                               {"other/etc/shadow", "root:*:0:0:99999:7:::\n"}});
  REQUIRE(facts["accounts"].size() == 7);
  const Json& root = named(facts, "root");
  CHECK(root["password"] == "empty");
  CHECK(root["login"] == "yes");
  CHECK(root["path"] == "etc/shadow");
  CHECK(root["line"] == 1);
  CHECK(root["uid"] == 0);
  CHECK_FALSE(root.contains("hash_sha256"));
  CHECK(named(facts, "daemon")["password"] == "locked");
  CHECK(named(facts, "support")["password"] == "empty");
  CHECK(named(facts, "support")["path"] == "etc/passwd");
  CHECK(named(facts, "ftp")["login"] == "no");
  CHECK(named(facts, "gone")["password"] == "elsewhere");
  CHECK(named(facts, "gone")["login"] == "unknown");
  CHECK_FALSE(named(facts, "only").contains("uid"));
}

TEST_CASE("a publicly known default password is found in every scheme, and only its length is told") {
  for (const char* salt : {"rJ", "$1$h.WNWVcj", "$5$rounds=1000$salt", "$6$rounds=1000$salt", "$2b$04$abcdefghijklmnopqrstuu"}) {
    CAPTURE(salt);
    const std::string hash = hashed("ismart12", salt);
    const Json facts = facts_of({{"etc/passwd", "root:" + hash + ":0:0::/:/bin/sh\n"}});
    CHECK(named(facts, "root")["known_default"] == "yes");
    CHECK(named(facts, "root")["password_length"] == 8);
    CHECK(named(facts, "root")["confidence"] == "validated");
    CHECK(named(facts, "root")["hash_sha256"].get<std::string>().size() == 64);
    CHECK(facts.dump().find("ismart12") == std::string::npos);
    CHECK(facts.dump().find(hash) == std::string::npos);
  }
  CHECK(named(facts_of({{"etc/passwd", "root:" + hashed("no such word", "ab") + ":0:0::/:/bin/sh\n"}}), "root")["known_default"] == "no");
}

TEST_CASE("what would take too long, or is no hash, stays undecided") {
  for (const std::string hash : {"$6$rounds=99999999$salt$x", "$2b$31$abcdefghijklmnopqrstuu", "$y$jFT$salt$x", "$6$", "$1$", "$8$x", "$6$rounds=x$s$y"}) {
    CAPTURE(hash);
    const Json facts = facts_of({{"etc/passwd", "root:" + hash + ":0:0::/:/bin/sh\n"}});
    CHECK(named(facts, "root")["known_default"] != "yes");
  }
  const std::string costly = "$6$rounds=99999999$salt$x";
  CHECK(named(facts_of({{"etc/passwd", "root:" + costly + ":0:0::/:/bin/sh\n"}}), "root")["known_default"] == "unknown");
  const std::vector<std::string> hashes{hashed("no such word", "$1$ab")};
  CHECK(search_passwords(hashes, std::chrono::milliseconds(0)).at(hashes[0]).known == Fit::Known::unknown);
}

TEST_CASE("password files of web servers and brokers, with passwords as they are") {
  const Json facts = facts_of({{"www/.htpasswd", "admin:" + hashed("admin", "ab") + "\nguest:guest\nx:$apr1$a$b\n"},
                               {"etc/mosquitto/passwd", "lamp:$7$101$c2FsdA==$aGFzaA==\n"},
                               {"etc/lighttpd/lighttpd.user", "web:Zq-not-known\n"}});
  CHECK(named(facts, "admin")["kind"] == "web");
  CHECK(named(facts, "admin")["known_default"] == "yes");
  CHECK(named(facts, "guest")["password"] == "plain");
  CHECK(named(facts, "guest")["known_default"] == "yes");
  CHECK_FALSE(named(facts, "guest").contains("hash_sha256"));
  CHECK(named(facts, "x")["password"] == "apr1");
  CHECK(named(facts, "lamp")["kind"] == "mqtt");
  CHECK(named(facts, "lamp")["password"] == "other");
  CHECK(named(facts, "web")["known_default"] == "no");
}

TEST_CASE("an authorized key counts when it really is one") {
  const std::string blob = to_base64(as_bytes(std::string("\0\0\0\x0bssh-ed25519\0\0\0\x04" "abcd", 23)));
  const Json facts = facts_of({{"root/.ssh/authorized_keys", "# ssh-rsa AAAA\nno-pty ssh-ed25519 " + blob + " me@home\nssh-rsa " + blob + "\nssh-rsa AAAA\n"}});
  REQUIRE(facts["authorized_keys"].size() == 1);
  CHECK(facts["authorized_keys"][0]["line"] == 2);
  CHECK(facts["authorized_keys"][0]["type"] == "ssh-ed25519");
}

TEST_CASE("what is only named so is nothing, however large") {
  std::string large;
  for (int i = 0; i < 20'000; ++i) large += "user" + std::to_string(i) + ":x:1:1::/:/bin/sh\n";
  std::string many = large.substr(0, 200'000);
  Json facts = facts_of({{"usr/bin/passwd", std::string("\x7f" "ELF\0:::::::", 12)}, {"etc/pam.d/passwd", "password required pam_unix.so\n"}, {"etc/passwd", large}, {"etc/shadow", ":::::::::\n::\n"}});
  CHECK(facts["accounts"].empty());
  facts = facts_of({{"etc/passwd", many}});
  CHECK(facts["accounts"].size() == kMostFindings);
  CHECK(facts["cut"]["accounts"] == 1500);
}
