#include "cli/main.h"

#include <fmt/format.h>

#include "probe/probe.h"

namespace lintel::cli {

int run(int, char**) {
  fmt::print("lintel: {} probes\n", probe::all_probes().size());
  return 2;
}

}  // namespace lintel::cli
