#include "probes/tls/survey.h"

#include <openssl/rand.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "probes/tls/groups.h"
#include "probes/tls/names.h"
#include "probes/tls/suite_traits.h"

namespace lintel::probes::tls {

namespace {

// From the likeliest on: the first answers show early whether TLS is spoken at all.
constexpr std::array kOrder = {Version::tls1_2, Version::tls1_3, Version::tls1_1, Version::tls1_0, Version::ssl3, Version::ssl2, Version::tlcp1_1};
constexpr std::array kSslOrder = {Version::ssl3, Version::ssl2, Version::tls1_2, Version::tls1_3, Version::tls1_0, Version::tls1_1};
constexpr int kNoCipherError = 1;  // of SSL 2.0
constexpr int kSilentEnough = 3;  // hellos without any byte in answer, then no more are sent

class Surveyor {
 public:
  Surveyor(Asker& asker, const std::string& server_name, bool ssl_only)
      : asker_(asker), server_name_(server_name), ssl_only_(ssl_only), order_(ssl_only ? std::span<const Version>(kSslOrder) : std::span<const Version>(kOrder)) {
    for (const Version version : kTcpVersions) {
      auto& offers = at(version).offers;
      for (auto& suites : suite_offers(version)) offers.push_back({std::move(suites), {}});
      // Not every stack takes a TLS 1.3 hello without a key share.
      if (version == Version::tls1_3) offers.push_back(offers.front());
      // A server of Diffie-Hellman alone may want a group for it.
      if (version == Version::tls1_0 || version == Version::tls1_1 || version == Version::tls1_2) offers.push_back({in_prime_field(offers.front().suites, false), group_codes(Primes::with)});
    }
  }

  Survey run(const std::string& protocol, std::uint16_t port) {
    first_round();
    if (!survey_.stopped && !heard_tls_ && !heard_other_) {
      identify(protocol, port);
      if (!heard_other_) ask_rest(Version::tls1_2);
    }
    if (heard_tls_)
      for (const Version version : order_)
        if (wanted(version)) ask_rest(version);
    if (any_yes()) {
      ask_silent_again();
      confirm_wordless();
    }
    resolve_all();
    return std::move(survey_);
  }

 private:
  struct Offer {
    std::vector<std::uint16_t> suites;
    std::vector<std::uint16_t> groups;  // empty: the usual ones
  };

  // How far the asking about one version has come.
  struct Course {
    std::vector<Offer> offers;
    std::size_t next = 0;
    bool settled = false;   // an answer that further offers can't change, or no offer is left
    bool nonsense = false;  // answered, but with what is neither yes nor no
    bool doubtful = false;  // its refusal proves nothing
    bool tried_small = false;
  };
  Course& at(Version version) { return courses_[static_cast<std::size_t>(version)]; }

  void first_round() {
    int silent = 0;
    for (const Version version : order_) {
      if (!wanted(version)) continue;
      ask_next(version);
      const auto& finding = survey_.at(version);
      silent = finding.reason == "timeout" && finding.bytes.empty() ? silent + 1 : 0;
      if (survey_.stopped || silent == kSilentEnough) return;
    }
  }

  void ask_rest(Version version) {
    while (!survey_.stopped && !at(version).settled) ask_next(version);
  }

  void ask_next(Version version) {
    Course& course = at(version);
    if (survey_.stopped || course.settled) return;
    if (course.next == course.offers.size()) {
      course.settled = true;
      return;
    }
    const auto offer = course.offers[course.next++];
    const auto key_shares = course.next > 1 ? KeyShares::usual : KeyShares::none;
    const VersionFinding before = survey_.at(version);
    if (ask_offer(version, offer, key_shares) == Step::done) course.settled = !survey_.stopped;
    // OpenSSL finds out only then that its policy forbids the signature.
    if (!offer.groups.empty() && broke(survey_.at(version)) && before.reason == "alert") survey_.at(version) = before;
    const auto alert = survey_.at(version).alert;
    const bool misunderstood = alert == 47 || alert == 50;
    if (!course.settled && misunderstood && !course.tried_small && version != Version::ssl2) {
      course.tried_small = true;
      course.offers.push_back(course.offers.front());
      course.offers.back().suites.resize(std::min<std::size_t>(course.offers.back().suites.size(), 16));
    }
    if (!survey_.stopped && course.next == course.offers.size()) course.settled = true;
  }

  enum class Step { next_offer, done };

  Step ask_offer(Version version, const Offer& offer, KeyShares key_shares) {
    if (version == Version::ssl2) return ask_ssl2();
    Hello hello;
    hello.version = version;
    hello.suites = offer.suites;
    hello.groups = offer.groups;
    hello.server_name = server_name_;
    hello.key_shares = key_shares;
    const auto what = fmt::format("{} hello, {} suites", display_name(version), offer.suites.size());
    auto heard = asker_.ask(std::move(hello), what);
    if (!heard) return stop(heard.error());
    const Step step = take(version, *std::move(heard), offer.suites);
    survey_.at(version).primes = !offer.groups.empty() && survey_.at(version).offered == Known::yes;
    return step;
  }

  Step ask_ssl2() {
    std::array<std::uint8_t, 16> challenge{};
    RAND_bytes(challenge.data(), challenge.size());
    auto heard = asker_.ask(encode_ssl2_hello(challenge), Version::ssl2, decode_ssl2_reply, "SSLv2 hello");
    if (!heard) return stop(heard.error());
    const Step step = take(Version::ssl2, *std::move(heard), {});
    auto& finding = survey_.at(Version::ssl2);
    const Reply& reply = finding.reply;
    if (finding.offered == Known::yes) {
      // No suite in common is still SSL 2.0 spoken, and all that an attack on other versions needs.
      finding.suite =
          reply.ssl2_suites.empty() ? "" : std::string(ssl2_suite_name(reply.ssl2_suites.front()));
    } else if (reply.seen == Seen::alert && (finding.bytes[0] & 0x80) != 0 && reply.alert == kNoCipherError) {
      // All suites that there are were offered, so nobody comes in. So does Java refuse, which never spoke SSL 2.0.
      anomaly("SSLv2: refused by an SSL 2.0 error, no suite in common");
    } else if (reply.seen == Seen::alert && (finding.bytes[0] & 0x80) != 0) {
      nonsense(Version::ssl2, "SSLv2: answered by an SSL 2.0 error, so the protocol is known to the server");
    }
    return step;
  }

  Step stop(const Error& error) {
    survey_.stopped = error;
    return Step::done;
  }

  // Files what was heard under its version; whether the remaining suites still have to be offered.
  Step take(Version version, Heard heard, const std::vector<std::uint16_t>& offer) {
    VersionFinding& finding = survey_.at(version);
    finding.reply = std::move(heard.reply);
    finding.bytes = std::move(heard.bytes);
    finding.alert = finding.reply.alert;
    switch (finding.reply.seen) {
      case Seen::server_hello:
        heard_tls_ = true;
        return take_server_hello(version, finding, offer);
      case Seen::alert:
        heard_tls_ = true;
        finding.reason = "alert";
        return finding.alert == 70 ? Step::done : Step::next_offer;
      case Seen::not_tls:
        heard_other_ = true;
        finding.reason = "garbage";
        if (survey_.instead.empty() || survey_.instead == "other")
          survey_.instead = name_protocol(finding.bytes);
        return Step::done;
      case Seen::malformed:
        nonsense(version, fmt::format("{}: {}", display_name(version), finding.reply.problem));
        return Step::done;
      case Seen::nothing:
      case Seen::more_needed:
      case Seen::hello_verify:
        break;
    }
    if (!finding.bytes.empty())
      anomaly(fmt::format("{}: the answer breaks off after {} bytes", display_name(version),
                          finding.bytes.size()));
    switch (heard.end) {
      case End::closed:
        finding.reason = "closed";
        break;
      case End::reset:
        finding.reason = "reset";
        break;
      case End::answered:
      case End::timeout:
        finding.reason = "timeout";
        return Step::done;
    }
    return Step::next_offer;
  }

  Step take_server_hello(Version version, VersionFinding& finding, const std::vector<std::uint16_t>& offer) {
    const Reply& reply = finding.reply;
    finding.reason = "server_hello";
    const bool offered = version == Version::ssl2 || std::ranges::find(offer, reply.suite) != offer.end();
    const auto name = suite_name(reply.suite);
    const std::string suite = name.empty() ? fmt::format("{:#06x}", reply.suite) : std::string(name);
    if (offered && reply.version == wire_version(version)) {
      at(version).nonsense = false;
      finding.offered = Known::yes;
      finding.suite = suite;
    } else if (!offered) {
      nonsense(version,
               fmt::format("{}: the server chose {}, which was not offered", display_name(version), suite));
    } else if (reply.version == wire_version(Version::tlcp1_1)) {
      take_tlcp(finding, suite);
    } else if (reply.version > wire_version(version)) {
      nonsense(version, fmt::format("{}: the server chose the higher version {:#06x}", display_name(version),
                                    reply.version));
    }
    return Step::done;
  }

  // A TLCP server answers a TLS hello that names one of its suites in its own version.
  void take_tlcp(const VersionFinding& heard, const std::string& suite) {
    VersionFinding& finding = survey_.at(Version::tlcp1_1);
    if (finding.offered == Known::yes) return;
    finding = heard;
    finding.offered = Known::yes;
    finding.suite = suite;
    at(Version::tlcp1_1).settled = true;
  }

  // With ssl_only the others only serve to show that the port answers TLS.
  bool wanted(Version version) const {
    return !ssl_only_ || version == Version::ssl3 || version == Version::ssl2 || (version != Version::tlcp1_1 && !any_yes());
  }

  // internal_error is about the server, not the offer: no refusal.
  static bool broke(const VersionFinding& finding) { return finding.reason == "alert" && finding.alert == 80; }

  bool any_yes() const {
    return std::ranges::any_of(survey_.versions,
                               [](const VersionFinding& finding) { return finding.offered == Known::yes; });
  }

  // Silence may have been an accident: one more chance, now that the port is known to speak.
  void ask_silent_again() {
    for (const Version version : order_) {
      if (!wanted(version) || (survey_.at(version).reason != "timeout" && !survey_.at(version).reason.empty())) continue;
      at(version).next = 0;
      at(version).settled = false;
      ask_rest(version);
    }
  }

  // A device that is busy, or holds one connection only, ends a connection without a word just as a refusal
  // does. So each such "no" is asked again, and at the end the port has to answer a version that it took
  // before.
  void confirm_wordless() {
    bool any = false;
    for (const Version version : order_) {
      const VersionFinding& finding = survey_.at(version);
      if (finding.reason != "closed" && finding.reason != "reset" && !broke(finding)) continue;
      if (version == Version::tlcp1_1) continue;  // many TLS servers refuse it so; and nothing rests on its absence
      any = true;
      at(version).doubtful = true;  // until the port has answered again
      if (survey_.stopped) continue;
      ask_offer(version, at(version).offers.front(), KeyShares::none);
      if (finding.offered == Known::yes)
        anomaly(fmt::format("{}: refused once without a word, then accepted", display_name(version)));
    }
    if (!any || survey_.stopped) return;
    const Version known = *std::ranges::find_if(
        order_, [&](Version version) { return survey_.at(version).offered == Known::yes; });
    const VersionFinding kept = std::exchange(survey_.at(known), {});
    for (std::size_t i = 0; i < at(known).offers.size() && i < at(known).next &&
                            survey_.at(known).offered != Known::yes && !survey_.stopped;
         ++i)
      ask_offer(known, at(known).offers[at(known).next - 1 - i],
                known == Version::tls1_3 && at(known).next > 1 ? KeyShares::usual : KeyShares::none);
    const bool still_there = survey_.at(known).offered == Known::yes;
    survey_.at(known) = kept;
    if (!still_there)
      return anomaly(
          "the service stopped answering a version that it took before: its wordless refusals prove nothing");
    for (const Version version : kTcpVersions) at(version).doubtful = false;
  }

  // Nothing spoke: a request that many plain protocols answer.
  void identify(const std::string& protocol, std::uint16_t port) {
    if (port == 515 || (port >= 9100 && port <= 9107)) return;  // printers print what they are sent
    const Bytes mqtt{0x10, 18, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 6, 'l', 'i', 'n', 't', 'e', 'l'};
    const std::string get = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const auto decode = [](ByteView bytes) {
      Reply reply;
      if (bytes.size() < 4) return reply;
      reply.seen = decode_reply(bytes).seen == Seen::not_tls ? Seen::not_tls : Seen::nothing;
      reply.flight_ended = true;
      return reply;
    };
    bool spoke = false;
    const auto request = [&](ByteView bytes, std::string_view what) {
      if (spoke || survey_.stopped) return;
      const auto heard = asker_.ask(bytes, Version::tls1_2, decode, what);
      if (!heard) {
        stop(heard.error());
      } else if (heard->reply.seen == Seen::not_tls) {
        spoke = heard_other_ = true;
        survey_.instead = name_protocol(heard->bytes);
      }
    };
    const bool mqtt_first = to_lower(protocol).find("mqtt") != std::string::npos;
    if (mqtt_first) request(mqtt, "MQTT CONNECT");
    request(as_bytes(get), "HTTP GET");
    if (!mqtt_first) request(mqtt, "MQTT CONNECT");
    const bool silent = std::ranges::all_of(survey_.versions, [](const VersionFinding& f) {
      return f.bytes.empty() && (f.reason == "timeout" || f.reason.empty());
    });
    if (!spoke && silent && !survey_.stopped) survey_.instead = "silence";
  }

  void resolve_all() {
    if (any_yes() || heard_tls_) {
      survey_.spoken = Known::yes;
      survey_.instead.clear();
    } else if (heard_other_) {
      survey_.spoken = Known::no;
    }
    const bool can_refuse = any_yes() || survey_.spoken == Known::no;
    for (const Version version : kTcpVersions) {
      auto& finding = survey_.at(version);
      const Course& course = at(version);
      if (finding.offered == Known::yes || !can_refuse || course.nonsense || course.doubtful || broke(finding)) continue;
      if (finding.reason.empty() || finding.reason == "timeout") continue;
      // Suites that were not offered yet might have been taken; where another protocol speaks there are none.
      if (!course.settled && survey_.spoken != Known::no) continue;
      finding.offered = Known::no;
    }
  }

  void nonsense(Version version, std::string text) {
    at(version).nonsense = true;
    survey_.at(version).reason = "garbage";
    anomaly(std::move(text));
  }

  void anomaly(std::string text) {
    if (std::ranges::find(survey_.anomalies, text) == survey_.anomalies.end() &&
        survey_.anomalies.size() < 50)
      survey_.anomalies.push_back(std::move(text));
  }

  Asker& asker_;
  const std::string& server_name_;
  const bool ssl_only_;
  const std::span<const Version> order_;
  Survey survey_;
  bool heard_tls_ = false;         // a record of TLS, whatever it said
  bool heard_other_ = false;       // bytes of another protocol
  std::array<Course, kVersions.size()> courses_;  // by Version
};

}  // namespace

std::string_view word(Known known) {
  switch (known) {
    case Known::yes: return "yes";
    case Known::no: return "no";
    case Known::unknown: return "unknown";
  }
  return "unknown";
}

Survey survey(Asker& asker, const std::string& server_name, const std::string& protocol, std::uint16_t port, bool ssl_only) {
  return Surveyor(asker, server_name, ssl_only).run(protocol, port);
}

}  // namespace lintel::probes::tls
