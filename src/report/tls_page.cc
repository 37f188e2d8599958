#include "report/tls_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "data/json.h"
#include "report/columns.h"
#include "report/paint.h"
#include "report/values.h"

namespace lintel::report {

namespace {

struct Column {
  const char* fact;
  const char* shown;
};
constexpr std::array kColumns = {Column{"ssl2", "SSL2"},   Column{"ssl3", "SSL3"},   Column{"tls1_0", "1.0"},     Column{"tls1_1", "1.1"},   Column{"tls1_2", "1.2"},
                                 Column{"tls1_3", "1.3"},  Column{"tlcp1_1", "TLCP"}, Column{"dtls1_0", "DTLS1.0"}, Column{"dtls1_2", "DTLS1.2"}};

struct Word {
  const char* fact;
  const char* zh;
  const char* en;
};
constexpr std::array kWeak = {Word{"null", "不加密", "no encryption"},         Word{"anonymous", "匿名", "anonymous"}, Word{"export", "出口级", "export grade"},
                              Word{"single_des", "单 DES", "single DES"},      Word{"rc2", "RC2", "RC2"},             Word{"rc4", "RC4", "RC4"},
                              Word{"triple_des", "3DES", "triple DES"},        Word{"md5", "MD5", "MD5"}};
constexpr std::array kAttacks = {Word{"heartbleed", "Heartbleed", "Heartbleed"}, Word{"early_change_cipher", "CCS 注入", "CCS injection"}, Word{"drown", "DROWN", "DROWN"},
                                 Word{"poodle", "POODLE", "POODLE"},             Word{"freak", "FREAK", "FREAK"},                         Word{"logjam", "Logjam", "Logjam"},
                                 Word{"sweet32", "SWEET32", "SWEET32"},          Word{"crime", "CRIME", "CRIME"}};
constexpr std::array kFeatures = {Word{"renegotiation_info", "安全重协商", "secure renegotiation"},
                                  Word{"extended_master_secret", "扩展主密钥", "extended master secret"},
                                  Word{"encrypt_then_mac", "先加密后 MAC", "encrypt-then-MAC"},
                                  Word{"fallback_signal", "防降级信号", "fallback SCSV"},
                                  Word{"stapled_status", "OCSP 装订", "OCSP stapling"},
                                  Word{"tickets", "会话票据", "session tickets"},
                                  Word{"heartbeat", "心跳", "heartbeat"},
                                  Word{"compression", "压缩", "compression"}};

class Page {
 public:
  Page(const Json& facts, const TerminalOptions& options) : facts_(facts), options_(options), width_(std::max<std::size_t>(options.width, 40)) {}

  std::string render(const model::Observation& observation, const std::string& place) {
    out_ = tone("strong", place) + "  " + headline(observation) + "\n";
    if (!observation.message.empty()) line("", plain(observation.message));
    versions();
    suites();
    codes();
    certificate();
    client();
    states(say("弱套件", "weak suites"), member(facts_, "weak"), kWeak);
    states(say("已知攻击", "known attacks"), member(facts_, "vulnerable"), kAttacks);
    features();
    session();
    for (const Json& anomaly : list(facts_, "anomalies")) line(say("异常", "anomaly"), plain(anomaly.get<std::string>()), "inconclusive");
    return std::move(out_);
  }

 private:
  std::string say(const char* zh, const char* en) const { return options_.language == Language::en ? en : zh; }
  std::string tone(std::string_view name, const std::string& text) const { return options_.colour == Colour::on ? paint(name, text) : text; }
  static std::string plain(const std::string& text) { return one_line(text); }
  static const Json& list(const Json& from, const char* name) {
    static const Json none = Json::array();
    const Json& found = member(from, name);
    return found.is_array() ? found : none;
  }

  // A label and text beside it, wrapped. tone: of the text.
  void line(const std::string& label, const std::string& text, std::string_view tone_name = {}) {
    constexpr std::size_t kLabel = 20;
    std::string head = pad(label, kLabel);
    for (const std::string& part : wrap(text, width_ - std::min(width_ - 20, kLabel + 2))) {
      out_ += "  " + tone("", head) + (tone_name.empty() ? part : tone(tone_name, part)) + "\n";
      head = std::string(kLabel, ' ');
    }
  }

  std::string headline(const model::Observation& observation) const {
    const std::string spoken = text_or(facts_, "spoken", "unknown");
    const std::string instead = text_or(facts_, "instead");
    std::string said = spoken == "yes" ? (member(facts_, "dtls_cookie").is_object() ? "DTLS" : "TLS") : spoken == "no" ? say("不是 TLS：", "not TLS: ") + plain(instead) : say("未知", "unknown");
    if (spoken == "yes" && text_or(member(member(facts_, "versions"), "tlcp1_1"), "offered") == "yes") said += list(facts_, "offered").size() == 1 ? " (TLCP)" : " + TLCP";
    const auto used = integer_or(facts_, "connections_used", 0);
    said += "  " + tone("", options_.language == Language::en ? fmt::format("{} connections", used) : fmt::format("{} 个连接", used));
    if (observation.status != model::Status::ok) said += "  " + tone("inconclusive", std::string(name_of(observation.status)));
    if (member(facts_, "complete") == Json(false)) said += "  " + tone("inconclusive", say("未完成", "incomplete"));
    return said;
  }

  static std::string_view tone_of(std::string_view version, const std::string& offered) {
    if (offered == "unknown") return "inconclusive";
    const bool old = version.starts_with("ssl");
    const bool aging = version == "tls1_0" || version == "tls1_1" || version == "dtls1_0";
    if (offered == "yes") return old ? "fail" : aging ? "inconclusive" : "pass";
    return "";
  }

  void versions() {
    const Json& all = member(facts_, "versions");
    if (!all.is_object()) return;
    std::string text;
    for (const Column& column : kColumns) {
      const std::string offered = text_or(member(all, column.fact), "offered");
      if (offered.empty()) continue;
      const std::string shown = fmt::format("{} {}", column.shown, offered == "yes" ? say("有", "yes") : offered == "no" ? say("无", "no") : say("未知", "unknown"));
      text += tone(tone_of(column.fact, offered), shown) + "   ";
    }
    out_ += "  " + pad(say("版本", "versions"), 20) + text + "\n";
  }

  // One row a suite, one column a version that is offered.
  void suites() {
    std::vector<Column> shown;
    std::vector<const Json*> rows;
    std::map<std::string, std::set<std::string>> in;  // versions by name of suite
    bool complete = true;
    for (const Column& column : kColumns) {
      const Json& version = member(member(facts_, "versions"), column.fact);
      if (!member(version, "suites").is_array()) continue;
      shown.push_back(column);
      complete = complete && member(version, "suites_complete") != Json(false);
    }
    for (auto column = shown.rbegin(); column != shown.rend(); ++column)
      for (const Json& suite : list(member(member(facts_, "versions"), column->fact), "suites")) {
        const std::string name = text_or(suite, "name");
        if (in[name].empty()) rows.push_back(&suite);
        in[name].insert(column->fact);
      }
    if (rows.empty()) return;
    std::size_t widest = 0;
    for (const Json* row : rows) widest = std::max(widest, text_or(*row, "name").size());
    out_ += "\n  " + tone("strong", pad(fmt::format("{} ({})", say("密码套件", "cipher suites"), rows.size()), widest));
    for (const Column& column : shown) out_ += "  " + tone("strong", column.shown);
    out_ += "  " + tone("strong", say("位", "bits")) + "\n";
    for (const Json* row : rows) {
      const std::string name = text_or(*row, "name");
      std::vector<std::string> flags;
      for (const Json& flag : list(*row, "flags")) flags.push_back(flag.get<std::string>());
      const bool bad = std::ranges::any_of(flags, [](const std::string& flag) { return flag == "null" || flag == "anon" || flag == "export" || flag == "des" || flag == "rc2" || flag == "rc4"; });
      const bool poor = std::ranges::any_of(flags, [](const std::string& flag) { return flag == "3des" || flag == "md5"; });
      out_ += "  " + tone(bad ? "fail" : poor ? "inconclusive" : "pass", pad(plain(name), widest));
      for (const Column& column : shown) {
        const std::size_t space = std::string_view(column.shown).size();
        out_ += "  " + pad(in[name].contains(column.fact) ? "●" : "·", space);
      }
      std::string more = fmt::format("{:>4}", integer_or(*row, "bits", 0));
      if (const std::string group = text_or(*row, "group"); !group.empty()) more += "  " + group;
      if (const auto bits = integer_or(*row, "dh_bits", 0); bits > 0) more += fmt::format("  DH {}", bits);
      if (const auto bits = integer_or(*row, "rsa_bits", 0); bits > 0) more += fmt::format("  RSA {}", bits);
      out_ += "  " + more + (bad || poor ? "  " + join(flags, " ") : "") + "\n";
    }
    for (const Column& column : shown) {
      const std::string order = text_or(member(member(facts_, "versions"), column.fact), "order");
      if (order == "server" || order == "client")
        line(fmt::format("{} {}", say("次序", "order"), column.shown), order == "server" ? say("由服务端决定", "of the server") : say("由客户端决定", "of the client"));
    }
    if (!complete) line(say("套件列表", "list of suites"), say("不完整：有的询问没有得到明确答复", "incomplete: some questions got no clear answer"), "inconclusive");
    out_ += "\n";
  }

  void codes() {
    for (const Column& column : kColumns) {
      std::vector<std::string> names;
      for (const Json& group : list(member(member(facts_, "versions"), column.fact), "groups")) names.push_back(text_or(group, "name"));
      if (!names.empty()) line(fmt::format("{} {}", say("群", "groups"), column.shown), join(names, " "));
    }
    std::vector<std::string> schemes;
    for (const Json& scheme : list(facts_, "signature_schemes")) schemes.push_back(scheme.get<std::string>());
    if (!schemes.empty()) line(say("签名方案", "signatures"), join(schemes, " "));
  }

  void certificate() {
    const Json& one = member(facts_, "certificate");
    if (!one.is_object()) return;
    out_ += "\n";
    const Json& key = member(one, "key");
    const auto left = integer_or(one, "days_left", 0);
    line(say("证书", "certificate"), plain(text_or(one, "subject")), "strong");
    line(say("  颁发者", "  issuer"), plain(text_or(one, "issuer")) + (member(one, "self_signed") == Json(true) ? say("（自签名）", " (self-signed)") : ""));
    line(say("  有效期", "  valid"),
         fmt::format("{} … {}  {}", text_or(one, "not_before").substr(0, 10), text_or(one, "not_after").substr(0, 10),
                     left < 0 ? say("已过期", "expired") : options_.language == Language::en ? fmt::format("{} days left", left) : fmt::format("剩余 {} 天", left)),
         left < 0 ? "fail" : left < 30 ? "inconclusive" : std::string_view());
    line(say("  公钥", "  key"), fmt::format("{} {} {}", text_or(key, "type"), integer_or(key, "bits", 0), text_or(key, "curve")));
    line(say("  签名", "  signature"), plain(text_or(one, "signature_algorithm")));
    std::vector<std::string> names;
    for (const Json& name : list(one, "names")) names.push_back(plain(name.get<std::string>()));
    if (!names.empty()) line(say("  名称", "  names"), join(names, " "));
    line("  SHA-256", text_or(one, "sha256"));
  }

  void client() {
    const Json& one = member(facts_, "client_certificate");
    if (!one.is_object()) return;
    const std::string requested = text_or(one, "requested"), required = text_or(one, "required"), stranger = text_or(one, "stranger");
    std::string text = required == "yes"     ? say("必须出示", "required")
                       : requested == "yes" ? (required == "no" ? say("索取但不强制", "asked for, not required") : say("索取，是否强制未知", "asked for; whether required is unknown"))
                       : requested == "no"  ? say("不索取", "not asked for")
                                            : say("未知", "unknown");
    if (stranger == "refused") text += say("，拒绝陌生证书", ", a stranger's is refused");
    if (stranger == "accepted") text += say("，接受陌生证书", ", a stranger's is accepted");
    line(say("客户端证书", "client certificate"), text, stranger == "accepted" ? "fail" : std::string_view());
    out_ += "\n";
  }

  // Those that hold, then those that are not known; "none" when all are known not to.
  template <std::size_t Size>
  void states(const std::string& label, const Json& of, const std::array<Word, Size>& words) {
    if (!of.is_object()) return;
    std::vector<std::string> yes, unknown;
    for (const Word& word : words) {
      const std::string state = text_or(of, word.fact);
      if (state == "yes") yes.push_back(say(word.zh, word.en));
      if (state == "unknown") unknown.push_back(say(word.zh, word.en));
    }
    if (!yes.empty()) line(label, join(yes, ", "), "fail");
    if (!unknown.empty()) line(yes.empty() ? label : "", say("未知：", "unknown: ") + join(unknown, ", "), "inconclusive");
    if (yes.empty() && unknown.empty()) line(label, say("无", "none"), "pass");
  }

  void features() {
    const Json& of = member(facts_, "features");
    if (!of.is_object()) return;
    std::vector<std::string> have, lack;
    for (const Word& word : kFeatures) {
      const std::string state = text_or(of, word.fact);
      if (state == "yes") have.push_back(say(word.zh, word.en));
      if (state == "no") lack.push_back(say(word.zh, word.en));
    }
    const std::string cookie = text_or(member(facts_, "dtls_cookie"), "asked");
    if (cookie == "yes") have.push_back(say("cookie 校验", "cookie"));
    if (cookie == "no") lack.push_back(say("cookie 校验", "cookie"));
    if (const std::string alpn = text_or(of, "alpn"); !alpn.empty()) have.push_back("ALPN " + plain(alpn));
    if (!have.empty()) line(say("具备", "has"), join(have, ", "));
    if (!lack.empty()) line(say("不具备", "has not"), join(lack, ", "));
  }

  void session() {
    const Json& ids = member(facts_, "session_ids");
    if (!ids.is_object()) return;
    const auto seen = integer_or(ids, "seen", 0), different = integer_or(ids, "different", 0);
    line(say("会话标识", "session ids"), options_.language == Language::en ? fmt::format("{} seen, {} different", seen, different) : fmt::format("见到 {} 个，互不相同 {} 个", seen, different),
         different < seen ? "fail" : std::string_view());
  }

  const Json& facts_;
  const TerminalOptions& options_;
  const std::size_t width_;
  std::string out_;
};

}  // namespace

std::string render_tls_page(const model::Observation& observation, const std::string& place, const TerminalOptions& options) {
  return Page(observation.facts, options).render(observation, place);
}

}  // namespace lintel::report
