// The HTTP session against scripted servers on loopback.
#include "net/http.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "net/scripted_peer.h"

using namespace lintel;
using namespace lintel::net;
using namespace std::chrono_literals;

namespace {

const FixedClock at_ten(*parse_time("2026-11-21T10:00:00Z"));

std::string url(const ScriptedPeer& peer, std::string_view path = "/") {
  return fmt::format("http://127.0.0.1:{}{}", peer.port(), path);
}
HttpRequest get(std::string address) {
  HttpRequest request;
  request.url = std::move(address);
  return request;
}
Result<HttpResponse> once(const HttpRequest& request, const Cancel& cancel, const HttpOptions& options = {}) {
  auto session = TRY(open_http(options, cancel, at_ten));
  return session->send(request);
}

}  // namespace

TEST_CASE("one connection serves many requests; nothing is followed or kept") {
  std::vector<std::string> heads;  // written by the one script thread, read after the peer ended
  std::optional<ScriptedPeer> peer;
  peer.emplace([&](ScriptedConnection& connection, int) {
    while (true) {
      const std::string head = connection.read_until("\r\n\r\n");
      if (head.empty()) return;
      heads.push_back(head);
      connection.write(
          "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n"
          "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=1\r\nSet-Cookie: "
          "b=2\r\nContent-Length: 2\r\n\r\nok");
    }
  });
  const Cancel cancel;
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  auto session = open_http({}, cancel, at_ten);
  REQUIRE(session);
  const auto first = (*session)->send(get(url(*peer, "/a/../b")));
  REQUIRE(first);
  const auto second = (*session)->send(get(url(*peer)));
  REQUIRE(second);
  unsetenv("http_proxy");
  CHECK(first->status == 302);
  CHECK(first->body == "ok");
  CHECK(first->new_connections == 1);
  CHECK(first->received == at_ten.now());
  CHECK(first->headers == Headers{{"Location", "/elsewhere"},
                                  {"Set-Cookie", "a=1"},
                                  {"Set-Cookie", "b=2"},
                                  {"Content-Length", "2"}});
  CHECK(second->new_connections == 0);
  session->reset();
  peer.reset();
  REQUIRE(heads.size() == 2);
  CHECK(heads[0].starts_with("GET /a/../b HTTP/1.1\r\n"));
  CHECK(heads[1].find("Cookie") == std::string::npos);
}

TEST_CASE("what is sent is what was asked for") {
  std::string head, body;
  std::optional<ScriptedPeer> peer;
  peer.emplace([&](ScriptedConnection& connection, int) {
    head = connection.read_until("\r\n\r\n");
    body = head.substr(std::min(head.size(), head.find("\r\n\r\n") + 4));
    if (body.size() < 4) body += as_text(connection.read_exactly(4 - body.size()));
    connection.write("HTTP/1.1 204 No Content\r\n\r\n");
  });
  const Cancel cancel;
  HttpRequest request;
  request.method = "PUT";
  request.url = fmt::format("http://home.example:{}/x", peer->port());
  request.headers = {{"X-Test", "1"}, {"X-Empty", ""}};
  request.body = std::string("a\0b!", 4);
  HttpOptions options;
  options.connect_to = "127.0.0.1";
  const auto response = once(request, cancel, options);
  REQUIRE(response);
  CHECK(response->status == 204);
  const auto port = peer->port();
  peer.reset();
  CHECK(head.starts_with("PUT /x HTTP/1.1\r\n"));
  CHECK(head.find(fmt::format("Host: home.example:{}\r\n", port)) != std::string::npos);
  CHECK(head.find("X-Test: 1\r\n") != std::string::npos);
  CHECK(head.find("X-Empty:\r\n") != std::string::npos);
  CHECK(head.find("Content-Type") == std::string::npos);
  CHECK(head.find("Expect") == std::string::npos);
  CHECK(body == std::string("a\0b!", 4));
}

TEST_CASE("a HEAD answer has no body to wait for") {
  ScriptedPeer peer([](ScriptedConnection& connection, int) {
    connection.read_until("\r\n\r\n");
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    connection.stall();
  });
  const Cancel cancel;
  HttpRequest request = get(url(peer));
  request.method = "HEAD";
  const auto response = once(request, cancel);
  REQUIRE(response);
  CHECK(response->status == 200);
}

TEST_CASE("what is too large is named") {
  struct Row {
    std::string answer;
    const char* message;
  };
  const std::string begin = "HTTP/1.1 200 OK\r\n";
  std::string many = begin;
  while (many.size() < 300 << 10) many += "A: " + std::string(1000, 'b') + "\r\n";
  const Row rows[] = {
      {begin + "X: " + std::string(200 << 10, 'a'), "a header line of the answer is too long"},
      {many, "the answer's headers are larger than 262144 bytes"},
      {begin + "\r\n" + std::string(2 << 20, 'x'), "the answer's body is larger than 1048576 bytes"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    ScriptedPeer peer([&](ScriptedConnection& connection, int) {
      connection.read_until("\r\n\r\n");
      connection.write(row.answer);
    });
    const Cancel cancel;
    const auto response = once(get(url(peer)), cancel);
    REQUIRE(!response.has_value());
    CHECK(response.error().code == ErrorCode::limit);
    CHECK(response.error().message.ends_with(row.message));
  }
}

TEST_CASE("a bad server is an error with a name") {
  struct Row {
    const char* name;
    ScriptedPeer::Script script;
    ErrorCode code;
  };
  const auto answer = [](std::string text) {
    return [text](ScriptedConnection& connection, int) {
      connection.read_until("\r\n\r\n");
      connection.write(text);
    };
  };
  const Row rows[] = {
      {"closes without a word", answer(""), ErrorCode::closed},
      {"stops in the body", answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), ErrorCode::closed},
      {"garbage", answer("SSH-2.0-x\r\n"), ErrorCode::protocol},
      {"too much body", answer("HTTP/1.1 200 OK\r\n\r\n" + std::string(5000, 'x')), ErrorCode::limit},
      {"endless headers",
       answer("HTTP/1.1 200 OK\r\n" +
              [] {
                std::string all;
                for (int i = 0; i < 300; ++i) all += "X: " + std::string(1000, 'y') + "\r\n";
                return all;
              }()),
       ErrorCode::limit},
      {"resets",
       [](ScriptedConnection& connection, int) {
         connection.read_until("\r\n\r\n");
         connection.reset();
       },
       ErrorCode::reset},
      {"stalls", [](ScriptedConnection& connection, int) { connection.stall(); }, ErrorCode::timeout},
  };
  const Cancel cancel;
  for (const Row& row : rows) {
    ScriptedPeer peer(row.script);
    HttpOptions options;
    options.body_cap_bytes = 1000;
    options.timeout = row.code == ErrorCode::timeout ? 50ms : 10'000ms;
    const auto response = once(get(url(peer)), cancel, options);
    REQUIRE_MESSAGE(!response, row.name);
    CHECK_MESSAGE(response.error().code == row.code, row.name, ": ", response.error().message);
  }
}

TEST_CASE("TLS against a clear-text port fails as protocol, a closed port as refused") {
  const Cancel cancel;
  std::uint16_t closed = 0;
  {
    ScriptedPeer peer([](ScriptedConnection& connection, int) { connection.write("hello\r\n"); });
    closed = peer.port();
    CHECK(once(get(fmt::format("https://127.0.0.1:{}/", closed)), cancel).error().code ==
          ErrorCode::protocol);
  }
  CHECK(once(get(fmt::format("http://127.0.0.1:{}/", closed)), cancel).error().code == ErrorCode::refused);
}

TEST_CASE("what is no request is refused before anything is sent") {
  const Cancel cancel;
  for (const auto* address :
       {"", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://127.0.0.1:0/", "127.0.0.1"})
    CHECK_MESSAGE(once(get(address), cancel).error().code == ErrorCode::invalid_input, address);
  HttpRequest request = get("http://127.0.0.1:1/");
  request.headers = {{"X", "a\r\nY: b"}};
  CHECK(once(request, cancel).error().code == ErrorCode::invalid_input);
  request.headers.clear();
  request.method = "GET / HTTP/1.1\r\nX: y";
  CHECK(once(request, cancel).error().code == ErrorCode::invalid_input);
  HttpOptions options;
  options.ca_file = "/nowhere/ca.pem";
  CHECK(once(get("http://127.0.0.1:1/"), cancel, options).error().code == ErrorCode::not_found);
}

TEST_CASE("a request ends at a cancel") {
  Cancel cancel;
  ScriptedPeer peer([&](ScriptedConnection& connection, int) {
    connection.read_until("\r\n\r\n");
    cancel.request();
    connection.stall();
  });
  CHECK(once(get(url(peer)), cancel).error().code == ErrorCode::cancelled);
}
