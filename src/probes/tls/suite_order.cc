#include "probes/tls/suite_order.h"

#include <algorithm>
#include <array>
#include <span>

#include "probes/tls/codes.h"
#include "probes/tls/suite_traits.h"

namespace lintel::probes::tls {

// The suites found, last one first. Many servers put ChaCha20 first for clients that do, or don't begin with AES-GCM, for
// want of AES in hardware. So such a suite leads: one of those found, else one that the server does not take; but not to
// a server of pre-shared keys, which may be silent on it.
Codes turned(Codes found) {
  const std::uint16_t best = found.empty() ? 0 : found.front();
  std::ranges::reverse(found);
  const auto is_chacha = [](std::uint16_t code) { return traits_of(code).cipher.starts_with("CHACHA20"); };
  const auto has_psk = [](std::uint16_t code) { return traits_of(code).psk; };
  if (std::ranges::none_of(found, is_chacha) || std::ranges::all_of(found, has_psk)) return found;
  static constexpr std::array<std::uint16_t, 2> kLeaders13 = {0x1301, 0x1302};
  static constexpr std::array<std::uint16_t, 4> kLeaders = {0xC02B, 0xC02F, 0xC02C, 0xC030};
  Codes leaders;
  for (const std::uint16_t code : best >> 8 == 0x13 ? std::span<const std::uint16_t>(kLeaders13) : kLeaders)
    if (code != best) leaders.insert(contains(found, code) ? leaders.begin() : leaders.end(), code);
  std::erase(found, leaders.front());
  found.insert(found.begin(), leaders.front());
  return found;
}

Order order_of(std::uint16_t chosen, const Codes& offered, const Codes& found, std::uint16_t best) {
  const auto first = std::ranges::find_if(offered, [&](std::uint16_t code) { return contains(found, code); });
  return chosen == best ? Order::server : first != offered.end() && chosen == *first ? Order::client : Order::unknown;
}

bool ask_order(Talk& talk, Hello hello, SuiteList& list) {
  const Codes found = codes_of(list);
  hello.suites = turned(found);
  std::uint16_t best = found.front();
  for (int round = 0; round < 2; ++round) {
    const Chosen answer = ask_choice(talk, hello, fmt::format("{} hello, suites in reverse", display_name(hello.version)));
    if (answer.choice != Choice::chosen) return round > 0;
    if (found.size() == 1) return true;
    const std::uint16_t chosen = answer.reply.suite;
    list.order = order_of(chosen, hello.suites, found, best);
    if (list.order != Order::unknown || !contains(found, chosen)) break;
    // A favourite that no hello before has put beside the first one: taken from the last place, too?
    best = chosen;
    std::erase(hello.suites, best);
    hello.suites.push_back(best);
  }
  const auto favourite = std::ranges::find(list.suites, best, &ListedSuite::code);
  if (list.order == Order::server) std::rotate(list.suites.begin(), favourite, favourite + 1);
  return true;
}

}  // namespace lintel::probes::tls
