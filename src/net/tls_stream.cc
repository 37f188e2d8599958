#include "net/tls_stream.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>

#include "net/address.h"

namespace lintel::net {

namespace {

struct SslFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

constexpr std::chrono::milliseconds kGoodbye{200};

// Asks nobody for the password of an encrypted key.
int no_password(char*, int, int, void*) { return -1; }

class OpensslStream : public TlsStream {
 public:
  OpensslStream(std::unique_ptr<Stream> stream, const TlsOptions& options)
      : stream_(std::move(stream)), context_(SSL_CTX_new(TLS_client_method())) {
    if (!context_) return;
    SSL_CTX_set_min_proto_version(context_.get(), options.lowest);
    SSL_CTX_set_max_proto_version(context_.get(), options.highest);
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_cipher_list(context_.get(), "ALL:!aNULL:@SECLEVEL=0");
    // Small devices have CCM alone, which OpenSSL leaves out by default.
    SSL_CTX_set_ciphersuites(context_.get(), "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256");
    SSL_CTX_set_options(context_.get(), SSL_OP_LEGACY_SERVER_CONNECT | (options.tickets ? 0 : SSL_OP_NO_TICKET));
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_client_cert_cb(context_.get(), asked_for_certificate);
    SSL_CTX_sess_set_new_cb(context_.get(), took_ticket);
    SSL_CTX_set_info_callback(context_.get(), took_alert);
    ssl_.reset(SSL_new(context_.get()));
    if (!ssl_) return;
    incoming_ = BIO_new(BIO_s_mem());
    outgoing_ = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_.get(), incoming_, outgoing_);
    SSL_set_app_data(ssl_.get(), this);
    SSL_set_connect_state(ssl_.get());
    if (!options.server_name.empty() && !parse_address(options.server_name, 0))
      SSL_set_tlsext_host_name(ssl_.get(), options.server_name.c_str());
    Bytes protocols;
    for (const std::string& name : options.protocols) {
      protocols.push_back(static_cast<std::uint8_t>(name.size()));
      protocols.insert(protocols.end(), name.begin(), name.end());
    }
    if (!protocols.empty()) SSL_set_alpn_protos(ssl_.get(), protocols.data(), static_cast<unsigned int>(protocols.size()));
    if (options.stapled_status) SSL_set_tlsext_status_type(ssl_.get(), TLSEXT_STATUSTYPE_ocsp);
    const unsigned char* at = options.resume.data();
    if (SSL_SESSION* earlier = options.resume.empty() ? nullptr : d2i_SSL_SESSION(nullptr, &at, static_cast<long>(options.resume.size()))) {
      SSL_set_session(ssl_.get(), earlier);
      SSL_SESSION_free(earlier);
    }
    finished_ = take_credentials(options);
    if (finished_ && !options.schemes.empty() && SSL_set1_sigalgs_list(ssl_.get(), options.schemes.c_str()) != 1)
      finished_ = fail(ErrorCode::invalid_input, "a signature scheme to offer is unknown to OpenSSL");
  }

  // Says close_notify: a server may forget the session of a client that only goes (RFC 5246 7.2.1).
  ~OpensslStream() override {
    if (!ssl_ || !finished_) return;
    SSL_shutdown(ssl_.get());
    (void)flush(Deadline::after(kGoodbye)).has_value();
    ERR_clear_error();
  }

  void handshake(Deadline deadline) {
    if (!ssl_) {
      finished_ = fail(ErrorCode::internal, "OpenSSL cannot be started");
      return;
    }
    if (!finished_) return;
    finished_ = drive([this] { return SSL_do_handshake(ssl_.get()); }, deadline);
    keep_chain();
  }

  Result<std::size_t> read_some(std::span<std::uint8_t> buffer, Deadline deadline) override {
    if (!finished_) return tl::unexpected<Error>(finished_.error());
    std::size_t size = 0;
    auto done = drive([&] { return SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size); }, deadline);
    if (done) return size;
    if (done.error().code == ErrorCode::closed) return std::size_t{0};
    return tl::unexpected<Error>(done.error());
  }

  Result<void> write_all(ByteView bytes, Deadline deadline) override {
    if (!finished_) return tl::unexpected<Error>(finished_.error());
    std::size_t size = 0;
    return drive([&] { return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &size); }, deadline);
  }

  Result<void> await_reaction(Deadline deadline) override {
    if (!finished_) return finished_;
    std::uint8_t byte = 0;
    std::size_t size = 0;
    while (true) {
      ERR_clear_error();
      const int done = SSL_peek_ex(ssl_.get(), &byte, 1, &size);
      if (done == 1 || tickets_ > 0) return {};
      const int why = SSL_get_error(ssl_.get(), done);
      if (why == SSL_ERROR_ZERO_RETURN) return fail(ErrorCode::closed, "the peer ended TLS");
      if (why != SSL_ERROR_WANT_READ) return refusal();
      TRY(fill(deadline));
    }
  }

  const Result<void>& finished() const override { return finished_; }
  std::uint16_t version() const override {
    return ssl_ && SSL_get_current_cipher(ssl_.get()) != nullptr
               ? static_cast<std::uint16_t>(SSL_version(ssl_.get()))
               : std::uint16_t{0};
  }
  std::string suite() const override {
    const SSL_CIPHER* cipher = ssl_ ? SSL_get_current_cipher(ssl_.get()) : nullptr;
    const char* name = cipher != nullptr ? SSL_CIPHER_standard_name(cipher) : nullptr;
    return name != nullptr ? name : "";
  }
  const std::vector<Bytes>& chain() const override { return chain_; }
  bool certificate_requested() const override { return requested_; }
  std::optional<int> alert() const override { return alert_; }
  int tickets() const override { return tickets_; }
  bool resumed() const override { return ssl_ && SSL_session_reused(ssl_.get()) == 1; }
  std::string protocol() const override {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    if (ssl_) SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {name, name + size};
  }
  bool stapled_status() const override {
    const unsigned char* response = nullptr;
    return ssl_ && SSL_get_tlsext_status_ocsp_resp(ssl_.get(), &response) > 0;
  }
  Session session() const override { return session_; }

 private:
  static OpensslStream& self(const SSL* ssl) { return *static_cast<OpensslStream*>(SSL_get_app_data(ssl)); }
  static int asked_for_certificate(SSL* ssl, X509** certificate, EVP_PKEY** key) {
    OpensslStream& stream = self(ssl);
    stream.requested_ = true;
    if (!stream.certificate_) return 0;  // go on without one
    X509_up_ref(*certificate = stream.certificate_.get());
    EVP_PKEY_up_ref(*key = stream.key_.get());
    return 1;
  }
  static int took_ticket(SSL* ssl, SSL_SESSION* session) {
    OpensslStream& stream = self(ssl);
    if (SSL_version(ssl) == TLS1_3_VERSION) ++stream.tickets_;
    unsigned int id_size = 0;
    SSL_SESSION_get_id(session, &id_size);
    unsigned char* der = nullptr;
    const int size = SSL_SESSION_is_resumable(session) == 1 && (id_size > 0 || SSL_SESSION_has_ticket(session) == 1) ? i2d_SSL_SESSION(session, &der) : 0;
    if (size > 0) stream.session_ = {Bytes(der, der + size), SSL_SESSION_has_ticket(session) == 1, SSL_SESSION_get_max_early_data(session)};
    OPENSSL_free(der);
    return 0;
  }
  static void took_alert(const SSL* ssl, int where, int value) {
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) self(ssl).alert_ = value & 0xFF;
  }

  Result<void> take_credentials(const TlsOptions& options) {
    if (options.certificate.empty()) return {};
    const auto text = [](const std::string& pem) {
      return std::unique_ptr<BIO, SslFree>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    };
    const auto chain = text(options.certificate), key = text(options.key);
    certificate_.reset(PEM_read_bio_X509(chain.get(), nullptr, no_password, nullptr));
    key_.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, no_password, nullptr));
    const bool fits = certificate_ && key_ && X509_check_private_key(certificate_.get(), key_.get()) == 1;
    while (X509* issuer = fits ? PEM_read_bio_X509(chain.get(), nullptr, no_password, nullptr) : nullptr)
      SSL_CTX_add_extra_chain_cert(context_.get(), issuer);
    ERR_clear_error();
    if (!certificate_) return fail(ErrorCode::invalid_input, "the client certificate is no PEM certificate");
    if (!key_) return fail(ErrorCode::invalid_input, "the key of the client certificate is no unencrypted PEM key");
    if (!fits) return fail(ErrorCode::invalid_input, "the key does not fit the client certificate");
    return {};
  }

  // Repeats an OpenSSL call, carrying bytes both ways, until it is done or fails.
  template <class Call>
  Result<void> drive(const Call& call, Deadline deadline) {
    while (true) {
      ERR_clear_error();
      const int done = call();
      const int why = SSL_get_error(ssl_.get(), done);
      const auto flushed = flush(deadline);
      if (done == 1) return flushed;
      if (why == SSL_ERROR_ZERO_RETURN) return fail(ErrorCode::closed, "the peer ended TLS");
      if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return refusal();
      // A refusal of the peer's may wait to be read even when our bytes find no taker any more.
      if (auto filled = fill(deadline); !filled) return flushed ? filled : flushed;
    }
  }

  Result<void> refusal() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    if (alert_) return fail(ErrorCode::protocol, "TLS alert {} from the peer", *alert_);
    return fail(ErrorCode::protocol, "TLS failed: {}", reason != nullptr ? reason : "unknown reason");
  }

  Result<void> flush(Deadline deadline) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(outgoing_, &data);
    if (size <= 0) return {};
    const Bytes bytes(data, data + size);
    (void)BIO_reset(outgoing_);
    return stream_->write_all(bytes, deadline);
  }

  Result<void> fill(Deadline deadline) {
    std::array<std::uint8_t, 16384> buffer;
    const std::size_t size = TRY(stream_->read_some(buffer, deadline));
    if (size == 0) return fail(ErrorCode::closed, "the peer ended the connection");
    BIO_write(incoming_, buffer.data(), static_cast<int>(size));
    return {};
  }

  void keep_chain() {
    const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl_.get());
    for (int i = 0; chain != nullptr && i < std::min(sk_X509_num(chain), 32); ++i) {
      unsigned char* der = nullptr;
      const int size = i2d_X509(sk_X509_value(chain, i), &der);
      if (size > 0) chain_.emplace_back(der, der + size);
      OPENSSL_free(der);
    }
  }

  std::unique_ptr<Stream> stream_;
  std::unique_ptr<SSL_CTX, SslFree> context_;
  std::unique_ptr<SSL, SslFree> ssl_;
  BIO* incoming_ = nullptr;  // both belong to ssl_
  BIO* outgoing_ = nullptr;
  std::unique_ptr<X509, SslFree> certificate_;
  std::unique_ptr<EVP_PKEY, SslFree> key_;
  Result<void> finished_;
  std::vector<Bytes> chain_;
  std::optional<int> alert_;
  bool requested_ = false;
  int tickets_ = 0;
  Session session_;
};

}  // namespace

std::unique_ptr<TlsStream> TlsStream::open(std::unique_ptr<Stream> stream, const TlsOptions& options,
                                           Deadline deadline) {
  auto tls = std::make_unique<OpensslStream>(std::move(stream), options);
  tls->handshake(deadline);
  return tls;
}

}  // namespace lintel::net
