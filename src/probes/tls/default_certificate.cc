#include "probes/tls/default_certificate.h"

#include <algorithm>
#include <iterator>

#include "net/tls_stream.h"
#include "probes/tls/features.h"
#include "probes/tls/suite_traits.h"

namespace lintel::probes::tls {

namespace {

using Answer = DefaultCertificate::Answer;

// Suites that come with a certificate, the one that was taken with the name first.
std::vector<std::uint16_t> certified_suites(Version version, std::uint16_t taken) {
  std::vector<std::uint16_t> suites{taken};
  std::ranges::copy_if(suite_offers(version).front(), std::back_inserter(suites), [&](std::uint16_t code) { return code != taken; });
  std::erase_if(suites, [](std::uint16_t code) {
    const SuiteTraits traits = traits_of(code);
    return traits.anonymous || traits.psk;
  });
  return suites;
}

}  // namespace

DefaultCertificate look_without_name(Talk& talk, const Survey& survey) {
  DefaultCertificate found;
  if (talk.stopped) return found;
  const auto classic = highest_classic(survey);
  if (classic && has_extensions(*classic)) {
    Talk aside{.asker = talk.asker, .server_name = {}, .primes = talk.primes};
    const Hello hello = hello_of(aside, *classic, certified_suites(*classic, survey.at(*classic).reply.suite));
    const Chosen answer = ask_choice(aside, hello, fmt::format("{} hello that names no server", display_name(*classic)));
    if (answer.choice == Choice::refused) found.answer = Answer::refused;
    if (answer.choice == Choice::chosen) found.chain = answer.reply.certificates;
  } else if (survey.at(Version::tls1_3).offered == Known::yes) {
    auto stream = talk.asker.connect();
    if (!stream) return found;
    net::TlsOptions options;
    options.lowest = options.highest = wire_version(Version::tls1_3);
    const auto tls = net::TlsStream::open(*std::move(stream), options, talk.asker.until());
    found.chain = tls->chain();
    if (found.chain.empty() && tls->alert().value_or(0) != 0) found.answer = Answer::refused;
    talk.asker.transcript() += fmt::format("{:2}  TLSv1.3 handshake that names no server: {}\n", talk.asker.connections(), tls->finished() ? "finished" : tls->finished().error().message);
  }
  if (found.chain.empty()) return found;
  const bool known = std::ranges::any_of(talk.shown, [&](const Shown& one) { return one.chain.front() == found.chain.front(); });
  found.answer = known ? Answer::same : Answer::other;
  return found;
}

}  // namespace lintel::probes::tls
