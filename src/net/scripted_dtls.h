// For tests: a DTLS server in memory. Takes the datagrams of one client and gives what the server sends back, joined into one datagram.
#pragma once
#include <openssl/ssl.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"

namespace lintel::net {

class ScriptedDtls {
 public:
  using Handler = std::function<Bytes(ByteView)>;  // answers one record of data; empty: nothing

  // Without a key it takes anybody (anonymous suites).
  ScriptedDtls(std::string key, Handler handler) : key_(std::move(key)), handler_(std::move(handler)), context_(SSL_CTX_new(DTLS_server_method())) {
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_cipher_list(context_.get(), key_.empty() ? "aNULL:@SECLEVEL=0" : "PSK:@SECLEVEL=0");
    SSL_CTX_set_options(context_.get(), SSL_OP_NO_QUERY_MTU);
    if (!key_.empty()) SSL_CTX_set_psk_server_callback(context_.get(), give_key);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_app_data(ssl_.get(), this);
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_mtu(ssl_.get(), 1200);
    SSL_set_accept_state(ssl_.get());
  }

  Bytes feed(ByteView datagram) {
    BIO_write(SSL_get_rbio(ssl_.get()), datagram.data(), static_cast<int>(datagram.size()));
    if (SSL_do_handshake(ssl_.get()) == 1) {
      std::array<std::uint8_t, 16384> buffer{};
      for (int size; (size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()))) > 0;) {
        const Bytes reply = handler_({buffer.data(), static_cast<std::size_t>(size)});
        if (!reply.empty()) SSL_write(ssl_.get(), reply.data(), static_cast<int>(reply.size()));
      }
    }
    char* data = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
    Bytes out(data, data + size);
    (void)BIO_reset(SSL_get_wbio(ssl_.get()));
    return out;
  }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  static unsigned give_key(SSL* ssl, const char*, unsigned char* key, unsigned room) {
    const auto& server = *static_cast<ScriptedDtls*>(SSL_get_app_data(ssl));
    if (server.key_.size() > room) std::abort();
    std::memcpy(key, server.key_.data(), server.key_.size());
    return static_cast<unsigned>(server.key_.size());
  }

  std::string key_;
  Handler handler_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace lintel::net
