// Known attacks: two that are tried, harmlessly, and those that follow from what is offered.
#pragma once
#include <span>
#include <string_view>

#include "probes/tls/features.h"
#include "probes/tls/weak.h"

namespace lintel::probes::tls {

enum class Flawed { vulnerable, not_vulnerable, unknown };

struct Flaw {
  std::string_view name;  // of the fact: "heartbleed"
  Flawed found = Flawed::unknown;
};

// CVE-2014-0160: after ServerHelloDone one heartbeat request that claims 4096 bytes and brings none. Of what comes
// back only the length is looked at; nothing of it is kept. One connection, and only where the server named the extension.
Flawed try_heartbleed(Talk& talk, Version version, const Features& features, const SuiteList& suites);
// CVE-2014-0224: after ServerHelloDone two early ChangeCipherSpec. A server that is not vulnerable ends there with
// unexpected_message; one that is fails at the second, under a key that it should not have. One connection.
Flawed try_early_change_cipher(Talk& talk, Version version, const SuiteList& suites);

// DROWN, POODLE, FREAK, Logjam, SWEET32, CRIME, from versions, kinds of suites, prime lengths and compression.
std::vector<Flaw> derive_flaws(const Survey& survey, const WeakFindings& weak, const Features& features, std::span<const SuiteList> lists);

}  // namespace lintel::probes::tls
