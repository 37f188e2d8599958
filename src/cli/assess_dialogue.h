// The conversation of `lintel assess`: asks a question, takes an answer, hands it over to be kept before the next. Reads lines, writes
// standard output; nothing else.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/assessments.h"
#include "cli/console.h"
#include "cli/line_input.h"
#include "report/words.h"
#include "rules/questions.h"
#include "rules/statements.h"

namespace lintel::cli {

struct Dialogue {
  const model::Run& run;
  const std::vector<rules::AskedQuestion>& questions;
  const rules::Statements& statements;
  const report::Words& words;
  const Console& console;
  const Clock& clock;
  Keep big_files = Keep::bytes;  // hash_only: files beyond what a run file keeps are recorded by name and hash
  std::string tester;            // offered; the last one is remembered
  // Keeps an answer for good; an error ends the conversation. Called again for a question that was gone back to.
  std::function<Result<void>(const model::Attestation& answer, const std::vector<Bytes>& evidence)> keep;
};

// How many questions have an answer that was kept now. Errors: those of keep.
Result<std::size_t> converse(Dialogue& dialogue, LineInput& input);

}  // namespace lintel::cli
