#include "net/tlcp_keys.h"

#include "crypto/digest.h"

namespace lintel::net::tlcp {

namespace {

constexpr std::size_t kMacKeyBytes = 32, kKeyBytes = 16, kFixedNonceBytes = 4;

Bytes joined(ByteView a, ByteView b) {
  Bytes out(a.begin(), a.end());
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

}  // namespace

const Suite* suite_of(std::uint16_t code) {
  static constexpr Suite kSuites[] = {{0xE011, "ECDHE_SM4_CBC_SM3", KeyExchange::ecdhe, Cipher::sm4_cbc_sm3},
                                      {0xE013, "ECC_SM4_CBC_SM3", KeyExchange::ecc, Cipher::sm4_cbc_sm3},
                                      {0xE051, "ECDHE_SM4_GCM_SM3", KeyExchange::ecdhe, Cipher::sm4_gcm},
                                      {0xE053, "ECC_SM4_GCM_SM3", KeyExchange::ecc, Cipher::sm4_gcm}};
  for (const Suite& suite : kSuites)
    if (suite.code == code) return &suite;
  return nullptr;
}

// P_hash of RFC 5246 5, with HMAC-SM3.
Result<Bytes> pseudo_random(ByteView secret, std::string_view label, ByteView seed, std::size_t size_bytes) {
  const auto mac = [&](ByteView bytes) { return crypto::hmac(crypto::DigestAlgorithm::sm3, secret, bytes); };
  const Bytes labelled = joined(as_bytes(label), seed);
  Bytes out, chain = labelled;
  while (out.size() < size_bytes) {
    chain = TRY(mac(chain));
    out = joined(out, TRY(mac(joined(chain, labelled))));
  }
  out.resize(size_bytes);
  return out;
}

Result<Bytes> master_secret(ByteView pre_master, ByteView client_random, ByteView server_random) {
  return pseudo_random(pre_master, "master secret", joined(client_random, server_random), 48);
}

Result<KeyBlock> key_block(Cipher cipher, ByteView master, ByteView client_random, ByteView server_random) {
  const std::size_t mac_size = cipher == Cipher::sm4_cbc_sm3 ? kMacKeyBytes : 0;
  const std::size_t nonce_size = cipher == Cipher::sm4_gcm ? kFixedNonceBytes : 0;  // in CBC each record brings its IV
  const Bytes block = TRY(pseudo_random(master, "key expansion", joined(server_random, client_random),
                                        2 * (mac_size + kKeyBytes + nonce_size)));
  Cursor cursor(block);
  const auto take = [&](std::size_t size) {
    const ByteView part = cursor.take(size);
    return Bytes(part.begin(), part.end());
  };
  KeyBlock keys;
  keys.client.cipher = keys.server.cipher = cipher;
  for (Protection* side : {&keys.client, &keys.server}) side->mac_key = take(mac_size);
  for (Protection* side : {&keys.client, &keys.server}) side->key = take(kKeyBytes);
  for (Protection* side : {&keys.client, &keys.server}) side->fixed_nonce = take(nonce_size);
  return keys;
}

Result<Bytes> finished_proof(Side side, ByteView master, ByteView messages) {
  const Bytes digest = TRY(crypto::digest(crypto::DigestAlgorithm::sm3, messages));
  return pseudo_random(master, side == Side::client ? "client finished" : "server finished", digest, kFinishedBytes);
}

}  // namespace lintel::net::tlcp
