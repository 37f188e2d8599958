// For tests: the server's side of TLCP 1.1 on a ScriptedConnection, with double certificates made on the spot and hooks to break exactly one
// thing. It shares keys, records and message encoding with the client; their known answers and recordings of other makers' servers are in
// tlcp_record_test.cc.
#pragma once
#include <netinet/tcp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "crypto/certificate.h"
#include "crypto/digest.h"
#include "crypto/sm2.h"
#include "crypto/test_authority.h"
#include "net/scripted_peer.h"
#include "net/tlcp_messages.h"
#include "net/tlcp_record.h"
#include "net/tlcp_stream.h"

namespace lintel::net {

inline crypto::testing::Wishes lasting(const std::string& name, std::vector<std::pair<std::string, std::string>> extensions) {
  const WallTime now = SystemClock().now();
  return {name, std::move(extensions), now - std::chrono::days(1), now + std::chrono::days(3650)};
}
inline crypto::testing::Identity make_authority(const std::string& name) {
  return issue(crypto::testing::Signer::sm2(), lasting(name, crypto::testing::kAuthority.extensions));
}
// A double certificate; the extensions, such as subjectAltName, go into both.
inline TlcpCredentials make_double_certificate(const std::string& name, const crypto::testing::Identity& authority,
                                               const std::vector<std::pair<std::string, std::string>>& extensions = {}) {
  using namespace crypto::testing;
  Wishes sign = lasting(name, extensions), encrypt = sign;
  sign.extensions.emplace_back("keyUsage", "critical,digitalSignature,nonRepudiation");
  encrypt.extensions.emplace_back("keyUsage", "critical,keyEncipherment,dataEncipherment,keyAgreement");
  const Identity signer = issue(Signer::sm2(), sign, &authority), decrypter = issue(Signer::sm2(), encrypt, &authority);
  return {signer.pem() + authority.pem(), signer.signer.private_pem(), decrypter.pem(), decrypter.signer.private_pem()};
}

enum class ClientCertificate { none, optional, required };

class TlcpServer;

struct TlcpServerOptions {
  TlcpCredentials credentials = {};
  std::vector<std::uint16_t> suites = {0xE053, 0xE013, 0xE051, 0xE011};  // best first
  ClientCertificate client_certificate = ClientCertificate::none;        // ECDHE always asks, and needs it
  std::string client_ca = {};                                            // PEM; empty: any certificate will do
  TlcpDialect dialect = TlcpDialect::usual;                              // that the client must speak
  std::size_t record_size = tlcp::kContentCapBytes;                      // content of each handshake record
  // Called before each handshake message of the server's goes out: may change or empty it. False ends the session there.
  std::function<bool(TlcpServer&, tlcp::MessageType, Bytes&)> before = {};
  std::function<void(Bytes&)> change_data_record = {};  // each record with application data
};

class TlcpServer {
 public:
  TlcpServer(ScriptedConnection& connection, const TlcpServerOptions& options)
      : connection_(connection), options_(options), identity_(read_identity(options.credentials).value().value()) {
    const int on = 1;  // many small writes: nobody shall wait for acknowledgements
    setsockopt(connection.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  // False when the handshake failed; see refused_with(). The caller half-closes and drains then, or a reset may overtake the alert.
  bool handshake() {
    using namespace tlcp;
    return hear_hello() && say_hello() && hear_client() && say_finished();
  }
  // Application data, what comes next; empty at the end.
  Bytes read_some() {
    while (true) {
      const auto record = next_record();
      if (!record || record->type == 21) return {};
      if (record->type == 23 && !record->content.empty()) return record->content;
    }
  }
  void write(ByteView bytes) {
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), tlcp::kContentCapBytes))) {
      Bytes record = seal(tlcp::RecordType::application_data, bytes.first(std::min(bytes.size(), tlcp::kContentCapBytes)));
      if (options_.change_data_record) options_.change_data_record(record);
      connection_.write(record);
    }
  }
  bool send_alert(std::uint8_t level, std::uint8_t description) {
    refused_with_ = description;
    connection_.write(seal(tlcp::RecordType::alert, Bytes{level, description}));
    return false;
  }
  // A raw record of any content, protected as the state of the session wants it.
  Bytes seal(tlcp::RecordType type, ByteView content) {
    Bytes iv(16);
    RAND_bytes(iv.data(), 16);
    return *tlcp::seal_record(ours_, type, content, iv);
  }
  ScriptedConnection& connection() { return connection_; }
  std::string_view suite() const { return suite_->name; }
  const std::vector<Bytes>& client_chain() const { return client_chain_; }
  int refused_with() const { return refused_with_; }  // the alert sent, 0 for none

 private:
  struct Record {
    std::uint8_t type;
    Bytes content;
  };
  std::optional<Record> next_record() {
    const Bytes head = connection_.read_exactly(tlcp::kHeaderBytes);
    if (head.size() != tlcp::kHeaderBytes) return std::nullopt;
    const tlcp::Header header = tlcp::decode_header(head);
    if (header.version != tlcp::kVersion || header.type < 20 || header.type > 23) {
      send_alert(2, 70);
      return std::nullopt;
    }
    auto content = tlcp::open_record(theirs_, header.type, connection_.read_exactly(header.length));
    if (!content) {
      send_alert(2, 20);
      return std::nullopt;
    }
    return Record{header.type, *std::move(content)};
  }
  // The body of the next message; nullopt after a refusal or the end.
  std::optional<Bytes> hear(tlcp::MessageType type) {
    while (true) {
      auto message = reader_.next();
      if (message && *message) {
        Bytes whole = **std::move(message);
        if (whole[0] != static_cast<std::uint8_t>(type)) return send_alert(2, 10), std::nullopt;
        tlcp::append(messages_, whole);
        return Bytes(whole.begin() + 4, whole.end());
      }
      const auto record = next_record();
      if (!record || record->type == 21) return std::nullopt;
      if (record->type != 22) return send_alert(2, 10), std::nullopt;
      reader_.add(record->content);
    }
  }
  bool say(tlcp::MessageType type, Bytes message) {
    if (options_.before && !options_.before(*this, type, message)) return false;
    tlcp::append(messages_, message);
    for (ByteView rest = message; !rest.empty();) {
      const ByteView part = rest.first(std::min(rest.size(), options_.record_size));
      connection_.write(seal(tlcp::RecordType::handshake, part));
      rest = rest.subspan(part.size());
    }
    return true;
  }

  bool hear_hello() {
    const auto body = hear(tlcp::MessageType::client_hello);
    if (!body) return false;
    Cursor cursor(*body);
    const std::uint16_t version = cursor.u16();
    const ByteView random = cursor.take(tlcp::kRandomBytes);
    client_random_.assign(random.begin(), random.end());
    cursor.take(cursor.u8());
    Cursor offered(cursor.take(cursor.u16()));
    std::vector<std::uint16_t> codes;
    while (offered.remaining() > 0) codes.push_back(offered.u16());
    if (cursor.failed() || version != tlcp::kVersion) return send_alert(2, 70);
    for (const std::uint16_t code : options_.suites)
      if (suite_ == nullptr && std::find(codes.begin(), codes.end(), code) != codes.end()) suite_ = tlcp::suite_of(code);
    return suite_ != nullptr || send_alert(2, 40);
  }

  bool say_hello() {
    using namespace tlcp;
    server_random_.resize(kRandomBytes);
    RAND_bytes(server_random_.data(), kRandomBytes);
    Bytes hello;
    append_number(hello, kVersion, 2);
    append(hello, server_random_);
    append_number(hello, 0, 1);
    append_number(hello, suite_->code, 2);
    append_number(hello, 0, 1);
    const bool agree = suite_->key_exchange == KeyExchange::ecdhe;
    temporary_ = *crypto::sm2_generate();
    const Bytes parameters = agree ? encode_point(*crypto::sm2_point(temporary_)) : Bytes();
    const Bytes covered = signed_by_server(suite_->key_exchange, client_random_, server_random_, identity_.chain.at(1), parameters);
    Bytes exchange = parameters;
    append(exchange, encode_vector16(*crypto::sign(identity_.sign_key, kScheme, covered)));
    asks_ = agree || options_.client_certificate != ClientCertificate::none;
    Bytes request{1, 64}, names;
    if (!options_.client_ca.empty()) append(names, encode_vector16(subject_of(options_.client_ca)));
    append(request, encode_vector16(names));
    return say(MessageType::server_hello, encode_message(MessageType::server_hello, hello)) &&
           say(MessageType::certificate, encode_certificates(identity_.chain)) &&
           say(MessageType::server_key_exchange, encode_message(MessageType::server_key_exchange, exchange)) &&
           (!asks_ || say(MessageType::certificate_request, encode_message(MessageType::certificate_request, request))) &&
           say(MessageType::server_hello_done, encode_message(MessageType::server_hello_done, {}));
  }

  bool hear_client() {
    using namespace tlcp;
    if (asks_ && !hear_certificates()) return false;
    const auto body = hear(MessageType::client_key_exchange);
    if (!body) return false;
    const auto pre_master = pre_master_of(*body);
    if (!pre_master) return send_alert(2, 40);
    const Bytes before_proof = messages_;
    if (!client_chain_.empty()) {
      const auto verify = hear(MessageType::certificate_verify);
      if (!verify) return false;
      Cursor cursor(*verify);
      const Bytes digest = *crypto::digest(crypto::DigestAlgorithm::sm3, before_proof);
      const auto key = crypto::load_public_key(crypto::to_pem(client_chain_[0]));
      const auto fits = crypto::verify(*key, kScheme, options_.dialect == TlcpDialect::usual ? digest : before_proof, cursor.take(cursor.u16()));
      if (!fits || !*fits) return send_alert(2, 51);
    }
    master_ = *master_secret(*pre_master, client_random_, server_random_);
    KeyBlock keys = *key_block(suite_->cipher, master_, client_random_, server_random_);
    const auto change = next_record();
    if (!change || change->type != 20) return change && send_alert(2, 10);
    theirs_ = keys.client;
    next_ours_ = keys.server;
    const Bytes expected = *finished_proof(Side::client, master_, messages_);
    const auto finished = hear(MessageType::finished);
    return finished && (*finished == expected || send_alert(2, 51));
  }

  bool hear_certificates() {
    const auto body = hear(tlcp::MessageType::certificate);
    if (!body) return false;
    const auto chain = tlcp::decode_certificates(*body);
    if (!chain) return send_alert(2, 50);
    client_chain_ = *chain;
    const bool agree = suite_->key_exchange == tlcp::KeyExchange::ecdhe;
    if (client_chain_.empty() || (agree && client_chain_.size() < 2))
      return (!agree && options_.client_certificate == ClientCertificate::optional) || send_alert(2, 40);
    if (!crypto::load_public_key(crypto::to_pem(client_chain_[0]))) return send_alert(2, 42);
    const std::size_t own = std::min<std::size_t>(client_chain_.size(), agree || options_.dialect == TlcpDialect::usual ? 2 : 1);
    for (std::size_t i = 0; i < own && !options_.client_ca.empty(); ++i) {
      std::vector<Bytes> path{client_chain_[i]};
      path.insert(path.end(), client_chain_.begin() + static_cast<std::ptrdiff_t>(own), client_chain_.end());
      const auto verdict = crypto::verify_chain(path, options_.client_ca, SystemClock().now());
      if (!verdict || !verdict->trusted) return send_alert(2, 48);
    }
    return true;
  }

  Result<Bytes> pre_master_of(const Bytes& body) {
    Cursor cursor(body);
    if (suite_->key_exchange == tlcp::KeyExchange::ecc) return crypto::sm2_decrypt(*identity_.encrypt_key, cursor.take(cursor.u16()));
    cursor.take(options_.dialect == TlcpDialect::usual ? 3 : 5);
    const auto point = cursor.take(cursor.u8());
    const auto key = TRY(crypto::load_public_key(crypto::to_pem(client_chain_.at(1))));
    return crypto::sm2_agree(crypto::Sm2Role::initiator, *identity_.encrypt_key, temporary_, key, point, tlcp::kPreMasterBytes);
  }

  bool say_finished() {
    connection_.write(seal(tlcp::RecordType::change_cipher_spec, Bytes{1}));
    ours_ = next_ours_;
    const Bytes proof = *tlcp::finished_proof(tlcp::Side::server, master_, messages_);
    return say(tlcp::MessageType::finished, tlcp::encode_message(tlcp::MessageType::finished, proof));
  }

  static Bytes subject_of(const std::string& pem) {
    const std::shared_ptr<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
    const std::shared_ptr<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
    const unsigned char* der = nullptr;
    std::size_t size = 0;
    X509_NAME_get0_der(X509_get_subject_name(certificate.get()), &der, &size);
    return {der, der + size};
  }

  inline static const crypto::SignatureScheme kScheme{crypto::SignatureAlgorithm::sm2, crypto::DigestAlgorithm::sm3};

  ScriptedConnection& connection_;
  const TlcpServerOptions& options_;
  TlcpIdentity identity_;
  const tlcp::Suite* suite_ = nullptr;
  tlcp::MessageReader reader_;
  tlcp::Protection ours_, theirs_, next_ours_;
  Bytes messages_, client_random_, server_random_, master_;
  crypto::PrivateKey temporary_;
  std::vector<Bytes> client_chain_;
  bool asks_ = false;
  int refused_with_ = 0;
};

}  // namespace lintel::net
