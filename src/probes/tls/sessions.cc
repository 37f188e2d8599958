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
  if (!tls->resumed()) talk.saw(tls->chain(), version);
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

// Whether the server takes up what it gave.
Known taken_up(Talk& talk, Version version, bool tickets, const net::TlsStream::Session& gave) {
  if (gave.bytes.empty()) return Known::no;
  const Handshake second = shake_hands(talk, version, tickets, gave.bytes);
  if (!second.finished) return Known::unknown;
  return second.resumed ? Known::yes : Known::no;
}

}  // namespace

Sessions look_at_sessions(Talk& talk, const Survey& survey, const std::optional<net::TlsStream::Session>& earlier) {
  Sessions sessions;
  if (survey.at(Version::tls1_2).offered == Known::yes) {
    Handshake asked{earlier.has_value(), false, earlier.value_or(net::TlsStream::Session{})};
    if (!asked.finished) asked = shake_hands(talk, Version::tls1_2, true, {});
    if (asked.finished) sessions.by_ticket = asked.session.ticket ? taken_up(talk, Version::tls1_2, true, asked.session) : Known::no;
    // A server without tickets has given an id in that handshake already.
    const Handshake plain = asked.finished && !asked.session.ticket ? asked : shake_hands(talk, Version::tls1_2, false, {});
    if (plain.finished) sessions.by_id = taken_up(talk, Version::tls1_2, false, plain.session);
  }
  if (survey.at(Version::tls1_3).offered == Known::yes) {
    const Handshake first = shake_hands(talk, Version::tls1_3, true, {});
    if (first.finished) {
      sessions.by_psk = taken_up(talk, Version::tls1_3, true, first.session);
      // What is announced counts only where the session is taken up again.
      sessions.early_data = first.session.early_data == 0 ? Known::no : sessions.by_psk;
      sessions.early_data_bytes = sessions.early_data == Known::yes ? first.session.early_data : 0;
    }
  }
  return sessions;
}

}  // namespace lintel::probes::tls
