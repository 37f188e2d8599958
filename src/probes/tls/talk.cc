#include "probes/tls/talk.h"

#include <algorithm>
#include <utility>

#include "probes/tls/groups.h"
#include "probes/tls/suites.h"

namespace lintel::probes::tls {

namespace {

constexpr std::size_t kMostAnomalies = 50;
constexpr int kInternalError = 80;

Chosen weigh(Talk& talk, const Hello& hello, const Heard& heard) {
  const Reply& reply = heard.reply;
  switch (reply.seen) {
    case Seen::server_hello:
      if (std::ranges::find(hello.suites, reply.suite) == hello.suites.end()) {
        talk.anomaly(fmt::format("{}: the server chose {}, which was not offered", display_name(hello.version), suite_label(reply.suite)));
        return {Choice::unclear, reply};
      }
      if (reply.version == wire_version(hello.version)) return {Choice::chosen, reply};
      // Numbers of DTLS count downwards.
      return {(reply.version < wire_version(hello.version)) != is_dtls(hello.version) ? Choice::refused : Choice::unclear, reply};
    case Seen::alert: return {reply.alert == kInternalError ? Choice::unclear : Choice::refused, reply};
    case Seen::nothing: return {heard.end == End::closed || heard.end == End::reset ? Choice::wordless : Choice::unclear, reply};
    case Seen::not_tls:
    case Seen::malformed: talk.anomaly(fmt::format("{}: an answer that makes no sense", display_name(hello.version))); break;
    case Seen::more_needed:
    case Seen::hello_verify: break;
  }
  return {Choice::unclear, reply};
}

}  // namespace

void Talk::anomaly(std::string text) {
  if (anomalies.size() < kMostAnomalies && std::ranges::find(anomalies, text) == anomalies.end()) anomalies.push_back(std::move(text));
}

void Talk::saw(const std::vector<Bytes>& chain, Version version) {
  if (chain.empty()) return;
  auto known = std::ranges::find_if(shown, [&](const Shown& one) { return one.chain.front() == chain.front(); });
  if (known == shown.end()) {
    more_shown = more_shown || shown.size() == kMostShown;
    if (more_shown) return;
    known = shown.insert(known, {chain, {}});
  }
  if (std::ranges::find(known->versions, version) == known->versions.end()) known->versions.push_back(version);
}

Hello hello_of(const Talk& talk, Version version, std::vector<std::uint16_t> suites) {
  Hello hello;
  hello.version = version;
  hello.suites = std::move(suites);
  hello.server_name = talk.server_name;
  if (talk.primes[static_cast<std::size_t>(version)]) hello.groups = group_codes(Primes::with);
  return hello;
}

Chosen ask_choice(Talk& talk, const Hello& hello, std::string_view what) {
  Chosen chosen;
  for (int round = 0; round < 2 && !talk.stopped; ++round) {
    auto heard = talk.asker.ask(hello, what);
    if (!heard) {
      talk.stopped = heard.error();
      break;
    }
    if (const auto version = version_of(heard->reply.version)) talk.saw(heard->reply.certificates, *version);
    const bool before = chosen.choice == Choice::wordless;
    chosen = weigh(talk, hello, *heard);
    if (before && chosen.choice != Choice::wordless) {
      talk.flaky = true;
      talk.anomaly("the server ended a connection without a word, then answered the same hello");
    }
    const bool again = chosen.choice == Choice::wordless || (chosen.choice == Choice::unclear && (heard->end == End::timeout || chosen.reply.alert == kInternalError));
    if (!again) break;
  }
  if (chosen.choice == Choice::chosen && !chosen.reply.session_id.empty() && hello.version != Version::tls1_3)
    talk.session_ids.push_back({talk.asker.unix_us(), chosen.reply.session_id});
  return chosen;
}

}  // namespace lintel::probes::tls
