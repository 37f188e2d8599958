#include "report/svg.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "report/template.h"

namespace lintel::report {
namespace {

std::string_view colour(std::string_view tone) {
  constexpr std::pair<std::string_view, std::string_view> kColours[] = {{"pass", "#1b7a4b"}, {"paper", "#ffffff"},      {"fail", "#b3261e"},           {"inconclusive", "#8f5b00"},
                                                                        {"not_tested", "#3d5a80"}, {"not_applicable", "#b9bcc0"}, {kQuiet, "#9aa0a6"}};
  for (const auto& [name, value] : kColours)
    if (name == tone) return value;
  return "#1c2127";
}

// Two decimals are finer than any printer; a fixed form keeps the bytes the same.
std::string number(double value) {
  std::string text = fmt::format("{:.2f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace

Svg::Svg(double width, double height, std::string_view label)
    : out_(fmt::format(R"(<svg class="picture" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}" font-family="Noto Sans CJK SC, sans-serif">)",
                       escape_html(label), number(width), number(height), number(width), number(height))) {}

void Svg::rect(double x, double y, double width, double height, std::string_view tone, double opacity) {
  out_ += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}" fill="{}" class="f-{}"{}/>)", number(x), number(y), number(width), number(height), colour(tone), tone,
                      opacity < 1 ? fmt::format(R"( fill-opacity="{}")", number(opacity)) : "");
}

void Svg::frame(double x, double y, double width, double height, std::string_view tone, bool dashed) {
  out_ += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}" fill="none" stroke="{}" stroke-width="1.5" class="s-{}"{}/>)", number(x), number(y), number(width),
                      number(height), colour(tone), tone, dashed ? R"( stroke-dasharray="3 2")" : "");
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view tone, double width) {
  out_ += fmt::format(R"(<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}" class="s-{}"/>)", number(x1), number(y1), number(x2), number(y2), colour(tone),
                      number(width), tone);
}

void Svg::ring(double x, double y, double radius, double width, double from, double to, std::string_view tone) {
  const auto point = [&](double turn) {
    const double angle = 2 * std::numbers::pi * turn;
    return std::pair(number(x + radius * std::sin(angle)), number(y - radius * std::cos(angle)));
  };
  const auto stroke = fmt::format(R"(fill="none" stroke="{}" stroke-width="{}" class="s-{}"/>)", colour(tone), number(width), tone);
  if (to - from >= 0.9999) {  // an arc whose ends meet is nothing
    out_ += fmt::format(R"(<circle cx="{}" cy="{}" r="{}" {})", number(x), number(y), number(radius), stroke);
    return;
  }
  const auto [x1, y1] = point(from);
  const auto [x2, y2] = point(to);
  out_ += fmt::format(R"(<path d="M{} {}A{} {} 0 {} 1 {} {}" {})", x1, y1, number(radius), number(radius), to - from > 0.5 ? 1 : 0, x2, y2, stroke);
}

void Svg::text(double x, double y, std::string_view words, std::string_view tone, Anchor anchor, int size, bool bold) {
  const std::string_view anchors[] = {"start", "middle", "end"};
  out_ += fmt::format(R"(<text x="{}" y="{}" font-size="{}" text-anchor="{}" fill="{}" class="f-{}"{}>{}</text>)", number(x), number(y), size,
                      anchors[static_cast<int>(anchor)], colour(tone), tone, bold ? R"( font-weight="700")" : "", escape_html(words));
}

std::string Svg::done() && {
  out_ += "</svg>";
  return std::move(out_);
}

std::string shortened(std::string_view text, std::size_t characters) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts && count++ == characters) return std::string(text.substr(0, at)) + "…";
  }
  return std::string(text);
}

}  // namespace lintel::report
