#include "net/tlcp_stream.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "crypto/certificate.h"
#include "crypto/digest.h"
#include "crypto/sm2.h"
#include "net/tlcp_messages.h"
#include "net/tlcp_record.h"

namespace lintel::net {

using namespace tlcp;

namespace {

constexpr int kIdleCap = 32;  // records in a row that bring nothing: warnings, HelloRequests, empty data
constexpr std::uint8_t kFatal = 2, kCloseNotify = 0, kHandshakeFailure = 40;
constexpr std::size_t kMessageHeaderBytes = 4;

Bytes random_bytes(std::size_t size) {
  Bytes out(size);
  RAND_bytes(out.data(), static_cast<int>(size));
  return out;
}

// What the peer sent made a library call fail: that is the peer's fault.
template <class T>
Result<T> of_peer(Result<T> result) {
  if (!result && result.error().code == ErrorCode::invalid_input) return fail(ErrorCode::protocol, "{}", result.error().message);
  return result;
}

class OwnTlcpStream : public TlcpStream {
 public:
  explicit OwnTlcpStream(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  void open(const TlcpOptions& options, Deadline deadline) {
    finished_ = handshake(options, deadline);
    if (finished_ || alert_ || client_random_.empty()) return;
    const ErrorCode code = finished_.error().code;
    if (code != ErrorCode::protocol && code != ErrorCode::unsupported) return;
    if (auto record = seal(RecordType::alert, Bytes{kFatal, kHandshakeFailure})) (void)stream_->write_all(*record, deadline);
  }

  Result<std::size_t> read_some(std::span<std::uint8_t> buffer, Deadline deadline) override {
    if (auto ready = await_reaction(deadline); !ready) {
      if (finished_ && ready.error().code == ErrorCode::closed) return std::size_t{0};
      return tl::unexpected<Error>(ready.error());
    }
    const std::size_t size = std::min(buffer.size(), data_.size());
    std::copy_n(data_.begin(), size, buffer.begin());
    data_.erase(data_.begin(), data_.begin() + static_cast<std::ptrdiff_t>(size));
    return size;
  }

  Result<void> write_all(ByteView bytes, Deadline deadline) override {
    TRY(Result<void>(finished_));
    while (!bytes.empty()) {
      const ByteView part = bytes.first(std::min(bytes.size(), kContentCapBytes));
      const Bytes record = TRY(seal(RecordType::application_data, part));
      TRY(stream_->write_all(record, deadline));
      bytes = bytes.subspan(part.size());
    }
    return {};
  }

  Result<void> await_reaction(Deadline deadline) override {
    TRY(Result<void>(finished_));
    while (data_.empty()) TRY(take_record(deadline));
    return {};
  }

  const Result<void>& finished() const override { return finished_; }
  bool spoken() const override { return spoken_; }
  std::uint16_t version() const override { return suite_ != nullptr ? kVersion : std::uint16_t{0}; }
  std::uint16_t suite() const override { return suite_ != nullptr ? suite_->code : std::uint16_t{0}; }
  std::string_view suite_name() const override { return suite_ != nullptr ? suite_->name : ""; }
  const std::vector<Bytes>& chain() const override { return chain_; }
  std::optional<bool> key_exchange_signed() const override { return signed_; }
  bool certificate_requested() const override { return request_.has_value(); }
  const std::vector<std::uint8_t>& requested_types() const override { return request_ ? request_->types : nothing_.types; }
  const std::vector<Bytes>& requested_authorities() const override { return request_ ? request_->authorities : nothing_.authorities; }
  std::optional<int> alert() const override { return alert_; }

 private:
  Result<void> handshake(const TlcpOptions& options, Deadline deadline) {
    identity_ = TRY(read_identity(options.credentials));
    std::vector<std::uint16_t> suites = options.suites;
    if (suites.empty()) suites = {0xE053, 0xE013};
    if (options.suites.empty() && identity_ && identity_->encrypt_key) suites.insert(suites.end(), {0xE051, 0xE011});
    for (const std::uint16_t code : suites)
      if (suite_of(code) == nullptr) return fail(ErrorCode::invalid_input, "no TLCP suite of ours: {:04x}", code);

    client_random_ = random_bytes(kRandomBytes);
    Bytes flight;
    TRY(say(flight, encode_client_hello(client_random_, suites)));
    TRY(stream_->write_all(flight, deadline));
    TRY(hear_server(suites, deadline));
    const auto answered = answer(options.dialect, deadline);
    // A refusal may wait to be read even when our bytes find no taker any more.
    if (!answered && answered.error().code != ErrorCode::reset && answered.error().code != ErrorCode::closed) return answered;
    const auto ended = hear_finished(deadline);
    return answered || alert_ ? ended : answered;
  }

  // ServerHello to ServerHelloDone.
  Result<void> hear_server(const std::vector<std::uint16_t>& suites, Deadline deadline) {
    const Bytes hello_message = TRY(expect(MessageType::server_hello, deadline));
    const ServerHello hello = TRY(decode_server_hello(body(hello_message)));
    if (hello.version != kVersion) return fail(ErrorCode::protocol, "the server chose version {:04x}", hello.version);
    if (std::find(suites.begin(), suites.end(), hello.suite) == suites.end())
      return fail(ErrorCode::protocol, "the server chose suite {:04x}, which was not offered", hello.suite);
    suite_ = suite_of(hello.suite);
    server_random_.assign(hello.random.begin(), hello.random.end());

    const Bytes certificates = TRY(expect(MessageType::certificate, deadline));
    chain_ = TRY(decode_certificates(body(certificates)));
    const Bytes exchange = TRY(expect(MessageType::server_key_exchange, deadline));
    exchange_ = TRY(decode_server_key_exchange(suite_->key_exchange, body(exchange)));
    check_signature();

    Bytes message = TRY(next_message(deadline));
    if (type_of(message) == MessageType::certificate_request) {
      request_ = TRY(decode_certificate_request(body(message)));
      message = TRY(next_message(deadline));
    }
    if (type_of(message) != MessageType::server_hello_done || !body(message).empty()) return unexpected(message);
    if (chain_.size() < 2)
      return fail(ErrorCode::protocol, "the server sent {} certificates; TLCP needs one to sign and one to encrypt", chain_.size());
    return {};
  }

  void check_signature() {
    if (chain_.empty()) return;
    const auto key = crypto::load_public_key(crypto::to_pem(chain_[0]));
    if (!key || key->type != crypto::KeyType::sm2 || (suite_->key_exchange == KeyExchange::ecc && chain_.size() < 2)) return;
    const Bytes covered = signed_by_server(suite_->key_exchange, client_random_, server_random_,
                                           chain_.size() > 1 ? ByteView(chain_[1]) : ByteView(), exchange_.parameters);
    const auto fits = crypto::verify(*key, kScheme, covered, exchange_.signature);
    if (fits) signed_ = *fits;
  }

  // Our certificates if asked for, key exchange, proof of the key, ChangeCipherSpec, Finished: one write, one record a message.
  Result<void> answer(TlcpDialect dialect, Deadline deadline) {
    Bytes flight;
    if (request_) TRY(say(flight, encode_certificates(shown_chain(dialect))));
    const Bytes pre_master = TRY(exchange_keys(flight, dialect));
    if (request_ && identity_) {
      const Bytes message = dialect == TlcpDialect::usual ? TRY(crypto::digest(crypto::DigestAlgorithm::sm3, messages_)) : messages_;
      const Bytes signature = TRY(crypto::sign(identity_->sign_key, kScheme, message));
      TRY(say(flight, encode_message(MessageType::certificate_verify, encode_vector16(signature))));
    }
    master_ = TRY(master_secret(pre_master, client_random_, server_random_));
    KeyBlock keys = TRY(key_block(suite_->cipher, master_, client_random_, server_random_));
    append(flight, TRY(seal(RecordType::change_cipher_spec, Bytes{1})));
    ours_ = std::move(keys.client);
    waiting_ = std::move(keys.server);
    const Bytes finished = TRY(finished_proof(Side::client, master_, messages_));
    TRY(say(flight, encode_message(MessageType::finished, finished)));
    return stream_->write_all(flight, deadline);
  }

  std::vector<Bytes> shown_chain(TlcpDialect dialect) const {
    std::vector<Bytes> chain = identity_ ? identity_->chain : std::vector<Bytes>();
    if (dialect == TlcpDialect::gmssl && suite_->key_exchange == KeyExchange::ecc && identity_ && identity_->encrypt_key)
      chain.erase(chain.begin() + 1);
    return chain;
  }

  // The pre-master secret, after putting ClientKeyExchange into the flight.
  Result<Bytes> exchange_keys(Bytes& flight, TlcpDialect dialect) {
    const auto server_key = TRY(of_peer(crypto::load_public_key(crypto::to_pem(chain_[1]))));
    if (suite_->key_exchange == KeyExchange::ecc) {
      Bytes secret;
      append_number(secret, kVersion, 2);
      append(secret, random_bytes(kPreMasterBytes - 2));
      const Bytes encrypted = TRY(of_peer(crypto::sm2_encrypt(server_key, secret)));
      TRY(say(flight, encode_message(MessageType::client_key_exchange, encode_vector16(encrypted))));
      return secret;
    }
    if (!request_) return fail(ErrorCode::protocol, "the server agrees on keys without asking for our certificates");
    if (!identity_ || !identity_->encrypt_key)
      return fail(ErrorCode::unsupported, "{} needs an encryption certificate of the client", suite_->name);
    const auto temporary = TRY(crypto::sm2_generate());
    Bytes secret = TRY(of_peer(crypto::sm2_agree(crypto::Sm2Role::responder, *identity_->encrypt_key, temporary, server_key,
                                                 exchange_.point, kPreMasterBytes)));
    const Bytes point = encode_point(TRY(crypto::sm2_point(temporary)));
    const Bytes sent = dialect == TlcpDialect::gmssl ? encode_vector16(point) : point;
    TRY(say(flight, encode_message(MessageType::client_key_exchange, sent)));
    return secret;
  }

  Result<void> hear_finished(Deadline deadline) {
    while (!changed_) TRY(take_record(deadline));
    const Bytes proof = TRY(finished_proof(Side::server, master_, messages_));
    const Bytes message = TRY(expect(MessageType::finished, deadline));
    if (!crypto::equal_constant_time(body(message), proof)) return fail(ErrorCode::protocol, "the server's Finished does not fit");
    handshaken_ = true;
    return {};
  }

  Result<Bytes> seal(RecordType type, ByteView content) {
    return seal_record(ours_, type, content, random_bytes(16));
  }
  Result<void> say(Bytes& flight, const Bytes& message) {
    append(messages_, message);
    for (ByteView rest = message; !rest.empty();) {
      const ByteView part = rest.first(std::min(rest.size(), kContentCapBytes));
      append(flight, TRY(seal(RecordType::handshake, part)));
      rest = rest.subspan(part.size());
    }
    return {};
  }

  static MessageType type_of(const Bytes& message) { return static_cast<MessageType>(message[0]); }
  static ByteView body(const Bytes& message) { return ByteView(message).subspan(kMessageHeaderBytes); }
  static tl::unexpected<Error> unexpected(const Bytes& message) {
    return fail(ErrorCode::protocol, "handshake message {} out of order", message[0]);
  }
  Result<Bytes> expect(MessageType type, Deadline deadline) {
    Bytes message = TRY(next_message(deadline));
    if (type_of(message) != type) return unexpected(message);
    return message;
  }
  Result<Bytes> next_message(Deadline deadline) {
    while (true) {
      auto message = TRY(reader_.next());
      if (!message) {
        TRY(take_record(deadline));
      } else if (type_of(*message) == MessageType::hello_request) {
        TRY(idle());
      } else {
        append(messages_, *message);
        return *std::move(message);
      }
    }
  }

  Result<void> idle() {
    if (++idle_ > kIdleCap) return fail(ErrorCode::protocol, "{} records or requests in a row that say nothing", kIdleCap);
    return {};
  }

  Result<void> fill(std::size_t size, Deadline deadline) {
    std::array<std::uint8_t, 16384> buffer;
    while (incoming_.size() < size) {
      const std::size_t got = TRY(stream_->read_some(buffer, deadline));
      if (got == 0) return fail(ErrorCode::closed, "the peer ended the connection");
      append(incoming_, ByteView(buffer).first(got));
    }
    return {};
  }

  // One record, put where it belongs.
  Result<void> take_record(Deadline deadline) {
    TRY(fill(kHeaderBytes, deadline));
    const Header header = decode_header(incoming_);
    const bool is_alert = header.type == static_cast<std::uint8_t>(RecordType::alert);
    const bool of_tls = header.version >= 0x0300 && header.version <= 0x0304;
    if (header.type < 20 || header.type > 23 || (header.version != kVersion && !(is_alert && of_tls)))
      return fail(ErrorCode::protocol, "no TLCP record: it starts with {}", to_hex(ByteView(incoming_).first(kHeaderBytes)));
    if (header.length > kFragmentCapBytes) return fail(ErrorCode::protocol, "a record of {} bytes, which is over the limit", header.length);
    TRY(fill(kHeaderBytes + header.length, deadline));
    spoken_ = spoken_ || header.version == kVersion;
    const Bytes content = TRY(open_record(theirs_, header.type, ByteView(incoming_).subspan(kHeaderBytes, header.length)));
    incoming_.erase(incoming_.begin(), incoming_.begin() + static_cast<std::ptrdiff_t>(kHeaderBytes + header.length));
    switch (static_cast<RecordType>(header.type)) {
      case RecordType::alert: return take_alert(content);
      case RecordType::change_cipher_spec: return change_cipher(content);
      case RecordType::handshake: return take_handshake(content);
      case RecordType::application_data: break;
    }
    if (!handshaken_) return fail(ErrorCode::protocol, "application data inside the handshake");
    if (content.empty()) return idle();
    idle_ = 0;
    append(data_, content);
    return {};
  }

  Result<void> take_handshake(ByteView content) {
    if (content.empty()) return fail(ErrorCode::protocol, "an empty handshake record");
    reader_.add(content);
    if (!handshaken_ && !waiting_) return {};
    // Whoever wants to negotiate anew is not heard; before ChangeCipherSpec and after Finished nothing but a HelloRequest makes sense.
    while (const auto message = TRY(reader_.next())) {
      if (type_of(*message) != MessageType::hello_request) return unexpected(*message);
      TRY(idle());
    }
    return {};
  }

  Result<void> take_alert(ByteView content) {
    if (content.size() != 2) return fail(ErrorCode::protocol, "an alert of {} bytes", content.size());
    alert_ = content[1];
    if (content[1] == kCloseNotify) return fail(ErrorCode::closed, "the peer ended TLCP");
    if (content[0] == kFatal) return fail(ErrorCode::protocol, "TLCP alert {} from the peer", content[1]);
    return idle();
  }

  Result<void> change_cipher(ByteView content) {
    if (content.size() != 1 || content[0] != 1 || !waiting_ || !reader_.empty())
      return fail(ErrorCode::protocol, "ChangeCipherSpec out of order");
    theirs_ = *std::exchange(waiting_, std::nullopt);
    changed_ = true;
    return {};
  }

  inline static const crypto::SignatureScheme kScheme{crypto::SignatureAlgorithm::sm2, crypto::DigestAlgorithm::sm3};
  inline static const CertificateRequest nothing_{};

  std::unique_ptr<Stream> stream_;
  std::optional<TlcpIdentity> identity_;
  Bytes incoming_;  // not yet a whole record
  Bytes data_;      // application data, not yet read
  MessageReader reader_;
  Bytes messages_;  // of the handshake, both sides'
  Protection ours_, theirs_;
  std::optional<Protection> waiting_;  // the server's, from its ChangeCipherSpec on
  bool changed_ = false, handshaken_ = false, spoken_ = false;
  int idle_ = 0;
  Bytes client_random_, server_random_, master_;
  ServerKeyExchange exchange_;
  Result<void> finished_;
  const Suite* suite_ = nullptr;
  std::vector<Bytes> chain_;
  std::optional<bool> signed_;
  std::optional<CertificateRequest> request_;
  std::optional<int> alert_;
};

}  // namespace

std::unique_ptr<TlcpStream> TlcpStream::open(std::unique_ptr<Stream> stream, const TlcpOptions& options, Deadline deadline) {
  auto made = std::make_unique<OwnTlcpStream>(std::move(stream));
  made->open(options, deadline);
  return made;
}

}  // namespace lintel::net
