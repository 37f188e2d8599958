#include "scan/scope.h"

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "data/json.h"
#include "net/dns_client.h"

namespace lintel::scan {
namespace fs = std::filesystem;
namespace {

std::string normal_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return to_lower(host);
}

fs::path normal(const fs::path& folder, const std::string& path) { return (folder / path).lexically_normal(); }

void each_text(const Json& value, const std::function<void(const std::string&)>& visit) {
  if (value.is_string()) visit(value.get_ref<const std::string&>());
  if (value.is_structured())
    for (const Json& element : value) each_text(element, visit);
}

bool is_inside(const fs::path& path, const fs::path& root) {
  const auto [end, rest] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return end == root.end() && rest != path.end();
}

}  // namespace

Result<std::string> url_host(std::string_view url) {
  const auto bad = [&] { return fail(ErrorCode::invalid_input, "not a plain http or https URL: {}", printable(url)); };
  const std::string lower = to_lower(url.substr(0, 8));
  std::string_view rest;
  if (lower.starts_with("http://")) rest = url.substr(7);
  else if (lower.starts_with("https://")) rest = url.substr(8);
  else return bad();
  std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  // Only what every parser of URLs reads alike.
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
  if (host.empty() || host.find_first_not_of(kPlain) != std::string_view::npos) return bad();
  if (std::ranges::any_of(url, [](unsigned char c) { return c <= ' ' || c == 127 || c == '\\'; })) return bad();
  if (host.front() == '[') {
    const auto end = host.find(']');
    if (end == std::string_view::npos || (end + 1 < host.size() && host[end + 1] != ':')) return bad();
    host = host.substr(0, end + 1);
  } else {
    const auto colon = host.find(':');
    if (colon != std::string_view::npos && host.find_first_not_of("0123456789", colon + 1) != std::string_view::npos) return bad();
    host = host.substr(0, colon);
  }
  if (host.empty()) return bad();
  return normal_host(host);
}

Scope::Scope(const model::Asset& asset, const model::Item& item, const fs::path& folder)
    : asset_(asset.id), folder_(folder.empty() ? fs::current_path() : folder) {
  for (const model::Item& declared : asset.items) {
    const std::string address = text_or(declared.data, "address");
    if (!address.empty()) hosts_.insert(normal_host(address));
    if (const auto host = url_host(text_or(declared.data, "url"))) hosts_.insert(*host);
    for (const Json& listed : member(declared.data, "addresses"))
      if (listed.is_string()) hosts_.insert(normal_host(listed.get_ref<const std::string&>()));
  }
  if (item.kind == model::ItemKind::domain) {
    const std::string resolver = text_or(item.data, "resolver");
    const auto declared = net::dns::parse_server(resolver);
    if (declared) hosts_.insert(net::host_of(*declared));
    if (resolver.empty())
      for (const net::Address& server : net::dns::system_servers()) hosts_.insert(net::host_of(server));
  }
  folder_ = folder_.lexically_normal();
  if (!folder_.has_filename()) folder_ = folder_.parent_path();  // "/home/run/" and "/home/run" are one
  roots_.push_back(folder_);
  each_text(item.data, [&](const std::string& text) {
    const fs::path path = normal(folder_, text.starts_with("file:") ? text.substr(5) : text);
    std::error_code ignored;
    if (text.empty() || text.find('\0') != std::string::npos) return;
    files_.insert(path);
    if (fs::is_regular_file(path, ignored)) roots_.push_back(path.parent_path());
  });
}

Result<void> Scope::check_host(std::string_view host) const {
  if (hosts_.contains(normal_host(host))) return {};
  return fail(ErrorCode::permission, "'{}' is no address of asset '{}' in the target file; nothing was sent there", printable(host), asset_);
}

Result<void> Scope::check_url(std::string_view url) const { return check_host(TRY(url_host(url))); }

Result<fs::path> Scope::check_file(const std::string& path) const {
  const fs::path place = normal(folder_, path);
  const auto holds = [&](const fs::path& root) { return is_inside(place, root); };
  if (path.find('\0') == std::string::npos && (files_.contains(place) || std::ranges::any_of(roots_, holds))) return place;
  return fail(ErrorCode::permission, "'{}' is outside the folders that asset '{}' names in the target file", printable(path), asset_);
}

}  // namespace lintel::scan
