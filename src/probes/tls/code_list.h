// Groups and signature schemes of a server up to TLS 1.2: offered with suites that are signed, struck off as they are chosen.
#pragma once
#include "probes/tls/suite_list.h"

namespace lintel::probes::tls {

struct CodeList {
  std::vector<std::uint16_t> codes;  // as chosen
  bool complete = false;
};

// Up to TLS 1.2, of the suites found: needs those with ECDHE, signed by RSA when there are any. A server with ECDSA alone
// may be bound to its certificate's curve: groups that it would only take from clients that don't name it are not missing.
CodeList list_groups(Talk& talk, Version version, const SuiteList& suites);
// TLS 1.2: signature schemes of ServerKeyExchange; goes on from those learned by the way.
CodeList list_schemes(Talk& talk, Version version, const SuiteList& suites);

}  // namespace lintel::probes::tls
