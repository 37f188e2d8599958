// What lies under a TLCP handshake: records on a Stream both ways, the transcript of its messages, alerts, the change of keys. One thread at a time.
#pragma once
#include <memory>
#include <optional>

#include "net/stream.h"
#include "net/tlcp_messages.h"
#include "net/tlcp_record.h"

namespace lintel::net::tlcp {

// Errors of all that read: those of the stream, closed (the end, or close_notify), protocol (a fatal alert, see alert(), or nonsense).
class Channel {
 public:
  explicit Channel(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  // Records gather until send(), which writes them at once. say() puts a handshake message into the transcript too.
  Result<void> add(RecordType type, ByteView content);
  Result<void> say(const Bytes& message);
  Result<void> send(Deadline deadline);

  // The next handshake message, whole, HelloRequests left out; now in the transcript.
  Result<Bytes> hear(Deadline deadline);
  Result<Bytes> hear(MessageType type, Deadline deadline);  // and it must be this one

  // Records added from now on are protected like this.
  void change_ours(Protection ours) { ours_ = std::move(ours); }
  // The server's are from its ChangeCipherSpec on, which it may send once this was called; await_change() reads up to it.
  void expect_change(Protection theirs) { next_theirs_ = std::move(theirs); }
  Result<void> await_change(Deadline deadline);
  void end_handshake() { handshaken_ = true; }  // application data may come, messages no more

  // Reads until there is data; take_data gives some of it away.
  Result<void> await_data(Deadline deadline);
  std::size_t take_data(std::span<std::uint8_t> buffer);

  const Bytes& transcript() const { return transcript_; }
  bool spoken() const { return spoken_; }  // a record of TLCP came
  std::optional<int> alert() const { return alert_; }

 private:
  Result<void> fill(std::size_t size, Deadline deadline);
  Result<void> take_record(Deadline deadline);
  Result<void> take_handshake(ByteView content);
  Result<void> take_alert(ByteView content);
  Result<void> take_change(ByteView content);
  Result<void> idle();

  std::unique_ptr<Stream> stream_;
  Bytes outgoing_, incoming_;  // records not yet sent; not yet a whole record
  Bytes data_;                 // application data not yet taken
  MessageReader reader_;
  Bytes transcript_;
  Protection ours_, theirs_;
  std::optional<Protection> next_theirs_;
  bool handshaken_ = false, spoken_ = false;
  int idle_ = 0;  // records in a row that brought nothing
  std::optional<int> alert_;
};

tl::unexpected<Error> out_of_order(const Bytes& message);

}  // namespace lintel::net::tlcp
