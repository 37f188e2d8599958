// What a TLCP service shows in whole handshakes (GB/T 38636): its double certificate, and what becomes of clients without a certificate and
// with a stranger's.
#pragma once
#include "probes/tls/mutual.h"

namespace lintel::probes::tls {

struct TlcpService {
  ClientCertificate client;
  std::vector<Bytes> chain;                    // DER: the signature certificate, the encryption certificate, those above them
  Known key_exchange_signed = Known::unknown;  // its signature fits its signature certificate
};

// Judged on suites with key transport: with key agreement a server has to ask every client. At most four connections, because there are two
// readings of the standard's client messages and a refusal counts only in both.
TlcpService look_at_tlcp(Asker& asker, const Survey& survey);

// The encryption certificate and those above it; empty when there is none.
std::vector<Bytes> encryption_chain(const TlcpService& service);

// `tlcp`: the two certificates, and what is wrong with them as a pair.
void put_tlcp(const TlcpService& service, WallTime now, Json& facts);

}  // namespace lintel::probes::tls
