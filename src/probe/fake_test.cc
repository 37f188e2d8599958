// Tests that the fake peers do what their names say.
#include "probe/fake.h"

#include <doctest/doctest.h>

#include <array>

using namespace lintel;
using namespace lintel::probe;

static std::string read_all(net::Stream& stream, ErrorCode& ended) {
  std::string text;
  std::array<std::uint8_t, 64> buffer;
  while (true) {
    const auto got = stream.read_some(buffer, Deadline::never());
    if (!got || *got == 0) {
      ended = got ? ErrorCode::closed : got.error().code;
      return text;
    }
    text += as_text(ByteView(buffer).first(*got));
  }
}

TEST_CASE("a scripted peer greets, answers and ends as told") {
  FakeContext context;
  context.world.piece_bytes = 1;
  context.world.peers[22] = [] {
    return [](ByteView written) {
      return written.empty() ? answer("hello ") : answer(as_text(written), Answer::Then::close);
    };
  };
  context.world.peers[23] = [] { return [](ByteView) { return break_off(); }; };
  context.world.peers[24] = [] { return [](ByteView) { return stall(); }; };
  ErrorCode ended{};
  auto stream = context.dial({"h", 22}, Deadline::never());
  REQUIRE(stream);
  REQUIRE((*stream)->write_all(as_bytes("you"), Deadline::never()));
  CHECK(read_all(**stream, ended) == "hello you");
  CHECK(ended == ErrorCode::closed);
  CHECK((*stream)->write_all(as_bytes("more"), Deadline::never()).error().code == ErrorCode::closed);
  CHECK(as_text(context.seen.written[0]) == "you");
  read_all(**context.dial({"h", 23}, Deadline::never()), ended);
  CHECK(ended == ErrorCode::reset);
  read_all(**context.dial({"h", 24}, Deadline::never()), ended);
  CHECK(ended == ErrorCode::timeout);
  CHECK(context.dial({"h", 25}, Deadline::never()).error().code == ErrorCode::refused);
  CHECK(context.sweep("h", {}).value().open == std::vector<std::uint16_t>{22, 23, 24});
  CHECK(garbage(9).bytes == garbage(9).bytes);
}

TEST_CASE("files, secrets and HTTP come from memory") {
  FakeContext context;
  context.world.files["a"] = "12345";
  context.world.secrets["env:K"] = "s";
  CHECK(*context.read_file("a", 5) == "12345");
  CHECK(context.read_file("a", 4).error().code == ErrorCode::limit);
  CHECK(context.read_file("b", 4).error().code == ErrorCode::not_found);
  CHECK(*lintel::read_file(*context.file_path("a"), 5) == "12345");
  CHECK(*context.secret("env:K") == "s");
  CHECK(context.secret("env:L").error().code == ErrorCode::not_found);
  CHECK(*context.secret("plain") == "plain");
  const auto session = context.open_http({});
  CHECK((*session)->send({}).error().code == ErrorCode::refused);
  context.world.http = [](const net::HttpRequest& request) -> Result<net::HttpResponse> {
    net::HttpResponse response;
    response.body = request.url;
    return response;
  };
  net::HttpRequest request;
  request.url = "http://h/";
  CHECK((*session)->send(request)->body == "http://h/");
  context.cancel_button.request();
  CHECK((*session)->send(request).error().code == ErrorCode::cancelled);
}

TEST_CASE("waiting puts the clock forward and nothing else") {
  probe::FakeContext context;
  const WallTime before = context.clock().now();
  REQUIRE(context.wait(std::chrono::seconds(5)));
  CHECK(context.clock().now() - before == std::chrono::seconds(5));
  CHECK(context.wait(std::chrono::hours(1)).error().code == ErrorCode::timeout);
  context.cancel_button.request();
  CHECK(context.wait(std::chrono::seconds(1)).error().code == ErrorCode::cancelled);
}
