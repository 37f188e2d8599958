#include "report/timings.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/columns.h"
#include "report/values.h"
#include "report/words.h"

namespace lintel::report {
namespace {

using Seconds = std::chrono::duration<double>;

double seconds(WallTime from, WallTime to) { return std::max(0.0, Seconds(to - from).count()); }

// A clock that was set back during the scan makes no bar longer than the line.
std::string bar(double begin, double end, double whole, std::size_t width) {
  const auto place = [&](double at) { return static_cast<std::size_t>(std::clamp(at / whole, 0.0, 1.0) * static_cast<double>(width)); };
  const std::size_t first = std::min(place(begin), width - 1), last = std::clamp(place(end), first + 1, width);
  std::string text(first, ' ');
  for (std::size_t i = first; i < last; ++i) text += "█";
  return text;
}

}  // namespace

Result<std::string> render_timings(const model::Run& run, const TerminalOptions& options) {
  if (run.observations.empty()) return std::string();
  const Words words = TRY(Words::load());
  const auto label = [&](std::string_view name) {
    const model::Text text = words.text("ui", name);
    return options.language == Language::en ? text.en : text.zh;
  };
  std::vector<const model::Observation*> longest;
  WallTime begin = run.observations.front().started, end = run.observations.front().finished;
  double work = 0;
  for (const auto& observation : run.observations) {
    begin = std::min(begin, observation.started);
    end = std::max(end, observation.finished);
    work += seconds(observation.started, observation.finished);
    longest.push_back(&observation);
  }
  std::stable_sort(longest.begin(), longest.end(), [](const auto* a, const auto* b) {
    return seconds(a->started, a->finished) > seconds(b->started, b->finished);
  });
  const double whole = std::max(seconds(begin, end), 0.001);
  const std::size_t width = std::clamp<std::size_t>(options.width, 60, 160), name_width = width * 2 / 5, bar_width = width - name_width - 13;
  const std::string title = cut(fmt::format("{}: {} {}, {:.1f} s {} {:.1f} s", label("timings"), longest.size(), label("timings_jobs"), work,
                                            label("timings_work"), whole), width);
  std::string text = "\n" + (options.colour == Colour::on ? "\x1b[1m" + title + "\x1b[0m" : title) + "\n";
  for (const auto* observation : longest) {
    const model::Job& job = observation->job;
    const std::string name = one_line(fmt::format("{} {} {}", job.probe, job.asset, job.item), 400);
    text += cut(fmt::format("  {:>7.2f}  {}  {}", seconds(observation->started, observation->finished), pad(cut(name, name_width), name_width),
                            bar(seconds(begin, observation->started), seconds(begin, observation->finished), whole, bar_width)), width) + "\n";
  }
  return text;
}

}  // namespace lintel::report
