// Whose order decides which suite is taken: the server's or the client's.
#pragma once
#include "probes/tls/suite_list.h"

namespace lintel::probes::tls {

// The suites found, given best first, in another order, so that server and client choose differently.
std::vector<std::uint16_t> turned(std::vector<std::uint16_t> found);
// What a choice from that offer shows, when `best` is thought to be the server's favourite.
Order order_of(std::uint16_t chosen, const std::vector<std::uint16_t>& offered, const std::vector<std::uint16_t>& found, std::uint16_t best);

// Asks for the suites of the list, which is not empty, in another order; a favourite that was not known before comes to its
// front. False when none of them is taken any more. Two connections at most.
bool ask_order(Talk& talk, Hello hello, SuiteList& list);

}  // namespace lintel::probes::tls
