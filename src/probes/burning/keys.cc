#include "probes/burning/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace lintel::probes::burning {
namespace {

using crypto::DigestAlgorithm;

constexpr std::size_t kMostColumns = 10'000;
constexpr std::array<std::size_t, 3> kKeySizes{16, 24, 32};

constexpr std::string_view kSecretWords[] = {"key", "secret", "psk", "密钥", "秘钥", "私钥"};
// What the name of something about a key has in it.
constexpr std::string_view kOtherWords[] = {"digest", "hash", "sha", "md5", "sm3", "kcv", "check", "pub", "fingerprint", "version", "index", "slot", "alias", "label",
                                            "name", "type", "alg", "time", "date", "enc", "cipher", "wrap", "len", "size", "status", "state", "sign", "serial",
                                            "摘要", "杂凑", "校验", "核对", "公钥", "指纹", "编号", "标识", "序号", "版本", "名称", "类型", "算法", "时间", "加密", "密文",
                                            "长度", "状态", "签名", "封装"};

bool is_key_size(std::size_t bytes) { return std::find(kKeySizes.begin(), kKeySizes.end(), bytes) != kKeySizes.end(); }

// The bytes that a cell may be as a key: hexadecimal, base64, the text itself. Never more than 32.
std::vector<Bytes> readings(std::string_view text, bool text_itself) {
  std::vector<Bytes> out;
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  if (text.size() > 64 || text.size() < 16) return out;
  if (text.size() % 2 == 0 && is_key_size(text.size() / 2))
    if (auto bytes = from_hex(text)) out.push_back(*std::move(bytes));
  if (text.size() % 4 == 0 && text.size() <= 44)
    if (auto bytes = from_base64(text); bytes && is_key_size(bytes->size())) out.push_back(*std::move(bytes));
  if (text_itself && is_key_size(text.size())) out.emplace_back(text.begin(), text.end());
  return out;
}

// A masked cell is no key: ****, 0000.
bool is_masked(std::string_view text) { return text.find_first_not_of(text.front()) == std::string_view::npos; }

Bytes digest_or_nothing(DigestAlgorithm algorithm, ByteView bytes) { return crypto::digest(algorithm, bytes).value_or(Bytes{}); }

std::map<Bytes, std::string> common_keys(DigestAlgorithm algorithm) {
  std::map<Bytes, std::string> known;
  const auto add = [&](ByteView key, std::string how) { known.emplace(digest_or_nothing(algorithm, key), std::move(how)); };
  add({}, "the empty key");
  for (const std::size_t size : kKeySizes) {
    for (int byte = 0; byte < 256; ++byte) add(Bytes(size, static_cast<std::uint8_t>(byte)), fmt::format("{} bytes of {:02X}", size, byte));
    Bytes counting(size);
    for (std::size_t i = 0; i < size; ++i) counting[i] = static_cast<std::uint8_t>(i);
    add(counting, fmt::format("{} bytes that count from 00", size));
    for (std::uint8_t& byte : counting) ++byte;
    add(counting, fmt::format("{} bytes that count from 01", size));
    for (const std::string_view text : {"1234567890", "0123456789", "0123456789ABCDEF", "0123456789abcdef", "abcdefghijklmnopqrstuvwxyz"}) {
      std::string repeated;
      while (repeated.size() < size) repeated += text;
      add(as_bytes(repeated).first(size), fmt::format("the text {}", repeated.substr(0, size)));
    }
  }
  for (const auto& [hex, how] : {std::pair{"0123456789abcdeffedcba9876543210", "the example key of SM4"}, std::pair{"2b7e151628aed2a6abf7158809cf4f3c", "the example key of AES-128"},
                                 std::pair{"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "the example key of AES-192"},
                                 std::pair{"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "the example key of AES-256"}})
    add(*from_hex(hex), how);
  return known;
}

// Keys that a line in a hurry makes of the identity, with how.
std::vector<std::pair<Bytes, std::string>> derived_keys(const Id& id) {
  std::vector<std::pair<Bytes, std::string>> keys;
  const std::string upper = to_text(id), lower = to_lower(upper);
  const std::pair<ByteView, std::string_view> forms[] = {{as_bytes(upper), "the identity's text"}, {as_bytes(lower), "the identity's text in lower case"}, {id, "the identity's bytes"}};
  for (const auto& [form, name] : forms) {
    const std::size_t at = keys.size();
    for (const std::size_t size : kKeySizes) {
      Bytes cut(form.begin(), form.begin() + static_cast<std::ptrdiff_t>(std::min(size, form.size())));
      if (form.size() > size) keys.emplace_back(Bytes(form.end() - static_cast<std::ptrdiff_t>(size), form.end()), "");
      for (const std::uint8_t filler : {std::uint8_t{0x00}, std::uint8_t{0xFF}}) {
        Bytes left(size - cut.size(), filler), right = cut;
        left.insert(left.end(), cut.begin(), cut.end());
        right.resize(size, filler);
        keys.emplace_back(std::move(left), "");
        keys.emplace_back(std::move(right), "");
      }
    }
    for (std::size_t i = at; i < keys.size(); ++i) keys[i].second = name;
    for (const DigestAlgorithm algorithm : {DigestAlgorithm::md5, DigestAlgorithm::sha1, DigestAlgorithm::sha256, DigestAlgorithm::sm3}) {
      const Bytes digest = digest_or_nothing(algorithm, form);
      const std::string hex = to_hex(digest), how = fmt::format("{}, {}", name, crypto::name_of(algorithm));
      for (const std::size_t size : kKeySizes) {
        if (size <= digest.size()) keys.emplace_back(Bytes(digest.begin(), digest.begin() + static_cast<std::ptrdiff_t>(size)), how);
        keys.emplace_back(Bytes(hex.begin(), hex.begin() + static_cast<std::ptrdiff_t>(std::min(size, hex.size()))), how);
      }
    }
  }
  return keys;
}

}  // namespace

bool sounds_like_key(std::string_view column) {
  const std::string name = to_lower(column);
  const auto inside = [&](std::string_view word) { return name.find(word) != std::string::npos; };
  return std::any_of(std::begin(kSecretWords), std::end(kSecretWords), inside) && !std::any_of(std::begin(kOtherWords), std::end(kOtherWords), inside) && !name.ends_with("id") &&
         !name.ends_with("no");
}

bool KeyLook::named_secret(std::string_view column) {
  if (const auto known = named_.find(column); known != named_.end()) return known->second;
  const bool secret = sounds_like_key(column);
  if (named_.size() < kMostColumns) named_.emplace(column, secret);
  return secret;
}

void KeyLook::look_at(const Field& field, std::size_t line, const std::optional<KeyDigest>& digest) {
  const bool named = named_secret(field.name);
  const bool pem = field.value.find("PRIVATE KEY-----") != std::string_view::npos;
  bool proven = pem, key = pem;
  if (!pem && (named || digest))
    for (const Bytes& bytes : readings(field.value, digest.has_value())) {
      if (digest && bytes == digest->value) return;  // the digest once more
      proven = proven || (digest && digest_or_nothing(digest->algorithm, bytes) == digest->value);
      key = key || (named && bytes.size() < field.value.size() && !is_masked(field.value));
    }
  if (!proven && !key) return;
  ++clear_count;
  proven_count += proven;
  if (clear.size() == kShown) return;
  clear.push_back({line, printable(field.name.substr(0, 64)), proven});
  values.emplace_back(field.value);
}

std::string KeyLook::guess(const std::optional<Id>& id, const KeyDigest& digest) {
  auto known = known_.find(digest.algorithm);
  if (known == known_.end()) known = known_.emplace(digest.algorithm, common_keys(digest.algorithm)).first;
  if (const auto common = known->second.find(digest.value); common != known->second.end()) return common->second;
  if (!id || derived_looks_ >= kDerivedLooks) return "";
  ++derived_looks_;
  for (const auto& [key, how] : derived_keys(*id))
    if (digest_or_nothing(digest.algorithm, key) == digest.value) return how;
  return "";
}

void KeyLook::add(const Row& row, const std::optional<Id>& id, const std::optional<KeyDigest>& digest) {
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    const Field& field = row.fields[i];
    const bool known = std::find(row.known.begin(), row.known.end(), static_cast<int>(i)) != row.known.end();  // read as something else
    if (!known && field.value.size() >= 16 && spared_.find(field.name) == spared_.end()) look_at(field, row.line, digest);
  }
  if (!digest) return;
  const std::string how = guess(id, *digest);
  if (how.empty()) return;
  ++guessed_count;
  if (guessed.size() < kShown) guessed.push_back({row.line, how});
}

}  // namespace lintel::probes::burning
