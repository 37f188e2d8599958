#include "net/dtls_stream.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace lintel::net {
namespace {

constexpr long kMtu = 1200;  // fits through every path

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

int no_password(char*, int, int, void*) { return -1; }

// A BIO that keeps what is written apart, one datagram each: a memory BIO would join them.
const BIO_METHOD* datagram_method() {
  static const std::unique_ptr<BIO_METHOD, Free> method = [] {
    std::unique_ptr<BIO_METHOD, Free> made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams"));
    BIO_meth_set_write(made.get(), [](BIO* bio, const char* data, int size) {
      static_cast<std::vector<Bytes>*>(BIO_get_data(bio))->emplace_back(data, data + size);
      return size;
    });
    BIO_meth_set_ctrl(made.get(), [](BIO*, int command, long, void*) -> long { return command == BIO_CTRL_FLUSH ? 1 : 0; });
    return made;
  }();
  return method.get();
}

class OpensslDtls : public DtlsStream {
 public:
  OpensslDtls(std::unique_ptr<Stream> stream, const DtlsOptions& options)
      : stream_(std::move(stream)), identity_(options.identity), key_(options.key), context_(SSL_CTX_new(DTLS_client_method())) {
    if (!context_) return;
    SSL_CTX_set_min_proto_version(context_.get(), DTLS1_VERSION);
    SSL_CTX_set_security_level(context_.get(), 0);
    const bool certificate = !options.certificate.empty();
    SSL_CTX_set_cipher_list(context_.get(), !key_.empty() ? "PSK:@SECLEVEL=0" : certificate ? "ALL:!aNULL:!PSK:@SECLEVEL=0" : "ALL:eNULL:!PSK:@SECLEVEL=0");
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_options(context_.get(), SSL_OP_NO_QUERY_MTU | SSL_OP_LEGACY_SERVER_CONNECT);
    SSL_CTX_set_info_callback(context_.get(), watch);
    if (!key_.empty()) SSL_CTX_set_psk_client_callback(context_.get(), give_key);
    if (certificate) finished_ = take_certificate(options);
    ssl_.reset(SSL_new(context_.get()));
    if (!ssl_) return;
    incoming_ = BIO_new(BIO_s_mem());
    BIO* outgoing = BIO_new(datagram_method());
    BIO_set_data(outgoing, &outgoing_);
    BIO_set_init(outgoing, 1);
    SSL_set_bio(ssl_.get(), incoming_, outgoing);
    SSL_set_mtu(ssl_.get(), kMtu);
    SSL_set_app_data(ssl_.get(), this);
    SSL_set_connect_state(ssl_.get());
  }
  OpensslDtls(const OpensslDtls&) = delete;
  OpensslDtls& operator=(const OpensslDtls&) = delete;
  ~OpensslDtls() override {
    if (!ssl_ || !finished_ || ended_) return;
    SSL_shutdown(ssl_.get());
    (void)flush(Deadline::after(std::chrono::milliseconds(100)));
  }

  void handshake(Deadline deadline) {
    if (!finished_) return;
    if (!ssl_)
      finished_ = fail(ErrorCode::internal, "OpenSSL cannot be started");
    else
      finished_ = drive([this] { return SSL_do_handshake(ssl_.get()); }, deadline);
  }

  Result<std::size_t> read_some(std::span<std::uint8_t> buffer, Deadline deadline) override {
    if (!finished_) return tl::unexpected<Error>(finished_.error());
    std::size_t size = 0;
    const auto done = drive([&] { return SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size); }, deadline);
    if (done) return size;
    if (done.error().code == ErrorCode::closed) return std::size_t{0};
    return tl::unexpected<Error>(done.error());
  }

  Result<void> write_all(ByteView bytes, Deadline deadline) override {
    if (!finished_) return finished_;
    std::size_t size = 0;
    return drive([&] { return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &size); }, deadline);
  }

  const Result<void>& finished() const override { return finished_; }
  bool answered() const override { return answered_; }
  std::optional<int> alert() const override { return alert_; }
  std::string version() const override { return ssl_ && SSL_get_current_cipher(ssl_.get()) != nullptr ? SSL_get_version(ssl_.get()) : ""; }

 private:
  static OpensslDtls& self(const SSL* ssl) { return *static_cast<OpensslDtls*>(SSL_get_app_data(ssl)); }
  static void watch(const SSL* ssl, int where, int value) {
    OpensslDtls& stream = self(ssl);
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) stream.alert_ = value & 0xFF;
    const OSSL_HANDSHAKE_STATE state = SSL_get_state(ssl);
    // Past our first hello only because a message of the server's was understood.
    stream.answered_ = stream.answered_ || stream.alert_ || (state != TLS_ST_BEFORE && state != TLS_ST_CW_CLNT_HELLO);
  }
  static unsigned give_key(SSL* ssl, const char*, char* identity, unsigned identity_room, unsigned char* key, unsigned key_room) {
    const OpensslDtls& stream = self(ssl);
    if (stream.identity_.size() >= identity_room || stream.key_.size() > key_room) return 0;
    std::ranges::copy(stream.identity_, identity);
    identity[stream.identity_.size()] = '\0';
    std::ranges::copy(stream.key_, key);
    return static_cast<unsigned>(stream.key_.size());
  }

  Result<void> take_certificate(const DtlsOptions& options) {
    const auto text = [](const std::string& pem) { return std::unique_ptr<BIO, Free>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); };
    const auto chain = text(options.certificate), key = text(options.private_key);
    const std::unique_ptr<X509, Free> leaf(PEM_read_bio_X509(chain.get(), nullptr, no_password, nullptr));
    const std::unique_ptr<EVP_PKEY, Free> pair(PEM_read_bio_PrivateKey(key.get(), nullptr, no_password, nullptr));
    const bool fits = leaf && pair && SSL_CTX_use_certificate(context_.get(), leaf.get()) == 1 && SSL_CTX_use_PrivateKey(context_.get(), pair.get()) == 1;
    while (X509* issuer = fits ? PEM_read_bio_X509(chain.get(), nullptr, no_password, nullptr) : nullptr)
      SSL_CTX_add_extra_chain_cert(context_.get(), issuer);
    ERR_clear_error();
    if (!fits) return fail(ErrorCode::invalid_input, "the client certificate and its key are no fitting, unencrypted PEM");
    return {};
  }

  // Repeats an OpenSSL call, carrying datagrams both ways, until it is done or fails.
  template <class Call>
  Result<void> drive(const Call& call, Deadline deadline) {
    while (true) {
      ERR_clear_error();
      const int done = call();
      const int why = SSL_get_error(ssl_.get(), done);
      TRY(flush(deadline));
      if (done == 1) return {};
      ended_ = ended_ || why != SSL_ERROR_WANT_READ;
      if (why == SSL_ERROR_ZERO_RETURN) return fail(ErrorCode::closed, "the peer ended DTLS");
      if (why != SSL_ERROR_WANT_READ) return refusal();
      TRY(fill(deadline));
    }
  }

  Result<void> refusal() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    if (alert_) return fail(ErrorCode::protocol, "DTLS alert {} ({}) from the peer", *alert_, SSL_alert_desc_string_long(*alert_));
    return fail(ErrorCode::protocol, "DTLS failed: {}", reason != nullptr ? reason : "unknown reason");
  }

  Result<void> flush(Deadline deadline) {
    for (const Bytes& datagram : std::exchange(outgoing_, {})) TRY(stream_->write_all(datagram, deadline));
    return {};
  }

  // One datagram in; or, when the timer of the handshake comes first, our last messages once more.
  Result<void> fill(Deadline deadline) {
    timeval left{};
    const bool timed = DTLSv1_get_timeout(ssl_.get(), &left) == 1;
    const Deadline again = timed ? Deadline::after(std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec)) : Deadline::never();
    std::array<std::uint8_t, 65536> buffer;
    const auto size = stream_->read_some(buffer, Deadline::earlier(deadline, again));
    if (size && *size == 0) return fail(ErrorCode::closed, "the peer ended the connection");
    if (size) {
      BIO_write(incoming_, buffer.data(), static_cast<int>(*size));
      return {};
    }
    if (size.error().code != ErrorCode::timeout || deadline.passed() || !again.passed()) return tl::unexpected<Error>(size.error());
    if (DTLSv1_handle_timeout(ssl_.get()) < 0) return refusal();
    return flush(deadline);
  }

  std::unique_ptr<Stream> stream_;
  std::string identity_, key_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::vector<Bytes> outgoing_;
  std::unique_ptr<SSL, Free> ssl_;
  BIO* incoming_ = nullptr;  // belongs to ssl_
  Result<void> finished_;
  std::optional<int> alert_;
  bool answered_ = false, ended_ = false;
};

}  // namespace

std::unique_ptr<DtlsStream> DtlsStream::open(std::unique_ptr<Stream> stream, const DtlsOptions& options, Deadline deadline) {
  auto dtls = std::make_unique<OpensslDtls>(std::move(stream), options);
  dtls->handshake(deadline);
  return dtls;
}

}  // namespace lintel::net
