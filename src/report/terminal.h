// The report as text for a terminal or a log. Pure: it returns text, the cli writes it. Widths are display columns, so a Chinese
// character counts two.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/run.h"
#include "report/words.h"

namespace lintel::report {

enum class Colour { off, on };

struct TerminalOptions {
  std::size_t width = 80;  // columns; less than 40 counts as 40
  Colour colour = Colour::off;
  Language language = Language::en;  // both counts as zh
  std::size_t clauses = 200;         // at most so many open clauses are told in detail
  std::vector<std::string> files;    // paths written, shown last
};

// Verdict counts by chapter, each failing or undecided clause with expected and observed, device levels, files.
// Errors: internal only.
Result<std::string> render_terminal(const model::Run& run, const TerminalOptions& options);

// One moment of a scan.
struct Progress {
  std::size_t done = 0;
  std::size_t total = 0;
  std::string probe;  // of the job in work
  std::string asset;
  std::string item;
};
enum class ProgressStyle { line, redraw };
// "[12/34] tls cloud edge:8443/tcp", cut to the width. redraw: goes back to the start of the line and clears it first,
// without a newline; line: ends with a newline.
std::string format_progress(const Progress& progress, ProgressStyle style, std::size_t width);

}  // namespace lintel::report
