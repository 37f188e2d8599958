// One question for the assessor as text for a terminal: what is asked, how to do it on the bench, what probes and customer say, and the
// answer there is. Pure.
#pragma once
#include <cstddef>
#include <string>

#include "model/run.h"
#include "report/terminal.h"
#include "report/words.h"

namespace lintel::report {

struct QuestionPage {
  const model::Run& run;  // for the titles of checks
  const model::Clause& clause;  // has `attest`
  const model::Asset& asset;
  const model::AssetVerdict& verdict;
  const model::Attestation* answer = nullptr;  // the one that counts, or counted
  bool expired = false;
  const model::Statement* statement = nullptr;  // the customer's
  std::size_t position = 1;
  std::size_t total = 1;
};

// options.width, colour and language count. Ends with a newline.
std::string render_question(const QuestionPage& page, const Words& words, const TerminalOptions& options);

// What the checks saw on the asset, a line each: "fail  ota.signed: the image is accepted". For comments in a skeleton too.
std::vector<std::string> seen_lines(const model::Run& run, const model::AssetVerdict& verdict, const Words& words, Language language);

}  // namespace lintel::report
