// Which versions of SSL and TLS a service takes, and how sure that is.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "probes/tls/ask.h"

namespace lintel::probes::tls {

enum class Known { yes, no, unknown };

struct VersionFinding {
  Known offered = Known::unknown;
  std::string reason;  // server_hello | alert | closed | reset | timeout | garbage; empty: not asked
  std::string suite;   // chosen, when offered
  std::optional<int> alert;
  Reply reply;  // the decisive one
  Bytes bytes;  // as it came
};

struct Survey {
  Known spoken = Known::unknown;
  std::string instead;                     // what speaks here when it is not TLS; "silence"
  std::array<VersionFinding, 6> versions;  // by Version
  std::vector<std::string> anomalies;
  std::optional<Error> stopped;  // cancelled, out of time, budget spent, no more connections

  VersionFinding& at(Version version) { return versions[static_cast<std::size_t>(version)]; }
  const VersionFinding& at(Version version) const { return versions[static_cast<std::size_t>(version)]; }
};

std::string_view fact_name(Version version);     // "tls1_2"
std::string_view display_name(Version version);  // "TLSv1.2"

// Asks every version with hellos of its own. "no" needs a refusal (an alert, an end, a reset, a lower
// version) while the port answers TLS in another version, or another protocol's answer; a refusal without a
// word is asked twice and only counts while the port still answers a version that it takes. Silence is never
// "no". A suite that was not offered is an anomaly, never support. When nothing speaks TLS, one request of
// the declared protocol (HTTP GET, MQTT CONNECT) finds out what does.
Survey survey(Asker& asker, const std::string& server_name, const std::string& protocol, std::uint16_t port);

}  // namespace lintel::probes::tls
