// An MQTT client over any Stream that is already open: TCP, TLS or a script. Blocking, one thread. Sends only what its functions say, and the
// acknowledgements that the protocol demands for messages it receives.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/mqtt.h"
#include "net/stream.h"

namespace lintel::net::mqtt {

constexpr std::size_t kMostMessages = 2000;
constexpr std::size_t kMessagesCapBytes = 4 << 20;

// Errors of all: timeout, closed, reset, cancelled, protocol, limit. A broker's refusal is a code, no error; 0x80 and above refuse, in connect
// anything but 0.
class Client {
 public:
  // note: gets a line for each packet but pings, without passwords and payloads.
  Client(std::unique_ptr<Stream> stream, std::function<void(std::string)> note) : stream_(std::move(stream)), note_(std::move(note)) {}

  Result<std::uint8_t> connect(const Connect& connect, Deadline deadline);
  Result<std::uint8_t> subscribe(std::string_view filter, Deadline deadline);  // with qos 0
  // Blocks for the acknowledgements of its qos. With 3.1.1 brokers acknowledge what they drop.
  Result<std::uint8_t> publish(Message message, Deadline deadline);
  // A message of qos 2 sent twice under one packet id before it is released: a broker hands it out once (4.3.3).
  Result<void> publish_repeated(Message message, Deadline deadline);
  // Blocks for the answer to a ping: what the broker sent before it is in `received` then.
  Result<void> ping(Deadline deadline);
  // Blocks until a message received from place `from` on satisfies `wanted`. false: none did in time.
  Result<bool> await_message(std::size_t from, const std::function<bool(const Message&)>& wanted, Deadline deadline);
  void disconnect(Deadline deadline);

  std::vector<Message> received;  // up to the caps
  bool dropped = false;           // some did not fit

 private:
  Result<Packet> next(Deadline deadline);
  Result<Packet> await(Type type, std::uint16_t id, Deadline deadline);
  Result<void> take(Message message, Deadline deadline);
  Result<void> send(ByteView bytes, std::string line, Deadline deadline);
  std::uint16_t fresh_id() { return ++last_id_ == 0 ? ++last_id_ : last_id_; }

  std::unique_ptr<Stream> stream_;
  std::function<void(std::string)> note_;
  Version version_ = Version::v3_1_1;
  Bytes buffer_;
  std::size_t received_bytes_ = 0;
  std::uint16_t last_id_ = 0;
};

}  // namespace lintel::net::mqtt
