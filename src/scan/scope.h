// The scope guard: what of the world one job may touch. Hosts are compared as text, so a literal in another spelling or a name that
// resolves to a declared address is outside. Pure but for looking whether files exist and which name servers this machine has.
#pragma once
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/target.h"

namespace lintel::scan {

class Scope {
 public:
  // Hosts: the addresses of the asset's items, and the hosts of its sessions' URLs. For an item that is a name in the DNS also its resolver, or
  // this machine's name servers where it declares none; what they answer opens nothing, an address found there must be listed too. Files: those written in the item, what lies beside them,
  // and the folder of the target file (a manifest names its signature by a path of its own).
  Scope(const model::Asset& asset, const model::Item& item, const std::filesystem::path& folder);

  // Errors: permission.
  Result<void> check_host(std::string_view host) const;
  // Errors: permission, invalid_input (no plain http or https URL: user names, backslashes, spaces and control characters are refused).
  Result<void> check_url(std::string_view url) const;
  // The absolute path. Errors: permission.
  Result<std::filesystem::path> check_file(const std::string& path) const;

 private:
  std::string asset_;
  std::set<std::string> hosts_;  // lower case, without brackets
  std::filesystem::path folder_;
  std::set<std::filesystem::path> files_;    // normal form
  std::vector<std::filesystem::path> roots_;
};

// The host of an http(s) URL, lower case, without brackets. Errors: invalid_input.
Result<std::string> url_host(std::string_view url);

}  // namespace lintel::scan
