// What the tls probe learned of one service, as a page for a person at a terminal. Pure.
#pragma once
#include <string>

#include "model/observation.h"
#include "report/terminal.h"

namespace lintel::report {

// Versions, a table of suites by version, the certificate, what is weak or attackable, what else was seen. Facts
// that were not learned are left out or stand as unknown. options: width, colour, language.
std::string render_tls_page(const model::Observation& observation, const std::string& place, const TerminalOptions& options);

}  // namespace lintel::report
