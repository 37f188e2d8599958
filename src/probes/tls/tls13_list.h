// Suites and groups of TLS 1.3, which come in pairs.
#pragma once
#include "probes/tls/suite_list.h"

namespace lintel::probes::tls {

// As list_suites().
SuiteList list_tls13(Talk& talk, const Reply* earlier);

}  // namespace lintel::probes::tls
