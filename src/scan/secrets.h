// Secrets of the target (env:NAME, file:PATH): resolved, remembered, and cut out of everything that is stored or shown.
#pragma once
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "data/json_fwd.h"

namespace lintel::scan {

constexpr std::string_view kRedacted = "[secret]";

// One for a whole scan, shared by its jobs. Thread-safe.
// A secret is found as it is, URL-encoded, in base64 (also inside a longer text, as in `Authorization: Basic`), in hex, and as JSON writes it. Secrets of
// less than eight bytes are cut out only where they stand as a word of their own: a password "443" must not turn facts into nonsense.
class Secrets {
 public:
  // The value behind a reference, registered; other text as it is. A file loses one line break at its end; at most 64 KiB.
  // Errors: not_found (no such variable, no such file, empty), permission, limit.
  Result<std::string> resolve(const std::string& reference, const std::filesystem::path& folder);
  void add(std::string_view secret);

  std::string redact(std::string_view text) const;
  void redact(Json& value) const;  // every text in it, member names included
  // Bytes that are no text keep their length: secrets become asterisks.
  Bytes redact_bytes(ByteView bytes) const;

 private:
  struct Form {
    std::string text;
    bool whole_word = false;
    bool operator<(const Form& other) const {  // longer ones first: they hold the shorter ones
      return text.size() != other.text.size() ? text.size() > other.text.size() : text < other.text;
    }
  };
  template <class Replace>
  std::string replace_all(std::string_view text, Replace replace) const;

  mutable std::mutex mutex_;
  std::set<Form> forms_;
};

}  // namespace lintel::scan
