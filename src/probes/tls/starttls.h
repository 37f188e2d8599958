// Protocols that begin in clear and change to TLS: SMTP (RFC 3207), IMAP and POP3 (RFC 2595), FTP (RFC 4217), LDAP (RFC 4511 4.14).
#pragma once
#include <optional>
#include <string_view>

#include "net/stream.h"

namespace lintel::probes::tls {

enum class Upgrade { smtp, imap, pop3, ftp, ldap };

// Of "smtp", "submission", "imap", "pop3", "ftp", "ldap" in any case; nullopt for all others.
std::optional<Upgrade> upgrade_of(std::string_view protocol);

// Sends the greeting and the command of the protocol on a fresh connection. True: the server waits for a hello. False: it says that it does
// not change to TLS. Blocks. Errors: those of the stream, protocol (it speaks something else).
Result<bool> start_tls(net::Stream& stream, Upgrade upgrade, Deadline deadline);

}  // namespace lintel::probes::tls
