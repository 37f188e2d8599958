#include "report/pictures.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/json.h"
#include "report/svg.h"

namespace lintel::report {
namespace {

double weight_of(const Json& cell) { return std::stod(cell["weight"].get<std::string>()); }
std::string code_of(const Json& cell) { return cell["verdict"]["code"]; }

}  // namespace

std::string verdict_donut(const Json& cells, const std::string& label) {
  double total = 0;
  for (const Json& cell : cells) total += weight_of(cell);
  Svg svg(180, 180, label);
  double turn = 0;
  for (const Json& cell : cells) {
    if (weight_of(cell) == 0) continue;
    const double part = weight_of(cell) / total;
    const double gap = part < 0.999 ? 0.003 : 0;
    svg.ring(90, 90, 70, 26, turn, std::max(turn + part - gap, turn + part / 2), code_of(cell));
    turn += part;
  }
  svg.text(90, 103, fmt::format("{:.0f}", total), kInk, Svg::Anchor::middle, 36, true);
  return std::move(svg).done();
}

std::string chapter_bar(const Json& cells, int widest, const std::string& label) {
  const double scale = 220.0 / std::max(widest, 1);
  Svg svg(222, 14, label);
  double x = 0;
  for (const Json& cell : cells) {
    const double width = weight_of(cell) * scale;
    if (width == 0) continue;
    const std::string code = code_of(cell);
    if (code == "not_tested" || code == "not_applicable")  // told apart without colours: hollow, and faint
      svg.frame(x + 1, 2, std::max(width - 2, 1.0), 10, code, code == "not_tested");
    else
      svg.rect(x, code == "fail" ? 0 : 2, std::max(width - 1, 1.5), code == "fail" ? 14 : 10, code, code == "inconclusive" ? 0.65 : 1);
    x += width;
  }
  return std::move(svg).done();
}

std::string grade_ladder(int reached, int claimed, const std::string& label) {
  Svg svg(132, 66, label);
  for (int level = 1; level <= 3; ++level) {
    const double x = (level - 1) * 44.0 + 2, height = 20.0 * level, y = 64 - height;
    const bool done = level <= reached;
    if (done) svg.rect(x, y, 40, height, "pass");
    svg.frame(x, y, 40, height, done ? "pass" : level == claimed ? "fail" : kQuiet, !done);
    if (level == claimed) svg.line(x, 65.5, x + 40, 65.5, kInk, 2);
    svg.text(x + 20, 58, std::to_string(level), done ? "paper" : kInk, Svg::Anchor::middle, 14, true);
  }
  return std::move(svg).done();
}

}  // namespace lintel::report
