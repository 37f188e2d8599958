// Digests and HMAC over bytes of any length, through OpenSSL. Several digests run over one pass of a big file.
// Objects are not thread-safe; the free functions are.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace lintel::crypto {

enum class DigestAlgorithm { sha256, sha384, sha512, sm3, sha1, md5 };

std::string_view name_of(DigestAlgorithm algorithm);  // "sha256"
// Any letter case, with or without a hyphen: "sha256", "SHA-256". nullopt for what is not in the list above.
std::optional<DigestAlgorithm> digest_named(std::string_view name);
std::size_t size_bytes(DigestAlgorithm algorithm);
// False for MD5 and SHA-1: a second image with the same digest can be made.
bool is_strong(DigestAlgorithm algorithm);

Result<Bytes> digest(DigestAlgorithm algorithm, ByteView bytes);
Result<Bytes> hmac(DigestAlgorithm algorithm, ByteView key, ByteView bytes);

// One pass, several digests. Errors are the library's (unsupported, internal).
class Digester {
 public:
  static Result<Digester> create(std::span<const DigestAlgorithm> algorithms);  // repeats are computed once
  Digester(Digester&&) noexcept;
  Digester& operator=(Digester&&) noexcept;
  ~Digester();
  Result<void> update(ByteView bytes);
  // In the order of create(), without repeats. The object is spent.
  Result<std::vector<std::pair<DigestAlgorithm, Bytes>>> finish();

 private:
  struct State;
  explicit Digester(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class HmacDigester {
 public:
  static Result<HmacDigester> create(DigestAlgorithm algorithm, ByteView key);
  HmacDigester(HmacDigester&&) noexcept;
  HmacDigester& operator=(HmacDigester&&) noexcept;
  ~HmacDigester();
  Result<void> update(ByteView bytes);
  Result<Bytes> finish();  // the object is spent

 private:
  struct State;
  explicit HmacDigester(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Compares without telling by its run time where the difference is.
bool equal_constant_time(ByteView a, ByteView b);

}  // namespace lintel::crypto
