#include <doctest/doctest.h>

#include "base/text.h"
#include "firmware/survey/surveyors.h"

using namespace lintel;
using namespace lintel::firmware;
using namespace std::string_literals;

namespace {

Json secrets_in(const std::string& path, std::string_view content) {
  Image image;
  image.parts.push_back({.format = "squashfs"});
  File file;
  file.path = path;
  Json facts = Json::object();
  const auto secrets = survey_secrets();
  secrets->see(image, file, as_bytes(content));
  secrets->conclude(image, facts);
  return facts["secrets"];
}

struct Row {
  std::string path, line, rule, confidence;
};

}  // namespace

TEST_CASE("each rule finds its own form, in the line it stands in") {
  const Row rows[] = {
      {"etc/wpa_supplicant.conf", "  psk=\"factory-net-7\"", "wifi-passphrase", "structural"},
      {"etc/hostapd.conf", "wpa_passphrase=setup-lamp-22", "wifi-passphrase", "structural"},
      {"etc/config/wireless", "\toption key 'setup-lamp-22'", "wifi-passphrase", "structural"},
      {"etc/mosquitto/bridge.conf", "remote_password k9-Uplink", "mqtt-password", "structural"},
      {"etc/config/cloud.conf", "mqtt_password=Sup3rS3cretP@ss", "mqtt-password", "structural"},
      {"etc/app.json", R"(  "mqttPassword": "u7Rt-99aq",)", "mqtt-password", "structural"},
      {"bin/update.sh", "wget ftp://update:k2mm9x@files.maker.cn/fw.bin", "password-in-address", "structural"},
      {"etc/cloud.ini", "id = AKIAQ3EGTN2LJ7RZV5WB", "aws-access-key", "structural"},
      {"etc/oss.conf", "accessKeyId=LTAI4FzT8nQv2Wd7KxRb9sLm", "aliyun-access-key", "structural"},
      {"etc/cos.conf", "id=AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA", "tencent-secret-id", "structural"},
      {"www/map.js", "var k='AIzaSyD4kq9xWm2Zr7Lp0Vt5Nc8Hb3Jg6Fe1Qa_'", "google-api-key", "structural"},
      {"etc/t", "t ghp_q7Zk2Vx9Lm4Rt8Wc3Nb6Hj1Fd5Gs0Pa2Ky7U", "github-token", "structural"},
      {"etc/t", "j=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJsYW1wIn0.c2lnbmF0dXJlLW9mLTMyLWJ5dGVz", "jwt", "structural"},
      {"etc/app.conf", "aes_key = 9f3c71d20b8e4a56c1f07b9ad3e82614", "symmetric-key", "structural"},
      {"etc/app.conf", "cloud_secret = t7Qz9LmX2rVb", "named-secret", "pattern"},
      {"usr/share/doc/app.conf", "aes_key = 9f3c71d20b8e4a56c1f07b9ad3e82614", "symmetric-key", "pattern"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    const Json found = secrets_in(row.path, "first\n\n" + row.line + "\nlast\n");
    REQUIRE(found.size() == 1);
    CHECK(found[0]["rule"] == row.rule);
    CHECK(found[0]["confidence"] == row.confidence);
    CHECK(found[0]["line"] == 3);
    CHECK(found[0]["sha256"].get<std::string>().size() == 64);
  }
}

TEST_CASE("the value does not leave") {
  const Json found = secrets_in("etc/hostapd.conf", "wpa_passphrase=setup-lamp-22\r\n");
  REQUIRE(found.size() == 1);
  CHECK(found.dump().find("setup-lamp") == std::string::npos);
  CHECK(found[0]["length"] == 13);
}

TEST_CASE("traps: examples, placeholders, variables, comments, hashes of files, programs") {
  for (const auto& [path, line] : std::initializer_list<std::pair<const char*, std::string>>{
           {"etc/config/cloud.conf", "API_KEY=AKIAIOSFODNN7EXAMPLE"},
           {"etc/wpa_supplicant.conf", "#psk=\"factory-net-7\""},
           {"etc/wpa_supplicant.conf", "  psk=\"your-passphrase\""},
           {"etc/init.d/wifi", "psk=$(nvram get psk)"},
           {"etc/init.d/wifi", "wpa_passphrase=${PSK}"},
           {"etc/hostapd.conf", "wpa_passphrase=xxxxxxxx"},
           {"bin/get.sh", "curl http://$USER:$PASS@host/"},
           {"bin/get.sh", "curl http://user:<password>@host/"},
           {"etc/ssl.conf", "private_key = /etc/ssl/private.key"},
           {"www/form.html", "<input type=password name=password placeholder=Password>"},
           {"www/x.js", "if (password == undefined_value) token = getToken(1);"},
           {"etc/manifest.json", R"("sha256": "9f3c71d20b8e4a56c1f07b9ad3e826149f3c71d20b8e4a56c1f07b9ad3e82614")"},
           {"etc/t", "j=eyJhbGciOiJIUzI1.eyJzdWIiOiJsYW1wIn0.c2lnbmF0dXJlLW9mLTMyLWJ5dGVz"},
           {"etc/app.conf", "aes_key = 0123456789abcdef0123456789abcdef"},
           {"etc/app.conf", "aes_key = 00000000000000000000000000000000"},
           {"bin/app", "\177ELF\0mqtt_password=Sup3rS3cretP@ss"s}}) {
    CAPTURE(line);
    CHECK(secrets_in(path, line).empty());
  }
}

TEST_CASE("long lines and long files end") {
  CHECK(secrets_in("etc/a", std::string(1 << 20, 'k')).empty());
  CHECK(secrets_in("etc/a", std::string((1 << 20) + 1, '\n') + "aes_key = 9f3c71d20b8e4a56c1f07b9ad3e82614").empty());
  std::string many;
  for (int i = 0; i < 3000; ++i) many += "mqtt_password=k9Uplink" + std::to_string(i) + "\n";
  CHECK(secrets_in("etc/a", many).size() == kMostFindings);
}
