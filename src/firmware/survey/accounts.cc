// Accounts: passwd with shadow and group, password files of web servers and brokers, authorized SSH keys. A file counts by what its lines are,
// not only by its name. Hashes stay here; their kind, their SHA-256 and whether a known default password fits go out.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/text.h"
#include "crypto/digest.h"
#include "firmware/survey/crypt_hash.h"
#include "firmware/survey/surveyors.h"

namespace lintel::firmware {
namespace {

constexpr std::size_t kLargestFile = 256 << 10;  // of a password file; more of it is no such file
constexpr std::size_t kMostLines = 2000, kMostAccounts = 4 * kMostFindings, kLongestName = 64;
constexpr std::chrono::milliseconds kSearch{3000};

struct Account {
  Json place;
  std::string folder, kind, name, field, shell, home;
  std::optional<std::uint32_t> uid, gid;
  bool may_be_plain = false;
};

std::pair<std::string, std::string> folder_and_name(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::pair{std::string(), path} : std::pair{path.substr(0, slash), path.substr(slash + 1)};
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

// Kinds of web servers' and brokers' password files, by name.
std::string kind_of_list(const std::string& path, std::string_view name) {
  if (name.find("htpasswd") != std::string_view::npos) return "web";
  if (name.starts_with("lighttpd") && (name.find("user") != std::string_view::npos || name.find("passwd") != std::string_view::npos)) return "web";
  if (name == "boa.passwd" || name == "httpd.passwd" || name == "webpasswd" || name == "web.passwd") return "web";
  const bool of_broker = path.find("mosquitto") != std::string::npos;
  return of_broker && (name == "passwd" || name == "pwfile" || name == "password_file" || name == "passwords" || name == "mosquitto.passwd") ? "mqtt" : "";
}

std::string_view login_of(const Account& account, std::string_view kind) {
  if (kind == "locked") return "no";
  if (account.kind == "system") {
    const std::string_view shell = std::string_view(account.shell).substr(account.shell.rfind('/') + 1);
    for (const std::string_view none : {"nologin", "false", "true", "sync", "shutdown", "halt", "null"})
      if (shell == none) return "no";
    if (account.shell.empty() && !account.uid) return "unknown";  // only in shadow
  }
  return kind == "elsewhere" ? "unknown" : "yes";
}

class Accounts : public Surveyor {
 public:
  void see(const Image&, const File& file, ByteView content) override {
    if (content.size() > kLargestFile || accounts_.size() >= kMostAccounts) return;
    const auto [folder, name] = folder_and_name(file.path);
    const std::string_view text = as_text(content);
    const std::string list = kind_of_list(file.path, name);
    if (!list.empty()) return each_line(text, [&](std::size_t number, std::string_view line) { see_list(file, folder, list, number, line); });
    if (name == "passwd") return each_line(text, [&](std::size_t number, std::string_view line) { see_passwd(file, folder, number, line); });
    if (name == "shadow") return each_line(text, [&](std::size_t number, std::string_view line) { see_shadow(file, folder, number, line); });
    if (name == "authorized_keys" || name == "authorized_keys2") return each_line(text, [&](std::size_t number, std::string_view line) { see_key(file, number, line); });
  }

  void conclude(const Image&, Json& facts) override {
    facts["accounts"] = facts["authorized_keys"] = Json::array();
    take_shadow();
    std::vector<std::string> hashes;
    for (const Account& account : accounts_) {
      const std::string_view kind = password_class(account.field, account.may_be_plain);
      if (kind != "empty" && kind != "locked" && kind != "elsewhere" && kind != "plain") hashes.push_back(account.field);
    }
    const auto known = search_passwords(hashes, kSearch);
    std::size_t open = 0;
    for (const auto& [hash, fit] : known) open += fit.known == Fit::Known::unknown ? 1 : 0;
    for (const Account& account : accounts_) add_finding(facts, "accounts", finding_of(account, known));
    for (Json& key : keys_) add_finding(facts, "authorized_keys", std::move(key));
    facts["password_search"] = {{"words", known_default_passwords().size()}, {"hashes", known.size()}, {"undecided", open}};
  }

 private:
  template <class See>
  void each_line(std::string_view text, See see_line) {
    for (std::size_t number = 1; !text.empty() && number <= kMostLines; ++number) {
      const auto end = text.find('\n');
      std::string_view line = text.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.empty() && line[0] != '#' && line.find('\0') == std::string_view::npos) see_line(number, line);
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 1);
    }
  }

  Account account_at(const File& file, std::string folder, std::size_t line, std::string kind, std::string_view name, std::string_view field) {
    Account account;
    account.place = place_of(file);
    account.place["line"] = line;
    account.folder = fmt::format("{}:{}", file.part, folder);
    account.kind = std::move(kind);
    account.name = name;
    account.field = field;
    return account;
  }

  void see_passwd(const File& file, const std::string& folder, std::size_t number, std::string_view line) {
    const auto fields = split(line, ':');
    if (fields.size() != 7 || !is_name(fields[0])) return;
    const auto uid = parse_unsigned<std::uint32_t>(fields[2]), gid = parse_unsigned<std::uint32_t>(fields[3]);
    if (!uid || !gid) return;
    Account account = account_at(file, folder, number, "system", fields[0], fields[1]);
    account.uid = uid;
    account.gid = gid;
    account.home = fields[5];
    account.shell = fields[6];
    keep(std::move(account));
  }

  void see_shadow(const File& file, const std::string& folder, std::size_t number, std::string_view line) {
    const auto fields = split(line, ':');
    if (fields.size() < 8 || fields.size() > 9 || !is_name(fields[0])) return;
    for (std::size_t i = 2; i < 8; ++i)
      if (!fields[i].empty() && fields[i] != "-1" && !parse_unsigned<std::uint32_t>(fields[i])) return;
    if (shadow_.size() < kMostAccounts) shadow_.push_back(account_at(file, folder, number, "system", fields[0], fields[1]));
  }

  void see_list(const File& file, const std::string& folder, const std::string& kind, std::size_t number, std::string_view line) {
    const auto fields = split(line, ':');
    if (fields.size() < 2 || fields.size() > 3 || !is_name(fields[0]) || fields.back().size() > 512 || fields.back().find(' ') != std::string_view::npos) return;
    Account account = account_at(file, folder, number, kind, fields[0], fields.back());
    account.may_be_plain = kind == "web" && fields.size() == 2;
    keep(std::move(account));
  }

  void see_key(const File& file, std::size_t number, std::string_view line) {
    static constexpr std::array<std::string_view, 8> kTypes{"ssh-rsa", "ssh-dss", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"};
    const auto words = split(line, ' ');
    for (std::size_t i = 0; i + 1 < words.size() && i < 32; ++i) {
      if (std::ranges::find(kTypes, words[i]) == kTypes.end()) continue;
      const auto blob = from_base64(words[i + 1]);
      if (!blob || blob->size() < 4 + words[i].size()) return;
      Cursor cursor(*blob);  // the key repeats its type, so the text is a key
      const std::uint32_t length = cursor.u32();
      if (length != words[i].size() || as_text(cursor.take(length)) != words[i] || keys_.size() > kMostFindings) return;
      Json key = place_of(file);
      key["line"] = number;
      key["type"] = words[i];
      if (const auto digest = crypto::digest(crypto::DigestAlgorithm::sha256, *blob)) key["sha256"] = to_hex(*digest);
      keys_.push_back(std::move(key));
      return;
    }
  }

  void keep(Account account) {
    if (accounts_.size() < kMostAccounts) accounts_.push_back(std::move(account));
  }

  // shadow of the same folder holds what passwd leaves to it; an account that only shadow knows stands alone.
  void take_shadow() {
    std::map<std::pair<std::string, std::string>, std::size_t> by_name;
    for (std::size_t i = 0; i < accounts_.size(); ++i)
      if (accounts_[i].kind == "system") by_name.emplace(std::pair(accounts_[i].folder, accounts_[i].name), i);
    for (Account& entry : shadow_) {
      const auto found = by_name.find({entry.folder, entry.name});
      if (found == by_name.end()) {
        keep(std::move(entry));
        continue;
      }
      Account& account = accounts_[found->second];
      if (account.field != "x") continue;  // libc and busybox ask shadow only then
      account.field = std::move(entry.field);
      account.place = std::move(entry.place);
    }
  }

  static Json finding_of(const Account& account, const std::map<std::string, Fit>& known) {
    const std::string_view kind = password_class(account.field, account.may_be_plain);
    Json finding = account.place;
    finding["kind"] = account.kind;
    finding["name"] = printable(account.name);
    if (account.uid) finding["uid"] = *account.uid;
    if (account.gid) finding["gid"] = *account.gid;
    if (account.uid) finding["home"] = printable(account.home.substr(0, 200));
    if (account.uid) finding["shell"] = printable(account.shell.substr(0, 200));
    finding["password"] = kind;
    finding["login"] = login_of(account, kind);
    finding["confidence"] = "structural";
    Fit fit;
    if (const auto found = known.find(account.field); found != known.end()) fit = found->second;
    if (kind == "plain") {
      const auto words = known_default_passwords();
      fit = std::ranges::find(words, account.field) != words.end() ? Fit{Fit::Known::yes, account.field.size()} : Fit{Fit::Known::no, 0};
    }
    if (kind == "empty" || kind == "locked") fit.known = Fit::Known::no;
    finding["known_default"] = fit.known == Fit::Known::yes ? "yes" : fit.known == Fit::Known::no ? "no" : "unknown";
    if (fit.known == Fit::Known::yes) {
      finding["password_length"] = fit.length;
      finding["confidence"] = "validated";
    }
    const bool secret = kind != "empty" && kind != "locked" && kind != "elsewhere";
    // A password that stands there as it is would be found by its SHA-256; a salted hash is not.
    if (const auto digest = crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(account.field)); secret && kind != "plain" && digest) finding["hash_sha256"] = to_hex(*digest);
    return finding;
  }

  std::vector<Account> accounts_, shadow_;
  std::vector<Json> keys_;
};

}  // namespace

std::unique_ptr<Surveyor> survey_accounts() { return std::make_unique<Accounts>(); }

}  // namespace lintel::firmware
