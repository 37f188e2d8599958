#include "rules/target_lint.h"

#include <fmt/format.h>

#include "rules/item_lint.h"
#include "rules/web_lint.h"

namespace lintel::rules {
namespace {

namespace fs = std::filesystem;

class Lint : public ItemLint {
 public:
  using ItemLint::ItemLint;

  void host(const Json& json) {
    const std::string ports = text_or(json, "ports");
    if (ports.empty()) return;
    if (const std::string problem = ports_problem(ports); !problem.empty())
      error("E076", "ports", fmt::format("`ports`: {}", problem), "like 1-65535 or 22,80,8000-8100");
  }

  void service(const Json& json) { file(json, "ca"); }

  void session(const Json& json) {
    file(json, "file");
    // Beside `url`, `subscribe` and `file`, of which the schema wants one.
    const auto needs = [&](const char* way, std::initializer_list<const char*> members) {
      if (!json.contains(way)) return;
      for (const char* name : members)
        if (!json.contains(name)) error_at_key("E022", "id", fmt::format("`{}` is missing in this session", name));
    };
    needs("url", {"id_in"});
    needs("subscribe", {"address", "port", "id_in"});
    const Json& accounts = member(json, "accounts");
    if (accounts.is_object())
      for (const auto& [name, account] : accounts.items()) {
        for (const char* path : {"certificate", "key"}) file(account, path, fmt::format("accounts/{}/", escape(name)));
        if (const Json& password = member(account, "password"); password.is_string()) secret("password", password, fmt::format("accounts/{}/password", escape(name)));
      }
    std::string first;
    for (const char* body : {"form", "body", "json"}) {
      if (!json.contains(body)) continue;
      if (!first.empty())
        error_at_key("E029", body, fmt::format("`{}` can't stand beside `{}` in this session", body, first), "keep one of them");
      first = body;
    }
    if (!first.empty() && text_or(json, "method", "GET") == "GET")
      error_at_key("E077", first, fmt::format("a GET request sends no `{}`", first), "write `method: POST`");
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

  void burning(const Json& json) {
    file(json, "receipts");
    file(json, "identities");
    for (const char* key : {"cms", "ca"}) file(member(json, "signature"), key, "signature/");
    file(member(json, "receipt_signature"), "public_key", "receipt_signature/");
    if (json.contains("signature") && json.contains("receipt_signature"))
      error_at_key("E029", "receipt_signature", "`receipt_signature` can't stand beside `signature` in this item", "keep one of them");
  }

  void mqtt(const Json& json) {
    file(json, "ca");
    const Json& accounts = member(json, "accounts");
    if (!accounts.is_object()) return;
    for (const auto& [name, account] : accounts.items()) {
      const std::string above = "accounts/" + escape(name) + "/";
      for (const char* key : {"password", "device_key"})
        if (account.contains(key)) secret(key, account[key], above + key);
      file(account, "certificate", above);
      file(account, "key", above);
    }
  }

  void coap(const Json& json) {
    if (json.contains("key")) secret("key", json["key"], "key");
    file(json, "certificate");
    file(json, "certificate_key");
  }
};

}  // namespace

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
    case model::ItemKind::web: return lint_web(json, at, document, folder, diagnostics);
    case model::ItemKind::mqtt: return lint.mqtt(json);
    case model::ItemKind::coap: return lint.coap(json);
    case model::ItemKind::domain: return lint.file(json, "database");
    case model::ItemKind::burning: return lint.burning(json);
  }
}

}  // namespace lintel::rules
