// What the cells of a burn receipt say: an identity, a moment, a word for success, the digest of a key. Pure.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "crypto/digest.h"
#include "model/device_id.h"

namespace lintel::probes::burning {

using Id = model::DeviceId;  // the 24 hexadecimal characters of annex A

// Sets flaw to "length" or "character" where text is none.
std::optional<Id> parse_id(std::string_view text, const char*& flaw);
using model::to_text;

// "+08:00".
std::optional<std::chrono::minutes> parse_zone(std::string_view text);
// RFC 3339; also with `/` in the date, a blank before the time, and no offset, which then is `zone`'s. nullopt for anything else, a time
// without seconds or without any offset included.
std::optional<WallTime> parse_moment(std::string_view text, std::optional<std::chrono::minutes> zone);

enum class Word { yes, no, unclear };
// good: the words that say yes, letter case aside; all others then say no. Empty: words that people use, in Chinese and English; a bare 0 or
// 1 is unclear.
Word read_word(std::string_view text, const std::vector<std::string>& good);

struct KeyDigest {
  crypto::DigestAlgorithm algorithm = crypto::DigestAlgorithm::sm3;
  Bytes value;
};
// "sm3:HEX", or hexadecimal or base64 alone of the algorithm that was declared. nullopt: no whole digest of a known strong algorithm.
std::optional<KeyDigest> parse_key_digest(std::string_view text, std::optional<crypto::DigestAlgorithm> declared);

}  // namespace lintel::probes::burning
