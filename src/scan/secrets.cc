#include "scan/secrets.h"

#include <cstdlib>

#include "base/files.h"
#include "data/json.h"

namespace lintel::scan {
namespace {

constexpr std::size_t kShort = 8;  // below: only as a whole word

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

std::string url_encode(std::string_view text, std::string_view digits, std::string_view space) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_word(c) || c == '-' || c == '.' || c == '~') {
      out += c;
    } else if (c == ' ') {
      out += space;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

// The base64 characters that any text gets which holds the secret behind `before` other bytes: those at the ends also depend on the neighbours.
std::string base64_core(std::string_view secret, std::size_t before) {
  Bytes padded(before, 0);
  padded.insert(padded.end(), secret.begin(), secret.end());
  const std::size_t bits_before = before * 8;
  const std::size_t first = (bits_before + 5) / 6;
  const std::size_t last = padded.size() * 8 / 6;
  while (padded.size() % 3 != 0) padded.push_back(0);
  return to_base64(padded).substr(first, last > first ? last - first : 0);
}

std::string to_base64url(std::string text) {
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

bool is_text(ByteView bytes) { return as_text(bytes).find('\0') == std::string_view::npos; }

}  // namespace

Result<std::string> Secrets::resolve(const std::string& reference, const std::filesystem::path& folder) {
  std::string value;
  if (reference.starts_with("env:")) {
    const char* found = std::getenv(reference.c_str() + 4);
    if (found == nullptr || *found == 0)
      return fail(ErrorCode::not_found, "the environment variable {} is not set; set it before scanning", reference.substr(4));
    value = found;
  } else if (reference.starts_with("file:")) {
    constexpr std::size_t kCapBytes = 64 << 10;
    value = TRY(read_file(folder / reference.substr(5), kCapBytes));
    if (value.ends_with('\n')) value.pop_back();
    if (value.ends_with('\r')) value.pop_back();
    if (value.empty()) return fail(ErrorCode::not_found, "{} is empty", reference.substr(5));
  } else {
    return reference;
  }
  add(value);
  return value;
}

void Secrets::add(std::string_view secret) {
  if (secret.empty()) return;
  const bool whole_word = secret.size() < kShort;
  const std::string quoted = dump_json(Json(std::string(secret)));
  std::vector<std::string> forms = {std::string(secret), quoted.substr(1, quoted.size() - 2), to_hex(as_bytes(secret))};
  for (const std::string_view digits : {"0123456789ABCDEF", "0123456789abcdef"})
    for (const std::string_view space : {"+", "%20"}) forms.push_back(url_encode(secret, digits, space));
  std::vector<std::string> inside;
  for (std::size_t before = 0; before < 3; ++before) {
    inside.push_back(base64_core(secret, before));
    inside.push_back(to_base64url(inside.back()));
  }
  const std::lock_guard lock(mutex_);
  forms_.insert({to_base64(as_bytes(secret)), whole_word});
  for (std::string& form : forms) forms_.insert({std::move(form), whole_word});
  // A piece of base64 is part of a longer word by nature; a very short one would be found everywhere.
  for (std::string& form : inside)
    if (form.size() >= kShort) forms_.insert({std::move(form), false});
}

template <class Replace>
std::string Secrets::replace_all(std::string_view text, Replace replace) const {
  std::string out(text);
  const std::lock_guard lock(mutex_);
  for (const Form& form : forms_) {
    std::size_t place = 0;
    while ((place = out.find(form.text, place)) != std::string::npos) {
      const std::size_t end = place + form.text.size();
      const bool inside_word = (place > 0 && is_word(out[place - 1])) || (end < out.size() && is_word(out[end]));
      if (form.whole_word && inside_word) {
        ++place;
        continue;
      }
      const std::string instead = replace(form.text.size());
      out.replace(place, form.text.size(), instead);
      place += instead.size();
    }
  }
  return out;
}

std::string Secrets::redact(std::string_view text) const {
  return replace_all(text, [](std::size_t) { return std::string(kRedacted); });
}

void Secrets::redact(Json& value) const {
  if (value.is_string()) {
    value = redact(value.get_ref<const std::string&>());
  } else if (value.is_array()) {
    for (Json& element : value) redact(element);
  } else if (value.is_object()) {
    Json clean = Json::object();
    for (auto& [name, element] : value.items()) {
      redact(element);
      clean[redact(name)] = std::move(element);
    }
    value = std::move(clean);
  }
}

Bytes Secrets::redact_bytes(ByteView bytes) const {
  const std::string clean =
      is_text(bytes) ? redact(as_text(bytes)) : replace_all(as_text(bytes), [](std::size_t size) { return std::string(size, '*'); });
  return Bytes(clean.begin(), clean.end());
}

}  // namespace lintel::scan
