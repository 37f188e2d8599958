// Errors, diagnostics and what probes say (messages, notes, anomalies of observations) in Chinese. Each is written once, in English, where it
// arises; reports/messages.json gives the Chinese of every such template, with its {} in the same order, or as {0} {1} in another. A finished
// sentence is led back to the template it was made of, so nothing on the way needs to carry languages. tests/messages finds templates without
// Chinese. Pure.
#pragma once
#include <string>

#include "model/text.h"

namespace lintel::report {

// The message in Chinese, with what was filled in as it is; parts that are messages themselves are put into Chinese too. What no template
// fits stays as it is.
std::string in_chinese(const std::string& message);
// The Chinese and the message itself.
model::Text in_both(const std::string& message);

}  // namespace lintel::report
