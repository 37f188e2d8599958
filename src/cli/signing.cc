#include "cli/signing.h"

#include <cstdlib>

#include "base/files.h"
#include "crypto/chain.h"
#include "crypto/cms.h"
#include "crypto/timestamp.h"
#include "net/http.h"

namespace lintel::cli {
namespace {

constexpr std::size_t kFileCapBytes = 1 << 20;

// env:NAME or file:PATH; a file loses one line break at its end. Never the passphrase itself: command lines are seen by everybody.
Result<crypto::Secret> passphrase_of(const std::string& reference) {
  if (reference.starts_with("env:")) {
    const char* value = std::getenv(reference.c_str() + 4);
    if (value == nullptr || *value == 0) return fail(ErrorCode::not_found, "--passphrase {}: there is no such variable, or it is empty", reference);
    return crypto::Secret(value);
  }
  if (!reference.starts_with("file:")) return fail(ErrorCode::invalid_input, "--passphrase takes env:NAME or file:PATH, never the passphrase itself");
  std::string text = TRY(read_file(reference.substr(5), kFileCapBytes));
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return crypto::Secret(std::move(text));
}

Result<std::vector<Bytes>> read_certificates(const std::string& path) {
  const std::string pem = TRY(read_file(path, kFileCapBytes));
  auto found = crypto::certificates_of(pem);
  if (!found) return add_context(found.error(), path);
  return found;
}

Result<crypto::PrivateKey> read_key(const SigningOptions& options) {
  std::optional<crypto::Secret> passphrase;
  if (!options.passphrase.empty()) passphrase.emplace(TRY(passphrase_of(options.passphrase)));
  const crypto::Secret pem(TRY(read_file(options.key, kFileCapBytes)));
  auto key = crypto::load_private_key(pem, passphrase);
  if (!key) return add_context(key.error(), options.key);
  return key;
}

Result<void> check_usable(const SigningKey& key, const std::string& path, WallTime now) {
  if (!TRY(crypto::is_key_of(key.key, key.certificate))) return fail(ErrorCode::invalid_input, "{}: the key is not this certificate's", path);
  if (const std::string why = TRY(crypto::refused_use(key.certificate, crypto::Use::sign)); !why.empty())
    return fail(ErrorCode::invalid_input, "{}: {}; its signatures would not be taken", path, why);
  if (now < key.parsed.not_before || now > key.parsed.not_after)
    return fail(ErrorCode::invalid_input, "{}: valid from {} to {}, not now", path, format_time(key.parsed.not_before), format_time(key.parsed.not_after));
  return {};
}

Result<Bytes> ask_authority(const std::string& url, ByteView signature, const Clock& clock, const Cancel& cancel) {
  const Bytes request = TRY(crypto::time_stamp_request(signature));
  net::HttpOptions options;
  options.timeout = std::chrono::seconds(30);
  options.body_cap_bytes = crypto::kTimeStampCapBytes;
  const auto session = TRY(net::open_http(options, cancel, clock));
  net::HttpRequest post;
  post.method = "POST";
  post.url = url;
  post.headers = {{"Content-Type", "application/timestamp-query"}, {"Accept", "application/timestamp-reply"}};
  post.body = as_text(request);
  const net::HttpResponse response = TRY(session->send(post));
  if (response.status != 200) return fail(ErrorCode::protocol, "HTTP status {}", response.status);
  return crypto::time_stamp_token(request, as_bytes(response.body));
}

}  // namespace

Result<SigningKey> load_signing_key(const SigningOptions& options, WallTime now) {
  SigningKey key;
  key.key = TRY(read_key(options));
  std::vector<Bytes> certificates = TRY(read_certificates(options.certificate));
  if (!options.chain.empty())
    for (Bytes& one : TRY(read_certificates(options.chain))) certificates.push_back(std::move(one));
  key.certificate = std::move(certificates.front());
  for (std::size_t i = 1; i < certificates.size(); ++i)  // what stands in both files goes in once
    if (certificates[i] != key.certificate && std::ranges::find(key.others, certificates[i]) == key.others.end()) key.others.push_back(std::move(certificates[i]));
  key.parsed = TRY(crypto::parse_certificate(key.certificate));
  TRY(check_usable(key, options.certificate, now));
  return key;
}

Result<MadeSignature> make_signature(const SigningKey& key, ByteView content, const SigningOptions& options, const Clock& clock, const Cancel& cancel) {
  const auto made = TRY(crypto::sign_cms(content, key.key, key.certificate, key.others, clock.now()));
  if (options.tsa.empty()) return MadeSignature{crypto::encode_cms(made, {}), std::nullopt};
  const auto token = ask_authority(options.tsa, made.signature, clock, cancel);
  if (!token) return add_context(token.error(), "time stamp of " + options.tsa);
  const auto stamp = TRY(crypto::check_time_stamp(*token, made.signature, "", "", clock.now()));
  if (!stamp.problem.empty()) return fail(ErrorCode::protocol, "time stamp of {}: {}", options.tsa, stamp.problem);
  return MadeSignature{crypto::encode_cms(made, *token), stamp.time};
}

}  // namespace lintel::cli
