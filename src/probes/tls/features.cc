#include "probes/tls/features.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "net/tls_stream.h"
#include "probes/tls/codes.h"
#include "probes/tls/suite_traits.h"
#include "probes/tls/suites.h"

namespace lintel::probes::tls {

namespace {

constexpr int kInappropriateFallback = 86;

Known known(bool holds) { return holds ? Known::yes : Known::no; }

std::vector<std::uint16_t> codes_of_or_usual(const SuiteList& list, Version version) {
  std::vector<std::uint16_t> codes;
  for (const ListedSuite& suite : list.suites) codes.push_back(suite.code);
  return codes.empty() ? suite_offers(version).front() : codes;
}

// Whether it takes a lower version from a client that says it could do better.
Known ask_fallback(Talk& talk, const Survey& survey, Version highest, const SuiteList& suites) {
  Version lower = highest;
  if (survey.at(Version::tls1_3).offered != Known::yes) {
    static constexpr std::array kBelow = {Version::tls1_1, Version::tls1_0, Version::ssl3};
    const auto* below = std::ranges::find_if(kBelow, [&](Version version) { return version < highest && survey.at(version).offered == Known::yes; });
    if (below == kBelow.end()) return Known::unknown;
    lower = *below;
  }
  Hello hello = hello_of(talk, lower, lower == highest ? codes_of_or_usual(suites, lower) : suite_offers(lower).front());
  hello.fallback = true;
  const Chosen answer = ask_choice(talk, hello, fmt::format("{} hello that comes down from a higher version", display_name(lower)));
  if (answer.choice == Choice::chosen) return Known::no;
  if (answer.choice == Choice::refused && answer.reply.alert == kInappropriateFallback) return Known::yes;
  return Known::unknown;
}

// One hello with all extensions; where that is refused, halves of them, so that one which breaks the server hides no other.
class FeatureWalk {
 public:
  FeatureWalk(Talk& talk, Version version, std::vector<std::uint16_t> suites, Features& features)
      : talk_(talk), version_(version), all_(std::move(suites)), features_(features) {}

  void run() {
    // Encrypt-then-MAC is only answered with a CBC suite.
    std::ranges::copy_if(all_, std::back_inserter(suites_), [](std::uint16_t code) { return traits_of(code).cbc; });
    if (suites_.empty()) suites_ = all_;
    const std::vector<std::uint16_t> every(std::begin(kFeatures), std::end(kFeatures));
    Chosen answer = ask(every);
    if (answer.choice == Choice::refused && suites_.size() < all_.size()) {
      suites_ = all_;
      answer = ask(every);
    }
    if (answer.choice == Choice::chosen) return take(answer.reply, every);
    // Silence is no answer to any of them, and a server that refuses the plain hello, too, has changed its mind.
    const bool broke = answer.choice == Choice::refused || answer.choice == Choice::wordless || answer.reply.alert;
    if (broke && ask({}).choice == Choice::chosen) halve(every);
  }

 private:
  Chosen ask(const std::vector<std::uint16_t>& wanted) {
    Hello hello = hello_of(talk_, version_, suites_);
    hello.features = wanted;
    return ask_choice(talk_, hello, fmt::format("{} hello with {} extensions{}", display_name(version_), wanted.size(), suites_.size() < all_.size() ? ", CBC suites" : ""));
  }

  // Of those that are not taken together.
  void halve(const std::vector<std::uint16_t>& wanted) {
    if (wanted.size() == 1 && wanted[0] == kDeflate) return talk_.anomaly(fmt::format("{}: refuses a hello with DEFLATE", display_name(version_)));
    if (wanted.size() == 1) return talk_.anomaly(fmt::format("{}: refuses a hello with extension {}", display_name(version_), wanted[0]));
    const auto middle = wanted.begin() + static_cast<std::ptrdiff_t>(wanted.size() / 2);
    for (const auto& half : {std::vector(wanted.begin(), middle), std::vector(middle, wanted.end())}) {
      const Chosen answer = ask(half);
      if (answer.choice == Choice::chosen)
        take(answer.reply, half);
      else
        halve(half);
    }
  }

  // What the answer to a hello with these says of them.
  void take(const Reply& reply, const std::vector<std::uint16_t>& wanted) {
    const auto answered = [&](std::uint16_t type) { return known(contains(reply.extensions, type)); };
    features_.renegotiation_info = answered(0xFF01);
    for (const std::uint16_t type : wanted) switch (type) {
        case kTicket: features_.tickets = answered(type); break;
        case kMasterSecret: features_.extended_master_secret = answered(type); break;
        case kEncryptThenMac:
          if (traits_of(reply.suite).cbc) features_.encrypt_then_mac = answered(type);
          break;
        case kHeartbeat: features_.heartbeat = answered(type); break;
        case kDeflate: features_.compression = known(reply.compression != 0); break;
        case kStapledStatus:
          if (reply.done) features_.stapled_status = known(reply.stapled);
          break;
        case kAlpn: features_.alpn = reply.alpn; break;
      }
  }

  Talk& talk_;
  const Version version_;
  const std::vector<std::uint16_t> all_;
  std::vector<std::uint16_t> suites_;  // offered
  Features& features_;
};

}  // namespace

std::optional<Version> highest_classic(const Survey& survey) {
  for (const Version version : {Version::dtls1_2, Version::dtls1_0, Version::tls1_2, Version::tls1_1, Version::tls1_0, Version::ssl3})
    if (survey.at(version).offered == Known::yes) return version;
  return std::nullopt;
}

Features look_at_features(Talk& talk, const Survey& survey, Version version, const SuiteList& suites) {
  Features features;
  FeatureWalk(talk, version, codes_of_or_usual(suites, version), features).run();
  features.fallback_signal = ask_fallback(talk, survey, version, suites);
  return features;
}

Features look_at_tls13_features(Talk& talk) {
  Features features;
  features.heartbeat = features.compression = Known::no;
  if (talk.stopped) return features;
  auto stream = talk.asker.connect();
  if (!stream) {
    talk.stopped = stream.error();
    return features;
  }
  net::TlsOptions options;
  options.server_name = talk.server_name;
  options.lowest = options.highest = wire_version(Version::tls1_3);
  options.protocols = {"h2", "http/1.1", "mqtt", "coap"};
  options.stapled_status = true;
  const auto tls = net::TlsStream::open(*std::move(stream), options, talk.asker.until());
  talk.asker.transcript() += fmt::format("{:2}  TLSv1.3 handshake with ALPN and status request: {}\n", talk.asker.connections(),
                                         tls->finished() ? "finished" : tls->finished().error().message);
  if (!tls->finished()) return features;
  features.stapled_status = known(tls->stapled_status());
  features.alpn = tls->protocol();
  return features;
}

}  // namespace lintel::probes::tls
