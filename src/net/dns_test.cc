// DNS messages of servers that behave and of servers that do not, and the client that asks them.
#include <doctest/doctest.h>

#include <deque>

#include "base/text.h"
#include "net/dns_client.h"

using namespace lintel;
using namespace lintel::net;
using dns::Type;

namespace {

constexpr char kPointer[] = "\xC0\x0C";  // the name of the question

struct Reply {
  Bytes bytes;
  Reply(ByteView query, int flags, int answers) : bytes(query.begin(), query.end()) {
    bytes[2] = static_cast<std::uint8_t>(flags >> 8);
    bytes[3] = static_cast<std::uint8_t>(flags);
    bytes[7] = static_cast<std::uint8_t>(answers);
  }
  Reply& record(std::string_view name, std::uint16_t type, std::string_view data) {
    bytes.insert(bytes.end(), name.begin(), name.end());
    append_number(bytes, type, 2);
    append_number(bytes, 1, 2);
    append_number(bytes, 60, 4);
    append_number(bytes, data.size(), 2);
    bytes.insert(bytes.end(), data.begin(), data.end());
    return *this;
  }
};

constexpr int kFine = 0x8180, kCut = 0x8380, kNoName = 0x8183, kFailure = 0x8182;
using namespace std::string_view_literals;

// A server from memory: what it does with each query it reads. An empty list is silence.
struct Server {
  std::function<std::vector<Bytes>(ByteView query, Transport transport)> serve;
  int datagrams = 0, connections = 0;
};

class Line : public Stream {
 public:
  Line(Server& server, Transport transport) : server_(server), transport_(transport) {}
  Result<std::size_t> read_some(std::span<std::uint8_t> buffer, Deadline) override {
    if (waiting_.empty()) return fail(ErrorCode::timeout, "no answer in time");
    Bytes& next = waiting_.front();
    const std::size_t size = std::min(buffer.size(), next.size());
    std::copy_n(next.begin(), size, buffer.begin());
    next.erase(next.begin(), next.begin() + static_cast<std::ptrdiff_t>(size));
    if (transport_ == Transport::udp || next.empty()) waiting_.pop_front();
    return size;
  }
  Result<void> write_all(ByteView bytes, Deadline) override {
    const bool tcp = transport_ == Transport::tcp;
    for (Bytes& answer : server_.serve(tcp ? bytes.subspan(2) : bytes, transport_)) {
      Bytes framed;
      if (tcp) append_number(framed, answer.size(), 2);
      framed.insert(framed.end(), answer.begin(), answer.end());
      waiting_.push_back(std::move(framed));
    }
    return {};
  }

 private:
  Server& server_;
  Transport transport_;
  std::deque<Bytes> waiting_;
};

Result<dns::Found> ask(Server& server, Type type = Type::a, const std::string& name = "Home.Example.") {
  dns::Client client;
  client.dial = [&](Transport transport, Deadline) -> Result<std::unique_ptr<Stream>> {
    ++(transport == Transport::udp ? server.datagrams : server.connections);
    return std::make_unique<Line>(server, transport);
  };
  return dns::look_up(client, name, type, Deadline::after(std::chrono::seconds(10)));
}

std::string sum(const Result<dns::Found>& found) {
  if (!found) return fmt::format("{}: {}", to_string(found.error().code), found.error().message);
  return fmt::format("{} [{}] {}", found->exists ? "exists" : "none", join(found->aliases, " "), join(found->addresses, " "));
}

}  // namespace

TEST_CASE("a question is written as RFC 1035 has it") {
  CHECK(to_hex(*dns::question("a.Bc", Type::aaaa, 0x1234)) == "123401000001000000000000" "0161" "024263" "00" "001c0001");
  CHECK(dns::parse(*dns::question("a.Bc.", Type::a, 1))->question == "a.bc");
  for (const std::string& name : {std::string(""), std::string("."), std::string("a..b"), std::string("a b"), std::string(64, 'a'), std::string("ä.de"), std::string(300, 'a')})
    CHECK_MESSAGE(dns::question(name, Type::a, 1).error().code == ErrorCode::invalid_input, name);
}

TEST_CASE("answers, aliases and what fits no question") {
  Server server;
  server.serve = [](ByteView query, Transport) {
    Reply stray(query, kFine, 1), other(query, kFine, 1), good(query, kFine, 4);
    stray.record(kPointer, 1, "\x09\x09\x09\x09").bytes[0] ^= 1;  // another id
    other.record(kPointer, 1, "\x09\x09\x09\x09").bytes[13] ^= 1;  // another name
    good.record(kPointer, 5, "\4edge\xC0\x0C"sv).record("\4EDGE\xC0\x0C"sv, 1, "\x01\x02\x03\x04"sv).record("\4edge\xC0\x0C"sv, 1, "\x01\x02\x03\x04"sv).record("\3www\xC0\x0C"sv, 1, "\x08\x08\x08\x08"sv);
    return std::vector<Bytes>{stray.bytes, other.bytes, Bytes{1, 2, 3}, good.bytes};
  };
  CHECK(sum(ask(server)) == "exists [edge.home.example] 1.2.3.4");
  CHECK(server.datagrams == 1);
}

TEST_CASE("no address, no name, and refusals are told apart") {
  struct Row {
    int flags;
    const char* is;
  };
  for (const Row& row : {Row{kFine, "exists [] "}, Row{kNoName, "none [] "}, Row{kFailure, "protocol: Home.Example. AAAA: the name server answers SERVFAIL"}}) {
    Server server;
    server.serve = [&](ByteView query, Transport) { return std::vector<Bytes>{Reply(query, row.flags, 0).bytes}; };
    CHECK(sum(ask(server, Type::aaaa)) == row.is);
  }
}

TEST_CASE("an answer that was cut is fetched over TCP") {
  Server server;
  server.serve = [](ByteView query, Transport transport) {
    if (transport == Transport::udp) return std::vector<Bytes>{Reply(query, kCut, 9).record(kPointer, 1, "\x01\x02").bytes};
    Reply whole(query, kFine, 2);
    return std::vector<Bytes>{whole.record(kPointer, 1, "\x01\x02\x03\x04").record(kPointer, 1, "\x01\x02\x03\x05").bytes};
  };
  CHECK(sum(ask(server)) == "exists [] 1.2.3.4 1.2.3.5");
  CHECK(server.connections == 1);
  server.serve = [](ByteView query, Transport) { return std::vector<Bytes>{Reply(query, kCut, 0).bytes}; };
  CHECK(sum(ask(server)) == "protocol: Home.Example. A: the name server cut its answer even over TCP");
}

TEST_CASE("an alias without its addresses is asked for; one that leads nowhere ends") {
  Server server;
  server.serve = [](ByteView query, Transport) {
    if (dns::parse(query)->question == "edge.example") return std::vector<Bytes>{Reply(query, kFine, 1).record(kPointer, 1, "\x01\x02\x03\x04").bytes};
    return std::vector<Bytes>{Reply(query, kFine, 1).record(kPointer, 5, "\4edge\7example\0"sv).bytes};
  };
  CHECK(sum(ask(server)) == "exists [edge.example] 1.2.3.4");
  server.serve = [](ByteView query, Transport) {
    const bool home = dns::parse(query)->question == "home.example";
    return std::vector<Bytes>{Reply(query, kFine, 1).record(kPointer, 5, home ? "\4edge\7example\0"sv : "\4home\7example\0"sv).bytes};
  };
  CHECK(ask(server).error().code == ErrorCode::protocol);
  server.serve = [](ByteView query, Transport) { return std::vector<Bytes>{Reply(query, kFine, 1).record(kPointer, 5, "\2a \0"sv).bytes}; };
  CHECK(ask(server).error().code == ErrorCode::protocol);
  server.serve = [](ByteView query, Transport) { return std::vector<Bytes>{Reply(query, kFine, 1).record(kPointer, 5, kPointer).bytes}; };
  CHECK(ask(server).error().code == ErrorCode::protocol);
}

TEST_CASE("silence is asked again, nonsense is not believed") {
  Server server;
  server.serve = [](ByteView, Transport) { return std::vector<Bytes>{}; };
  CHECK(ask(server).error().code == ErrorCode::timeout);
  CHECK(server.datagrams == 2);
  server.serve = [](ByteView, Transport) { return std::vector<Bytes>(50, Bytes(200, 0xFF)); };
  CHECK(ask(server).error().code == ErrorCode::protocol);
}

TEST_CASE("malformed messages are errors") {
  const Bytes query = *dns::question("home.example", Type::a, 7);
  const std::pair<const char*, Bytes> rows[] = {
      {"empty", {}},
      {"half a header", Bytes(query.begin(), query.begin() + 7)},
      {"record missing", Reply(query, kFine, 1).bytes},
      {"short address", Reply(query, kFine, 1).record(kPointer, 1, "\1\2\3").bytes},
      {"long address", Reply(query, kFine, 1).record(kPointer, 28, "\1\2\3\4").bytes},
      {"name of itself", Reply(query, kFine, 1).record("\xC0\x1E", 1, "\1\2\3\4").bytes},
      {"name from ahead", Reply(query, kFine, 1).record("\xC0\xFF", 1, "\1\2\3\4").bytes},
      {"unknown label", Reply(query, kFine, 1).record("\x80", 1, "\1\2\3\4").bytes},
      {"alias beyond its record", Reply(query, kFine, 1).record(kPointer, 5, "\4ed").bytes},
      {"alias with a tail", Reply(query, kFine, 1).record(kPointer, 5, "\1a\0x"sv).bytes},
      {"another operation", Reply(query, 0xA800, 0).bytes},
  };
  for (const auto& [name, bytes] : rows) CHECK_MESSAGE(dns::parse(bytes).error().code == ErrorCode::protocol, name);
  Bytes many = query;
  many[6] = 0xFF;
  CHECK(dns::parse(many).error().code == ErrorCode::limit);
  const auto odd = dns::parse(Reply(query, kFine, 1).record("\3a.b\0"sv, 1, "\1\2\3\4").bytes);
  CHECK(odd->answers.at(0).name == "a\\046b");
}

TEST_CASE("name servers as the target writes them") {
  const auto text = [](std::string_view written) {
    const auto address = dns::parse_server(written);
    return address ? to_string(*address) : "none";
  };
  CHECK(text("192.0.2.53") == "192.0.2.53:53");
  CHECK(text("192.0.2.53:5353") == "192.0.2.53:5353");
  CHECK(text("2001:db8::53") == "[2001:db8::53]:53");
  CHECK(text("[2001:db8::53]:5353") == "[2001:db8::53]:5353");
  for (const auto* bad : {"", "ns.example", "192.0.2.53:0", "192.0.2.53:99999", "192.0.2.53:x", ":53"}) CHECK(text(bad) == "none");
}
