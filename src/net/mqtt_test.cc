// MQTT packets: known bytes of both versions, and broken ones.
#include "net/mqtt.h"

#include <doctest/doctest.h>

using namespace lintel;
using namespace lintel::net::mqtt;

namespace {

Bytes hex(std::string_view text) { return *from_hex(text); }

}  // namespace

TEST_CASE("packets of a client have the bytes of the specification") {
  CHECK(to_hex(encode_connect({Version::v3_1_1, "abc", {}, {}})) == "100f00044d5154540402003c0003616263");
  CHECK(to_hex(encode_connect({Version::v5, "", "u", "p"})) == "101300044d51545405c2003c000000000175000170");
  CHECK(to_hex(encode_publish(Version::v3_1_1, {.topic = "a/b", .payload = "x"})) == "30060003612f6278");
  CHECK(to_hex(encode_publish(Version::v5, {.topic = "t", .payload = "x", .qos = 2, .retain = true, .duplicate = true, .id = 7})) == "3d07000174000700" "78");
  CHECK(to_hex(encode_subscribe(Version::v5, 1, "#", 0)) == "82070001000001" "2300");
  CHECK(to_hex(encode_acknowledgement(Type::pubrel, 258)) == "62020102");
  CHECK(to_hex(encode_empty(Type::pingreq)) == "c000");
  const Bytes large = encode_publish(Version::v3_1_1, {.topic = "t", .payload = std::string(200, 'x')});
  CHECK(to_hex(ByteView(large).first(3)) == "30cb01");
}

TEST_CASE("packets of a broker are read one by one") {
  Bytes buffer = hex("20020005" "9003000180" "40020009" "d000" "3105000174" "4142" "30");
  const auto take = [&] { return take_packet(Version::v3_1_1, buffer); };
  auto packet = take();
  REQUIRE((packet && *packet));
  CHECK((*packet)->type == Type::connack);
  CHECK((*packet)->code == 5);
  packet = take();
  CHECK((*packet)->type == Type::suback);
  CHECK((*packet)->code == 0x80);
  packet = take();
  CHECK((*packet)->id == 9);
  CHECK((*take())->type == Type::pingresp);
  packet = take();
  CHECK((*packet)->message.topic == "t");
  CHECK((*packet)->message.payload == "AB");
  CHECK((*packet)->message.retain);
  CHECK_FALSE(*take());  // one byte of the next
  CHECK(buffer.size() == 1);
}

TEST_CASE("version 5 has properties") {
  Bytes buffer = hex("2006008703210014" "320b0001740005032300074142" "4003000510" "9006000502260080" "e00187");
  const auto take = [&] { return take_packet(Version::v5, buffer); };
  CHECK((*take())->code == 0x87);
  const auto message = take();
  REQUIRE((message && *message));
  CHECK((*message)->id == 5);
  CHECK((*message)->message.qos == 1);
  CHECK((*take())->code == 0x10);
}

TEST_CASE("broken packets are errors, never more than there is") {
  const char* rows[] = {"2000", "200100", "30ffffffffff", "3003000574", "36050001740001", "0000", "10020000", "900100", "400100"};
  for (const char* row : rows) {
    Bytes buffer = hex(row);
    const auto packet = take_packet(Version::v3_1_1, buffer);
    CHECK_MESSAGE(!packet, row);
  }
  Bytes huge = hex("30ffffff7f");
  CHECK(take_packet(Version::v5, huge).error().code == ErrorCode::limit);
}

TEST_CASE("topic filters") {
  struct Row {
    const char *filter, *topic;
    bool matches;
  };
  const Row rows[] = {{"#", "a/b", true},     {"#", "$SYS/x", false}, {"$SYS/#", "$SYS/x", true}, {"+/b", "a/b", true},    {"+/b", "a/c", false}, {"+", "a/b", false},
                      {"a/#", "a", true},     {"a/#", "a/b/c", true}, {"a/+", "a", false},        {"a/+", "a/", true},     {"a/b", "a/b", true},  {"a/b", "a", false},
                      {"a", "a/b", false},    {"+/#", "a", true},     {"+/+", "/x", true},        {"+/x", "$SYS/x", false}, {"", "", true}};
  for (const Row& row : rows) CHECK_MESSAGE(matches(row.filter, row.topic) == row.matches, row.filter, " ", row.topic);
}
