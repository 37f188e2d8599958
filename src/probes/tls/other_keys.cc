#include "probes/tls/other_keys.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "crypto/certificate.h"
#include "net/tls_stream.h"
#include "probes/tls/features.h"
#include "probes/tls/groups.h"
#include "probes/tls/key_share.h"
#include "probes/tls/suite_traits.h"

namespace lintel::probes::tls {

namespace {

using Codes = std::vector<std::uint16_t>;

constexpr std::size_t kTinyOffer = 16;  // no stack is known that takes fewer

// How a scheme of ECDSA fits a key: in TLS 1.3 it names the curve, before it does not, and not every server keeps to that.
enum class Fit { curve, kind };

bool can_sign(const crypto::Certificate& leaf, std::string_view scheme, Fit fit) {
  const auto begins = [&](std::string_view part) { return scheme.starts_with(part); };
  const std::string& type = leaf.key_type;
  if (type == "RSA") return leaf.key_algorithm == "rsassaPss" ? begins("rsa_pss_pss") : begins("rsa_") && !begins("rsa_pss_pss");
  if (type == "EC" && fit == Fit::curve && begins("ecdsa_secp"))
    return leaf.key_curve == "prime256v1" ? begins("ecdsa_secp256r1") : leaf.key_curve == "secp384r1" ? begins("ecdsa_secp384r1") : leaf.key_curve == "secp521r1" && begins("ecdsa_secp521r1");
  return begins(type == "EC" ? "ecdsa_" : type == "DSA" ? "dsa_" : type == "SM2" ? "sm2sig_" : to_lower(type));
}

// The kind of key that a suite asks of the server's certificate. Empty without one, and for suites that no server needs beside others of that kind.
std::string key_of(const SuiteTraits& suite) {
  const std::string &method = suite.key_exchange, &by = suite.authentication;
  if (suite.anonymous || suite.psk || suite.export_grade || method == "DH" || method == "SRP" || method == "KEA" || (suite.sm && by == "RSA")) return {};
  if (method == "ECDH" || by == "ECDSA") return "EC";
  if (by == "DSS") return "DSA";
  return by == "RSA" || by == "SM2" || by == "GOST" ? by : "";
}

class OtherKeys {
 public:
  OtherKeys(Talk& talk, const Survey& survey) : talk_(talk), survey_(survey) {}

  // By suites, each with all schemes.
  bool ask_suites(Version version) {
    Codes rest;
    for (const Codes& offer : suite_offers(version))
      std::ranges::copy_if(offer, std::back_inserter(rest), [](std::uint16_t code) { return !key_of(traits_of(code)).empty(); });
    std::size_t most = kMostSuites;
    for (;;) {
      std::erase_if(rest, [&](std::uint16_t code) { return has_key_for(code); });
      if (rest.empty()) return true;
      const auto end = rest.begin() + static_cast<std::ptrdiff_t>(std::min(most, rest.size()));
      Hello hello = hello_of(talk_, version, {rest.begin(), end});
      const Chosen answer = ask_choice(talk_, hello, fmt::format("{} hello, {} suites of other keys", display_name(version), hello.suites.size()));
      if (answer.choice == Choice::chosen) {
        if (answer.reply.certificates.empty()) return false;
        const std::string key = key_of(traits_of(answer.reply.suite));
        std::erase_if(rest, [&](std::uint16_t code) { return key_of(traits_of(code)) == key; });
      } else if (hello.suites.size() > kTinyOffer && (answer.reply.alert == 47 || answer.reply.alert == 50)) {
        most = hello.suites.size() > kSmallOffer ? kSmallOffer : kTinyOffer;  // too much for it at once
      } else if (refused(version, answer)) {
        rest.erase(rest.begin(), end);
      } else {
        return false;
      }
    }
  }

  // By schemes, with suites that are signed: keys that go by the same suites.
  bool ask_schemes(Version version) {
    Codes suites = suite_offers(version).front();
    std::erase_if(suites, [](std::uint16_t code) { return !traits_of(code).forward_secrecy || key_of(traits_of(code)).empty(); });
    for (;;) {
      Hello hello = hello_of(talk_, version, suites);
      offer_schemes(hello, Fit::kind);
      if (hello.schemes.empty()) return true;
      const std::size_t before = talk_.shown.size();
      const Chosen answer = ask_choice(talk_, hello, fmt::format("{} hello, {} schemes of other keys", display_name(version), hello.schemes.size()));
      if (answer.choice != Choice::chosen) return refused(hello.version, answer);
      if (talk_.shown.size() == before) return !answer.reply.certificates.empty();  // it gives the same to those who can't use it
    }
  }

  bool ask_tls13() {
    for (Fit fit = Fit::curve;;) {
      Hello hello = hello_of(talk_, Version::tls1_3, suite_offers(Version::tls1_3).front());
      offer_schemes(hello, fit);
      if (hello.schemes.empty()) return true;
      // A key share is needed to get beyond HelloRetryRequest, so without one only a whole handshake tells.
      const std::uint16_t group = survey_.at(Version::tls1_3).reply.group;
      const bool asked = has_key_share(group);
      if (asked) {
        hello.groups = {group};
        hello.key_shares = KeyShares::usual;
        const Chosen answer = ask_choice(talk_, hello, fmt::format("TLSv1.3 hello, {} schemes of other keys", hello.schemes.size()));
        if (answer.choice != Choice::chosen) return refused(hello.version, answer);
      }
      const std::size_t before = talk_.shown.size();
      const Codes others = of_openssl(hello.schemes);
      Choice choice = shake_hands(others);
      const bool late = choice == Choice::refused && asked;
      if (choice == Choice::refused && !asked) return true;
      if (late) {
        // Either it took a scheme that OpenSSL has not, or it says ServerHello before it looks for a key, like Java: then it takes these alone, too.
        hello.schemes = others;
        if (others.empty() || ask_choice(talk_, hello, fmt::format("TLSv1.3 hello, {} schemes of other keys", others.size())).choice != Choice::chosen) return false;
        // It may be for want of one that an issuer signed with: all of them, those of other keys first.
        Codes all = others;
        for (const Scheme& scheme : known_schemes())
          if (std::ranges::find(others, scheme.code) == others.end()) all.push_back(scheme.code);
        choice = shake_hands(of_openssl(all));
      }
      if (choice != Choice::chosen) return false;
      if (talk_.shown.size() > before) continue;
      if (late || fit == Fit::kind) return true;  // it gives the same to those who can't use it, or had rather another
      fit = Fit::kind;
    }
  }

  // Who meets another certificate each time has not met all.
  bool one_of_each() {
    std::set<std::string> kinds;
    for (const crypto::Certificate& leaf : leaves()) {
      if (kinds.insert(leaf.key_algorithm + " " + leaf.key_curve).second) continue;
      talk_.anomaly("different certificates with the same kind of key on different connections");
      return false;
    }
    return true;
  }

 private:
  void offer_schemes(Hello& hello, Fit fit) {
    for (const Scheme& scheme : known_schemes())
      if (std::ranges::none_of(leaves(), [&](const crypto::Certificate& leaf) { return can_sign(leaf, scheme.name, fit); })) hello.schemes.push_back(scheme.code);
    hello.any_issuer = true;
  }

  // A refusal without a word counts where the server still takes what it took.
  bool refused(Version version, const Chosen& answer) {
    if (answer.choice != Choice::wordless) return answer.choice == Choice::refused;
    const Reply& taken = survey_.at(version).reply;
    Hello hello = hello_of(talk_, version, {taken.suite});
    if (version == Version::tls1_3 && !taken.retry_request) hello.key_shares = KeyShares::usual;
    return ask_choice(talk_, hello, "once more, to see that it still answers").choice == Choice::chosen && !talk_.flaky;
  }

  // What OpenSSL can say of a key in TLS 1.3.
  static Codes of_openssl(Codes schemes) {
    std::erase_if(schemes, [](std::uint16_t code) {
      const std::string name = scheme_name(code);
      return !name.starts_with("ecdsa_secp") && !name.starts_with("rsa_pss") && !name.starts_with("ed");
    });
    return schemes;
  }

  // chosen: it showed a chain, in talk_.shown.
  Choice shake_hands(const Codes& schemes) {
    auto stream = talk_.asker.connect();
    if (!stream) {
      talk_.stopped = stream.error();
      return Choice::unclear;
    }
    net::TlsOptions options;
    options.server_name = talk_.server_name;
    options.lowest = options.highest = wire_version(Version::tls1_3);
    options.schemes = "rsa_pkcs1_sha256:rsa_pkcs1_sha384:rsa_pkcs1_sha512";  // in TLS 1.3 of issuers alone
    for (const std::uint16_t code : schemes) options.schemes += ":" + scheme_name(code);
    const auto tls = net::TlsStream::open(*std::move(stream), options, talk_.asker.until());
    talk_.saw(tls->chain(), Version::tls1_3);
    talk_.asker.transcript() += fmt::format("{:2}  TLSv1.3 handshake with schemes of other keys: {}\n", talk_.asker.connections(), tls->finished() ? "finished" : tls->finished().error().message);
    return !tls->chain().empty() ? Choice::chosen : tls->alert() ? Choice::refused : Choice::unclear;
  }

  // Of TLS; TLCP and SSL 2.0 have certificates of their own.
  const std::vector<crypto::Certificate>& leaves() {
    for (; read_ < talk_.shown.size(); ++read_) {
      const Shown& shown = talk_.shown[read_];
      const bool tls = std::ranges::any_of(shown.versions, [](Version version) { return version != Version::tlcp1_1 && version != Version::ssl2; });
      if (auto leaf = crypto::parse_certificate(shown.chain.front()); leaf && tls) leaves_.push_back(*std::move(leaf));
    }
    return leaves_;
  }

  bool has_key_for(std::uint16_t suite) {
    const std::string key = key_of(traits_of(suite));
    return std::ranges::any_of(leaves(), [&](const crypto::Certificate& leaf) { return leaf.key_type == key || (key == "EC" && leaf.key_type.starts_with("ED")); });
  }

  Talk& talk_;
  const Survey& survey_;
  std::vector<crypto::Certificate> leaves_;  // those that can be read
  std::size_t read_ = 0;                     // of talk_.shown
};

}  // namespace

bool ask_for_other_keys(Talk& talk, const Survey& survey, bool listed) {
  OtherKeys keys(talk, survey);
  const auto offered = [&](Version version) { return survey.at(version).offered; };
  const auto classic = highest_classic(survey);
  const bool tls13 = offered(Version::tls1_3) == Known::yes;
  bool all = true;
  if (classic && !listed) all = keys.ask_suites(*classic) && (tls13 || !like_tls12(*classic) || keys.ask_schemes(*classic));
  if (tls13) all = keys.ask_tls13() && all;
  // Versions of which it is not known whether they are taken may have any.
  if (!classic || !is_dtls(*classic)) all = all && offered(Version::tls1_2) != Known::unknown && offered(Version::tls1_3) != Known::unknown;
  if (offered(Version::tlcp1_1) == Known::yes)
    all = all && std::ranges::any_of(talk.shown, [](const Shown& one) { return std::ranges::find(one.versions, Version::tlcp1_1) != one.versions.end(); });
  all = keys.one_of_each() && all;
  return all && !talk.stopped && !talk.more_shown && !talk.shown.empty();
}

}  // namespace lintel::probes::tls
