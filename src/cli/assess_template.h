// The skeleton of an attestation document: a commented entry for each open question, to be filled in away from the run.
#pragma once
#include <string>
#include <vector>

#include "cli/console.h"
#include "report/words.h"
#include "rules/questions.h"

namespace lintel::cli {

std::string answers_skeleton(const model::Run& run, const std::vector<rules::AskedQuestion>& questions, const report::Words& words,
                             const std::string& tester, const Console& console);

// Lines of a comment, at most some 110 columns each: no text of a document can end the comment.
std::string comment(const std::string& label, const std::string& text);

}  // namespace lintel::cli
