// Private keys met in somebody else's bytes: is this one, and which. Says what identifies a key and never the key. Everything is hostile: sizes
// are capped before anything is computed. Thread-safe.
#pragma once
#include <optional>
#include <string>

#include "base/bytes.h"

namespace lintel::crypto {

struct FoundKey {
  std::string algorithm;  // RSA | EC | SM2 | DSA | ED25519 | ED448 | X25519 | X448 | DH
  int bits = 0;
  std::string curve;        // of EC and SM2
  std::string spki_sha256;  // hex, over the SubjectPublicKeyInfo of its public half: the same key has the same, in whatever form it is stored
};

// PKCS #8 (not encrypted), PKCS #1, SEC 1 or the old DSA form; bytes behind it are left alone. nullopt when OpenSSL reads no key there.
std::optional<FoundKey> private_key_in_der(ByteView bytes);
// Whether an encrypted PKCS #8 begins here, by its structure.
bool is_encrypted_pkcs8(ByteView bytes);
// The DER element that begins here, header included, without what follows it; nullopt when it does not end inside.
std::optional<ByteView> der_element(ByteView bytes);

// A key as SSH stores it, from the name of its type on ("ssh-rsa"...), numbers and texts as in RFC 4251: dropbear's host key files, and what lies
// in OpenSSH's container once its header is read. nullopt when it is none, or its private and public half don't belong together.
enum class SshLayout { dropbear, openssh };
std::optional<FoundKey> private_ssh_key(ByteView bytes, SshLayout layout);

// Does once what OpenSSL does at the first key, before a process gives its rights away.
void start_key_readers();

}  // namespace lintel::crypto
