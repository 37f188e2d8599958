// Names for people: of alerts, and of protocols that are not TLS.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace lintel::probes::tls {

// "http", "ssh", "mqtt", "telnet"...: what the first bytes of something that is not TLS look like; "other"
// when nothing fits.
std::string_view name_protocol(ByteView bytes);

// "handshake_failure" for 40; "alert 200" for a number without a name.
std::string alert_name(int description);

}  // namespace lintel::probes::tls
