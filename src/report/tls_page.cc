#include "report/tls_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "data/json.h"
#include "report/columns.h"
#include "report/messages.h"
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
                                  Word{"fallback_signal", "防降级信号", "fallback signal"},
                                  Word{"stapled_status", "OCSP 装订", "OCSP stapling"},
                                  Word{"tickets", "会话票据", "session tickets"},
                                  Word{"heartbeat", "心跳", "heartbeat"},
                                  Word{"compression", "压缩", "compression"}};
constexpr std::array kReturns = {Word{"resumed_by_id", "会话标识", "session id"}, Word{"resumed_by_ticket", "票据", "ticket"}, Word{"resumed_by_psk", "预共享密钥", "pre-shared key"}};
constexpr std::array kFaults = {Word{"sign_key_not_sm2", "签名证书的公钥不是 SM2", "the signing key is not SM2"},
                                Word{"encryption_key_not_sm2", "加密证书的公钥不是 SM2", "the encryption key is not SM2"},
                                Word{"sign_usage_missing", "签名证书缺少签名用途", "the signing certificate may not sign"},
                                Word{"encryption_usage_missing", "加密证书缺少加密用途", "the encryption certificate may not encrypt"},
                                Word{"sign_certificate_may_encrypt", "签名证书可用于加密", "the signing certificate may encrypt too"},
                                Word{"encryption_certificate_may_sign", "加密证书可用于签名", "the encryption certificate may sign too"},
                                Word{"subjects_differ", "两张证书的主体不同", "the two name different subjects"},
                                Word{"issuers_differ", "两张证书的颁发者不同", "the two have different issuers"},
                                Word{"one_certificate_twice", "同一张证书用了两次", "one certificate is used twice"}};

constexpr std::size_t kLabel = 20, kMostNames = 20, kMostSuites = 500, kPageTextBytes = 300;

// Facts may come from a file that somebody else wrote, so nothing is taken for what the schema says.
class Page {
 public:
  Page(const Json& facts, const TerminalOptions& options) : facts_(facts), options_(options), width_(std::max<std::size_t>(options.width, 40)) {}

  // What is wrong comes first, what else was seen after it.
  std::string render(const model::Observation& observation, const std::string& place) {
    out_ = tone("strong", one_line(place)) + "  " + headline(observation) + "\n";
    if (!observation.message.empty()) line("", said(observation.message));
    versions();
    states(say("弱套件", "weak suites"), member(facts_, "weak"), kWeak);
    states(say("已知攻击", "known attacks"), member(facts_, "vulnerable"), kAttacks);
    for (const std::string& anomaly : texts(facts_, "anomalies")) line(say("异常", "anomaly"), said(anomaly), "inconclusive");
    if (text_or(facts_, "answers_afterwards") == "no") line(say("异常", "anomaly"), say("探测之后不再应答", "answers no more after the look"), "fail");
    suites();
    codes();
    const Json& tlcp = member(facts_, "tlcp");
    certificates(tlcp);
    default_certificate();
    certificate(say("签名证书", "signing certificate"), member(tlcp, "sign"));
    certificate(say("加密证书", "encryption cert."), member(tlcp, "encryption"));
    double_certificate(tlcp);
    gap();
    client();
    features();
    sessions();
    return std::move(out_);
  }

 private:
  std::string say(const char* zh, const char* en) const { return options_.language == Language::en ? en : zh; }
  std::string said(const std::string& message) const { return one_line(options_.language == Language::en ? message : in_chinese(message), kPageTextBytes); }
  std::string tone(std::string_view name, const std::string& text) const { return options_.colour == Colour::on ? paint(name, text) : text; }
  static std::string text(const Json& from, const char* name) { return one_line(text_or(from, name), kPageTextBytes); }
  static std::string day(const Json& from, const char* name) {
    const std::string time = text(from, name);
    return time.substr(0, time.find('T'));
  }
  static const Json& list(const Json& from, const char* name) {
    static const Json none = Json::array();
    const Json& found = member(from, name);
    return found.is_array() ? found : none;
  }
  // The texts of a list; those beyond kMostNames as a number.
  static std::vector<std::string> texts(const Json& from, const char* name) {
    std::vector<std::string> found;
    const Json& all = list(from, name);
    for (const Json& one : all) {
      if (found.size() == kMostNames) {
        found.push_back(fmt::format("… +{}", all.size() - kMostNames));
        break;
      }
      if (one.is_string()) found.push_back(one_line(one.get_ref<const std::string&>(), kPageTextBytes));
    }
    return found;
  }
  const Json& version(const Column& column) const { return member(member(facts_, "versions"), column.fact); }

  // One empty line, however many ask for it.
  void gap() {
    if (!out_.ends_with("\n\n")) out_ += "\n";
  }

  // A label and text beside it, wrapped. tone_name: of the text.
  void line(const std::string& label, const std::string& text, std::string_view tone_name = {}) {
    std::string head = pad(label, kLabel);
    for (const std::string& part : wrap(text, width_ - kLabel - 2)) {
      out_ += "  " + tone("", head) + (tone_name.empty() ? part : tone(tone_name, part)) + "\n";
      head = std::string(kLabel, ' ');
    }
  }

  std::string headline(const model::Observation& observation) const {
    const std::string spoken = text(facts_, "spoken"), instead = text(facts_, "instead");
    const bool tlcp = text(member(member(facts_, "versions"), "tlcp1_1"), "offered") == "yes";
    const bool alone = tlcp && list(facts_, "offered").size() == 1;
    std::string said = spoken == "yes" ? (member(facts_, "dtls_cookie").is_object() ? "DTLS" : alone ? "TLCP" : tlcp ? "TLS + TLCP" : "TLS")
                       : spoken == "no" ? say("不是 TLS", "not TLS") + (instead.empty() ? "" : ": " + instead)
                                        : say("未知", "unknown");
    const auto used = integer_or(facts_, "connections_used", 0);
    said += "  " + tone("", options_.language == Language::en ? fmt::format("{} connection{}", used, used == 1 ? "" : "s") : fmt::format("{} 个连接", used));
    if (observation.status != model::Status::ok) said += "  " + tone("inconclusive", this->said(std::string(name_of(observation.status))));
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
    std::string row;
    std::size_t used = 0;
    const auto flush = [&](const std::string& label) {
      if (used > 0) out_ += "  " + tone("", pad(label, kLabel)) + row + "\n";
      row.clear();
      used = 0;
    };
    std::string label = say("版本", "versions");
    for (const Column& column : kColumns) {
      const std::string offered = text_or(version(column), "offered");
      if (offered.empty()) continue;
      const std::string shown = fmt::format("{} {}", column.shown, offered == "yes" ? say("有", "yes") : offered == "no" ? say("无", "no") : say("未知", "unknown"));
      if (used > 0 && used + columns(shown) > width_ - kLabel - 2) flush(std::exchange(label, ""));
      row += (used > 0 ? "   " : "") + tone(tone_of(column.fact, offered), shown);
      used += columns(shown) + 3;
    }
    flush(label);
  }

  // One row a suite, one column a version that is offered.
  void suites() {
    std::vector<Column> shown;
    std::vector<const Json*> rows;
    std::map<std::string, std::set<std::string>> in;  // versions by name of suite
    bool complete = true;
    for (auto column = kColumns.rbegin(); column != kColumns.rend(); ++column) {
      if (!member(version(*column), "suites").is_array()) continue;
      shown.insert(shown.begin(), *column);
      complete = complete && member(version(*column), "suites_complete") != Json(false);
      for (const Json& suite : list(version(*column), "suites")) {
        const std::string name = text(suite, "name");
        if (!name.empty() && in[name].empty() && rows.size() < kMostSuites) rows.push_back(&suite);
        in[name].insert(column->fact);
      }
    }
    if (rows.empty()) return;
    std::size_t taken = 2, widest = 0;  // columns of the terminal: beside the name; of the names
    for (const Column& column : shown) taken += 2 + std::string_view(column.shown).size();
    for (const Json* row : rows) widest = std::max(widest, columns(text(*row, "name")));
    widest = std::min(widest, std::max<std::size_t>(width_ - std::min(width_, taken + 6), 16));
    gap();
    out_ += "  " + tone("strong", pad(fmt::format("{} ({})", say("密码套件", "cipher suites"), rows.size()), widest));
    for (const Column& column : shown) out_ += "  " + tone("strong", column.shown);
    out_ += "  " + tone("strong", pad_left(say("位", "bits"), 4)) + "\n";
    for (const Json* row : rows) suite_row(*row, shown, in[text(*row, "name")], widest, width_ - std::min(width_, taken + widest + 6));
    std::vector<std::string> orders;
    for (const Column& column : shown)
      if (const std::string order = text_or(version(column), "order"); order == "server" || order == "client")
        orders.push_back(fmt::format("{} {}", column.shown, order == "server" ? say("服务端", "the server's") : say("客户端", "the client's")));
    if (!orders.empty()) line(say("次序", "order"), join(orders, ", "));
    if (!complete) line(say("套件列表", "list of suites"), say("不完整：有的询问没有得到明确答复", "incomplete: some questions got no clear answer"), "inconclusive");
  }

  // room: columns left for what else was seen with the suite.
  void suite_row(const Json& suite, const std::vector<Column>& shown, const std::set<std::string>& in, std::size_t widest, std::size_t room) {
    const std::vector<std::string> flags = texts(suite, "flags");
    const auto any = [&](std::initializer_list<std::string_view> words) { return std::ranges::any_of(flags, [&](const std::string& flag) { return std::ranges::find(words, flag) != words.end(); }); };
    const bool bad = any({"null", "anon", "export", "des", "rc2", "rc4"}), poor = any({"3des", "md5"});
    const std::string_view tone_name = bad ? "fail" : poor ? "inconclusive" : "pass";
    std::string name = text(suite, "name");
    // On a narrow page a long name has lines of its own.
    if (columns(name) > widest) {
      for (const std::string& part : wrap(name, width_ - 2)) out_ += "  " + tone(tone_name, part) + "\n";
      name.clear();
    }
    out_ += "  " + tone(tone_name, pad(name, widest));
    for (const Column& column : shown) out_ += "  " + pad(in.contains(column.fact) ? "●" : "·", std::string_view(column.shown).size());
    std::string more;
    if (const auto bits = integer_or(suite, "dh_bits", 0); bits > 0) more += fmt::format("  DH {}", bits);
    if (const auto bits = integer_or(suite, "rsa_bits", 0); bits > 0) more += fmt::format("  RSA {}", bits);
    if (bad || poor) more += "  " + join(flags, " ");
    out_ += fmt::format("  {:>4}", std::clamp<std::int64_t>(integer_or(suite, "bits", 0), 0, 9999));
    // What does not fit goes below; the group only if there is room, because it is listed once more.
    const std::string group = "  " + text(suite, "group");
    if (columns(more) > room) {
      out_ += "\n";
      for (const std::string& part : wrap(more, width_ - 4)) out_ += "    " + part + "\n";
      return;
    }
    out_ += more + (group.size() > 2 && columns(more + group) <= room ? group : "") + "\n";
  }

  void codes() {
    for (const Column& column : kColumns) {
      std::vector<std::string> names;
      for (const Json& group : list(version(column), "groups"))
        if (names.size() < 3 * kMostNames) names.push_back(text(group, "name"));
      if (names.empty()) continue;
      if (member(version(column), "groups_complete") == Json(false)) names.push_back(say("…（不完整）", "… (incomplete)"));
      line(fmt::format("{} {}", say("群", "groups"), column.shown), join(names, " "));
    }
    if (const auto schemes = texts(facts_, "signature_schemes"); !schemes.empty()) line(say("签名方案", "signatures"), join(schemes, " "));
  }

  void certificate(const std::string& label, const Json& one) {
    if (!one.is_object()) return;
    gap();
    const Json& key = member(one, "key");
    line(label, text(one, "subject"), "strong");
    line(say("  颁发者", "  issuer"), text(one, "issuer") + (member(one, "self_signed") == Json(true) ? say("（自签名）", " (self-signed)") : ""));
    if (member(one, "days_left").is_number_integer()) {
      const auto left = integer_or(one, "days_left", 0);
      const bool begun = integer_or(one, "days_old", 0) >= 0;
      const std::string state = left < 0 ? say("已过期", "expired") : !begun ? say("尚未生效", "not valid yet") : options_.language == Language::en ? fmt::format("{} days left", left) : fmt::format("剩余 {} 天", left);
      line(say("  有效期", "  valid"), fmt::format("{} … {}  {}", day(one, "not_before"), day(one, "not_after"), state),
           left < 0 || !begun ? "fail" : left < 30 ? "inconclusive" : std::string_view());
    }
    if (key.is_object()) {
      const std::string type = text(key, "type");
      const auto bits = integer_or(key, "bits", 0);
      const bool weak = type == "DSA" || (bits > 0 && ((type == "RSA" && bits < 2048) || (type == "EC" && bits < 256)));
      const std::string shown = fmt::format("{} {} {}", type == "other" ? text(key, "algorithm") : type, bits > 0 ? std::to_string(bits) : "", text(key, "curve"));
      line(say("  公钥", "  key"), std::string(trim(shown)), weak ? "fail" : std::string_view());
    }
    line(say("  签名", "  signature"), text(one, "signature_algorithm"));
    if (const auto names = texts(one, "names"); !names.empty()) line(say("  名称", "  names"), join(names, " "));
    if (member(one, "name_matches") == Json(false)) line("", say("名称与所问的服务器不符", "made out to another name than was asked"), "fail");
    if (member(one, "chain_trusted") == Json(false)) line("", say("不能验证到给定的信任根", "does not chain up to the given root"), "fail");
    line("  SHA-256", text(one, "sha256"));
  }

  // All but TLCP's, which stand below with what they are for.
  void certificates(const Json& tlcp) {
    const Json& all = list(facts_, "certificates");
    std::size_t shown = 0;
    for (const Json& one : all) {
      const std::string digest = text(one, "sha256");
      const bool pair = !digest.empty() && (digest == text(member(tlcp, "sign"), "sha256") || digest == text(member(tlcp, "encryption"), "sha256"));
      if (pair || shown++ == kMostNames) continue;
      certificate(say("证书", "certificate"), one);
      if (const auto versions = texts(one, "versions"); all.size() > 1 && !versions.empty()) line(say("  见于", "  seen in"), join(versions, " "));
    }
    if (!all.empty() && member(facts_, "certificates_complete") == Json(false)) line(say("其他证书", "other certificates"), say("未知：有的询问没有得到明确答复", "unknown: some questions got no clear answer"), "inconclusive");
  }

  // What those get who name no server.
  void default_certificate() {
    const Json& of = member(facts_, "without_name");
    const std::string answer = text_or(of, "answer"), label = say("默认证书", "default certificate");
    if (answer == "same") line(label, say("相同（不指明服务器名称时）", "the same, without a server name"));
    if (answer == "refused") line(label, say("没有：不指明服务器名称即被拒绝", "none: refused without a server name"));
    if (answer != "other") return;
    certificate(label, member(of, "certificate"));
    line("", say("不指明服务器名称的客户端见到这一张", "is shown to clients that name no server"));
  }

  void double_certificate(const Json& tlcp) {
    if (!tlcp.is_object()) return;
    std::vector<std::string> faults = texts(tlcp, "faults");
    for (std::string& fault : faults)
      if (const auto* known = std::ranges::find_if(kFaults, [&](const Word& word) { return fault == word.fact; }); known != kFaults.end()) fault = say(known->zh, known->en);
    if (!faults.empty()) line(say("双证书", "the pair"), join(faults, say("；", "; ")), "fail");
    const std::string fits = text_or(tlcp, "key_exchange_signed");
    if (fits == "no") line(say("密钥交换签名", "key exchange"), say("与签名证书不符", "its signature does not fit the signing certificate"), "fail");
    if (fits == "yes") line(say("密钥交换签名", "key exchange"), say("与签名证书相符", "signed by the signing certificate"));
  }

  void client() {
    const Json& one = member(facts_, "client_certificate");
    if (!one.is_object()) return;
    const std::string requested = text_or(one, "requested"), required = text_or(one, "required"), stranger = text_or(one, "stranger");
    std::string said = required == "yes"     ? say("必须出示", "required")
                       : requested == "yes" ? (required == "no" ? say("索取但不强制", "asked for, not required") : say("索取，是否强制未知", "asked for; whether required is unknown"))
                       : requested == "no"  ? say("不索取", "not asked for")
                                            : say("未知", "unknown");
    if (stranger == "refused") said += say("，拒绝陌生证书", ", a stranger's is refused");
    if (stranger == "accepted") said += say("，接受陌生证书", ", a stranger's is accepted");
    line(say("客户端证书", "client certificate"), said, stranger == "accepted" ? "fail" : std::string_view());
  }

  template <std::size_t Size>
  std::vector<std::string> in_state(const Json& of, const std::array<Word, Size>& words, std::string_view state) const {
    std::vector<std::string> found;
    for (const Word& word : words)
      if (text_or(of, word.fact) == state) found.push_back(say(word.zh, word.en));
    return found;
  }

  // Those that hold, then those that are not known; "none" when all are known not to.
  template <std::size_t Size>
  void states(const std::string& label, const Json& of, const std::array<Word, Size>& words) {
    const auto yes = in_state(of, words, "yes"), unknown = in_state(of, words, "unknown");
    if (!yes.empty()) line(label, join(yes, ", "), "fail");
    if (!unknown.empty()) line(yes.empty() ? label : "", say("未知：", "unknown: ") + join(unknown, ", "), "inconclusive");
    if (in_state(of, words, "no").size() == Size) line(label, say("无", "none"), "pass");
  }

  void features() {
    const Json& of = member(facts_, "features");
    auto have = in_state(of, kFeatures, "yes");
    if (const std::string alpn = text(of, "alpn"); !alpn.empty()) have.push_back("ALPN " + alpn);
    if (!have.empty()) line(say("具备", "has"), join(have, ", "));
    if (const auto lack = in_state(of, kFeatures, "no"); !lack.empty()) line(say("不具备", "has not"), join(lack, ", "));
    const std::string cookie = text_or(member(facts_, "dtls_cookie"), "asked");
    if (cookie == "yes") line("cookie", say("先验证客户端地址", "proves the client's address first"));
    if (cookie == "no") line("cookie", say("没有：可被用来向他人放大流量", "none: can be made to flood others"), "inconclusive");
  }

  void sessions() {
    const Json& session = member(facts_, "session");
    if (const auto by = in_state(session, kReturns, "yes"); !by.empty()) line(say("恢复会话", "resumed by"), join(by, ", "));
    if (text_or(session, "early_data") == "yes") line("0-RTT", fmt::format("{} ({} B)", say("接受，可被重放", "taken, and can be replayed"), integer_or(session, "early_data_bytes", 0)), "inconclusive");
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
