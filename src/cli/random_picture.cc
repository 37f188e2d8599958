#include "cli/random_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "base/text.h"
#include "report/svg.h"

namespace lintel::cli {
namespace {

using random::suites::Row;
using report::Svg;

constexpr double kPictureWidth = 960, kPictureLeft = 220, kPictureRight = 30, kRowHeight = 22, kStrip = kPictureWidth - kPictureLeft - kPictureRight;
constexpr std::size_t kStripBins = 200, kMostPositions = 128, kMostCharacters = 64;
constexpr double kBarHeight = 60, kCellHeight = 9;

struct TestStrip {
  std::string name;
  std::vector<double> p;
};

std::vector<TestStrip> strips_of(const random::suites::SuiteResult& suite, const Console& console) {
  std::vector<TestStrip> strips;
  for (const Row& row : suite.rows) {
    const std::string name = random_test_name(row.test, console);
    if (strips.empty() || strips.back().name != name) strips.push_back({name, {}});
    strips.back().p.insert(strips.back().p.end(), row.p.begin(), row.p.end());
  }
  return strips;
}

// A strip from 0 to 1: a mark for each p-value, or a shade for each two hundredth where there are many; those below 0.01 at the left in red.
void draw_strip(Svg& svg, double y, const std::vector<double>& values) {
  svg.line(kPictureLeft, y + kRowHeight - 4, kPictureLeft + kStrip, y + kRowHeight - 4, report::kQuiet, 0.5);
  std::array<std::size_t, kStripBins> bins{};
  for (const double p : values) ++bins[std::min(static_cast<std::size_t>(p * kStripBins), kStripBins - 1)];
  const double expected = std::max(1.0, static_cast<double>(values.size()) / kStripBins), wide = kStrip / kStripBins;
  for (std::size_t i = 0; i < bins.size(); ++i)
    if (bins[i] > 0)
      svg.rect(kPictureLeft + static_cast<double>(i) * wide, y + 3, wide, kRowHeight - 7, i < kStripBins / 100 ? "fail" : "pass", std::min(1.0, 0.2 + 0.4 * static_cast<double>(bins[i]) / expected));
}

struct Positions {
  std::vector<std::map<char, std::size_t>> counts;  // by position
  std::map<char, std::size_t> all;
  std::size_t lines = 0;
};

Positions positions_of(const std::vector<std::string>& lines) {
  Positions positions;
  positions.lines = lines.size();
  for (const std::string& line : lines) {
    const std::size_t length = std::min(line.size(), kMostPositions);
    if (positions.counts.size() < length) positions.counts.resize(length);
    for (std::size_t i = 0; i < length; ++i) {
      ++positions.counts[i][line[i]];
      ++positions.all[line[i]];
    }
  }
  return positions;
}

double entropy_of(const std::map<char, std::size_t>& counts) {
  double total = 0, sum = 0;
  for (const auto& [character, count] : counts) total += static_cast<double>(count);
  for (const auto& [character, count] : counts) sum -= static_cast<double>(count) / total * std::log2(static_cast<double>(count) / total);
  return sum;
}

double heat_height(const Positions& positions) { return 70 + kBarHeight + kCellHeight * static_cast<double>(std::min(positions.all.size(), kMostCharacters)); }

// Above, the entropy of each position; below, how often each character stands there, a row a character.
void draw_positions(Svg& svg, double y, const Positions& positions, bool zh) {
  const double wide = std::min(20.0, kStrip / static_cast<double>(positions.counts.size()));
  const double full = std::max(1.0, std::log2(static_cast<double>(positions.all.size())));
  svg.text(20, y + 16, fmt::format(fmt::runtime(zh ? "每个位置的字符（{} 行，{} 种字符）" : "Characters by position ({} lines, {} characters)"), positions.lines, positions.all.size()), report::kInk, Svg::Anchor::start, 14, true);
  const double bars = y + 30;
  svg.text(kPictureLeft - 10, bars + 12, fmt::format(fmt::runtime(zh ? "熵，至多 {:.2f} 位" : "entropy, at most {:.2f} bits"), full), report::kQuiet, Svg::Anchor::end, 11);
  svg.line(kPictureLeft, bars + kBarHeight, kPictureLeft + wide * static_cast<double>(positions.counts.size()), bars + kBarHeight, report::kQuiet);
  const double cells = bars + kBarHeight + 8;
  for (std::size_t i = 0; i < positions.counts.size(); ++i) {
    const double x = kPictureLeft + static_cast<double>(i) * wide, high = kBarHeight * std::min(1.0, entropy_of(positions.counts[i]) / full);
    svg.rect(x, bars + kBarHeight - high, wide - 0.5, high, high < kBarHeight / 2 ? "fail" : "not_tested");
    std::size_t row = 0, most = 1;
    for (const auto& [character, count] : positions.counts[i]) most = std::max(most, count);
    for (const auto& [character, total] : positions.all) {
      if (row >= kMostCharacters) break;
      const auto found = positions.counts[i].find(character);
      if (found != positions.counts[i].end())
        svg.rect(x, cells + kCellHeight * static_cast<double>(row), wide - 0.5, kCellHeight - 0.5, "not_tested", std::max(0.05, static_cast<double>(found->second) / static_cast<double>(most)));
      ++row;
    }
  }
  std::size_t row = 0;
  for (const auto& [character, total] : positions.all) {
    if (row >= kMostCharacters) break;
    svg.text(kPictureLeft - 10, cells + kCellHeight * static_cast<double>(++row) - 1, printable(std::string(1, character)), report::kInk, Svg::Anchor::end, 9);
  }
  svg.text(kPictureLeft, cells + kCellHeight * static_cast<double>(row) + 14, zh ? "位置 1" : "position 1", report::kQuiet, Svg::Anchor::start, 11);
  if (positions.counts.size() > 12) svg.text(kPictureLeft + wide * static_cast<double>(positions.counts.size()), cells + kCellHeight * static_cast<double>(row) + 14, std::to_string(positions.counts.size()), report::kQuiet, Svg::Anchor::end, 11);
}

}  // namespace

std::string random_picture(const std::string& file, const random::bits::Sample& sample, const random::suites::Assessment& assessment, const Console& console) {
  const bool zh = console.language != "en";
  const Positions positions = positions_of(sample.lines);
  double height = 80;
  for (const auto& suite : assessment.suites) height += 60 + kRowHeight * static_cast<double>(strips_of(suite, console).size());
  const bool heat = !positions.counts.empty();
  if (heat) height += heat_height(positions);
  const std::string title = zh ? "随机性检测的 p 值" : "p-values of randomness tests";
  Svg svg(kPictureWidth, height, title);
  svg.rect(0, 0, kPictureWidth, height, "paper");
  svg.text(20, 28, report::shortened(printable(file), 60), report::kInk, Svg::Anchor::start, 18, true);
  svg.text(20, 50, fmt::format(fmt::runtime(zh ? "{} 个序列，每个 {} 位；{} 个 p 值，合并校正后最小 {:.3g}" : "{} sequence(s) of {} bits; {} p-values, the smallest after correction {:.3g}"), assessment.sequences, assessment.bits, assessment.values, assessment.smallest_adjusted), report::kQuiet);
  double y = 70;
  for (const auto& suite : assessment.suites) {
    svg.text(20, y + 16, title_of(suite.suite), report::kInk, Svg::Anchor::start, 14, true);
    y += 26;
    for (const TestStrip& strip : strips_of(suite, console)) {
      svg.text(kPictureLeft - 10, y + kRowHeight - 6, strip.name, report::kInk, Svg::Anchor::end);
      if (strip.p.empty())
        svg.text(kPictureLeft, y + kRowHeight - 6, zh ? "未运行" : "not run", report::kQuiet);
      else
        draw_strip(svg, y, strip.p);
      y += kRowHeight;
    }
    for (const double tick : {0.0, 0.25, 0.5, 0.75, 1.0}) svg.text(kPictureLeft + tick * kStrip, y + 14, fmt::format("{}", tick), report::kQuiet, Svg::Anchor::middle, 11);
    y += 34;
  }
  if (heat) draw_positions(svg, y, positions, zh);
  std::string drawn = std::move(svg).done();
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"" + drawn.substr(4) + "\n";
}

}  // namespace lintel::cli
