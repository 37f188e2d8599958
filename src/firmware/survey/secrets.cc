// Passwords, tokens and symmetric keys written into text files. Each rule is a form of line; what the form alone proves is "structural", a telling
// name before something random is a "pattern". Programs are not searched: they are full of strings that look like either. Values never leave.
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "base/text.h"
#include "crypto/digest.h"
#include "data/json.h"
#include "firmware/survey/surveyors.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostText = 1 << 20, kMostLine = 4096;
constexpr std::uint64_t kMostTextOfImage = 64ULL << 20;

enum class Proof { pattern, structural };

// The last group is the value; `paths`, when there are any, are parts of the file's path of which it must have one; `hint`: what a line must have, in
// lower case, before the expression is tried.
struct Rule {
  const char* name;
  std::vector<std::string_view> paths, hints;
  Proof proof;
  const char* pattern;
};

// Token forms as their issuers document them.
const std::vector<Rule>& rules() {
  static const std::vector<Rule> kRules{
      {"wifi-passphrase", {"wpa_supplicant", "hostapd", "wifi", "wlan", "wireless"}, {"psk", "passphrase"}, Proof::structural, R"re(^\s*(?:psk|wpa_psk|wpa_passphrase|sae_password)\s*=\s*"?([^"\s]{8,64})"?\s*$)re"},
      {"wifi-passphrase", {"etc/config/wireless"}, {"key"}, Proof::structural, R"re(^\s*option\s+key\s+['"]?([^'"\s]{8,64})['"]?\s*$)re"},
      {"mqtt-password", {"mosquitto"}, {"password"}, Proof::structural, R"re(^\s*(?:remote_password|bridge_password)\s+(\S{4,128})\s*$)re"},
      {"mqtt-password", {}, {"mqtt"}, Proof::structural, R"re((?i)^\s*(?:export\s+)?["']?mqtt[._-]?(?:user[._-]?)?(?:password|passwd|pwd|pass)["']?\s*[=:]\s*["']?([^\s"',;]{4,128})["']?,?\s*$)re"},
      {"password-in-address", {}, {"://"}, Proof::structural, R"re(\b(?:https?|wss?|mqtts?|ftps?|rtsp|amqps?|rediss?|mysql|postgres(?:ql)?)://[^\s:/@"'<>$]{1,64}:([^\s:/@"'<>$]{4,128})@[\w.-])re"},
      {"aws-access-key", {}, {"akia", "asia"}, Proof::structural, R"re(\b((?:AKIA|ASIA)[A-Z2-7]{16})\b)re"},
      {"aliyun-access-key", {}, {"ltai"}, Proof::structural, R"re(\b(LTAI[0-9A-Za-z]{12,20})\b)re"},
      {"tencent-secret-id", {}, {"akid"}, Proof::structural, R"re(\b(AKID[0-9A-Za-z]{32})\b)re"},
      {"google-api-key", {}, {"aiza"}, Proof::structural, R"re(\b(AIza[0-9A-Za-z_-]{35})\b)re"},
      {"github-token", {}, {"gh"}, Proof::structural, R"re(\b(gh[pousr]_[0-9A-Za-z]{36})\b)re"},
      {"slack-token", {}, {"xox"}, Proof::structural, R"re(\b(xox[abprs]-[0-9A-Za-z-]{20,100})\b)re"},
      {"jwt", {}, {"eyj"}, Proof::structural, R"re(\b(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}))re"},
      {"symmetric-key", {}, {"key"}, Proof::structural, R"re((?i)\b(?:[a-z0-9_.-]*[_.-])?(?:aes|sm4|hmac|encrypt(?:ion)?|device|root|master|product|session)[_.-]?key["']?\s*[=:]\s*["']?(?:0x)?([0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})\b)re"},
      {"named-secret", {}, {"pass", "secret", "key", "token", "psk"}, Proof::pattern, R"re((?i)\b(?:[a-z0-9_.-]*)(?:password|passwd|passphrase|secret|api_?key|access_?key|auth_?key|token|psk)["']?\s*[=:]\s*["']?([^\s"',;#<>]{8,128}))re"},
  };
  return kRules;
}

double entropy_of(std::string_view text) {  // bits a character
  std::array<std::size_t, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

// What stands where a secret would: a variable, a path, a word of the instructions, a run of the keyboard.
bool is_placeholder(std::string_view value) {
  if (value.find_first_of("$%{}()<>*|`\\") != std::string_view::npos || value.starts_with("/") || value.starts_with("./")) return true;
  const std::string lower = to_lower(value);
  for (const auto word : {"example"sv, "changeme"sv, "change_me"sv, "your"sv, "placeholder"sv, "dummy"sv, "sample"sv, "xxxx"sv, "...."sv, "----"sv, "____"sv, "mypass"sv, "required"sv, "disabled"sv,
                          "default"sv, "undefined"sv, "0123456789abcdef"sv, "not_set"sv, "topsecret"sv})
    if (lower.find(word) != std::string::npos) return true;
  for (const auto word : {"password"sv, "passphrase"sv, "secret"sv, "none"sv, "null"sv, "true"sv, "false"sv, "file"sv})
    if (lower == word) return true;
  std::string distinct = lower;
  std::sort(distinct.begin(), distinct.end());
  return std::unique(distinct.begin(), distinct.end()) - distinct.begin() < 4;
}

bool is_sample(const std::string& path) {
  for (const auto word : {"/doc/"sv, "/docs/"sv, "example"sv, "sample"sv, "/test/"sv, "/tests/"sv, ".dist"sv, ".md"sv, "readme"sv, "/man/"sv, "/locale/"sv, "/i18n/"sv})
    if (path.find(word) != std::string::npos) return true;
  return false;
}

bool is_comment(std::string_view line) {
  line = trim(line);
  for (const auto mark : {"#"sv, ";"sv, "//"sv, "/*"sv, "*"sv, "<!--"sv, "--"sv, "%"sv, "REM "sv})
    if (line.starts_with(mark)) return true;
  return false;
}

// Three parts in base64url, the first an object that names an algorithm.
bool is_jwt(std::string_view token) {
  std::string head(token.substr(0, token.find('.')));
  for (char& c : head) c = c == '-' ? '+' : c == '_' ? '/' : c;
  head.append((4 - head.size() % 4) % 4, '=');
  const auto bytes = from_base64(head);
  const auto json = bytes ? parse_json(as_text(*bytes)) : fail(ErrorCode::invalid_input, "no base64");
  return json && json->is_object() && !text_or(*json, "alg").empty();
}

class Secrets : public Surveyor {
 public:
  Secrets() {
    for (const Rule& rule : rules()) patterns_.push_back(std::make_unique<RE2>(rule.pattern, RE2::Quiet));
  }

  void see(const Image&, const File& file, ByteView content) override {
    const std::string_view text = as_text(content);
    if (text.size() > kMostText || text.size() > left_ || text.find('\0') != std::string_view::npos) return;
    left_ -= text.size();
    const std::string path = "/" + to_lower(file.path);
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      ++number;
      const std::string_view line = text.substr(begin, std::min(end - begin, kMostLine));
      if (!is_comment(line)) look(file, path, line, number);
      begin = end + 1;
    }
  }

  void conclude(const Image&, Json& facts) override {
    facts["secrets"] = Json::array();
    for (Json& secret : found_) add_finding(facts, "secrets", std::move(secret));
    if (beyond_ > 0) facts["cut"]["secrets"] = beyond_ + integer_or(facts.contains("cut") ? facts["cut"] : Json::object(), "secrets", 0);
  }

 private:
  // The first rule that holds: a line has one finding.
  void look(const File& file, const std::string& path, std::string_view line, std::size_t number) {
    const std::string lower = to_lower(line);
    for (std::size_t i = 0; i < rules().size(); ++i) {
      const Rule& rule = rules()[i];
      const auto in = [](const std::string& text) { return [&text](std::string_view part) { return text.find(part) != std::string::npos; }; };
      if (!rule.paths.empty() && std::none_of(rule.paths.begin(), rule.paths.end(), in(path))) continue;
      if (std::none_of(rule.hints.begin(), rule.hints.end(), in(lower))) continue;
      re2::StringPiece value;
      if (!RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), *patterns_[i], &value)) continue;
      const std::string_view secret(value.data(), value.size());
      if (is_placeholder(secret)) continue;
      const double entropy = entropy_of(secret);
      if (rule.name == "jwt"sv && !is_jwt(secret)) continue;
      if (rule.proof == Proof::pattern && (entropy < 3 || !RE2::PartialMatch(re2::StringPiece(secret.data(), secret.size()), "[0-9]"))) continue;  // words, not chance
      if (found_.size() >= 2 * kMostFindings) {
        ++beyond_;
        return;
      }
      Json finding = place_of(file);
      finding["line"] = number;
      finding["rule"] = rule.name;
      finding["confidence"] = rule.proof == Proof::structural && !is_sample(path) ? "structural" : "pattern";
      finding["length"] = secret.size();
      finding["entropy"] = std::round(entropy * 100) / 100;
      if (const auto sum = crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(secret))) finding["sha256"] = to_hex(*sum);
      found_.push_back(std::move(finding));
      return;
    }
  }

  std::vector<std::unique_ptr<RE2>> patterns_;
  std::vector<Json> found_;
  std::int64_t beyond_ = 0;
  std::uint64_t left_ = kMostTextOfImage;
};

}  // namespace

std::unique_ptr<Surveyor> survey_secrets() { return std::make_unique<Secrets>(); }

}  // namespace lintel::firmware
