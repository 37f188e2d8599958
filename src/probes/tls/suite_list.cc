#include "probes/tls/suite_list.h"

#include <algorithm>
#include <utility>

#include "probes/tls/groups.h"
#include "probes/tls/suite_traits.h"
#include "probes/tls/suites.h"

namespace lintel::probes::tls {

namespace {

using Codes = std::vector<std::uint16_t>;

constexpr std::uint16_t kSharedGroup = 29;  // KeyShares::x25519

bool contains(const Codes& codes, std::uint16_t code) { return std::ranges::find(codes, code) != codes.end(); }

Hello hello_of(const Talk& talk, Version version, Codes suites) {
  Hello hello;
  hello.version = version;
  hello.suites = std::move(suites);
  hello.server_name = talk.server_name;
  return hello;
}

// Strikes off by choice until a refusal, one window of the candidates after the other.
class SuiteWalk {
 public:
  SuiteWalk(Talk& talk, Version version, SuiteList& list) : talk_(talk), version_(version), list_(list) {}

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
        const bool empty = version_ == Version::tlcp1_1 && answer.reply.certificate_seen && answer.reply.certificates.empty();
        list_.suites.push_back({answer.reply.suite, answer.reply.key, empty});
        learn_scheme(answer.reply.key.scheme);
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
    if (list_.suites.size() == 1 && !wordless_) return true;
    Codes reversed;
    for (const ListedSuite& suite : list_.suites) reversed.insert(reversed.begin(), suite.code);
    const Chosen answer = ask_choice(talk_, hello_of(talk_, version_, reversed), fmt::format("{} hello, suites in reverse", display_name(version_)));
    if (answer.choice != Choice::chosen) return false;
    if (reversed.size() > 1 && answer.reply.suite == reversed.back()) list_.order = Order::server;
    if (reversed.size() > 1 && answer.reply.suite == reversed.front()) list_.order = Order::client;
    return true;
  }

 private:
  // Each suite that RSA signs shows a scheme, so the schemes seen are no longer offered, but for one: with it every such
  // suite can still be had. Schemes of other keys always stay, since their suites hang on them.
  void learn_scheme(std::uint16_t scheme) {
    if (all_schemes_ || scheme == 0 || !scheme_name(scheme).starts_with("rsa_") || contains(list_.schemes, scheme)) return;
    list_.schemes.push_back(scheme);
    schemes_.clear();
    for (const Scheme& known : known_schemes())
      if (!contains(list_.schemes, known.code)) schemes_.push_back(known.code);
    schemes_.push_back(list_.schemes.front());
  }

  Talk& talk_;
  const Version version_;
  SuiteList& list_;
  Codes schemes_;  // to offer; empty: all
  bool all_schemes_ = false;
  bool clear_ = true;
  bool wordless_ = false;
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

  void run() {
    bool clear = walk(suites_, groups_);
    if (list_.suites.empty()) return;
    if (clear && !list_.groups.empty()) {
      // In the reverse order, so that the first answer also says whose order counts.
      Codes found = codes_of(list_), group{contains(list_.groups, kSharedGroup) ? kSharedGroup : list_.groups.front()};
      std::ranges::reverse(found);
      reversed_ = found.size() > 1;
      clear = walk(found, groups_, Keep::suite) && walk(suites_, group, Keep::group);
    }
    list_.complete = clear && !list_.groups.empty() && ((!wordless_ && !reversed_) || turn_round());
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
      const std::uint16_t suite = answer.reply.suite, group = answer.reply.group;
      if (group == 0) {  // so wolfSSL says that it takes none of the groups
        talk_.anomaly("TLSv1.3: an answer without a key share");
        return true;
      }
      if (std::exchange(reversed_, false)) list_.order = order_of(suite, suites);
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
    Codes reversed = codes_of(list_);
    std::ranges::reverse(reversed);
    Hello hello = hello_of(talk_, Version::tls1_3, reversed);
    hello.key_shares = shares_;
    const Chosen answer = ask_choice(talk_, hello, "TLSv1.3 hello, suites in reverse");
    if (answer.choice != Choice::chosen) return false;
    if (reversed.size() > 1) list_.order = order_of(answer.reply.suite, reversed);
    return true;
  }

  static Order order_of(std::uint16_t chosen, const Codes& reversed) {
    return chosen == reversed.back() ? Order::server : chosen == reversed.front() ? Order::client : Order::unknown;
  }

  static Codes codes_of(const SuiteList& list) {
    Codes codes;
    for (const ListedSuite& suite : list.suites) codes.push_back(suite.code);
    return codes;
  }

  Talk& talk_;
  SuiteList& list_;
  Codes suites_, groups_;
  KeyShares shares_ = KeyShares::none;
  bool wordless_ = false, groups_open_ = false;
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

// Whether a certificate can have a key on it.
bool can_sign(std::uint16_t group) {
  const std::string name = group_name(group);
  return name.starts_with("sec") || name.starts_with("brainpool") || name == "curveSM2";
}

}  // namespace

SuiteList list_suites(Talk& talk, Version version) {
  SuiteList list;
  if (version == Version::tls1_3) {
    JointWalk(talk, list).run();
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
  while (!rest.empty()) {
    Codes offered = rest;
    offered.insert(offered.end(), curves.begin(), curves.end());
    const Chosen answer = ask(offered);
    if (answer.choice == Choice::refused || (answer.choice == Choice::wordless && !list.codes.empty())) {
      list.complete = !ecdsa && answer.choice == Choice::refused && !list.codes.empty();  // its suites were taken with one of them before
      break;
    }
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
  // One kind of key after the other: a server with two would go on choosing the suites of one.
  const auto by_rsa = [](std::uint16_t code) { return traits_of(code).authentication == "RSA"; };
  for (const bool rsa : {true, false}) {
    Codes kind;
    std::ranges::copy_if(offer, std::back_inserter(kind), [&](std::uint16_t code) { return by_rsa(code) == rsa; });
    while (!kind.empty()) {
      Hello hello = hello_of(talk, version, kind);
      hello.schemes = rest;
      const Chosen answer = rest.empty() ? Chosen{Choice::refused, {}} : ask_choice(talk, hello, fmt::format("{} hello, {} signature schemes", display_name(version), rest.size()));
      if (answer.choice == Choice::refused) break;
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
  return list;
}

}  // namespace lintel::probes::tls
