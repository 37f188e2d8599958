#include "probes/tls/mutual.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "crypto/throwaway.h"
#include "net/tls_stream.h"
#include "probes/tls/names.h"

namespace lintel::probes::tls {

namespace {

constexpr std::size_t kAnswerCapBytes = 16 << 10;

enum class Http { no, perhaps, yes };

// Where nobody says what it is, one GET does no harm to what else sits behind TLS, except to what takes bytes for a print job.
Http speaks_http(const std::string& protocol, std::uint16_t port) {
  const std::string name = to_lower(protocol);
  for (const std::string_view known : {"https", "http", "wss", "ws", "websocket"})
    if (name == known) return Http::yes;
  if (!name.empty() || port == 8883 || port == 5671 || port == 5061 || port == 636 || port == 515 || (port >= 9100 && port <= 9107)) return Http::no;
  return port == 443 || port == 8443 ? Http::yes : Http::perhaps;
}

// The server ended the handshake by itself, in whatever way.
bool refused_by_peer(const Error& error, const net::TlsStream& tls) {
  switch (error.code) {
    case ErrorCode::closed:
    case ErrorCode::reset:
      return true;
    case ErrorCode::protocol:
      return tls.alert().has_value();
    default:
      return false;
  }
}

std::string alert_text(const net::TlsStream& tls) {
  return tls.alert() ? alert_name(*tls.alert()) : "no alert";
}

// nginx, Apache and their like complete the handshake and then say no in HTTP.
void ask_http(Asker& asker, net::TlsStream& tls, ClientCertificate& out, const std::string& server_name) {
  const std::string request = fmt::format("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
                                          server_name.empty() ? "localhost" : server_name);
  const Deadline deadline = asker.until();
  std::string answer;
  std::array<std::uint8_t, 4096> buffer;
  if (!tls.write_all(as_bytes(request), deadline)) return;
  while (answer.size() < kAnswerCapBytes) {
    const auto size = tls.read_some(buffer, deadline);
    if (!size || *size == 0) break;
    answer += as_text(std::span(buffer).first(*size));
  }
  if (!answer.starts_with("HTTP/") || answer.size() < 12) {
    // Handshake finished, request unanswered: an alert says who it was, anything else nothing.
    if (tls.version() == 0x0304 && tls.alert().value_or(0) != 0) {
      out.required = Known::yes;
      out.how = "refused after the handshake: " + alert_text(tls);
    }
    return;
  }
  const std::string status =
      answer.substr(answer.find(' ') == std::string::npos ? 8 : answer.find(' ') + 1, 3);
  const bool about_certificate = to_lower(answer).find("certificate") != std::string::npos;
  const bool refused =
      (status == "400" || status == "401" || status == "403" || status == "495" || status == "496") &&
      about_certificate;
  out.required = refused ? Known::yes : Known::no;
  out.how = fmt::format("answered in HTTP with status {}{}", printable(status),
                        refused ? " and asked for a certificate" : "");
}

// False when this handshake told nothing and another version may.
bool judge(Asker& asker, net::TlsStream& tls, Http http, const std::string& server_name,
           ClientCertificate& out) {
  const auto& finished = tls.finished();
  if (tls.certificate_requested()) out.requested = Known::yes;
  if (!finished) {
    if (!tls.certificate_requested()) return false;
    if (refused_by_peer(finished.error(), tls)) {
      out.required = Known::yes;
      out.how = "refused in the handshake: " + alert_text(tls);
    }
    return true;
  }
  if (!tls.certificate_requested()) {
    out.requested = out.required = Known::no;
    out.how = "handshake finished, no certificate asked for";
    return true;
  }
  if (tls.version() == 0x0304) {
    const auto reaction = tls.await_reaction(
        Deadline::earlier(asker.until(), Deadline::after(std::chrono::milliseconds(1000))));
    if (!reaction && refused_by_peer(reaction.error(), tls)) {
      out.required = Known::yes;
      out.how = "refused after the handshake: " + alert_text(tls);
      return true;
    }
    if (reaction) {
      out.required = Known::no;
      out.how = "accepted";
    }
  } else {
    out.required = Known::no;
    out.how = "accepted in the handshake";
  }
  if (http == Http::no) return true;
  if (http == Http::yes) {
    out.required = Known::unknown;
    out.how.clear();
  }
  ask_http(asker, tls, out, server_name);
  return true;
}

// One whole handshake in one version, with the credentials of the options; out as if it had been without. False when it told nothing and another
// version may; nullopt when there was no connection.
std::optional<bool> visit(Talk& talk, Version version, net::TlsOptions options, Http http, std::string_view who, ClientCertificate& out) {
  Asker& asker = talk.asker;
  auto stream = asker.connect();
  if (!stream) return std::nullopt;
  options.lowest = options.highest = wire_version(version);
  const auto tls = net::TlsStream::open(*std::move(stream), options, asker.until());
  const bool told = judge(asker, *tls, http, options.server_name, out);
  talk.saw(tls->chain(), version);
  if (tls->finished() && version == Version::tls1_2) out.session = tls->session();
  asker.transcript() += fmt::format("{:2}  {} handshake {}: {}{}{}\n", asker.connections(), display_name(version), who,
                                    tls->finished() ? "finished, " + tls->suite() : tls->finished().error().message, out.how.empty() ? "" : "; ", out.how);
  return told;
}

}  // namespace

ClientCertificate look_at_client_certificate(Talk& talk, const Survey& survey,
                                             const std::string& server_name, const std::string& protocol,
                                             std::uint16_t port) {
  ClientCertificate out;
  const Http http = speaks_http(protocol, port);
  net::TlsOptions options;
  options.server_name = server_name;
  for (const Version version : {Version::tls1_2, Version::tls1_3, Version::tls1_1, Version::tls1_0}) {
    if (survey.at(version).offered != Known::yes) continue;
    const auto told = visit(talk, version, options, http, "without a client certificate", out);
    if (!told) break;
    if (!*told) continue;
    if (out.requested != Known::yes) break;
    if (const auto stranger = crypto::throwaway_certificate()) {
      options.certificate = stranger->certificate;
      options.key = stranger->key;
      ClientCertificate as_stranger;
      if (visit(talk, version, options, http, "with a stranger's certificate", as_stranger)) out.stranger_refused = as_stranger.required;
    }
    break;
  }
  // What the unencrypted flights of the survey show, where no handshake could be finished.
  for (const Version version : {Version::tls1_2, Version::tls1_1, Version::tls1_0, Version::ssl3}) {
    const VersionFinding& finding = survey.at(version);
    if (finding.offered != Known::yes || out.requested != Known::unknown) continue;
    if (finding.reply.certificate_requested)
      out.requested = Known::yes;
    else if (finding.reply.flight_ended && !finding.reply.alert)
      out.requested = out.required = Known::no;
  }
  return out;
}

}  // namespace lintel::probes::tls
