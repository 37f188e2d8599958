// Names of the gate's words and what exit code each means.
#include "model/verdict.h"

namespace lintel::model {

std::string_view name_of(Gate gate) {
  switch (gate) {
    case Gate::conformant: return "conformant";
    case Gate::fails: return "fails";
    case Gate::open: return "open";
    case Gate::nothing_tested: return "nothing_tested";
    case Gate::interrupted: return "interrupted";
  }
  return "?";
}

std::string_view name_of(Kleene value) {
  switch (value) {
    case Kleene::no: return "no";
    case Kleene::yes: return "yes";
    case Kleene::unknown: return "unknown";
  }
  return "?";
}

int exit_code(Gate gate, bool allow_open) {
  switch (gate) {
    case Gate::conformant: return 0;
    case Gate::fails: return 1;
    case Gate::open: return allow_open ? 0 : 3;
    case Gate::nothing_tested: return 5;
    case Gate::interrupted: return 130;
  }
  return 4;
}

}  // namespace lintel::model
