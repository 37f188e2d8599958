// A drawing as inline SVG text, for pages that fetch nothing. Colours are written as attributes, for paper, and as a class, so that a page's
// style sheet can do better (dark mode). The same calls give the same bytes. Pure.
#pragma once
#include <string>
#include <string_view>

namespace lintel::report {

// What a shape stands for: the five verdicts by their names, or
inline constexpr std::string_view kInk = "ink";      // text and what is there
inline constexpr std::string_view kQuiet = "quiet";  // axes and what is not there

class Svg {
 public:
  // Units are CSS pixels; the drawing scales down with its column. label: what a reader who can't see it is told.
  Svg(double width, double height, std::string_view label);

  void rect(double x, double y, double width, double height, std::string_view tone, double opacity = 1);
  void frame(double x, double y, double width, double height, std::string_view tone, bool dashed = false);
  void line(double x1, double y1, double x2, double y2, std::string_view tone, double width = 1);
  // Part of a ring, angles in turns clockwise from the top.
  void ring(double x, double y, double radius, double width, double from, double to, std::string_view tone);
  enum class Anchor { start, middle, end };
  void text(double x, double y, std::string_view words, std::string_view tone = kInk, Anchor anchor = Anchor::start, int size = 12, bool bold = false);
  std::string done() &&;

 private:
  std::string out_;
};

// At most `characters` of a text, with an ellipsis for the rest.
std::string shortened(std::string_view text, std::size_t characters);

}  // namespace lintel::report
