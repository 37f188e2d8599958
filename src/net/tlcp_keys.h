// Keys of TLCP (GB/T 38636-2020 6.5, which is TLS 1.2's schedule over SM3): from the pre-master secret to the keys of records, and what a
// Finished message proves. Pure, thread-safe.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace lintel::net::tlcp {

inline constexpr std::uint16_t kVersion = 0x0101;  // on records and in hellos
inline constexpr std::size_t kRandomBytes = 32, kPreMasterBytes = 48, kFinishedBytes = 12;

inline void append(Bytes& out, ByteView more) { out.insert(out.end(), more.begin(), more.end()); }

enum class Cipher { none, sm4_cbc_sm3, sm4_gcm };
enum class KeyExchange { ecc, ecdhe };  // SM2 encryption to the server's key; SM2 key agreement

struct Suite {
  std::uint16_t code;
  std::string_view name;
  KeyExchange key_exchange;
  Cipher cipher;
};
// nullptr for one that we don't speak.
const Suite* suite_of(std::uint16_t code);

// Errors of all: internal (OpenSSL).
Result<Bytes> pseudo_random(ByteView secret, std::string_view label, ByteView seed, std::size_t size_bytes);
Result<Bytes> master_secret(ByteView pre_master, ByteView client_random, ByteView server_random);

// How one side protects its records.
struct Protection {
  Cipher cipher = Cipher::none;
  Bytes mac_key = {}, key = {}, fixed_nonce = {};
  std::uint64_t sequence = 0;  // of the next record
};
struct KeyBlock {
  Protection client, server;
};
Result<KeyBlock> key_block(Cipher cipher, ByteView master, ByteView client_random, ByteView server_random);

enum class Side { client, server };
// messages: every handshake message until then, as sent, HelloRequest aside.
Result<Bytes> finished_proof(Side side, ByteView master, ByteView messages);

}  // namespace lintel::net::tlcp
