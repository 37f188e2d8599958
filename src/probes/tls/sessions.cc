#include "probes/tls/sessions.h"

#include "net/tls_stream.h"

namespace lintel::probes::tls {

namespace {

constexpr std::chrono::milliseconds kForTickets{1000};

struct Handshake {
  bool finished = false;
  bool resumed = false;
  net::TlsStream::Session session;
};

// The connection is closed again before the next one.
Handshake shake_hands(Talk& talk, Version version, bool tickets, const Bytes& resume) {
  if (talk.stopped) return {};
  auto stream = talk.asker.connect();
  if (!stream) {
    talk.stopped = stream.error();
    return {};
  }
  net::TlsOptions options;
  options.server_name = talk.server_name;
  options.lowest = options.highest = wire_version(version);
  options.tickets = tickets;
  options.resume = resume;
  const auto tls = net::TlsStream::open(*std::move(stream), options, talk.asker.until());
  Result<void> end = tls->finished();
  // In TLS 1.3 tickets come after the handshake, and refusals too.
  if (end && version == Version::tls1_3) {
    end = tls->await_reaction(Deadline::earlier(talk.asker.until(), Deadline::after(kForTickets)));
    if (!end && end.error().code == ErrorCode::timeout) end = {};
  }
  talk.asker.transcript() += fmt::format("{:2}  {} handshake{}{}: {}\n", talk.asker.connections(), display_name(version), tickets ? "" : " without tickets",
                                         resume.empty() ? "" : ", coming back", !end ? end.error().message : tls->resumed() ? "resumed" : "finished");
  return {end.has_value(), tls->resumed(), tls->session()};
}

// Once to get something to come back with, once to come back. gave: what the first got.
Known comes_back(Talk& talk, Version version, bool tickets, net::TlsStream::Session& gave) {
  const Handshake first = shake_hands(talk, version, tickets, {});
  if (!first.finished) return Known::unknown;
  gave = first.session;
  if (gave.bytes.empty() || (version != Version::tls1_3 && gave.ticket != tickets)) return Known::no;
  const Handshake second = shake_hands(talk, version, tickets, gave.bytes);
  if (!second.finished) return Known::unknown;
  return second.resumed ? Known::yes : Known::no;
}

}  // namespace

Sessions look_at_sessions(Talk& talk, const Survey& survey) {
  Sessions sessions;
  net::TlsStream::Session gave;
  if (survey.at(Version::tls1_2).offered == Known::yes) {
    sessions.by_id = comes_back(talk, Version::tls1_2, false, gave);
    sessions.by_ticket = comes_back(talk, Version::tls1_2, true, gave);
  }
  if (survey.at(Version::tls1_3).offered == Known::yes) {
    sessions.by_psk = comes_back(talk, Version::tls1_3, true, gave);
    if (sessions.by_psk != Known::unknown) {
      sessions.early_data = gave.early_data > 0 ? Known::yes : Known::no;
      sessions.early_data_bytes = gave.early_data;
    }
  }
  return sessions;
}

}  // namespace lintel::probes::tls
