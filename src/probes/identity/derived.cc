#include "probes/identity/derived.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/bytes.h"
#include "probes/identity/allocation.h"

namespace lintel::probes::identity {
namespace {

constexpr double kImprobableHits = -80;  // log2: 64, and some for the number of forms that are tried
constexpr std::array<std::uint32_t, 5> kStarts = {0, 100'000, 1'000'000, 10'000'000, 100'000'000};
constexpr std::uint32_t kFromZero = 20'000, kFromRound = 4'000;

std::uint32_t crc32(std::string_view text) {  // ISO 3309, as in zip
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

struct Form {
  const char* name;
  std::string (*text)(std::uint32_t number);
};
constexpr Form kForms[] = {
    {"a decimal number", [](std::uint32_t n) { return fmt::format("{}", n); }},
    {"a decimal number of 6 digits", [](std::uint32_t n) { return fmt::format("{:06}", n); }},
    {"a decimal number of 8 digits", [](std::uint32_t n) { return fmt::format("{:08}", n); }},
    {"a hexadecimal number of 8 digits", [](std::uint32_t n) { return fmt::format("{:08X}", n); }},
    {"a 32-bit number", [](std::uint32_t n) {
       Bytes bytes;
       append_number(bytes, n, 4);
       return std::string(as_text(bytes));
     }},
};
struct Digest {
  const char *name, *openssl;  // openssl nullptr: CRC-32
};
constexpr Digest kDigests[] = {{"MD5", "MD5"}, {"SHA-1", "SHA1"}, {"SHA-256", "SHA256"}, {"SM3", "SM3"}, {"CRC-32", nullptr}};

std::string sentence(const Digest& digest, const std::string& of, std::size_t part) {
  if (digest.openssl == nullptr) return fmt::format("{} of {}", digest.name, of);
  return part == 0 ? fmt::format("{} of {}, first 4 bytes", digest.name, of) : fmt::format("{} of {}, last 4 bytes", digest.name, of);
}

struct FreeMd {
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::vector<std::uint32_t> numbers() {
  std::vector<std::uint32_t> all;
  for (const std::uint32_t start : kStarts)
    for (std::uint32_t i = 0; i < (start == 0 ? kFromZero : kFromRound); ++i) all.push_back(start + i);
  return all;
}

}  // namespace

std::optional<Derived> find_derivation(std::span<const std::uint32_t> values, std::span<const std::string> prefixes, Deadline deadline, const Cancel& cancel) {
  std::vector<std::uint32_t> known(values.begin(), values.end());  // searched, not hashed: the list may be made to collide
  std::sort(known.begin(), known.end());
  const auto hit = [&](std::uint32_t value) { return std::binary_search(known.begin(), known.end(), value); };
  const std::vector<std::uint32_t> tried = numbers();
  const double by_chance = static_cast<double>(tried.size()) * static_cast<double>(values.size()) / 0x1p32;
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  std::vector<std::string> texts(tried.size());
  std::vector<std::string> all_prefixes = {""};
  all_prefixes.insert(all_prefixes.end(), prefixes.begin(), prefixes.end());
  for (const std::string& prefix : all_prefixes)
    for (const Form& form : kForms) {
      if (!prefix.empty() && &form != &kForms[0] && &form != &kForms[1]) continue;  // behind a text stands a decimal number
      for (std::size_t i = 0; i < tried.size(); ++i) texts[i] = prefix + form.text(tried[i]);
      for (const Digest& digest : kDigests) {
        if (deadline.passed() || cancel.requested()) return std::nullopt;
        const std::unique_ptr<EVP_MD, FreeMd> md(digest.openssl == nullptr ? nullptr : EVP_MD_fetch(nullptr, digest.openssl, nullptr));
        if (digest.openssl != nullptr && !md) continue;  // this OpenSSL was built without it
        std::array<std::size_t, 2> hits{};  // first and last 4 bytes
        for (const std::string& text : texts) {
          if (!md) {
            hits[0] += hit(crc32(text));
            continue;
          }
          std::array<std::uint8_t, EVP_MAX_MD_SIZE> out;
          unsigned size = 0;
          if (EVP_DigestInit_ex(context.get(), md.get(), nullptr) != 1 || EVP_DigestUpdate(context.get(), text.data(), text.size()) != 1 ||
              EVP_DigestFinal_ex(context.get(), out.data(), &size) != 1)
            break;
          hits[0] += hit(Cursor(ByteView(out).first(4)).u32());
          hits[1] += hit(Cursor(ByteView(out).subspan(size - 4, 4)).u32());
        }
        for (std::size_t part = 0; part < hits.size(); ++part)
          if (log2_tail(static_cast<double>(hits[part]), by_chance) < kImprobableHits)
            return Derived{sentence(digest, prefix.empty() ? form.name : fmt::format("the upper fields and {}", form.name), part), hits[part]};
      }
    }
  return std::nullopt;
}

}  // namespace lintel::probes::identity
