// Fuzz target: a whole handshake against a server that says these bytes, in one piece and one by one. It must end with the same error, for no
// such server can know our keys; and the bytes as records under each cipher, which must not open.
#include <algorithm>
#include <array>

#include "net/tlcp_messages.h"
#include "net/tlcp_record.h"
#include "net/tlcp_stream.h"

using namespace lintel;
using namespace lintel::net;

namespace {

class Recording : public Stream {
 public:
  Recording(ByteView bytes, std::size_t piece) : rest_(bytes), piece_(piece) {}
  Result<std::size_t> read_some(std::span<std::uint8_t> buffer, Deadline) override {
    const std::size_t size = std::min({buffer.size(), rest_.size(), piece_});
    std::copy_n(rest_.begin(), size, buffer.begin());
    rest_ = rest_.subspan(size);
    return size;
  }
  Result<void> write_all(ByteView, Deadline) override { return {}; }

 private:
  ByteView rest_;
  std::size_t piece_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const TlcpOptions options{.credentials = {}, .suites = {0xE013, 0xE053, 0xE011, 0xE051}};
  const auto whole = TlcpStream::open(std::make_unique<Recording>(bytes, size), options, Deadline::never());
  const auto pieces = TlcpStream::open(std::make_unique<Recording>(bytes, 1), options, Deadline::never());
  if (whole->finished() || pieces->finished() || whole->finished().error().message != pieces->finished().error().message ||
      whole->chain() != pieces->chain() || whole->alert() != pieces->alert() || whole->requested_authorities() != pieces->requested_authorities())
    __builtin_trap();
  for (const auto cipher : {tlcp::Cipher::sm4_cbc_sm3, tlcp::Cipher::sm4_gcm}) {
    auto keys = tlcp::key_block(cipher, Bytes(48), {}, {});
    if (!keys || tlcp::open_record(keys->server, 22, bytes)) __builtin_trap();
  }
  for (const auto kind : {tlcp::KeyExchange::ecc, tlcp::KeyExchange::ecdhe}) (void)tlcp::decode_server_key_exchange(kind, bytes);
  (void)tlcp::decode_certificates(bytes);
  (void)tlcp::decode_certificate_request(bytes);
  return 0;
}
