// The TLS client against peers that are none, and its client certificate; other real servers are met in the tls probe's tests.
#include "net/tls_stream.h"

#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstring>
#include <memory>

#include "net/dialer.h"
#include "net/scripted_peer.h"

using namespace lintel;
using namespace lintel::net;
using namespace std::chrono_literals;

namespace {

struct Identity {
  std::shared_ptr<EVP_PKEY> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  std::shared_ptr<X509> certificate{X509_new(), X509_free};

  explicit Identity(const char* name) {
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
  }
  template <class Write>
  static std::string text(Write write) {
    BIO* bio = BIO_new(BIO_s_mem());
    write(bio);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string out(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return out;
  }
  std::string certificate_pem() const {
    return text([&](BIO* bio) { PEM_write_bio_X509(bio, certificate.get()); });
  }
  std::string key_pem() const {
    return text([&](BIO* bio) { PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  }
};

// Tells the client the name in its certificate, "nobody" without one.
ScriptedPeer::Script greeter(const Identity& identity, std::uint16_t highest) {
  return [&identity, highest](ScriptedConnection& connection, int) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_set_max_proto_version(context.get(), highest);
    SSL_CTX_use_certificate(context.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
    std::shared_ptr<SSL> ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), connection.fd());
    if (SSL_accept(ssl.get()) != 1) return;
    const std::shared_ptr<X509> shown(SSL_get1_peer_certificate(ssl.get()), X509_free);
    char name[100] = "nobody";
    if (shown) X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name, sizeof name);
    SSL_write(ssl.get(), name, static_cast<int>(std::strlen(name)));
    connection.stall();
  };
}

}  // namespace

TEST_CASE("a client certificate is shown when there is one, in TLS 1.2 and 1.3") {
  const Identity server("server"), client("lamp");
  const Cancel cancel;
  for (const std::uint16_t highest : {std::uint16_t{0x0303}, std::uint16_t{0x0304}}) {
    ScriptedPeer peer(greeter(server, highest));
    for (const bool with : {false, true}) {
      auto stream = dial({"127.0.0.1", peer.port(), Transport::tcp}, Deadline::after(10s), cancel);
      REQUIRE(stream);
      const TlsOptions options{.certificate = with ? client.certificate_pem() + server.certificate_pem() : "", .key = with ? client.key_pem() : ""};
      const auto tls = TlsStream::open(*std::move(stream), options, Deadline::after(10s));
      REQUIRE_MESSAGE(tls->finished(), tls->finished().error().message);
      CHECK(tls->version() == highest);
      CHECK(tls->certificate_requested());
      std::array<std::uint8_t, 100> buffer{};
      const auto size = tls->read_some(buffer, Deadline::after(10s));
      REQUIRE(size);
      CHECK(as_text(ByteView(buffer).first(*size)) == (with ? "lamp" : "nobody"));
    }
  }
}

TEST_CASE("a client certificate that can't be used is an error, and nothing is sent") {
  const Identity one("one"), two("two");
  const std::pair<TlsOptions, const char*> rows[] = {
      {{.certificate = "nonsense", .key = one.key_pem()}, "the client certificate is no PEM certificate"},
      {{.certificate = one.certificate_pem(), .key = ""}, "the key of the client certificate is no unencrypted PEM key"},
      {{.certificate = one.certificate_pem(), .key = two.key_pem()}, "the key does not fit the client certificate"}};
  const Cancel cancel;
  ScriptedPeer peer([](ScriptedConnection& connection, int) { CHECK(connection.read_some().empty()); });
  for (const auto& [options, message] : rows) {
    auto stream = dial({"127.0.0.1", peer.port(), Transport::tcp}, Deadline::after(10s), cancel);
    REQUIRE(stream);
    const auto tls = TlsStream::open(*std::move(stream), options, Deadline::after(10s));
    REQUIRE(!tls->finished());
    CHECK(tls->finished().error().code == ErrorCode::invalid_input);
    CHECK(tls->finished().error().message == message);
  }
}

TEST_CASE("a peer that is no TLS server ends the handshake with a reason") {
  struct Row {
    const char* name;
    ScriptedPeer::Script script;
    ErrorCode code;
    std::optional<int> alert;
  };
  const auto after_hello = [](std::function<void(ScriptedConnection&)> act) {
    return [act](ScriptedConnection& connection, int) {
      connection.read_some();
      act(connection);
    };
  };
  const Row rows[] = {
      {"alert", after_hello([](auto& c) {
         c.write(Bytes{21, 3, 3, 0, 2, 2, 40});
       }),
       ErrorCode::protocol, 40},
      {"text", after_hello([](auto& c) { c.write("HTTP/1.1 400 Bad Request\r\n\r\n"); }), ErrorCode::protocol,
       std::nullopt},
      {"end", after_hello([](auto& c) {
         c.half_close();
         c.stall();
       }),
       ErrorCode::closed, std::nullopt},
      {"reset", after_hello([](auto& c) { c.reset(); }), ErrorCode::reset, std::nullopt},
      {"stall", after_hello([](auto& c) { c.stall(); }), ErrorCode::timeout, std::nullopt},
  };
  const Cancel cancel;
  for (const Row& row : rows) {
    ScriptedPeer peer(row.script);
    auto stream = dial({"127.0.0.1", peer.port(), Transport::tcp}, Deadline::after(10s), cancel);
    REQUIRE(stream);
    const auto tls = TlsStream::open(*std::move(stream), {},
                                     Deadline::after(row.code == ErrorCode::timeout ? 50ms : 10'000ms));
    REQUIRE_MESSAGE(!tls->finished(), row.name);
    CHECK_MESSAGE(tls->finished().error().code == row.code, row.name, ": ", tls->finished().error().message);
    CHECK_MESSAGE(tls->alert() == row.alert, row.name);
    CHECK(tls->chain().empty());
    CHECK(tls->version() == 0);
    std::array<std::uint8_t, 4> buffer{};
    CHECK(tls->read_some(buffer, Deadline::after(10s)).error().code == row.code);
    CHECK(tls->write_all(buffer, Deadline::after(10s)).error().code == row.code);
  }
}
