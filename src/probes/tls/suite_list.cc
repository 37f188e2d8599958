#include "probes/tls/suite_list.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "probes/tls/groups.h"
#include "probes/tls/suite_traits.h"
#include "probes/tls/suites.h"

namespace lintel::probes::tls {

namespace {

using Codes = std::vector<std::uint16_t>;

constexpr std::uint16_t kSharedGroup = 29;  // KeyShares::x25519

bool contains(const Codes& codes, std::uint16_t code) { return std::ranges::find(codes, code) != codes.end(); }

Codes codes_of(const SuiteList& list) {
  Codes codes;
  for (const ListedSuite& suite : list.suites) codes.push_back(suite.code);
  return codes;
}

Hello hello_of(const Talk& talk, Version version, Codes suites) {
  Hello hello;
  hello.version = version;
  hello.suites = std::move(suites);
  hello.server_name = talk.server_name;
  return hello;
}

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

// What a choice from an offer shows, when `best` is thought to be the server's favourite.
Order order_of(std::uint16_t chosen, const Codes& offered, const Codes& found, std::uint16_t best) {
  const auto first = std::ranges::find_if(offered, [&](std::uint16_t code) { return contains(found, code); });
  return chosen == best ? Order::server : first != offered.end() && chosen == *first ? Order::client : Order::unknown;
}

// Whose order counts: the suites found in another order. False when none of them is taken any more.
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

// Strikes off by choice until a refusal, one window of the candidates after the other.
class SuiteWalk {
 public:
  SuiteWalk(Talk& talk, Version version, SuiteList& list) : talk_(talk), version_(version), list_(list) {}

  void take(const Reply& reply) {
    const bool empty = version_ == Version::tlcp1_1 && reply.certificate_seen && reply.certificates.empty();
    list_.suites.push_back({reply.suite, reply.key, empty});
    learn_scheme(reply.key.scheme);
  }

  // False when an answer was unclear, so that what remains is unknown.
  bool walk(Codes rest) {
    std::size_t most = kMostSuites;
    while (!rest.empty() && !talk_.stopped) {
      const Codes window(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(std::min(most, rest.size())));
      Hello hello = hello_of(talk_, version_, window);
      if (like_tls12(version_)) hello.schemes = schemes_;
      const Chosen answer = ask_choice(talk_, hello, fmt::format("{} hello, {} suites left", display_name(version_), rest.size()));
      const auto alert = answer.reply.alert;
      if (answer.choice == Choice::chosen) {
        answered_ = true;
        take(answer.reply);
        std::erase(rest, answer.reply.suite);
      } else if (!schemes_.empty() && (answer.choice == Choice::refused || answer.choice == Choice::wordless)) {
        schemes_.clear();  // perhaps it was for want of one: a server may ask them of its chain, too
        all_schemes_ = true;
      } else if (window.size() > kSmallOffer && (answer.choice == Choice::wordless || alert == 47 || alert == 50)) {
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
};

Codes group_codes(bool tls13) {
  Codes codes;
  for (const Group& group : known_groups())
    if (tls13 || !only_tls13(group)) codes.push_back(group.code);
  return codes;
}

// TLS 1.3: each answer names a suite and a group, so both are struck off together; what is left over of one is
// then asked with a known one of the other.
class JointWalk {
 public:
  JointWalk(Talk& talk, SuiteList& list) : talk_(talk), list_(list), suites_(suite_offers(Version::tls1_3).front()), groups_(group_codes(true)) {}

  void take(const Reply& reply) {
    if (reply.group == 0) return;
    shares_ = reply.retry_request ? KeyShares::none : KeyShares::x25519;
    list_.suites.push_back({reply.suite, {}, false});
    list_.groups.push_back(reply.group);
    std::erase(suites_, reply.suite);
    std::erase(groups_, reply.group);
  }

  void run() {
    bool clear = walk(suites_, groups_);
    if (list_.suites.empty()) return;
    if (clear && !list_.groups.empty()) {
      // In the reverse order, so that the first answer also says whose order counts.
      const Codes found = codes_of(list_);
      Codes offered = turned(found), group{contains(list_.groups, kSharedGroup) ? kSharedGroup : list_.groups.front()};
      reversed_ = found.size() > 1;
      clear = walk(offered, groups_, Keep::suite) && walk(suites_, group, Keep::group);
    }
    const bool order_open = list_.suites.size() > 1 && list_.order == Order::unknown;
    list_.complete = clear && !list_.groups.empty() && ((answered_ && !wordless_ && !order_open) || turn_round());
    list_.groups_complete = list_.complete && !groups_open_;
  }

 private:
  enum class Keep { none, suite, group };

  bool walk(Codes& suites, Codes& groups, Keep keep = Keep::none) {
    while (!suites.empty() && !groups.empty() && !talk_.stopped) {
      Hello hello = hello_of(talk_, Version::tls1_3, suites);
      hello.groups = groups;
      hello.key_shares = shares_;
      const Chosen answer = ask_choice(talk_, hello, fmt::format("TLSv1.3 hello, {} suites and {} groups", suites.size(), groups.size()));
      if (answer.choice == Choice::wordless || answer.choice == Choice::refused) {
        wordless_ = list_.wordless = wordless_ || answer.choice == Choice::wordless;
        if (list_.suites.empty() && shares_ == KeyShares::none) {
          shares_ = KeyShares::x25519;  // this stack wants one
          continue;
        }
        // Without x25519 there is no key share to bring, which such a stack refuses whatever it thinks of the rest.
        const bool proves = shares_ == KeyShares::none || contains(groups, kSharedGroup);
        groups_open_ = groups_open_ || !proves;
        return proves || keep != Keep::group;
      }
      if (answer.choice != Choice::chosen) return false;
      answered_ = true;
      const std::uint16_t suite = answer.reply.suite, group = answer.reply.group;
      if (group == 0) {  // so wolfSSL says that it takes none of the groups
        talk_.anomaly("TLSv1.3: an answer without a key share");
        return true;
      }
      if (std::exchange(reversed_, false)) list_.order = order_of(suite, suites, codes_of(list_), list_.suites.front().code);
      if (!contains(groups, group)) {
        talk_.anomaly(fmt::format("TLSv1.3: the server chose the group {}, which was not offered", group_name(group)));
        return false;
      }
      if (!contains(codes_of(list_), suite)) list_.suites.push_back({suite, {}, false});
      if (!contains(list_.groups, group)) list_.groups.push_back(group);
      if (keep != Keep::suite) std::erase(suites, suite);
      if (keep != Keep::group) std::erase(groups, group);
    }
    return !talk_.stopped;
  }

  // Where no group was left to ask for; and where refusals were wordless, to show that the server still answers.
  bool turn_round() {
    Hello hello = hello_of(talk_, Version::tls1_3, {});
    hello.key_shares = shares_;
    return ask_order(talk_, hello, list_);
  }

  Talk& talk_;
  SuiteList& list_;
  Codes suites_, groups_;
  KeyShares shares_ = KeyShares::none;
  bool wordless_ = false, groups_open_ = false;
  bool answered_ = false;  // it took something in this walk
  bool reversed_ = false;  // the next hello offers the suites found, last one first
};

// The suites found whose key exchange is signed, those of RSA alone when there are any.
Codes signed_suites(const SuiteList& suites, bool only_ecdhe) {
  Codes rsa, other;
  for (const ListedSuite& suite : suites.suites) {
    const SuiteTraits traits = traits_of(suite.code);
    const bool ephemeral = traits.key_exchange == "ECDHE" || (traits.key_exchange == "DHE" && !only_ecdhe);
    if (!ephemeral || traits.anonymous || traits.psk) continue;
    (traits.authentication == "RSA" ? rsa : other).push_back(suite.code);
  }
  if (only_ecdhe && !rsa.empty()) return rsa;
  rsa.insert(rsa.end(), other.begin(), other.end());
  return rsa;
}

// Go says ServerHello before it looks for a scheme or group, and then an alert.
Choice weighed(const Chosen& answer) { return answer.choice == Choice::chosen && answer.reply.alert && answer.reply.key.scheme == 0 ? Choice::refused : answer.choice; }

// Whether a certificate can have a key on it.
bool can_sign(std::uint16_t group) {
  const std::string name = group_name(group);
  return name.starts_with("sec") || name.starts_with("brainpool") || name == "curveSM2";
}

}  // namespace

SuiteList list_suites(Talk& talk, Version version, const Reply* earlier) {
  SuiteList list;
  if (version == Version::tls1_3) {
    JointWalk walk(talk, list);
    if (earlier != nullptr) walk.take(*earlier);
    walk.run();
    return list;
  }
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
  const bool clear = walk.walk(std::move(all)), psk_clear = walk.walk(std::move(psk));
  list.complete = walk.turn_round() && clear && psk_clear;
  return list;
}

CodeList list_groups(Talk& talk, Version version, const SuiteList& suites) {
  CodeList list;
  const Codes offer = signed_suites(suites, true);
  if (offer.empty()) return {{}, suites.complete};
  const bool ecdsa = traits_of(offer.front()).authentication != "RSA";
  const auto ask = [&](const Codes& groups) {
    Hello hello = hello_of(talk, version, offer);
    hello.groups = groups;
    return ask_choice(talk, hello, fmt::format("{} hello, {} groups", display_name(version), groups.size()));
  };
  Codes rest = group_codes(false), curves;  // curves: found, and perhaps the certificate's; without that one ECDSA can't be had
  // What its suites were taken with, all groups being offered.
  for (const ListedSuite& suite : suites.suites)
    if (!ecdsa && contains(offer, suite.code) && std::erase(rest, suite.key.group) > 0) list.codes.push_back(suite.key.group);
  bool answered = false;
  while (!rest.empty()) {
    Codes offered = rest;
    offered.insert(offered.end(), curves.begin(), curves.end());
    const Chosen answer = ask(offered);
    if (answer.choice == Choice::refused || (answer.choice == Choice::wordless && !list.codes.empty())) {
      list.complete = !ecdsa && answer.choice == Choice::refused && !list.codes.empty() && (answered || ask(list.codes).choice == Choice::chosen);
      break;
    }
    answered = answered || answer.choice == Choice::chosen;
    const std::uint16_t group = answer.reply.key.group;
    if (answer.choice == Choice::chosen && contains(curves, group)) {
      // Offered last and chosen: nothing else is taken, if it goes by our order.
      Codes found = list.codes;
      std::ranges::reverse(found);
      const Chosen turned = found.size() > 1 ? ask(found) : Chosen{};
      list.complete = turned.choice == Choice::chosen && turned.reply.key.group == found.front();
      break;
    }
    if (answer.choice != Choice::chosen || !contains(rest, group)) {
      if (answer.choice == Choice::chosen && group != 0)
        talk.anomaly(fmt::format("{}: the server chose the group {}, which was not offered", display_name(version), group_name(group)));
      break;
    }
    list.codes.push_back(group);
    std::erase(rest, group);
    if (ecdsa && can_sign(group)) curves.push_back(group);
  }
  return list;
}

CodeList list_schemes(Talk& talk, Version version, const SuiteList& suites) {
  CodeList list;
  const Codes offer = signed_suites(suites, false);
  if (offer.empty()) return {{}, suites.complete};
  list.codes = suites.schemes;
  Codes rest;
  for (const Scheme& scheme : known_schemes())
    if (!contains(list.codes, scheme.code)) rest.push_back(scheme.code);
  list.complete = true;
  bool answered = false;
  // One kind of key after the other: a server with two would go on choosing the suites of one.
  const auto by_rsa = [](std::uint16_t code) { return traits_of(code).authentication == "RSA"; };
  for (const bool rsa : {true, false}) {
    Codes kind;
    std::ranges::copy_if(offer, std::back_inserter(kind), [&](std::uint16_t code) { return by_rsa(code) == rsa; });
    while (!kind.empty()) {
      Hello hello = hello_of(talk, version, kind);
      hello.schemes = rest;
      const Chosen answer = rest.empty() ? Chosen{Choice::refused, {}} : ask_choice(talk, hello, fmt::format("{} hello, {} signature schemes", display_name(version), rest.size()));
      if (weighed(answer) == Choice::refused) break;
      answered = answered || answer.choice == Choice::chosen;
      const std::uint16_t scheme = answer.reply.key.scheme;
      if (answer.choice != Choice::chosen || !contains(rest, scheme)) {
        if (answer.choice == Choice::chosen && scheme != 0)
          talk.anomaly(fmt::format("{}: the server signed with {}, which was not offered", display_name(version), scheme_name(scheme)));
        list.complete = false;
        break;
      }
      list.codes.push_back(scheme);
      std::erase(rest, scheme);
    }
  }
  list.complete = list.complete && !list.codes.empty();
  // Refusals alone prove nothing.
  if (list.complete && !answered) list.complete = ask_choice(talk, hello_of(talk, version, offer), fmt::format("{} hello, all signature schemes", display_name(version))).choice == Choice::chosen;
  return list;
}

}  // namespace lintel::probes::tls
