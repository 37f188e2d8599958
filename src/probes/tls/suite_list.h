// Which suites, groups and signature schemes a server takes in one version: offered, chosen, struck off, offered
// again until it refuses. So n suites cost n + 1 connections, and none of them a key exchange.
#pragma once
#include <vector>

#include "probes/tls/talk.h"

namespace lintel::probes::tls {

struct ListedSuite {
  std::uint16_t code = 0;
  ServerKey key;
  bool empty_certificate = false;  // TLCP: chosen, but without any certificate; it could not be finished
};

enum class Order { server, client, unknown };

struct SuiteList {
  std::vector<ListedSuite> suites;  // as chosen: in the server's order of preference, where it has one
  std::vector<std::uint16_t> groups;   // TLS 1.3: as chosen
  std::vector<std::uint16_t> schemes;  // learned by the way while suites were listed
  Order order = Order::unknown;
  bool wordless = false;  // its end, or some part of it, was a refusal without a word
  // All that we know of were offered and the rest was refused, by a server that still takes what it took. Never of an empty list.
  bool complete = false;
  bool groups_complete = false;  // TLS 1.3
};

// earlier: a ServerHello of this version that was seen already, which saves a connection.
SuiteList list_suites(Talk& talk, Version version, const Reply* earlier = nullptr);

struct CodeList {
  std::vector<std::uint16_t> codes;  // as chosen
  bool complete = false;
};

// Up to TLS 1.2, of the suites found: needs those with ECDHE, signed by RSA when there are any. A server with
// ECDSA alone is bound to its certificate's curve: its list is only complete when it goes by the client's order.
CodeList list_groups(Talk& talk, Version version, const SuiteList& suites);
// TLS 1.2: signature schemes of ServerKeyExchange; goes on from those learned by the way.
CodeList list_schemes(Talk& talk, Version version, const SuiteList& suites);

}  // namespace lintel::probes::tls
