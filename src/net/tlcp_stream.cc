#include "net/tlcp_stream.h"

#include <openssl/rand.h>

#include <algorithm>

#include "crypto/certificate.h"
#include "crypto/digest.h"
#include "crypto/sm2.h"
#include "net/tlcp_channel.h"

namespace lintel::net {

using namespace tlcp;

namespace {

const crypto::SignatureScheme kScheme{crypto::SignatureAlgorithm::sm2, crypto::DigestAlgorithm::sm3};

Result<Bytes> random_bytes(std::size_t size) {
  Bytes out(size);
  if (RAND_bytes(out.data(), static_cast<int>(size)) != 1) return fail(ErrorCode::internal, "no randomness to be had");
  return out;
}

// What the peer sent made a library call fail: that is the peer's fault.
template <class T>
Result<T> of_peer(Result<T> result) {
  if (!result && result.error().code == ErrorCode::invalid_input) return fail(ErrorCode::protocol, "{}", result.error().message);
  return result;
}

ByteView body(const Bytes& message) { return ByteView(message).subspan(kMessageHeaderBytes); }

class OwnTlcpStream : public TlcpStream {
 public:
  explicit OwnTlcpStream(std::unique_ptr<Stream> stream) : channel_(std::move(stream)) {}

  void open(const TlcpOptions& options, Deadline deadline) {
    finished_ = handshake(options, deadline);
    if (finished_ || channel_.alert()) return;
    const ErrorCode code = finished_.error().code;
    if (code != ErrorCode::protocol && code != ErrorCode::unsupported) return;
    static constexpr std::uint8_t kHandshakeFailure[] = {2, 40};
    if (channel_.add(RecordType::alert, kHandshakeFailure)) (void)channel_.send(deadline);
  }

  Result<std::size_t> read_some(std::span<std::uint8_t> buffer, Deadline deadline) override {
    TRY(Result<void>(finished_));
    if (auto ready = channel_.await_data(deadline); !ready) {
      if (ready.error().code == ErrorCode::closed) return std::size_t{0};
      return tl::unexpected<Error>(ready.error());
    }
    return channel_.take_data(buffer);
  }
  Result<void> write_all(ByteView bytes, Deadline deadline) override {
    TRY(Result<void>(finished_));
    if (bytes.empty()) return {};
    TRY(channel_.add(RecordType::application_data, bytes));
    return channel_.send(deadline);
  }
  Result<void> await_reaction(Deadline deadline) override {
    TRY(Result<void>(finished_));
    return channel_.await_data(deadline);
  }

  const Result<void>& finished() const override { return finished_; }
  bool spoken() const override { return channel_.spoken(); }
  std::uint16_t version() const override { return suite_ != nullptr ? kVersion : std::uint16_t{0}; }
  std::uint16_t suite() const override { return suite_ != nullptr ? suite_->code : std::uint16_t{0}; }
  std::string_view suite_name() const override { return suite_ != nullptr ? suite_->name : ""; }
  const std::vector<Bytes>& chain() const override { return chain_; }
  std::optional<bool> key_exchange_signed() const override { return signed_; }
  bool certificate_requested() const override { return requested_; }
  const std::vector<std::uint8_t>& requested_types() const override { return request_.types; }
  const std::vector<Bytes>& requested_authorities() const override { return request_.authorities; }
  std::optional<int> alert() const override { return channel_.alert(); }

 private:
  Result<void> handshake(const TlcpOptions& options, Deadline deadline) {
    identity_ = TRY(read_identity(options.credentials));
    std::vector<std::uint16_t> suites = options.suites;
    if (suites.empty()) suites = {0xE053, 0xE013};
    if (options.suites.empty() && identity_ && identity_->encrypt_key) suites.insert(suites.end(), {0xE051, 0xE011});
    for (const std::uint16_t code : suites)
      if (suite_of(code) == nullptr) return fail(ErrorCode::invalid_input, "no TLCP suite of ours: {:04x}", code);

    client_random_ = TRY(random_bytes(kRandomBytes));
    TRY(channel_.say(encode_client_hello(client_random_, suites)));
    TRY(channel_.send(deadline));
    TRY(hear_server(suites, deadline));
    TRY(prepare_answer(options.dialect));
    const auto answered = channel_.send(deadline);
    const auto ended = hear_finished(deadline);
    // A refusal may wait to be read even when our bytes find no taker any more.
    return answered || channel_.alert() ? ended : answered;
  }

  // ServerHello to ServerHelloDone.
  Result<void> hear_server(const std::vector<std::uint16_t>& suites, Deadline deadline) {
    const Bytes hello_message = TRY(channel_.hear(MessageType::server_hello, deadline));
    const ServerHello hello = TRY(decode_server_hello(body(hello_message)));
    if (hello.version != kVersion) return fail(ErrorCode::protocol, "the server chose version {:04x}", hello.version);
    if (std::find(suites.begin(), suites.end(), hello.suite) == suites.end())
      return fail(ErrorCode::protocol, "the server chose suite {:04x}, which was not offered", hello.suite);
    suite_ = suite_of(hello.suite);
    server_random_.assign(hello.random.begin(), hello.random.end());

    const Bytes certificates = TRY(channel_.hear(MessageType::certificate, deadline));
    chain_ = TRY(decode_certificates(body(certificates)));
    const Bytes exchange = TRY(channel_.hear(MessageType::server_key_exchange, deadline));
    exchange_ = TRY(decode_server_key_exchange(suite_->key_exchange, body(exchange)));
    check_signature();

    Bytes message = TRY(channel_.hear(deadline));
    if (message[0] == static_cast<std::uint8_t>(MessageType::certificate_request)) {
      requested_ = true;
      request_ = TRY(decode_certificate_request(body(message)));
      message = TRY(channel_.hear(deadline));
    }
    if (message != encode_message(MessageType::server_hello_done, {})) return out_of_order(message);
    if (chain_.size() < 2)
      return fail(ErrorCode::protocol, "the server sent {} certificates; TLCP needs one to sign and one to encrypt", chain_.size());
    if (suite_->key_exchange == KeyExchange::ecc) return {};
    if (!requested_) return fail(ErrorCode::protocol, "the server agrees on keys without asking for our certificates");
    if (!identity_ || !identity_->encrypt_key)
      return fail(ErrorCode::unsupported, "{} needs an encryption certificate of the client", suite_->name);
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

  // Our certificates if asked for, key exchange, proof of the key, ChangeCipherSpec, Finished: one record a message, as GmSSL wants it.
  Result<void> prepare_answer(TlcpDialect dialect) {
    if (requested_) TRY(channel_.say(encode_certificates(shown_chain(dialect))));
    const Bytes pre_master = TRY(exchange_keys(dialect));
    if (requested_ && identity_) {
      Bytes message = channel_.transcript();
      if (dialect == TlcpDialect::usual) message = TRY(crypto::digest(crypto::DigestAlgorithm::sm3, message));
      const Bytes signature = TRY(crypto::sign(identity_->sign_key, kScheme, message));
      TRY(channel_.say(encode_message(MessageType::certificate_verify, encode_vector16(signature))));
    }
    master_ = TRY(master_secret(pre_master, client_random_, server_random_));
    KeyBlock keys = TRY(key_block(suite_->cipher, master_, client_random_, server_random_));
    static constexpr std::uint8_t kChange[] = {1};
    TRY(channel_.add(RecordType::change_cipher_spec, kChange));
    channel_.change_ours(std::move(keys.client));
    channel_.expect_change(std::move(keys.server));
    const Bytes proof = TRY(finished_proof(Side::client, master_, channel_.transcript()));
    return channel_.say(encode_message(MessageType::finished, proof));
  }

  std::vector<Bytes> shown_chain(TlcpDialect dialect) const {
    std::vector<Bytes> chain = identity_ ? identity_->chain : std::vector<Bytes>();
    if (dialect == TlcpDialect::gmssl && suite_->key_exchange == KeyExchange::ecc && identity_ && identity_->encrypt_key)
      chain.erase(chain.begin() + 1);
    return chain;
  }

  // Says ClientKeyExchange; the pre-master secret.
  Result<Bytes> exchange_keys(TlcpDialect dialect) {
    const auto server_key = TRY(of_peer(crypto::load_public_key(crypto::to_pem(chain_[1]))));
    if (suite_->key_exchange == KeyExchange::ecc) {
      Bytes secret;
      append_number(secret, kVersion, 2);
      append(secret, TRY(random_bytes(kPreMasterBytes - 2)));
      const Bytes encrypted = TRY(of_peer(crypto::sm2_encrypt(server_key, secret)));
      TRY(channel_.say(encode_message(MessageType::client_key_exchange, encode_vector16(encrypted))));
      return secret;
    }
    const auto temporary = TRY(crypto::sm2_generate());
    Bytes secret = TRY(of_peer(crypto::sm2_agree(crypto::Sm2Role::responder, *identity_->encrypt_key, temporary, server_key,
                                                 exchange_.point, kPreMasterBytes)));
    const Bytes point = encode_point(TRY(crypto::sm2_point(temporary)));
    const Bytes sent = dialect == TlcpDialect::gmssl ? encode_vector16(point) : point;
    TRY(channel_.say(encode_message(MessageType::client_key_exchange, sent)));
    return secret;
  }

  Result<void> hear_finished(Deadline deadline) {
    TRY(channel_.await_change(deadline));
    const Bytes proof = TRY(finished_proof(Side::server, master_, channel_.transcript()));
    const Bytes message = TRY(channel_.hear(MessageType::finished, deadline));
    if (!crypto::equal_constant_time(body(message), proof)) return fail(ErrorCode::protocol, "the server's Finished does not fit");
    channel_.end_handshake();
    return {};
  }

  Channel channel_;
  std::optional<TlcpIdentity> identity_;
  Bytes client_random_, server_random_, master_;
  ServerKeyExchange exchange_;
  Result<void> finished_;
  const Suite* suite_ = nullptr;
  std::vector<Bytes> chain_;
  std::optional<bool> signed_;
  bool requested_ = false;
  CertificateRequest request_;
};

}  // namespace

std::unique_ptr<TlcpStream> TlcpStream::open(std::unique_ptr<Stream> stream, const TlcpOptions& options, Deadline deadline) {
  auto made = std::make_unique<OwnTlcpStream>(std::move(stream));
  made->open(options, deadline);
  return made;
}

}  // namespace lintel::net
