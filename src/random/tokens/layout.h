// What the identifiers of a sample are made of: well-known formats, what is signed or sealed, and the parts between separators. Splits only where
// all identifiers agree, for false alarms come from reading identifiers wrongly.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::random::tokens {

enum class Format {
  plain,      // none of the below
  uuid,       // version in `uuid_version`; with or without dashes
  ulid,       // 48 bits of milliseconds, 80 random ones, 26 characters of Crockford's alphabet
  object_id,  // 24 hexadecimal digits that begin with the time in seconds
  jwt,        // header.payload.signature
  signed_id,  // identifier.signature
  signed_state,  // readable state, signed
  state,      // readable state (JSON in base64), not signed here
  sealed,     // encrypted state
};
const char* name_of(Format format);

struct Layout {
  Format format = Format::plain;
  int uuid_version = 0;
  // What is judged, one an identifier: without signature, and of readable state only the members that are neither constant nor a time. Empty when
  // nothing of the kind is there.
  std::vector<std::string> core;
  bool has_signature = false;   // a part that only the server's key can make
  std::vector<std::string> members;  // of readable state: names of the members that make up the core
};

// Requires: at least one identifier. unix_us: when the first one came, if that is known.
Layout layout_of(const std::vector<std::string>& ids, std::optional<std::int64_t> unix_us);

// A run of characters between separators, the same run in each identifier.
struct Part {
  std::string name;                 // for people: "characters 9 to 12", "part 2"; empty: the whole identifier
  std::vector<std::string> values;  // by identifier
  bool after_point = false;         // follows "0." : the digits of a fraction
};

// The parts that vary, without the characters at their ends that are the same in all. Where several hexadecimal parts vary, also all of them as one.
std::vector<Part> parts_of(const std::vector<std::string>& core, const Layout& layout);

// Bytes of base64 or base64url text, padded or not; nullopt for anything else.
std::optional<std::string> any_base64(std::string_view text);

}  // namespace lintel::random::tokens
