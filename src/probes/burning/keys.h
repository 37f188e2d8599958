// Root keys that receipts give away: a cell that is the key itself, a digest of a key that anybody can guess. Values stay in here: they
// never go into facts. Pure.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "probes/burning/fields.h"
#include "probes/burning/rows.h"

namespace lintel::probes::burning {

inline constexpr std::size_t kShown = 20;         // entries of a list that go into the facts; the count is always whole
inline constexpr std::size_t kDerivedLooks = 1000;  // receipts whose key is tried as one made from the identity: a scheme shows in each

struct ClearKey {
  std::size_t line = 0;
  std::string column;   // as the file calls it
  bool proven = false;  // it has the receipt's key digest, or is a private key in PEM
};
struct GuessedKey {
  std::size_t line = 0;
  std::string how;      // "16 bytes of 00", "the identity's text, md5"
};

// A cell is a key in clear when it has the digest that its receipt states, whatever its column is called; or when its column is named like a
// secret and it holds 16, 24 or 32 bytes in hexadecimal or base64.
class KeyLook {
 public:
  // spared: columns that hold no key in clear, by the file's names: signature, wrapped keys. Those that the ledger reads are spared too.
  explicit KeyLook(std::set<std::string, std::less<>> spared) : spared_(std::move(spared)) {}
  void add(const Row& row, const std::optional<Id>& id, const std::optional<KeyDigest>& digest);

  std::size_t clear_count = 0, proven_count = 0;
  std::vector<ClearKey> clear;                     // the first kShown
  std::vector<std::string> values;                 // of those, to be hidden
  std::size_t guessed_count = 0;
  std::vector<GuessedKey> guessed;                 // the first kShown

 private:
  void look_at(const Field& field, std::size_t line, const std::optional<KeyDigest>& digest);
  std::string guess(const std::optional<Id>& id, const KeyDigest& digest);
  bool named_secret(std::string_view column);

  std::set<std::string, std::less<>> spared_;
  std::map<std::string, bool, std::less<>> named_;  // columns seen
  std::map<crypto::DigestAlgorithm, std::map<Bytes, std::string>> known_;  // digests of keys that everybody has
  std::size_t derived_looks_ = 0;
};

// Whether a column of this name is for a key in clear: key, secret, 密钥, but not key_id, key_digest, 密钥校验, wrapped_key.
bool sounds_like_key(std::string_view column);

}  // namespace lintel::probes::burning
