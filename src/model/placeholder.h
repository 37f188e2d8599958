// `{name}` in the request templates of a target: found here, filled by flow/, and checked by the loader. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::model {

struct Placeholder {
  std::string name;            // [a-z][a-z0-9_]*
  std::size_t begin = 0, end = 0;  // of the braces and what is in them
};

std::vector<Placeholder> placeholders(std::string_view text);

// The names that always have a value: now, now_iso, random, digits, nonce; and those of a signature's `over`: method, path, body.
std::span<const std::string_view> built_in_names();
std::span<const std::string_view> signature_names();

// A taken value or account member with such a name is a secret: passwords, tokens, keys, codes, session ids.
bool sounds_secret(std::string_view name);

}  // namespace lintel::model
