// Services that begin in clear: the change to TLS, its refusal, and what is no such protocol.
#include <doctest/doctest.h>

#include "net/dialer.h"
#include "net/scripted_peer.h"
#include "probes/tls/starttls.h"

using namespace lintel;
using namespace lintel::probes::tls;

namespace {

// What start_tls makes of a server that says `greeting`, then one answer to each of our messages.
struct Talked {
  Result<bool> upgraded = false;
  std::string heard;  // by the server
};

Talked talk(Upgrade upgrade, std::string greeting, std::vector<std::string> answers) {
  Talked talked;
  Cancel cancel;
  {
    net::ScriptedPeer peer([&](net::ScriptedConnection& connection, int) {
      if (!greeting.empty()) connection.write(greeting);
      for (const std::string& answer : answers) {
        const Bytes said = connection.read_some();
        talked.heard += as_text(said);
        connection.write(answer);
      }
      connection.half_close();
      connection.stall();
    });
    auto stream = net::dial({"127.0.0.1", peer.port()}, Deadline::after(std::chrono::seconds(10)), cancel);
    REQUIRE(stream.has_value());
    talked.upgraded = start_tls(**stream, upgrade, Deadline::after(std::chrono::seconds(10)));
  }
  return talked;
}

}  // namespace

TEST_CASE("each protocol changes to TLS in its own way") {
  const auto smtp = talk(Upgrade::smtp, "220-mail\r\n220 ready\r\n", {"250-mail\r\n250 STARTTLS\r\n", "220 go\r\n"});
  CHECK(smtp.upgraded == true);
  CHECK(smtp.heard == "EHLO lintel.invalid\r\nSTARTTLS\r\n");
  CHECK(talk(Upgrade::imap, "* OK ready\r\n", {"* NOTE\r\na1 OK begin\r\n"}).upgraded == true);
  CHECK(talk(Upgrade::pop3, "+OK ready\r\n", {"+OK begin\r\n"}).upgraded == true);
  const auto ftp = talk(Upgrade::ftp, "220 ready\r\n", {"234 go\r\n"});
  CHECK(ftp.upgraded == true);
  CHECK(ftp.heard == "AUTH TLS\r\n");
  const std::string success("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00", 14);
  CHECK(talk(Upgrade::ldap, "", {success}).upgraded == true);
  const std::string long_form("\x30\x82\x00\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00", 16);
  CHECK(talk(Upgrade::ldap, "", {long_form}).upgraded == true);
}

TEST_CASE("a server that does not change says so") {
  CHECK(talk(Upgrade::smtp, "220 ready\r\n", {"250-mail\r\n250 SIZE 1000\r\n"}).upgraded == false);
  CHECK(talk(Upgrade::smtp, "554 go away\r\n", {}).upgraded == false);
  CHECK(talk(Upgrade::smtp, "220 ready\r\n", {"250 STARTTLS\r\n", "454 not now\r\n"}).upgraded == false);
  CHECK(talk(Upgrade::imap, "* OK ready\r\n", {"a1 BAD what\r\n"}).upgraded == false);
  CHECK(talk(Upgrade::pop3, "+OK ready\r\n", {"-ERR what\r\n"}).upgraded == false);
  CHECK(talk(Upgrade::ftp, "220 ready\r\n", {"502 what\r\n"}).upgraded == false);
  const std::string refused("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00", 14);
  CHECK(talk(Upgrade::ldap, "", {refused}).upgraded == false);
}

TEST_CASE("what speaks something else, or breaks off, is an error and no refusal") {
  const auto code = [](const Talked& talked) { return talked.upgraded ? ErrorCode::internal : talked.upgraded.error().code; };
  CHECK(code(talk(Upgrade::smtp, "SSH-2.0-x\r\n", {})) == ErrorCode::protocol);
  CHECK(code(talk(Upgrade::imap, "HTTP/1.1 400\r\n", {})) == ErrorCode::protocol);
  CHECK(code(talk(Upgrade::smtp, std::string(5000, 'x'), {})) == ErrorCode::protocol);
  std::string endless;
  for (int i = 0; i < 200; ++i) endless += "220-more\r\n";
  CHECK(code(talk(Upgrade::smtp, endless, {})) == ErrorCode::protocol);
  CHECK(code(talk(Upgrade::ftp, "220 rea", {})) == ErrorCode::closed);
  CHECK(code(talk(Upgrade::ldap, "", {"HTTP"})) == ErrorCode::protocol);
  CHECK(code(talk(Upgrade::ldap, "", {std::string("\x30\x84\x7f\xff\xff\xff", 6)})) == ErrorCode::protocol);
  CHECK(code(talk(Upgrade::ldap, "", {"\x30"})) == ErrorCode::closed);
}

TEST_CASE("protocols that can change are known by name") {
  CHECK(upgrade_of("SMTP") == Upgrade::smtp);
  CHECK(upgrade_of("ldap") == Upgrade::ldap);
  CHECK_FALSE(upgrade_of("https").has_value());
  CHECK_FALSE(upgrade_of("").has_value());
}
