#include "probes/tls/suite_list.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "probes/tls/codes.h"
#include "probes/tls/groups.h"
#include "probes/tls/suite_order.h"
#include "probes/tls/suite_traits.h"
#include "probes/tls/suites.h"
#include "probes/tls/tls13_list.h"

namespace lintel::probes::tls {

namespace {

// Strikes off by choice until a refusal, one window of the candidates after the other.
class SuiteWalk {
 public:
  SuiteWalk(Talk& talk, Version version, SuiteList& list) : talk_(talk), version_(version), list_(list) {}

  void take(const Reply& reply) {
    const bool empty = version_ == Version::tlcp1_1 && reply.certificate_seen && reply.certificates.empty();
    list_.suites.push_back({reply.suite, reply.key, empty});
    learn_scheme(reply.key.scheme);
  }

  // False when an answer was unclear, so that what remains is unknown. groups: to offer; empty: the usual ones.
  bool walk(Codes rest, const Codes& groups = {}) {
    std::size_t most = kMostSuites;
    while (!rest.empty() && !talk_.stopped) {
      const Codes window(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(std::min(most, rest.size())));
      Hello hello = hello_of(talk_, version_, window);
      if (!groups.empty()) hello.groups = groups;
      if (like_tls12(version_)) hello.schemes = schemes_;
      const Chosen answer = ask_choice(talk_, hello, fmt::format("{} hello, {} suites left", display_name(version_), rest.size()));
      const auto alert = answer.reply.alert;
      if (answer.choice == Choice::chosen) {
        answered_ = true;
        readable_ = std::max(readable_, window.size());
        take(answer.reply);
        std::erase(rest, answer.reply.suite);
      } else if (!schemes_.empty() && (answer.choice == Choice::refused || answer.choice == Choice::wordless)) {
        schemes_.clear();  // perhaps it was for want of one: a server may ask them of its chain, too
        all_schemes_ = true;
      } else if (window.size() > kSmallOffer && ((answer.choice == Choice::wordless && window.size() > readable_) || alert == 47 || alert == 50)) {
        most = kSmallOffer;  // too much for it at once
      } else if (answer.choice == Choice::refused || answer.choice == Choice::wordless) {
        wordless_ = list_.wordless = wordless_ || answer.choice == Choice::wordless;
        // It fell back to an older version for a suite that it has only there.
        if (answer.reply.seen == Seen::server_hello)
          std::erase(rest, answer.reply.suite);
        else
          rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(window.size()));
      } else if (alert == 80 && window.size() > 1) {
        most = window.size() / 2;  // something in it breaks the server: what?
      } else if (alert == 80) {
        clear_ = false;  // this; what it does with the others is another question
        rest.erase(rest.begin());
        most = kMostSuites;
      } else {
        return false;
      }
    }
    return clear_ && !talk_.stopped;
  }

  // The suites found once more, in the reverse order: whose first is taken? It also shows that the server still
  // answers, without which refusals prove nothing.
  bool turn_round() {
    if (list_.suites.empty()) return false;  // but the version is offered: it has changed its mind
    if (list_.suites.size() == 1 && !wordless_ && answered_) return true;
    return ask_order(talk_, hello_of(talk_, version_, {}), list_);
  }

 private:
  // Each suite that RSA signs shows a scheme, so the schemes seen are no longer offered, but for one: with it every such
  // suite can still be had. A server that takes it again goes by its own order, and would never show another. Schemes of
  // other keys always stay, since their suites hang on them.
  void learn_scheme(std::uint16_t scheme) {
    const std::string name = scheme_name(scheme);
    if (scheme == 0 || name.starts_with("0x")) return;
    const bool seen = contains(list_.schemes, scheme);
    if (!seen) list_.schemes.push_back(scheme);
    if (all_schemes_ || !name.starts_with("rsa_")) return;
    all_schemes_ = seen;
    if (!seen) learned_.push_back(scheme);
    schemes_.clear();
    if (seen) return;
    for (const Scheme& known : known_schemes())
      if (!contains(learned_, known.code)) schemes_.push_back(known.code);
    schemes_.push_back(learned_.front());
  }

  Talk& talk_;
  const Version version_;
  SuiteList& list_;
  Codes schemes_;  // to offer; empty: all
  Codes learned_;  // of RSA
  bool all_schemes_ = false;
  bool clear_ = true;
  bool wordless_ = false;
  bool answered_ = false;  // it took something in this walk
  std::size_t readable_ = 0;  // the most suites of a hello that it took something from
};

}  // namespace

SuiteList list_suites(Talk& talk, Version version, const Reply* earlier) {
  if (version == Version::tls1_3) return list_tls13(talk, earlier);
  SuiteList list;
  // Pre-shared-key suites stand in an offer of their own, the last; all others slide through one window.
  auto offers = suite_offers(version, Reach::later);
  Codes psk;
  if (offers.size() > 1) {
    psk = std::move(offers.back());
    offers.pop_back();
  }
  Codes all;
  for (const Codes& offer : offers) all.insert(all.end(), offer.begin(), offer.end());
  SuiteWalk walk(talk, version, list);
  if (earlier != nullptr) {
    walk.take(*earlier);
    std::erase(all, earlier->suite);
    std::erase(psk, earlier->suite);
  }
  // A server of pre-shared keys may be silent on all others, and the other way round.
  bool clear = walk.walk(all);
  clear = walk.walk(psk) && clear;
  // Diffie-Hellman that was not found is asked for with groups where there were none, and the other way round.
  SuiteList others;
  SuiteWalk second(talk, version, others);
  for (const bool of_psk : {false, true}) {
    const Codes found = codes_of(list);
    const bool any = std::ranges::any_of(found, [&](std::uint16_t code) { return traits_of(code).psk == of_psk; });
    if (!has_extensions(version) || !any || !in_prime_field(found, of_psk).empty()) continue;
    clear = second.walk(in_prime_field(of_psk ? psk : all, of_psk), group_codes(of_psk ? Primes::without : Primes::with)) && clear;
  }
  list.complete = walk.turn_round() && clear;
  list.wordless = list.wordless || others.wordless;
  list.suites.insert(list.suites.end(), others.suites.begin(), others.suites.end());
  return list;
}

}  // namespace lintel::probes::tls
