#include "cli/ids_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/text.h"
#include "report/columns.h"
#include "report/messages.h"
#include "report/paint.h"

namespace lintel::cli {
namespace {

using random::tokens::Finding;
using random::tokens::Format;
using random::tokens::Judgement;
using random::tokens::Verdict;
using random::tokens::Weight;

struct Said {
  std::string_view name, zh, en = "";
};

constexpr Said kAttacksSaid[] = {
    {"sequential", "计数器：标识按小步长递增或递减", "a counter: identifiers go up or down in small steps"},
    {"linear", "线性规律：由先前的标识按固定步长得出", "a linear rule: a fixed step leads from earlier identifiers to the next"},
    {"timestamp", "时间戳：含有签发时间", "a clock: the time of issue is part of them"},
    {"overlap", "与前一标识重叠：大部分字符照抄或移位", "overlap: most characters are those of the identifier before"},
    {"lcg", "线性同余：后一标识由前一标识算出", "a linear congruence: the identifier before tells the next"},
    {"duplicates", "重复：同一标识多次签发，超出偶然", "repeats: the same identifier was issued again, more often than by chance"},
    {"short", "太短：可能的取值太少", "too short: too few different values"},
    {"bias", "偏差太大：总猜最常见字符就少于 64 位", "heavy bias: guessing the commonest characters leaves less than 64 bits"},
    {"linear-dependency", "线性相关：一部分位由其他位得出", "dependent bits: some are sums or copies of others"},
    {"stuck-bits", "有固定不变的位", "bits that never change"},
    {"serial-correlation", "有记忆：前一标识透露后一标识的字符", "memory: an identifier tells characters of the next one"},
    {"uneven", "分布不均匀（仅为统计显著）", "uneven (significant, no more than that)"},
    {"shuffle", "同一标识内字符很少重复：像是打乱字符表得来的", "characters hardly ever repeat within an identifier, as when an alphabet is shuffled"},
    {"uuid1", "UUID 第 1 版：时间与网卡地址", "UUID version 1: time and address"},
    {"uuid3", "UUID 第 3 版：名称的 MD5 摘要，名称并不保密", "UUID version 3: MD5 of a name, which is no secret"},
    {"uuid5", "UUID 第 5 版：名称的 SHA-1 摘要，名称并不保密", "UUID version 5: SHA-1 of a name, which is no secret"},
};

constexpr Said kFormats[] = {
    {"plain", "无特定格式", "no known format"},
    {"uuid", "UUID", "UUID"},
    {"ulid", "ULID", "ULID"},
    {"object_id", "ObjectId", "ObjectId"},
    {"jwt", "JWT", "JWT"},
    {"signed_id", "标识加签名（只判标识）", "identifier with a signature (the identifier is judged)"},
    {"signed_state", "签名的可读状态", "readable state with a signature"},
    {"state", "可读状态，无签名", "readable state without a signature"},
    {"sealed", "加密封装的状态", "sealed state"},
};

// Views are composed of these; names of alphabets and numbers stay.
constexpr Said kViewWords[] = {
    {", running on from one identifier to the next", "，跨标识连续"},
    {"characters as digits", "字符作数字"},
    {"hexadecimal digits without the version", "十六进制数字，不含版本位"},
    {"hexadecimal parts as one", "十六进制各段相连"},
    {"hexadecimal digits", "十六进制数字"},
    {"hexadecimal number", "十六进制数"},
    {"decimal fraction", "十进制小数"},
    {"decimal number", "十进制数"},
    {"decimal digits", "十进制数字"},
    {"decimal fields of ", "十进制分段，每段位数 "},
    {"two fractions to the base 36", "两个三十六进制小数"},
    {"fraction to the base 36", "三十六进制小数"},
    {"base 36 number", "三十六进制数"},
    {"seconds and microseconds of uniqid(), hexadecimal", "uniqid() 的秒与微秒，十六进制"},
    {"100 ns of a UUID", "UUID 的 100 纳秒时间"},
    {"milliseconds of a ", "毫秒，"},
    {"seconds of a ", "秒，"},
    {"microseconds", "微秒"},
    {"milliseconds", "毫秒"},
    {"seconds", "秒"},
    {", hexadecimal", "，十六进制"},
    {", decimal", "，十进制"},
    {", base 36", "，三十六进制"},
    {"tail of uniqid as a fraction", "uniqid 尾部作小数"},
    {"without its constant ends", "去掉固定首尾"},
    {", highest byte first", "，高字节在前"},
    {", lowest byte first", "，低字节在前"},
    {", first one first", "，先者在前"},
    {", last one first", "，后者在前"},
    {"words of ", "字长 "},
    {" bits", " 位"},
    {" digits", ""},
    {"bytes", "字节"},
    {"characters ", "第 "},
    {"character ", "第 "},
    {" characters", " 个字符"},
    {"part ", "第几段："},
    {" to ", " 至 "},
};

template <std::size_t n>
const Said* entry_of(const Said (&list)[n], std::string_view name) {
  const auto* found = std::ranges::find(list, name, &Said::name);
  return found == std::end(list) ? nullptr : found;
}

std::string grouped_number(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

class IdsPage {
 public:
  IdsPage(const Judgement& judgement, const report::TerminalOptions& options)
      : judgement_(judgement), options_(options), english_(options.language == report::Language::en), width_(std::max<std::size_t>(options.width, 40)) {}

  std::string render(const std::string& file) {
    out_ = tone("strong", printable(file)) + "  " + tone(verdict_tone(), verdict_word()) + "\n";
    for (const std::string& sentence : explained()) line("", sentence);
    out_ += "\n";
    sample();
    bits();
    positions();
    findings();
    tried();
    out_ += "\n";
    line("", caveat());
    return out_;
  }

 private:
  std::string say(const char* zh, const char* en) const { return english_ ? en : zh; }
  std::string said(const Said& entry) const { return std::string(english_ ? entry.en : entry.zh); }
  std::string tone(std::string_view name, const std::string& text) const { return options_.colour == report::Colour::on ? report::paint(name, text) : text; }

  void line(const std::string& label, const std::string& text) {
    constexpr std::size_t kLabelColumns = 14;
    bool first = true;
    for (const std::string& part : report::wrap(text, width_ - kLabelColumns - 2)) {
      out_ += "  " + report::pad(first ? label : "", kLabelColumns) + part + "\n";
      first = false;
    }
  }

  std::string_view verdict_tone() const {
    switch (judgement_.verdict) {
      case Verdict::refuted: return "fail";
      case Verdict::warned:
      case Verdict::undecided: return "inconclusive";
      case Verdict::not_refuted: return "pass";
    }
    return "";
  }

  std::string verdict_word() const {
    switch (judgement_.verdict) {
      case Verdict::refuted: return say("已证明不安全", "refuted");
      case Verdict::warned: return say("有疑点，未证明不安全", "not refuted, with a warning");
      case Verdict::not_refuted: return say("未发现问题（未证伪）", "not refuted");
      case Verdict::undecided: return say("无法判定", "undecided");
    }
    return "";
  }

  std::vector<std::string> explained() const {
    const std::string& why = judgement_.reason;
    if (why == "too_few") return {fmt::format(fmt::runtime(say("只有 {} 个标识；至少需要 {} 个，建议 2000 个。", "Only {} identifiers; it takes {} at least, better 2,000.")), judgement_.count, random::tokens::kLeastSample)};
    if (why == "one_value") return {say("只有一个取值：服务器可能一直沿用同一会话，无从判断。", "There is one value only: the server may have gone on with one session.")};
    if (why == "sealed") return {say("这是加密封装的状态，不是标识；从外部看不出什么。", "This is sealed state, not an identifier; nothing of it can be seen from outside.")};
    if (why == "state") return {say("这是可读状态，其中没有随机标识；如果签名在别处，请检查签名。", "This is readable state and holds no identifier; if it is signed elsewhere, look at that.")};
    return {};
  }

  void sample() {
    const auto& found = judgement_.statistics;
    const std::string length = found.shortest == found.longest ? std::to_string(found.longest) : fmt::format("{}–{}", found.shortest, found.longest);
    line(say("样本", "sample"), fmt::format(fmt::runtime(say("{} 个标识，{} 个不同", "{} identifiers, {} different")), grouped_number(judgement_.count), grouped_number(found.unique)));
    const Said* format = entry_of(kFormats, random::tokens::name_of(judgement_.layout.format));
    std::string text = format == nullptr ? "" : said(*format);
    if (judgement_.layout.uuid_version != 0) text += fmt::format(" v{}", judgement_.layout.uuid_version);
    if (!judgement_.layout.members.empty()) text += ": " + join(judgement_.layout.members, ", ");
    line(say("格式", "format"), text);
    line(say("字符", "characters"), fmt::format(fmt::runtime(say("{} 个，{}，{} 种符号", "{}, {}, {} symbols")), length, found.alphabet.name, found.alphabet.size()));
  }

  void bits() {
    const auto number = [](double value) { return fmt::format("{:.0f}", std::floor(std::max(0.0, value) + 1e-9)); };
    std::string text = fmt::format(fmt::runtime(say("名义 {}", "nominal {}")), number(judgement_.nominal_bits));
    if (judgement_.count >= random::tokens::kLeastSample || judgement_.verdict == Verdict::refuted)
      text += fmt::format(fmt::runtime(say("，不可预测的至多 {}", ", unpredictable at most {}")), number(judgement_.at_most_bits));
    if (judgement_.at_least_bits && judgement_.count >= random::tokens::kLeastSample) text += fmt::format(fmt::runtime(say("，已显示的至少 {:.1f}", ", shown at least {:.1f}")), *judgement_.at_least_bits);
    line(say("位数", "bits"), text);
  }

  // A bar a position: how much of the symbol is unpredictable.
  void positions() {
    static constexpr std::string_view kBars[] = {"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const auto& found = judgement_.statistics;
    const double full = std::log2(static_cast<double>(std::max<std::size_t>(found.alphabet.size(), 2)));
    if (found.positions.empty() || judgement_.count < random::tokens::kLeastSample) return;
    std::string bars;
    for (std::size_t i = 0; i < found.positions.size() && i < width_ - 16; ++i) {
      const auto& position = found.positions[i];
      double share = position.entropy_bits / full;
      for (const auto& window : found.sequences)
        if (window.first <= position.position && position.position <= window.last) share = window.bits_left / full / static_cast<double>(window.last - window.first + 1);
      bars += kBars[position.symbols < 2 ? 0 : std::min<std::size_t>(8, 1 + static_cast<std::size_t>(std::max(0.0, share) * 7.5))];
    }
    line(say("逐位", "by position"), bars);
  }

  std::string view_said(const std::string& view) const {
    if (english_) return view;
    std::string text = report::in_chinese(view);
    for (const Said& word : kViewWords)
      for (std::size_t at = 0; (at = text.find(word.name, at)) != std::string::npos; at += word.zh.size()) text.replace(at, word.name.size(), word.zh);
    return text;
  }

  void findings() {
    for (const Finding& finding : judgement_.findings) {
      const bool heavy = finding.weight == Weight::refutes;
      const Said* known = finding.predicted_bits > 0 && finding.attack != "serial-correlation" ? nullptr : entry_of(kAttacksSaid, finding.attack);
      const std::string generator = english_ ? finding.generator : report::in_chinese(finding.generator);
      const std::string title = known != nullptr ? said(*known) : say("可预测：", "foretold: ") + printable(generator.empty() ? finding.attack : generator);
      out_ += "\n  " + tone(heavy ? "fail" : "inconclusive", heavy ? "×" : "!") + " ";
      bool first = true;
      for (const std::string& part : report::wrap(title, width_ - 6)) {
        out_ += (first ? "" : "    ") + tone(heavy ? "fail" : "inconclusive", part) + "\n";
        first = false;
      }
      for (const std::string& detail : details(finding))
        for (const std::string& part : report::wrap(detail, width_ - 6)) out_ += "    " + part + "\n";
    }
  }

  std::vector<std::string> details(const Finding& finding) const {
    std::vector<std::string> lines;
    if (finding.attack == "timestamp" && !finding.generator.empty()) lines.push_back(printable(view_said(finding.generator)));
    if (!finding.view.empty()) lines.push_back((finding.checked > 0 ? say("读作 ", "read as ") : say("位置 ", "where: ")) + printable(view_said(finding.view)));
    if (finding.attack == "duplicates") lines.push_back(fmt::format(fmt::runtime(say("{} 个标识先前已签发过", "{} identifiers had been issued before")), grouped_number(finding.right)));
    else if (finding.checked > 0)
      lines.push_back(fmt::format(fmt::runtime(say("预测 {} 个值，对 {} 个；相当于 {} 位", "{} of {} values foretold, worth {} bits")), grouped_number(english_ ? finding.right : finding.checked),
                                  grouped_number(english_ ? finding.checked : finding.right), grouped_number(finding.predicted_bits)));
    if (finding.bits_left) lines.push_back(fmt::format(fmt::runtime(say("此后至多剩 {:.1f} 位", "leaves {:.1f} bits at most")), std::max(0.0, *finding.bits_left)));
    if (finding.p) lines.push_back(fmt::format("p = {:.2g}", *finding.p));
    return lines;
  }

  void tried() {
    out_ += "\n";
    line(say("攻击", "attacks"), fmt::format(fmt::runtime(say("{} 种攻击，{} 种读法", "{} attacks, {} ways to read the identifiers")), judgement_.attacks, judgement_.streams) +
                                    (judgement_.searched || judgement_.verdict == Verdict::refuted ? "" : say("；未搜索种子（--depth deep）", "; seeds were not searched (--depth deep)")));
    if (judgement_.tests.empty()) return;
    const auto& worst = judgement_.tests.front();
    std::string text = fmt::format(fmt::runtime(say("{} 项，最小 p = {:.2g}，按 Holm 校正后 {:.2g}", "{} tests, smallest p = {:.2g}, by Holm {:.2g}")), judgement_.tests.size(), worst.p, worst.adjusted);
    if (judgement_.sample_again) text += say("；介于 1e-6 与 1e-3 之间：请再采一个样本", "; between 1e-6 and 1e-3: take another sample");
    line(say("统计", "statistics"), text);
  }

  std::string caveat() const {
    if (judgement_.verdict == Verdict::refuted) return say("这是证明：不需要再看生成器的代码。", "This is a proof: it stands whatever the generator's code says.");
    const bool state = judgement_.layout.format == Format::jwt || judgement_.layout.format == Format::signed_state;
    if (state && judgement_.layout.has_signature && judgement_.verdict == Verdict::warned)
      return say("内容可预测，但没有服务器的密钥就伪造不了：请检查签名算法与密钥。", "What it says can be foretold, but not forged without the server's key: look at the algorithm and the key.");
    if (judgement_.verdict == Verdict::undecided && !judgement_.reason.empty()) return say("没有结论，也不表示安全。", "This decides nothing, and is no sign of strength.");
    return say("未证伪不是证明：从外部只能否定随机性。须由厂商说明生成器及其配置。", "Not refuted is no proof: from outside, randomness can only be refuted. The vendor has to show the generator and its settings.");
  }

  const Judgement& judgement_;
  const report::TerminalOptions& options_;
  bool english_;
  std::size_t width_;
  std::string out_;
};

}  // namespace

std::string ids_page(const Judgement& judgement, const std::string& file, const report::TerminalOptions& options) { return IdsPage(judgement, options).render(file); }

}  // namespace lintel::cli
