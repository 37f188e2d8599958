// One pass over an image for everything that was declared about it: digests, signature, HMAC.
#pragma once
#include <optional>
#include <vector>

#include "crypto/signature.h"
#include "model/enums.h"
#include "probe/context.h"
#include "probes/firmware/declaration.h"

namespace lintel::probes::firmware {

struct Problem {
  model::Status status = model::Status::not_declared;
  std::string message;
};

struct SignatureResult {
  DeclaredSignature declared;               // with defaults filled in
  std::optional<crypto::PublicKey> key;
  Bytes bytes;
  std::optional<crypto::SignatureVerifier> verifier;
  std::optional<bool> verifies;             // absent: could not be tried
};

struct HmacResult {
  DeclaredHmac declared;
  std::optional<crypto::HmacDigester> digester;
  std::optional<bool> verifies;
};

struct Verification {
  std::uint64_t size_bytes = 0;
  std::vector<std::pair<crypto::DigestAlgorithm, Bytes>> digests;  // SHA-256, SM3 and every declared one
  std::optional<SignatureResult> signature;
  std::optional<HmacResult> hmac;
  std::vector<std::string> notes;
};

// Reads the signature, the keys and then the image, whatever its size. What can't be tried is named in `problems` and leaves its result
// absent. Errors: of the image's reading, timeout, cancelled.
Result<Verification> verify_image(probe::Context& context, const std::string& image, const Declaration& declared, std::vector<Problem>& problems);

// A signature file as vendors keep it: hexadecimal or base64 text, or else the bytes themselves.
Bytes signature_bytes(std::string_view content);

}  // namespace lintel::probes::firmware
