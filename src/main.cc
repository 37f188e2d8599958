// argv in, exit code out; everything else is cli/.
#include "cli/main.h"

int main(int argc, char** argv) { return lintel::cli::run(argc, argv); }
