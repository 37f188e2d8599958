// Hellos and answers as bytes; recorded answers of real servers when the corpus is there.
#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include "base/files.h"
#include "base/text.h"
#include "probes/tls/names.h"
#include "probes/tls/suites.h"
#include "probes/tls/test_server.h"

using namespace lintel;
using namespace lintel::probes::tls;

namespace {

ClientHello round_trip(const Hello& hello) {
  const auto parsed = parse_client_hello(encode_hello(hello));
  REQUIRE(parsed);
  return *parsed;
}
bool has_extension(const ClientHello& hello, std::uint16_t type) {
  return std::ranges::find(hello.extensions, type) != hello.extensions.end();
}
Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

TEST_CASE("each version's hello is well formed and says what it must") {
  Hello hello;
  hello.suites = {0xC02F, 0x009C};
  hello.server_name = "home.example";

  hello.version = Version::tls1_2;
  auto sent = round_trip(hello);
  CHECK(sent.record_version == 0x0301);
  CHECK(sent.version == 0x0303);
  CHECK(sent.suites == hello.suites);
  CHECK(sent.server_name == "home.example");
  CHECK(has_extension(sent, 13));
  CHECK_FALSE(has_extension(sent, 43));

  hello.version = Version::tls1_0;
  sent = round_trip(hello);
  CHECK(sent.version == 0x0301);
  CHECK(has_extension(sent, 10));
  CHECK_FALSE(has_extension(sent, 13));

  hello.version = Version::ssl3;
  sent = round_trip(hello);
  CHECK(sent.record_version == 0x0300);
  CHECK(sent.version == 0x0300);
  CHECK(sent.extensions.empty());
  CHECK(sent.suites == std::vector<std::uint16_t>{0xC02F, 0x009C, 0x00FF});

  hello.version = Version::tls1_3;
  hello.server_name.clear();
  sent = round_trip(hello);
  CHECK(sent.version == 0x0303);
  CHECK(sent.tls13);
  CHECK(has_extension(sent, 51));
  CHECK(sent.key_shares == 0);
  CHECK_FALSE(has_extension(sent, 0));
  hello.key_shares = KeyShares::usual;
  CHECK(round_trip(hello).key_shares == 3);
  hello.groups = {25, 23};
  CHECK(round_trip(hello).key_shares == 1);

  const Bytes ssl2 = encode_ssl2_hello(std::array<std::uint8_t, 16>{});
  CHECK(to_hex(ByteView(ssl2).first(11)) == "803a010002002100000010");
  CHECK(ssl2.size() == 60);
}

TEST_CASE("suites are offered in portions that every stack takes, each once") {
  for (const Version version :
       {Version::ssl3, Version::tls1_0, Version::tls1_1, Version::tls1_2, Version::tls1_3}) {
    std::set<std::uint16_t> seen;
    std::size_t total = 0;
    for (const auto& offer : suite_offers(version)) {
      CHECK(offer.size() <= 120);
      CHECK_FALSE(offer.empty());
      total += offer.size();
      for (const auto suite : offer) CHECK_FALSE(suite_name(suite).empty());
      seen.insert(offer.begin(), offer.end());
    }
    CHECK(seen.size() == total);
    CHECK(seen.contains(0x1301) == (version == Version::tls1_3));
    CHECK(seen.contains(0x000A) == (version != Version::tls1_3));
    CHECK(seen.contains(0x009C) == (version == Version::tls1_2));
  }
  CHECK(suite_name(0xC02F) == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  CHECK(suite_name(0x00C6) == "TLS_SM4_GCM_SM3");
  CHECK(suite_name(0x0AFA).empty());
  CHECK(ssl2_suite_name(0x0700C0) == "SSL_CK_DES_192_EDE3_CBC_WITH_MD5");
}

TEST_CASE("a flight is decoded, however it is cut into records and pieces") {
  const Bytes whole = flight(0x0303, 0xC02F, true);
  const Reply reply = decode_reply(whole);
  CHECK(reply.seen == Seen::server_hello);
  CHECK(reply.version == 0x0303);
  CHECK(reply.suite == 0xC02F);
  CHECK(reply.certificate_requested);
  CHECK(reply.flight_ended);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const Reply part = decode_reply(ByteView(whole).first(size));
    CHECK_FALSE(part.flight_ended);
    CHECK((part.seen == Seen::more_needed || part.seen == Seen::server_hello));
  }
  // One message over records of a byte each.
  Bytes dribble;
  for (const std::uint8_t byte : server_hello_message(0x0302, 0x002F)) {
    const Bytes one = record(22, 0x0302, {byte});
    dribble.insert(dribble.end(), one.begin(), one.end());
  }
  CHECK(decode_reply(dribble).version == 0x0302);
  // Several messages in one record, after a warning.
  const Bytes packed =
      joined({record(21, 0x0303, {1, 112}),
              record(22, 0x0303, joined({server_hello_message(0x0303, 0x009C), message(14, {})}))});
  const Reply warned = decode_reply(packed);
  CHECK(warned.seen == Seen::server_hello);
  CHECK(warned.alert == 112);
  CHECK(warned.flight_ended);
}

TEST_CASE("a certificate list too long to be read does not undo the ServerHello before it") {
  Bytes messages = server_hello_message(0x0303, 0x002F);
  const Bytes begins{11, 0x01, 0x11, 0x70, 0x01, 0x11, 0x6D};  // 70,000 bytes
  messages.insert(messages.end(), begins.begin(), begins.end());
  const Reply reply = decode_reply(record(22, 0x0303, messages));
  CHECK(reply.seen == Seen::server_hello);
  CHECK(reply.suite == 0x002F);
  CHECK(reply.flight_ended);
  CHECK_FALSE(reply.done);
  CHECK(reply.certificates.empty());
  CHECK(reply.problem == "handshake message of 70000 bytes");
}

TEST_CASE("the version of TLS 1.3 stands in an extension") {
  const Reply reply = decode_reply(flight(0x0304, 0x1301));
  CHECK(reply.seen == Seen::server_hello);
  CHECK(reply.version == 0x0304);
  CHECK(reply.retry_request);
  CHECK(reply.group == 29);
  CHECK(reply.flight_ended);
}

TEST_CASE("an SSL 2.0 answer is told from all others") {
  const Reply reply = decode_ssl2_reply(ssl2_server_hello({0x010080, 0x0700C0}));
  CHECK(reply.seen == Seen::server_hello);
  CHECK(reply.version == 0x0002);
  CHECK(reply.ssl2_suites == std::vector<std::uint32_t>{0x010080, 0x0700C0});
  CHECK(reply.certificates.size() == 1);
  CHECK(decode_ssl2_reply(ssl2_server_hello({})).seen == Seen::server_hello);
  CHECK(decode_ssl2_reply(alert(70)).seen == Seen::alert);
  CHECK(decode_ssl2_reply(as_bytes("HTTP/1.1 400 Bad Request\r\n")).seen == Seen::not_tls);
  const Bytes error{0x80, 3, 0, 0, 1};
  CHECK(decode_ssl2_reply(error).seen == Seen::alert);
  const Bytes whole = ssl2_server_hello({0x010080});
  for (std::size_t size = 1; size < whole.size(); ++size)
    CHECK(decode_ssl2_reply(ByteView(whole).first(size)).seen == Seen::more_needed);
  Bytes other_version = whole;
  other_version[6] = 9;
  CHECK(decode_ssl2_reply(other_version).seen == Seen::malformed);
}

TEST_CASE("malformed answers are named, never taken for a hello") {
  Bytes hello = server_hello_message(0x0303, 0xC02F);
  struct Row {
    const char* name;
    Bytes bytes;
    Seen seen;
  };
  Bytes long_session = hello;
  long_session[4 + 34] = 200;
  Bytes bad_extensions = joined({hello, {0, 9, 0, 43}});
  bad_extensions[3] = static_cast<std::uint8_t>(bad_extensions.size() - 4);
  Bytes short_extension = joined({hello, {0, 5, 0, 43, 0, 1, 3}});
  short_extension[3] = static_cast<std::uint8_t>(short_extension.size() - 4);
  Bytes odd_byte = joined({hello, {0, 1, 9}});
  odd_byte[3] = static_cast<std::uint8_t>(odd_byte.size() - 4);
  const Row rows[] = {
      {"nothing", {}, Seen::nothing},
      {"first byte only", {22}, Seen::more_needed},
      {"record header only", {22, 3, 3, 0, 90}, Seen::more_needed},
      {"first byte of something else", {'H'}, Seen::not_tls},
      {"major version 9", {22, 9, 0, 0, 1, 2}, Seen::not_tls},
      {"clear text", Bytes{'S', 'S', 'H', '-', '2'}, Seen::not_tls},
      {"record too long", {22, 3, 3, 0xFF, 0xFF, 2}, Seen::malformed},
      {"another message first", record(22, 0x0303, message(11, {0, 0, 0})), Seen::malformed},
      {"huge message", record(22, 0x0303, {2, 0xFF, 0xFF, 0xFF}), Seen::malformed},
      {"hello cut short", record(22, 0x0303, message(2, {3, 3, 1})), Seen::malformed},
      {"session id beyond the end", record(22, 0x0303, long_session), Seen::malformed},
      {"extension list beyond the end", record(22, 0x0303, bad_extensions), Seen::malformed},
      {"extension list of one byte", record(22, 0x0303, odd_byte), Seen::malformed},
      {"certificate list of one byte",
       joined({record(22, 0x0303, hello), record(22, 0x0303, message(11, {0, 0, 1, 9}))}),
       Seen::server_hello},
      {"extension cut short", record(22, 0x0303, short_extension), Seen::malformed},
      {"alert of one byte", record(21, 0x0303, {2}), Seen::malformed},
      {"alert", alert(40), Seen::alert},
      {"close_notify instead of a hello", record(21, 0x0303, {1, 0}), Seen::alert},
      {"a record and then text", joined({record(20, 0x0303, {1}), {'x', 'y', 'z'}}), Seen::malformed},
      {"a hello and then text", joined({record(22, 0x0303, hello), {'x', 'y', 'z'}}), Seen::server_hello},
      {"application data only", record(23, 0x0303, {1, 2, 3}), Seen::more_needed},
  };
  for (const Row& row : rows) CHECK_MESSAGE(decode_reply(row.bytes).seen == row.seen, row.name);
}

TEST_CASE("plain protocols are named by their first bytes") {
  const std::pair<const char*, const char*> rows[] = {{"HTTP/1.1 400 Bad Request", "http"},
                                                      {"<!DOCTYPE html>", "http"},
                                                      {"SSH-2.0-OpenSSH", "ssh"},
                                                      {"220 box FTP ready", "ftp"},
                                                      {"220 mail ESMTP", "smtp"},
                                                      {"\xFF\xFD\x18", "telnet"},
                                                      {"* OK IMAP", "imap"},
                                                      {"-ERR unknown command", "redis"},
                                                      {"220 hello", "other"},
                                                      {"x", "other"}};
  for (const auto& [text, name] : rows) CHECK_MESSAGE(name_protocol(as_bytes(text)) == name, text);
  CHECK(name_protocol(Bytes{0x20, 2, 0, 5}) == "mqtt");
}

namespace {

// The payload of each direction of each TCP connection of a capture, in order of arrival: good enough for
// loopback.
std::map<std::tuple<std::uint16_t, std::uint16_t>, Bytes> payloads(ByteView pcap) {
  std::map<std::tuple<std::uint16_t, std::uint16_t>, Bytes> all;
  const auto little = [&](std::size_t at) {
    return at + 4 <= pcap.size()
               ? static_cast<std::uint32_t>(pcap[at] | pcap[at + 1] << 8 | pcap[at + 2] << 16 |
                                            static_cast<unsigned>(pcap[at + 3]) << 24)
               : 0U;
  };
  REQUIRE(little(0) == 0xA1B2C3D4);
  const std::uint32_t link = little(20);
  for (std::size_t at = 24; at + 16 <= pcap.size();) {
    const std::size_t size = little(at + 8);
    if (at + 16 + size > pcap.size()) break;
    Cursor frame(pcap.subspan(at + 16, size));
    at += 16 + size;
    frame.take(link == 113 ? 16 : 14);  // Linux cooked or Ethernet
    const std::uint8_t first = frame.u8();
    frame.u8();
    const std::uint16_t total = frame.u16();
    frame.take(5);
    if (first >> 4 != 4 || frame.u8() != 6) continue;
    frame.take(10 + static_cast<std::size_t>((first & 15) - 5) * 4);
    const std::uint16_t source = frame.u16(), destination = frame.u16();
    frame.take(8);
    const std::size_t header = static_cast<std::size_t>(frame.u8() >> 4) * 4;
    frame.take(header - 13);
    const std::size_t headers = static_cast<std::size_t>(first & 15) * 4 + header;
    if (frame.failed() || total < headers) continue;
    const ByteView payload = frame.take(total - headers);
    auto& stream = all[{source, destination}];
    stream.insert(stream.end(), payload.begin(), payload.end());
  }
  return all;
}

}  // namespace

TEST_CASE("what real servers answered decodes to what they were known to speak") {
  const std::filesystem::path corpus = std::filesystem::path(LINTEL_SOURCE_DIR) / "../shared/corpus/tls";
  if (!std::filesystem::exists(corpus)) {
    MESSAGE("skipped: no ../shared/corpus/tls");
    return;
  }
  std::size_t hellos = 0;
  for (const auto* name : {"bad-ssl2", "bad-ssl3", "bad-all", "bad-ssl2-tls12", "wolf-tls", "mbed34-tls13",
                           "ts-tls13-sm", "heartbleed-101f"}) {
    const auto pcap = read_file(corpus / fmt::format("{}.pcap", name), 8 << 20);
    const auto text = read_file(corpus / fmt::format("{}.txt", name), 1 << 20);
    REQUIRE(pcap);
    REQUIRE(text);
    std::set<std::uint16_t> expected, seen;
    for (const auto line : split(*text, '\n')) {
      const auto words = split(trim(line), ' ');
      if (words.size() > 1 && words[0].size() == 4 && words[1] == "YES" && words[0] != "0101")
        expected.insert(static_cast<std::uint16_t>(std::stoi(std::string(words[0]), nullptr, 16)));
    }
    const auto server = parse_unsigned<std::uint16_t>(split(*text, ':')[0]);
    REQUIRE(server);
    const auto streams = payloads(as_bytes(*pcap));
    for (const auto& [ends, bytes] : streams) {
      const auto& [source, destination] = ends;
      if (source != *server) continue;
      const auto question = streams.find({destination, source});
      if (question == streams.end()) continue;
      const auto hello = parse_client_hello(question->second);
      const bool ssl2 = !question->second.empty() && (question->second[0] & 0x80) != 0;
      const Reply reply = ssl2 ? decode_ssl2_reply(bytes) : decode_reply(bytes);
      CHECK_MESSAGE(reply.seen != Seen::malformed, name, ": ", reply.problem);
      if (reply.seen != Seen::server_hello || reply.version == 0x0101) continue;
      seen.insert(reply.version);
      ++hellos;
      if (reply.version != 2) CHECK_MESSAGE(!suite_name(reply.suite).empty(), name, ": ", reply.suite);
    }
    CHECK_MESSAGE(seen == expected, name);
  }
  MESSAGE(hellos, " recorded server hellos decoded");
  CHECK(hellos > 500);
}
