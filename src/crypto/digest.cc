#include "crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <algorithm>

#include "base/text.h"
#include "crypto/openssl.h"

namespace lintel::crypto {
namespace {

struct Known {
  DigestAlgorithm algorithm;
  std::string_view name;
  const char* openssl_name;
  std::size_t size_bytes;
  bool strong;
};

constexpr Known kKnown[] = {
    {DigestAlgorithm::sha256, "sha256", "SHA256", 32, true}, {DigestAlgorithm::sha384, "sha384", "SHA384", 48, true},
    {DigestAlgorithm::sha512, "sha512", "SHA512", 64, true}, {DigestAlgorithm::sm3, "sm3", "SM3", 32, true},
    {DigestAlgorithm::sha1, "sha1", "SHA1", 20, false},      {DigestAlgorithm::md5, "md5", "MD5", 16, false},
};

const Known& known(DigestAlgorithm algorithm) {
  return *std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& row) { return row.algorithm == algorithm; });
}

}  // namespace

std::string_view name_of(DigestAlgorithm algorithm) { return known(algorithm).name; }
std::size_t size_bytes(DigestAlgorithm algorithm) { return known(algorithm).size_bytes; }
bool is_strong(DigestAlgorithm algorithm) { return known(algorithm).strong; }

std::optional<DigestAlgorithm> digest_named(std::string_view name) {
  std::string plain = to_lower(name);
  std::erase(plain, '-');
  for (const Known& row : kKnown)
    if (row.name == plain) return row.algorithm;
  return std::nullopt;
}

struct Digester::State {
  std::vector<std::pair<DigestAlgorithm, Owned<EVP_MD_CTX>>> running;
};

Digester::Digester(std::unique_ptr<State> state) : state_(std::move(state)) {}
Digester::Digester(Digester&&) noexcept = default;
Digester& Digester::operator=(Digester&&) noexcept = default;
Digester::~Digester() = default;

Result<Digester> Digester::create(std::span<const DigestAlgorithm> algorithms) {
  auto state = std::make_unique<State>();
  for (const DigestAlgorithm algorithm : algorithms) {
    const auto same = [&](const auto& entry) { return entry.first == algorithm; };
    if (std::any_of(state->running.begin(), state->running.end(), same)) continue;
    const Owned<EVP_MD> fetched(EVP_MD_fetch(nullptr, known(algorithm).openssl_name, nullptr));
    Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    if (!fetched || !context || EVP_DigestInit_ex2(context.get(), fetched.get(), nullptr) != 1)
      return fail(ErrorCode::unsupported, "digest {} is not available: {}", name_of(algorithm), drain_openssl_errors());
    state->running.emplace_back(algorithm, std::move(context));
  }
  return Digester(std::move(state));
}

Result<void> Digester::update(ByteView bytes) {
  for (auto& [algorithm, context] : state_->running)
    if (EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1)
      return fail(ErrorCode::internal, "digest {}: {}", name_of(algorithm), drain_openssl_errors());
  return {};
}

Result<std::vector<std::pair<DigestAlgorithm, Bytes>>> Digester::finish() {
  std::vector<std::pair<DigestAlgorithm, Bytes>> values;
  for (auto& [algorithm, context] : state_->running) {
    Bytes value(size_bytes(algorithm));
    if (EVP_DigestFinal_ex(context.get(), value.data(), nullptr) != 1)
      return fail(ErrorCode::internal, "digest {}: {}", name_of(algorithm), drain_openssl_errors());
    values.emplace_back(algorithm, std::move(value));
  }
  return values;
}

Result<Bytes> digest(DigestAlgorithm algorithm, ByteView bytes) {
  Digester digester = TRY(Digester::create({&algorithm, 1}));
  TRY(digester.update(bytes));
  return TRY(digester.finish()).front().second;
}

struct HmacDigester::State {
  DigestAlgorithm algorithm;
  Owned<EVP_MAC_CTX> context;
};

HmacDigester::HmacDigester(std::unique_ptr<State> state) : state_(std::move(state)) {}
HmacDigester::HmacDigester(HmacDigester&&) noexcept = default;
HmacDigester& HmacDigester::operator=(HmacDigester&&) noexcept = default;
HmacDigester::~HmacDigester() = default;

Result<HmacDigester> HmacDigester::create(DigestAlgorithm algorithm, ByteView key) {
  const Owned<EVP_MAC> fetched(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  Owned<EVP_MAC_CTX> context(fetched ? EVP_MAC_CTX_new(fetched.get()) : nullptr);
  std::string digest_name = known(algorithm).openssl_name;  // the parameter wants a char* it may write to
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name.data(), 0),
                               OSSL_PARAM_construct_end()};
  static constexpr std::uint8_t kNoKey = 0;  // a null pointer would mean "keep the key set before"
  if (!context || EVP_MAC_init(context.get(), key.empty() ? &kNoKey : key.data(), key.size(), params) != 1)
    return fail(ErrorCode::unsupported, "HMAC with {} is not available: {}", name_of(algorithm), drain_openssl_errors());
  return HmacDigester(std::make_unique<State>(State{algorithm, std::move(context)}));
}

Result<void> HmacDigester::update(ByteView bytes) {
  if (EVP_MAC_update(state_->context.get(), bytes.data(), bytes.size()) != 1)
    return fail(ErrorCode::internal, "HMAC: {}", drain_openssl_errors());
  return {};
}

Result<Bytes> HmacDigester::finish() {
  Bytes value(size_bytes(state_->algorithm));
  std::size_t written = 0;
  if (EVP_MAC_final(state_->context.get(), value.data(), &written, value.size()) != 1 || written != value.size())
    return fail(ErrorCode::internal, "HMAC: {}", drain_openssl_errors());
  return value;
}

Result<Bytes> hmac(DigestAlgorithm algorithm, ByteView key, ByteView bytes) {
  HmacDigester digester = TRY(HmacDigester::create(algorithm, key));
  TRY(digester.update(bytes));
  return digester.finish();
}

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace lintel::crypto
