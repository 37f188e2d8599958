// A verdict on a sample of identifiers as a page for a person at a terminal. Pure.
#pragma once
#include <string>

#include "random/tokens/judge.h"
#include "report/terminal.h"

namespace lintel::cli {

// Verdict, numbers, what was found (heaviest first), entropy by position as bars, what was tried, and what the verdict does not say.
std::string ids_page(const random::tokens::Judgement& judgement, const std::string& file, const report::TerminalOptions& options);

}  // namespace lintel::cli
