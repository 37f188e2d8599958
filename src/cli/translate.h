// The help of the command line in Chinese. English stands beside the options in arguments/; reports/help.json gives the Chinese of each text.
#pragma once
#include <string>

namespace CLI {
class App;
}

namespace lintel::cli {

// zh or en, before anything is parsed, since --help ends the parsing: --language, LINTEL_LANGUAGE, then LANG.
std::string language_of(int argc, char** argv);

// Puts every text that the catalogue knows into Chinese, and CLI11's own headings. A text that it lacks stays English (tests/cli finds it).
void translate(CLI::App& app);

}  // namespace lintel::cli
