#include "rules/target_lint.h"

#include <fmt/format.h>

namespace lintel::rules {
namespace {

namespace fs = std::filesystem;

class Lint {
 public:
  Lint(const std::string& at, const Document& document, const fs::path& folder, Diagnostics& diagnostics)
      : at_(at), document_(document), folder_(folder), diagnostics_(diagnostics) {}

  void host(const Json& json) {
    const std::string ports = text_or(json, "ports");
    if (ports.empty()) return;
    if (const std::string problem = ports_problem(ports); !problem.empty())
      add_error(diagnostics_, "E076", document_.file, document_.at(at_ + "/ports"), fmt::format("`ports`: {}", problem), "like 1-65535 or 22,80,8000-8100");
  }

  void service(const Json& json) { file(json, "ca"); }

  void session(const Json& json) {
    std::string first;
    for (const char* body : {"form", "body", "json"}) {
      if (!json.contains(body)) continue;
      if (!first.empty())
        add_error(diagnostics_, "E029", document_.file, document_.key_at(at_ + "/" + body), fmt::format("`{}` can't stand beside `{}` in this session", body, first), "keep one of them");
      first = body;
    }
    if (!first.empty() && text_or(json, "method", "GET") == "GET")
      add_error(diagnostics_, "E077", document_.file, document_.key_at(at_ + "/" + first), fmt::format("a GET request sends no `{}`", first), "write `method: POST`");
    for (const char* map : {"form", "headers"}) {
      const Json& members = member(json, map);
      if (members.is_object())
        for (const auto& [name, value] : members.items()) secret(name, value, fmt::format("{}/{}", map, escape(name)));
    }
    const Json& body = member(json, "json");
    if (body.is_object())
      for (const auto& [name, value] : body.items()) secret(name, value, "json/" + escape(name));
    file(json, "ca");
  }

  void identities(const Json& json) { file(json, "file"); }

  void firmware(const Json& json) {
    file(json, "image");
    file(json, "manifest");
    if (const Json& signature = member(json, "signature"); signature.is_object()) {
      file(signature, "file", "signature/");
      file(signature, "public_key", "signature/");
    }
    if (const Json& hmac = member(json, "hmac"); hmac.is_object()) {
      const std::string key = text_or(hmac, "key");
      if (!is_reference(key)) warn_secret("hmac/key", "key");
      else reference(key, "hmac/key");
    }
  }

 private:
  static std::string escape(std::string_view name) {
    std::string out;
    for (const char c : name) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return out;
  }
  static bool is_reference(std::string_view value) { return value.starts_with("env:") || value.starts_with("file:"); }
  static bool sounds_secret(std::string_view name) {
    const std::string lower = to_lower(name);
    for (const char* part : {"pass", "pwd", "secret", "token", "api-key", "apikey", "api_key", "authorization", "cookie", "credential", "otp"})
      if (lower.find(part) != std::string::npos) return true;
    return lower == "pin" || lower == "key";
  }

  void secret(const std::string& name, const Json& value, const std::string& where) {
    if (!value.is_string()) return;
    const std::string& text = value.get_ref<const std::string&>();
    if (is_reference(text)) reference(text, where);
    else if (sounds_secret(name) && !text.empty()) warn_secret(where, name);
  }
  void warn_secret(const std::string& where, std::string_view name) {
    add_warning(diagnostics_, "W078", document_.file, document_.at(at_ + "/" + where), fmt::format("`{}` looks like a secret in clear", printable(name)),
                "write env:NAME or file:PATH, which stays out of run files and reports");
  }
  void reference(std::string_view text, const std::string& where) {
    if (text == "env:" || text == "file:")
      add_error(diagnostics_, "E079", document_.file, document_.at(at_ + "/" + where), fmt::format("`{}` names nothing", text), "like env:HOME_PASSWORD or file:password.txt");
  }

  void file(const Json& json, const char* key, const std::string& above = "") {
    const std::string path = text_or(json, key);
    std::error_code ignored;
    if (path.empty() || fs::exists(folder_ / path, ignored)) return;
    add_warning(diagnostics_, "W080", document_.file, document_.at(at_ + "/" + above + key), fmt::format("there is no file {}", (folder_ / path).lexically_normal().string()),
                "what needs it stays inconclusive");
  }

  const std::string& at_;
  const Document& document_;
  const fs::path& folder_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_unsigned<std::uint32_t>(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const auto& [unit, factor] : kUnits)
    if (text.substr(digits) == unit) return std::chrono::milliseconds(*number * factor);
  return std::nullopt;
}

std::string ports_problem(std::string_view ports) {
  for (const std::string_view part : split(ports, ',')) {
    const std::size_t dash = part.find('-');
    const auto low = parse_unsigned<std::uint32_t>(part.substr(0, dash));
    const auto high = dash == std::string_view::npos ? low : parse_unsigned<std::uint32_t>(part.substr(dash + 1));
    if (!low || !high) return fmt::format("{} is no port", part);
    for (const std::uint32_t port : {*low, *high})
      if (port < 1 || port > 65535) return fmt::format("there is no port {}", port);
    if (*low > *high) return fmt::format("{} runs backwards", part);
  }
  return "";
}

void lint_item(model::ItemKind kind, const Json& json, const std::string& at, const Document& document, const fs::path& folder,
               Diagnostics& diagnostics) {
  Lint lint(at, document, folder, diagnostics);
  switch (kind) {
    case model::ItemKind::host: return lint.host(json);
    case model::ItemKind::service: return lint.service(json);
    case model::ItemKind::session: return lint.session(json);
    case model::ItemKind::identities: return lint.identities(json);
    case model::ItemKind::firmware: return lint.firmware(json);
  }
}

}  // namespace lintel::rules
