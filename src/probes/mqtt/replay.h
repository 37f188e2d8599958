// Whether a recorded command, or a spoiled one, makes a device act.
#pragma once
#include "model/observation.h"
#include "probes/mqtt/knock.h"

namespace lintel::probes::mqtt {

// The declared `command`, rightful first, then spoiled in every way (command.h), then rightful again; facts under `command`. Two connections where
// the sender may not read the effect, else one. Errors: not_found (something is not declared), timeout (no effect), protocol (not let in), and those of
// the network. Facts learned before an error stay.
Result<void> look_at_command(const Visitor& visitor, net::mqtt::Version version, model::Observation& observation);

}  // namespace lintel::probes::mqtt
