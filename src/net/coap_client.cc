#include "net/coap_client.h"

#include <openssl/rand.h>

#include <array>
#include <optional>

namespace lintel::net::coap {
namespace {

constexpr int kMostStrays = 64;

class Asking {
 public:
  Asking(Stream& stream, const Request& request) : stream_(stream) {
    std::array<std::uint8_t, 6> random{};
    RAND_bytes(random.data(), static_cast<int>(random.size()));
    message_.code = request.code;
    message_.id = static_cast<std::uint16_t>(random[0] << 8 | random[1]);
    message_.token.assign(random.begin() + 2, random.end());
    message_.options = path_options(request.path);
    message_.payload.assign(request.payload.begin(), request.payload.end());
  }

  // One try: sends, unless the peer has said that it is at work, and reads until the time is over.
  Result<std::optional<Message>> once(Deadline until) {
    if (!promised_) TRY(stream_.write_all(encode(message_), until));
    while (true) {
      const auto size = stream_.read_some(buffer_, until);
      if (!size && size.error().code == ErrorCode::timeout) return std::nullopt;
      if (!size) return tl::unexpected<Error>(size.error());
      if (*size == 0) return fail(ErrorCode::closed, "the peer ended the session");
      auto answer = TRY(take({buffer_.data(), *size}, until));
      if (answer) return answer;
    }
  }

  int strays = 0;

 private:
  Result<std::optional<Message>> take(ByteView datagram, Deadline until) {
    auto message = decode(datagram);
    const bool mine = message && message->id == message_.id;
    if (mine && message->type == Type::reset) return std::move(*message);
    if (mine && message->type == Type::acknowledgement && message->code == 0) {
      promised_ = true;
      return std::nullopt;
    }
    if (message && class_of(message->code) >= 2 && message->token == message_.token && (mine || message->type != Type::acknowledgement)) {
      if (message->type == Type::confirmable) TRY(stream_.write_all(encode({Type::acknowledgement, 0, message->id}), until));
      return std::move(*message);
    }
    if (++strays > kMostStrays) return fail(ErrorCode::protocol, "{} datagrams that are no answer", strays);
    return std::nullopt;
  }

  Stream& stream_;
  Message message_;
  bool promised_ = false;  // an empty acknowledgement came: the answer follows by itself
  std::array<std::uint8_t, 65536> buffer_{};
};

}  // namespace

Result<Message> ask(Stream& stream, const Request& request, const Patience& patience, Deadline deadline) {
  const auto asking = std::make_unique<Asking>(stream, request);  // too large for the stack
  auto time = patience.first;
  for (int number = 0; number < patience.tries && !deadline.passed(); ++number, time *= 2) {
    auto answer = TRY(asking->once(Deadline::earlier(deadline, Deadline::after(time))));
    if (answer) return *std::move(answer);
  }
  if (asking->strays > 0) return fail(ErrorCode::protocol, "{} datagrams that are no answer", asking->strays);
  return fail(ErrorCode::timeout, "no answer to {} tries", patience.tries);
}

}  // namespace lintel::net::coap
