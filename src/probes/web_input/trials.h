// Sends each declared call with good values and then with those of each attack, as the first account that may send it.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "flow/client.h"
#include "probes/web_input/attacks.h"

namespace lintel::probes::web_input {

struct Tried {
  std::string call, input, attack;
  // refused, accepted (the declared success holds), error (5xx), no_answer (silence or an end of the connection), unknown (a limit, or trouble that
  // did not come again). error and no_answer came twice, with good values answered well before, between and after.
  std::string_view outcome = "unknown";
  std::string_view effect = "none";  // of effect_in(), or stored, executed, contained
  long status = 0;                   // HTTP; 0 without an answer
};

struct Looked {
  std::vector<std::string> working, failing;  // calls with good values; on those that fail nothing is said
  std::vector<Tried> tried;
  std::vector<std::string> notes;
  std::optional<Error> stopped;  // what ended the look early
};

Looked look_at_inputs(flow::Wire& wire, Look look, std::size_t long_value);

}  // namespace lintel::probes::web_input
