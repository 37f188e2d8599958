// Which versions of SSL and TLS a service takes, and how sure that is.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "probes/tls/ask.h"
#include "probes/tls/suites.h"

namespace lintel::probes::tls {

enum class Known { yes, no, unknown };

std::string_view word(Known known);  // "yes", "no", "unknown"

struct VersionFinding {
  Known offered = Known::unknown;
  std::string reason;  // server_hello | alert | closed | reset | timeout | garbage; empty: not asked
  std::string suite;   // chosen, when offered
  std::optional<int> alert;
  bool primes = false;  // taken only when groups of prime fields were offered
  Reply reply;  // the decisive one
  Bytes bytes;  // as it came
};

struct Survey {
  Known spoken = Known::unknown;
  std::string instead;                     // what speaks here when it is not TLS; "silence"
  std::array<VersionFinding, kVersions.size()> versions;  // by Version; those of the other transport stay unknown
  std::vector<std::string> anomalies;
  std::optional<Error> stopped;  // cancelled, out of time, budget spent, no more connections

  VersionFinding& at(Version version) { return versions[static_cast<std::size_t>(version)]; }
  const VersionFinding& at(Version version) const { return versions[static_cast<std::size_t>(version)]; }
};

// Asks every version with hellos of its own. "no" needs a refusal (an alert, an end, a reset, a lower
// version) while the port answers TLS in another version, or another protocol's answer; a refusal without a
// word is asked twice and only counts while the port still answers a version that it takes. Silence is never
// "no". A suite that was not offered is an anomaly, never support. When nothing speaks TLS, one request of
// the declared protocol (HTTP GET, MQTT CONNECT) finds out what does.
// ssl_only: asks SSL 3.0 and 2.0 alone, and others only until one is taken: without that a refusal proves nothing.
Survey survey(Asker& asker, const std::string& server_name, const std::string& protocol, std::uint16_t port, bool ssl_only = false);

}  // namespace lintel::probes::tls
