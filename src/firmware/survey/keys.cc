// Private keys and certificates: in files, and in the bytes of parts that no file system reads (a microcontroller's program, a boot loader). A key
// counts only when OpenSSL reads one there, or its container's structure is right: the marker lines alone, which every TLS program has, are nothing.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/found_key.h"
#include "firmware/survey/known_keys.h"
#include "firmware/survey/surveyors.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostPem = 24 << 10;
constexpr std::size_t kMostTries = 20'000;              // of an image
constexpr auto kMostDecoding = std::chrono::seconds(5);  // of an image
constexpr std::uint64_t kMostOfParts = 256ULL << 20;

bool is_elf(ByteView content) { return as_text(content).starts_with("\177ELF"); }

// The self-test keys of a TLS library lie in the library.
bool is_tls_library(std::string_view path) {
  const std::string name = to_lower(path.substr(path.rfind('/') + 1));
  for (const auto library : {"libmbed"sv, "libpolarssl"sv, "libssl"sv, "libcrypto"sv, "libwolfssl"sv, "libcyassl"sv, "libgnutls"sv, "libaxtls"sv, "libgcrypt"sv, "libmatrixssl"sv})
    if (name.starts_with(library)) return true;
  return false;
}

bool is_example(std::string_view path) {
  const std::string lower = "/" + to_lower(path);
  for (const auto folder : {"/doc/"sv, "/docs/"sv, "/examples/"sv, "/example/"sv, "/test/"sv, "/tests/"sv, "/testdata/"sv, "/samples/"sv})
    if (lower.find(folder) != std::string::npos) return true;
  return false;
}

struct Pem {
  std::string_view label;
  Bytes der;
  bool encrypted_header = false;
  std::size_t length = 0;  // of the whole block
};

// The block that begins at `text`, which starts with "-----BEGIN ". Line ends may be written \n, and lines quoted, as in JSON or source text.
std::optional<Pem> pem_at(std::string_view text) {
  Pem pem;
  text = text.substr(0, kMostPem);
  const std::size_t label_end = text.find("-----"sv, 11);
  if (label_end == std::string_view::npos || label_end > 60) return std::nullopt;
  pem.label = text.substr(11, label_end - 11);
  const std::size_t body = label_end + 5, end = text.find("-----END "sv, body);
  if (end == std::string_view::npos) return std::nullopt;
  pem.length = end + 9;
  std::string lines;
  for (std::size_t i = body; i < end; ++i) {
    if (text[i] == '\\' && i + 1 < end && (text[i + 1] == 'n' || text[i + 1] == 'r')) {
      lines += '\n';
      ++i;
    } else if (text[i] != '"' && text[i] != ',' && text[i] != '\'') {
      lines += text[i];
    } else {
      lines += ' ';
    }
  }
  std::string base64;
  for (const std::string_view line : split(lines, '\n')) {
    if (line.find(':') != std::string_view::npos) {  // a header of the old form, or the ciphers' list in it
      pem.encrypted_header = pem.encrypted_header || line.find("ENCRYPTED"sv) != std::string_view::npos;
      continue;
    }
    base64 += trim(line);
  }
  auto der = from_base64(base64);
  if (!der || der->size() < 24) return std::nullopt;
  pem.der = std::move(*der);
  return pem;
}

class Keys : public Surveyor {
 public:
  void see(const Image&, const File& file, ByteView content) override { search(place_of(file), file.path, content); }

  void conclude(const Image& image, Json& facts) override {
    std::set<std::size_t> parents;
    for (const Part& part : image.parts)
      if (part.parent != kNone) parents.insert(part.parent);
    std::uint64_t left = kMostOfParts;
    for (std::size_t i = 0; i < image.parts.size(); ++i) {
      const Part& part = image.parts[i];
      if (part.volume || parents.contains(i) || part.bytes.size() > left) continue;
      left -= part.bytes.size();
      search({{"part", i + 1}}, "", part.bytes);
    }
    facts["private_keys"] = facts["certificates"] = Json::array();
    for (Json& key : keys_) add_finding(facts, "private_keys", std::move(key));
    for (Json& certificate : certificates_) add_finding(facts, "certificates", std::move(certificate));
    if (skipped_ > 0) facts["cut"]["private_keys"] = skipped_ + integer_or(facts["cut"], "private_keys", 0);
  }

 private:
  // What one file or part is, while it is searched.
  struct Place {
    const Json& json;
    std::string_view path;
    bool program, library;
    std::set<std::string> seen;  // a key in its PKCS #8 cover is one key
  };

  void search(const Json& place, std::string_view path, ByteView content) {
    Place here{place, path, is_elf(content) || path.empty(), is_elf(content) && is_tls_library(path), {}};
    search_pem(here, content);
    search_der(here, content);
    if (content.size() > (1 << 20)) return;
    if (!path.empty() && content.size() < kMostPem && content.size() > 40 && content[0] == 0 && may_try()) {
      if (const auto key = decode([&] { return crypto::private_ssh_key(content, crypto::SshLayout::dropbear); })) add_key(here, 0, "dropbear", key, false);
    }
    search_store(here, content);
  }

  void search_pem(Place& here, ByteView content) {
    const std::string_view text = as_text(content);
    for (std::size_t at = text.find("-----BEGIN "sv); at != std::string_view::npos; at = text.find("-----BEGIN "sv, at + 1)) {
      const auto pem = may_try() ? pem_at(text.substr(at)) : std::nullopt;
      if (!pem) continue;
      if (pem->label == "CERTIFICATE" || pem->label == "TRUSTED CERTIFICATE") add_certificate(here, at, pem->der);
      if (!pem->label.ends_with("PRIVATE KEY")) continue;
      if (pem->label == "OPENSSH PRIVATE KEY")
        add_openssh(here, at, pem->der);
      else if (pem->label == "ENCRYPTED PRIVATE KEY" ? crypto::is_encrypted_pkcs8(pem->der) : pem->encrypted_header)
        add_key(here, at, "pem", std::nullopt, true);
      else if (const auto key = decode([&] { return crypto::private_key_in_der(pem->der); }))
        add_key(here, at, "pem", key, false);
    }
  }

  // Version 0 of PKCS #8 and PKCS #1, version 1 of SEC 1; before it the header of a sequence, of 2, 3 or 4 bytes.
  void search_der(Place& here, ByteView content) {
    const std::string_view text = as_text(content);
    for (std::size_t at = text.find("\x30"sv); at != std::string_view::npos; at = text.find("\x30"sv, at + 1)) {
      const std::size_t header = at + 1 >= text.size() ? 2 : text[at + 1] == '\x82' ? 4 : text[at + 1] == '\x81' ? 3 : 2;
      const std::string_view start = text.substr(std::min(at + header, text.size()), 5);
      if (start.size() < 5 || start[0] != '\x02' || start[1] != '\x01') continue;
      const bool number_follows = start[2] == '\0' && (start[3] == '\x30' || start[3] == '\x02'), sec1 = start[2] == '\x01' && start[3] == '\x04' && start[4] >= 16 && start[4] <= 66;
      if ((!number_follows && !sec1) || !may_try()) continue;
      if (const auto key = decode([&] { return crypto::private_key_in_der(content.subspan(at)); })) add_key(here, at, "der", key, false);
    }
    if (here.path.empty() || text.size() > kMostPem || !text.starts_with("\x30\x82"sv)) return;
    add_certificate(here, 0, content);
    if (crypto::is_encrypted_pkcs8(content)) add_key(here, 0, "der", std::nullopt, true);
  }

  // openssh-key-v1: cipher, kdf, its options, count, public key, and the private part as one string: two equal check words, keys, comments.
  void add_openssh(Place& here, std::size_t at, ByteView bytes) {
    constexpr std::string_view kMagic = "openssh-key-v1\0"sv;
    if (!as_text(bytes).starts_with(kMagic)) return;
    Cursor cursor(bytes.subspan(kMagic.size()));
    const auto string = [&] { return cursor.take(cursor.u32()); };
    const bool encrypted = as_text(string()) != "none";
    string(), string();
    if (cursor.u32() != 1) return;
    string();
    const ByteView secret = string();
    if (cursor.failed() || secret.size() < 16) return;
    if (encrypted) return add_key(here, at, "openssh", std::nullopt, true);
    if (const auto key = decode([&] { return crypto::private_ssh_key(secret.subspan(8), crypto::SshLayout::openssh); })) add_key(here, at, "openssh", key, false);
  }

  // Containers under a password: a Java key store with a key in it, PKCS #12.
  void search_store(Place& here, ByteView content) {
    const auto element = crypto::der_element(content);
    constexpr std::string_view kData = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"sv;
    const std::string_view start = as_text(content.first(std::min<std::size_t>(content.size(), 32)));
    if (element && element->size() > 64 && start.front() == '\x30' && start.find("\x02\x01\x03\x30"sv) < 6 && start.find(kData) < 24) add_key(here, 0, "pkcs12", std::nullopt, true);
    Cursor cursor(content);
    if (cursor.u32() != 0xFEEDFEED || (cursor.u32() | 3) != 3 || cursor.u32() == 0 || cursor.u32() != 1) return;  // the first entry a private key
    cursor.take(cursor.u16());
    cursor.take(8);
    const std::uint32_t length = cursor.u32();
    if (length >= 64 && !cursor.failed() && length <= cursor.remaining()) add_key(here, 0, "jks", std::nullopt, true);
  }

  void add_key(Place& here, std::size_t at, const char* form, const std::optional<crypto::FoundKey>& key, bool encrypted) {
    Json finding = here.json;
    finding["offset"] = at;
    finding["form"] = form;
    finding["encrypted"] = encrypted;
    finding["confidence"] = key ? "validated" : "structural";
    finding["role"] = here.library ? "library self-test" : is_example(here.path) ? "example" : "key";
    if (key) {
      if (!here.seen.insert(key->spki_sha256).second) return;
      finding["algorithm"] = key->algorithm;
      finding["bits"] = key->bits;
      if (!key->curve.empty()) finding["curve"] = key->curve;
      finding["spki_sha256"] = key->spki_sha256;
      if (const auto origin = origin_of_known_key(key->spki_sha256); !origin.empty()) {
        finding["known_test"] = origin;
        if (here.program) finding["role"] = "library self-test";  // a library linked into a program
      }
    }
    if (keys_.size() < 2 * kMostFindings) keys_.push_back(std::move(finding));
    else ++skipped_;
  }

  void add_certificate(const Place& here, std::size_t at, ByteView der) {
    const auto parsed = crypto::parse_certificate(der);
    if (!parsed || certificates_.size() >= 4 * kMostFindings) return;
    Json finding = here.json;
    finding["offset"] = at;
    finding["subject"] = parsed->subject.substr(0, 300);
    finding["issuer"] = parsed->issuer.substr(0, 300);
    finding["not_before"] = format_time(parsed->not_before);
    finding["not_after"] = format_time(parsed->not_after);
    finding["key_type"] = parsed->key_type;
    finding["key_bits"] = parsed->key_bits;
    finding["signature_algorithm"] = parsed->signature_algorithm;
    finding["self_signed"] = parsed->self_signed;
    finding["sha256"] = parsed->sha256;
    certificates_.push_back(std::move(finding));
  }

  // Decoding costs: an image full of what looks like keys ends here, and what was not looked at is counted.
  bool may_try() {
    if (tries_ < kMostTries && spent_ < kMostDecoding) return ++tries_, true;
    ++skipped_;
    return false;
  }
  std::optional<crypto::FoundKey> decode(auto read) {
    const auto start = std::chrono::steady_clock::now();
    auto key = read();
    spent_ += std::chrono::steady_clock::now() - start;
    return key;
  }

  std::vector<Json> keys_, certificates_;
  std::size_t tries_ = 0;
  std::chrono::nanoseconds spent_{0};
  std::int64_t skipped_ = 0;
};

}  // namespace

std::unique_ptr<Surveyor> survey_keys() { return std::make_unique<Keys>(); }

}  // namespace lintel::firmware
