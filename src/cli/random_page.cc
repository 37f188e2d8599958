#include "cli/random_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "cli/random_picture.h"
#include "report/columns.h"
#include "report/paint.h"

namespace lintel::cli {
namespace {

using random::statistics::NotRun;
using random::suites::Assessment;
using random::suites::Conclusion;
using random::suites::Row;
using random::suites::SuiteResult;

struct Name {
  std::string_view id, zh, en;
};
constexpr Name kTests[] = {
    {"frequency", "频数", "frequency"},
    {"block_frequency", "块内频数", "frequency in blocks"},
    {"runs", "游程总数", "runs"},
    {"longest_run", "块内最大游程", "longest run in blocks"},
    {"rank", "矩阵秩", "matrix rank"},
    {"spectral", "离散傅里叶", "spectral peaks"},
    {"non_overlapping_template", "非重叠模板", "templates, not overlapping"},
    {"overlapping_template", "重叠模板", "templates, overlapping"},
    {"universal", "Maurer 通用统计", "Maurer's universal"},
    {"linear_complexity", "线性复杂度", "linear complexity"},
    {"poker", "扑克", "poker"},
    {"run_distribution", "游程分布", "distribution of runs"},
    {"binary_derivative", "二元推导", "binary derivative"},
    {"autocorrelation", "自相关", "autocorrelation"},
    {"serial", "重叠子序列", "serial"},
    {"approximate_entropy", "近似熵", "approximate entropy"},
    {"cumulative_sums", "累加和", "cumulative sums"},
    {"random_excursions", "随机游动", "random excursions"},
    {"random_excursions_variant", "随机游动变体", "random excursions, variant"},
};

constexpr std::size_t kNameColumns = 28;

std::string test_name(std::string_view id, bool english) {
  const auto* found = std::ranges::find(kTests, id, &Name::id);
  return std::string(found == std::end(kTests) ? id : english ? found->en : found->zh);
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string p_text(double p) { return p >= 1e-4 ? fmt::format("{:.6f}", p) : fmt::format("{:.1e}", p); }

std::string why_not(const Row& row, const Console& console) {
  const bool zh = console.language != "en";
  switch (row.not_run) {
    case NotRun::too_short: return fmt::format(fmt::runtime(zh ? "未运行：需 {} 位，只有 {} 位" : "not run: needs {} bits, there are {}"), grouped(row.needed), grouped(row.found));
    case NotRun::too_long: return fmt::format(fmt::runtime(zh ? "未运行：最多 {} 位，现有 {} 位" : "not run: takes {} bits at most, there are {}"), grouped(row.needed), grouped(row.found));
    case NotRun::too_few_cycles: return fmt::format(fmt::runtime(zh ? "未运行：需 {} 次回零，只有 {} 次" : "not run: needs {} cycles of the walk, there are {}"), grouped(row.needed), grouped(row.found));
    case NotRun::none: break;
  }
  return "";
}

// The rows of one test.
struct Group {
  std::span<const Row> rows;
  double smallest = 1;
  std::size_t values = 0, passed = 0;
};

std::vector<Group> groups_of(const SuiteResult& suite) {
  std::vector<Group> groups;
  const std::span<const Row> rows = suite.rows;
  for (std::size_t first = 0, end = 0; first < rows.size(); first = end) {
    while (end < rows.size() && rows[end].test == rows[first].test) ++end;
    Group group{rows.subspan(first, end - first)};
    for (const Row& row : group.rows) {
      group.values += row.p.size();
      group.passed += row.passed;
      for (const double p : row.p) group.smallest = std::min(group.smallest, p);
    }
    groups.push_back(group);
  }
  return groups;
}

std::string one_sequence(const Group& group, bool zh) {
  if (group.values == 1) return group.passed == 1 ? (zh ? "通过" : "pass") : (zh ? "低于 0.01" : "below 0.01");
  if (group.passed == group.values) return fmt::format(fmt::runtime(zh ? "{} 个 p 值全部通过" : "all {} p-values pass"), group.values);
  return fmt::format(fmt::runtime(zh ? "{} 个 p 值中 {} 个低于 0.01" : "of {} p-values {} below 0.01"), group.values, group.values - group.passed);
}

std::string many_sequences(const Group& group, bool zh) {
  std::size_t few = 0, uneven = 0;
  double smallest = 2;
  for (const Row& row : group.rows) {
    few += row.enough_pass.value_or(true) ? 0 : 1;
    uneven += row.even.value_or(true) ? 0 : 1;
    smallest = std::min(smallest, row.uniformity.value_or(2));
  }
  std::string text = fmt::format(fmt::runtime(zh ? "{}/{} 通过" : "{}/{} pass"), group.passed, group.values);
  if (smallest <= 1) text += fmt::format(fmt::runtime(zh ? "，均匀性 {}" : ", even spread {}"), p_text(smallest));
  if (few > 0) text += fmt::format(fmt::runtime(zh ? "；{} 项通过数越界" : "; {} outside the range of passes"), few);
  if (uneven > 0) text += fmt::format(fmt::runtime(zh ? "；{} 项分布不均" : "; {} unevenly spread"), uneven);
  return text;
}

std::string conclusion_text(const Assessment& assessment, bool zh) {
  const std::string smallest = p_text(assessment.smallest_adjusted);
  switch (assessment.conclusion) {
    case Conclusion::nothing_found:
      return fmt::format(fmt::runtime(zh ? "未发现结构（合并校正后最小 p 值 {}）。统计检测只能否定发生器，不能证明其可靠。" : "No structure found (smallest p-value, corrected for all of them: {}). Tests can refute a generator; they never vouch for one."), smallest);
    case Conclusion::sample_again:
      return fmt::format(fmt::runtime(zh ? "请重新取样：合并校正后最小 p 值为 {}，既可能是偶然，也可能是缺陷（p 值低于 1e-6 且序列不短于 1,000 位才下结论）。" : "Sample again: the smallest p-value, corrected for all of them, is {}. That may be chance or a fault; it takes less than 1e-6, on 1,000 bits at least, to say."), smallest);
    case Conclusion::structure_found:
      return fmt::format(fmt::runtime(zh ? "发现结构：合并校正后最小 p 值 {}，低于 1e-6。这些位不是公平随机的。" : "Structure found: the smallest p-value, corrected for all of them, is {}, below 1e-6. These bits are not fair coins."), smallest);
    case Conclusion::measured: return zh ? "熵估计只是上界：有种子的发生器也会得到高值。" : "An estimate of entropy is an upper bound: a seeded generator gets a high one.";
    case Conclusion::not_run: return zh ? "没有任何检测可以运行：数据太短。" : "No test could be run: there are too few bits.";
  }
  return "";
}

constexpr Name kEstimators[] = {
    {"most_common_value", "最常见值", "most common value"},
    {"collision", "碰撞", "collision"},
    {"markov", "马尔可夫", "Markov"},
    {"compression", "压缩", "compression"},
    {"t_tuple", "t 元组", "t-tuple"},
    {"longest_repeated_substring", "最长重复子串", "longest repeated substring"},
    {"multi_mcw", "窗口最常见值预测", "MultiMCW prediction"},
    {"lag", "滞后预测", "lag prediction"},
    {"multi_mmc", "马尔可夫计数预测", "MultiMMC prediction"},
    {"lz78y", "LZ78Y 预测", "LZ78Y prediction"},
};

std::string estimate_text(const std::optional<random::sp800_90b::Track>& track, std::string_view name, bool zh) {
  if (!track) return "";
  const auto found = std::ranges::find(track->estimates, name, &random::sp800_90b::Estimate::estimator);
  if (found == track->estimates.end()) return "";
  if (found->entropy) return fmt::format("{:.6f}", *found->entropy);
  return found->needed > 0 ? (zh ? "太短" : "too short") : (zh ? "无重复" : "no repeats");
}

// Two columns: the symbols as they are, and their bits.
std::string entropy_text(const random::sp800_90b::Entropy& entropy, bool zh) {
  const auto& original = entropy.original;
  std::string text = fmt::format(fmt::runtime(zh ? "  {} 个符号，宽 {} 位，{} 种取值\n" : "  {} symbols of {} bits, {} different ones\n"), grouped(original.symbols), entropy.width, original.kinds);
  if (entropy.cut) text += zh ? "  只看了前 16,777,216 位\n" : "  only the first 16,777,216 bits were looked at\n";
  if (original.symbols < random::sp800_90b::kNominal) text += zh ? "  规范要求 1,000,000 个符号；符号越少，估计越低\n" : "  the publication asks for 1,000,000 symbols; the fewer there are, the lower the estimates\n";
  if (original.kinds < 2) return text + (zh ? "  只有一种取值：熵为 0\n" : "  there is one value only: no entropy\n");
  text += fmt::format("  {}{}{}\n", report::pad("", kNameColumns), report::pad_left(zh ? "每符号" : "a symbol", 12), entropy.bitstring ? report::pad_left(zh ? "每位" : "a bit", 12) : "");
  for (const Name& name : kEstimators) {
    const std::string whole = estimate_text(original, name.id, zh), bit = estimate_text(entropy.bitstring, name.id, zh);
    if (!whole.empty() || !bit.empty()) text += fmt::format("  {}{}{}\n", report::pad(zh ? name.zh : name.en, kNameColumns), report::pad_left(whole, 12), entropy.bitstring ? report::pad_left(bit, 12) : "");
  }
  return text + fmt::format(fmt::runtime(zh ? "  评估结果：每符号 {:.6f} 位（满分 {}）\n" : "  assessed: {:.6f} bits a symbol, of {}\n"), entropy.assessed, entropy.width);
}

std::string_view tone_of(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::nothing_found: return "pass";
    case Conclusion::structure_found: return "fail";
    case Conclusion::sample_again:
    case Conclusion::not_run: return "inconclusive";
    case Conclusion::measured: return "";
  }
  return "";
}

std::string form_text(const random::bits::Sample& sample, bool zh) {
  using random::bits::Format;
  switch (sample.format) {
    case Format::binary: return zh ? "二进制，高位在前" : "binary, most significant bit first";
    case Format::octets: return zh ? "每字节一位" : "one bit a byte";
    case Format::digits: return zh ? "“0”“1”文本" : "text of 0 and 1";
    case Format::hex: return zh ? "十六进制文本" : "hex text";
    case Format::base64: return zh ? "base64 文本" : "base64 text";
  }
  return "";
}

}  // namespace

std::string random_test_name(std::string_view id, const Console& console) { return test_name(id, console.language == "en"); }

std::string sample_line(const std::string& file, const random::bits::Sample& sample, const Console& console) {
  const bool zh = console.language != "en";
  std::string text = fmt::format(fmt::runtime(zh ? "{}：{} 位，{}（{}）" : "{}: {} bits, {} ({})"), file, grouped(sample.bits.size), form_text(sample, zh),
                                 sample.forced ? (zh ? "由 --format 指定" : "by --format") : (zh ? "自动识别" : "detected"));
  if (sample.stamped) text += zh ? "；已略去每行前的接收时间" : "; the times of receipt before each line are left out";
  return text;
}

std::string random_page(const Assessment& assessment, const Console& console) {
  const bool zh = console.language != "en";
  const auto painted = [&](std::string_view tone, const std::string& text) { return console.colour ? report::paint(tone, text) : text; };
  std::string page = fmt::format(fmt::runtime(zh ? "{} 个序列，每个 {} 位\n" : assessment.sequences == 1 ? "{} sequence of {} bits\n" : "{} sequences of {} bits\n"), grouped(assessment.sequences), grouped(assessment.bits));
  for (const SuiteResult& suite : assessment.suites) {
    page += fmt::format("\n{}\n", painted("strong", std::string(title_of(suite.suite))));
    for (const Group& group : groups_of(suite)) {
      const std::string name = report::pad(test_name(group.rows.front().test, !zh), kNameColumns);
      if (group.values == 0) {
        page += fmt::format("  {}{:>9}  {}\n", name, "-", painted("", why_not(group.rows.front(), console)));
        continue;
      }
      page += fmt::format("  {}{:>9}  {}\n", name, p_text(group.smallest), assessment.sequences == 1 ? one_sequence(group, zh) : many_sequences(group, zh));
    }
    if (suite.own_rule) page += painted(*suite.own_rule ? "pass" : "fail", *suite.own_rule ? (zh ? "  本规范的判定：通过\n" : "  by the suite's own rule: pass\n") : (zh ? "  本规范的判定：不通过\n" : "  by the suite's own rule: fail\n"));
  }
  if (assessment.entropy) page += fmt::format("\n{}\n{}", painted("strong", std::string(title_of(random::suites::Suite::sp800_90b)) + (zh ? "，非 IID 估计" : ", estimators for sources that are not IID")), entropy_text(*assessment.entropy, zh));
  page += '\n';
  if (assessment.values > 0)
    page += fmt::format(fmt::runtime(zh ? "共 {} 个 p 值，{} 个低于 0.01；随机数据平均约有 {:.0f} 个。\n" : "{} p-values, {} below 0.01; fair coins give about {:.0f}.\n"), grouped(assessment.values), grouped(assessment.below_level),
                        static_cast<double>(assessment.values) * 0.01);
  page += painted(tone_of(assessment.conclusion), conclusion_text(assessment, zh)) + '\n';
  return page;
}

}  // namespace lintel::cli
