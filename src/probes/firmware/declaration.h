// What a vendor says about an image: digests, signature, HMAC; from the target file and from the manifest that comes with the image.
// A manifest is hostile: sizes, counts and types are checked, names of files stay in the manifest's own folder, and it can name neither
// a public key nor an HMAC key - a key that travels with the image proves nothing.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "crypto/digest.h"
#include "data/json_fwd.h"

namespace lintel::probes::firmware {

enum class Source { target, manifest };

struct DeclaredDigest {
  // Empty for 64 hex characters of a checksum list without an algorithm's name: SHA-256 and SM3 look the same.
  std::optional<crypto::DigestAlgorithm> algorithm;
  std::string hex;  // as written, trimmed
  Source source = Source::target;
};

struct DeclaredSignature {
  std::string file;       // path in the target file, or in a manifest (then relative to it)
  std::string value;      // base64, instead of a file
  std::string algorithm, digest, public_key;  // as written; empty when not said
};

struct DeclaredHmac {
  std::string value, digest, key;
};

struct Declaration {
  std::string model, version;
  std::vector<DeclaredDigest> digests;
  std::optional<DeclaredSignature> signature;
  std::optional<DeclaredHmac> hmac;
  std::vector<std::string> notes;  // what was passed over, for the report
};

inline constexpr std::size_t kManifestCapBytes = 1 << 20;

// The members model, version, digests, signature, hmac of an object; others are left alone. Errors: invalid_input naming the member.
Result<Declaration> read_declaration(const Json& object, Source source);

// A JSON object, or a list of checksums as sha256sum and `openssl dgst` print it (sums.h). image_name picks the lines of a list.
// Errors: invalid_input, limit.
Result<Declaration> parse_manifest(std::string_view text, std::string_view image_name);

// One declaration out of both: the target file wins, digests are joined. `contradictions` names what the two say differently.
Declaration merge(const Declaration& target, const Declaration& manifest, std::vector<std::string>& contradictions);

}  // namespace lintel::probes::firmware
