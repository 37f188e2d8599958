// The chart of a history: one bar a run, drawn by hand, no library. Every text in it is ours or a number.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "data/json.h"
#include "report/history.h"
#include "report/template.h"
#include "report/values.h"
#include "report/words.h"

namespace lintel::report {
namespace {

constexpr std::size_t kChartRuns = 60;
constexpr int kChartWidth = 1000, kChartHeight = 300, kChartTop = 64, kChartLeft = 44, kChartBottom = 76;
// From the ground up: what is sure at the bottom, what hurts on top. Not applicable says nothing about a trend.
constexpr std::array kChartStack = {"pass", "not_tested", "inconclusive", "fail"};

int count_of(const Moment& run, const char* verdict) {
  const auto found = run.counts.find(verdict);
  return found == run.counts.end() ? 0 : found->second;
}

std::string two_words(const Json& word) {
  return fmt::format("<tspan lang=\"zh\">{}</tspan> <tspan lang=\"en\">{}</tspan>", escape_html(text_or(word, "zh")), escape_html(text_or(word, "en")));
}

// Each verdict has a pattern of its own: plain, dots, stripes, crossed.
std::string patterns() {
  const auto pattern = [](const char* name, const char* lines) {
    return fmt::format("<pattern id=\"fill-{0}\" class=\"{0}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect class=\"bar\" width=\"8\" "
                       "height=\"8\"/>{1}</pattern>",
                       name, lines);
  };
  return "<defs>" + pattern("pass", "") + pattern("not_tested", "<circle class=\"hole\" cx=\"4\" cy=\"4\" r=\"2\"/>") +
         pattern("inconclusive", "<path class=\"pattern\" d=\"M-2 2l4-4M0 8l8-8M6 10l4-4\"/>") +
         pattern("fail", "<path class=\"pattern\" d=\"M0 0l8 8M8 0l-8 8\"/>") + "</defs>";
}

}  // namespace

std::string history_chart(const History& history, const Words& words) {
  const std::size_t first = history.runs.size() > kChartRuns ? history.runs.size() - kChartRuns : 0;
  const std::size_t shown = history.runs.size() - first;
  int highest = 1;
  for (std::size_t i = first; i < history.runs.size(); ++i) {
    int sum = 0;
    for (const char* verdict : kChartStack) sum += count_of(history.runs[i], verdict);
    highest = std::max(highest, sum);
  }
  const double pitch = (kChartWidth - kChartLeft - 10) / static_cast<double>(std::max<std::size_t>(shown, 4));
  const double bar = std::min(pitch * 0.72, 90.0);
  const std::size_t each_label = static_cast<std::size_t>(std::max(1.0, 76 / pitch) + 0.999);
  std::string svg = fmt::format("<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"chart-title\"><title id=\"chart-title\">{} / {}</title>",
                                kChartWidth, kChartTop + kChartHeight + kChartBottom, escape_html(text_or(words.entry("ui", "chart"), "zh")),
                                escape_html(text_or(words.entry("ui", "chart"), "en")));
  svg += patterns();
  int x = kChartLeft;
  for (const char* verdict : kChartStack) {
    const Json word = words.entry("verdict", verdict);
    svg += fmt::format("<rect x=\"{}\" y=\"14\" width=\"18\" height=\"18\" fill=\"url(#fill-{})\"/><text x=\"{}\" y=\"28\">{} {}</text>", x, verdict, x + 24,
                       escape_html(text_or(word, "mark")), two_words(word));
    x += 200;
  }
  for (int line = 0; line <= 4; ++line) {
    const double y = kChartTop + kChartHeight * (1 - line / 4.0);
    svg += fmt::format("<path class=\"axis\" d=\"M{} {:.1f}H{}\"/><text class=\"quiet\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", kChartLeft, y, kChartWidth - 10,
                       kChartLeft - 6, y + 4, highest * line / 4);
  }
  for (std::size_t i = 0; i < shown; ++i) {
    const Moment& run = history.runs[first + i];
    const double left = kChartLeft + pitch * static_cast<double>(i) + (pitch - bar) / 2, middle = left + bar / 2;
    double ground = kChartTop + kChartHeight;
    for (const char* verdict : kChartStack) {
      const int count = count_of(run, verdict);
      if (count == 0) continue;
      const double height = kChartHeight * count / static_cast<double>(highest);
      ground -= height;
      svg += fmt::format("<rect class=\"segment\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"url(#fill-{})\"/>", left, ground, bar, height, verdict);
      if (height >= 15 && bar >= 30)
        svg += fmt::format("<text class=\"number\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}{}</text>", middle, ground + height / 2 + 4,
                           escape_html(text_or(words.entry("verdict", verdict), "mark")), count);
    }
    if (run.step && bar >= 30)
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">+{} −{}</text>", middle, ground - 6, run.step->appeared, run.step->closed);
    if (i % each_label == 0 || shown <= 12)
      svg += fmt::format("<text class=\"quiet\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text><text class=\"quiet\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                         middle, kChartTop + kChartHeight + 20, format_day(run.started), middle, kChartTop + kChartHeight + 38, first + i + 1);
  }
  svg += fmt::format("<text class=\"quiet\" x=\"{}\" y=\"{}\">+ {}  − {}</text></svg>", kChartLeft, kChartTop + kChartHeight + 64, two_words(words.entry("ui", "new_findings")),
                     two_words(words.entry("ui", "closed_findings")));
  return svg;
}

}  // namespace lintel::report
