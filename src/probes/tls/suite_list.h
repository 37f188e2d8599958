// Which suites a server takes in one version: offered, chosen, struck off, offered again until it refuses. So n suites cost
// n + 1 connections, and none of them a key exchange.
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

}  // namespace lintel::probes::tls
