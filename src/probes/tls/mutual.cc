#include "probes/tls/mutual.h"

#include <openssl/rand.h>

#include <array>
#include <optional>
#include <string>

#include "base/text.h"
#include "crypto/throwaway.h"
#include "net/mqtt.h"
#include "net/tls_stream.h"
#include "probes/tls/names.h"

namespace lintel::probes::tls {

namespace {

constexpr std::size_t kAnswerCapBytes = 16 << 10;

enum class Inside { other, http, perhaps_http, mqtt };

// Where nobody says what it is, one GET does no harm to what else sits behind TLS, except to what takes bytes for a print job.
Inside what_is_inside(const std::string& protocol, std::uint16_t port) {
  const std::string name = to_lower(protocol);
  for (const std::string_view known : {"https", "http", "wss", "ws", "websocket"})
    if (name == known) return Inside::http;
  if (name == "mqtt" || name == "mqtts" || (name.empty() && port == 8883)) return Inside::mqtt;
  if (!name.empty() || port == 5671 || port == 5061 || port == 636 || port == 515 || (port >= 9100 && port <= 9107)) return Inside::other;
  return port == 443 || port == 8443 ? Inside::http : Inside::perhaps_http;
}

// What becomes of one client.
struct Reception {
  Known requested = Known::unknown;
  Known refused = Known::unknown;  // no: let in
  bool turned_away = false;        // by the application, which did not say whether for its certificate
  std::string how = {};            // for people
};

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

// A word of the application's after the handshake, or the alert that came in its place.
bool was_refused(const net::TlsStream& tls, Reception& out) {
  if (tls.version() != 0x0304 || tls.alert().value_or(0) == 0) return false;
  out.refused = Known::yes;
  out.how = "refused after the handshake: " + alert_text(tls);
  return true;
}

// nginx, Apache and their like complete the handshake and then say no in HTTP. Only a page that is served shows that a client is let in: all else may be
// what every client gets, or what those without a certificate get.
void ask_http(Asker& asker, net::TlsStream& tls, Reception& out, const std::string& server_name) {
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
  const std::size_t space = answer.find(' ');
  if (!answer.starts_with("HTTP/") || answer.size() < 12 || space == std::string::npos) {
    was_refused(tls, out);  // anything else says nothing
    return;
  }
  const std::string status = answer.substr(space + 1, 3);
  const bool about_certificate = status == "495" || status == "496" || to_lower(answer).find("certificate") != std::string::npos;
  out.turned_away = status == "400" || status == "401" || status == "403" || status == "495" || status == "496";
  out.refused = out.turned_away && about_certificate ? Known::yes : status.starts_with("2") ? Known::no : Known::unknown;
  out.how = fmt::format("answered in HTTP with status {}{}", printable(status),
                        out.refused == Known::yes ? " and asked for a certificate" : "");
}

// A broker lets everybody shake hands that it does not let in.
void ask_mqtt(Asker& asker, net::TlsStream& tls, Reception& out) {
  std::array<std::uint8_t, 4> id{};
  RAND_bytes(id.data(), static_cast<int>(id.size()));
  const Deadline deadline = asker.until();
  out.refused = Known::unknown;
  out.how.clear();
  if (!tls.write_all(net::mqtt::encode_connect({.client_id = "lintel-" + to_hex(id), .user = {}, .password = {}}), deadline)) return;
  Bytes answer;
  std::array<std::uint8_t, 64> buffer;
  while (answer.size() < 4) {
    const auto size = tls.read_some(buffer, deadline);
    if (!size || *size == 0) break;
    answer.insert(answer.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*size));
  }
  const auto packet = net::mqtt::take_packet(net::mqtt::Version::v3_1_1, answer);
  if (!packet || !*packet || (*packet)->type != net::mqtt::Type::connack) {
    was_refused(tls, out);
    return;
  }
  const std::uint8_t code = (*packet)->code;
  out.turned_away = code == 4 || code == 5;  // bad user name or password, not authorised
  if (code == 0) out.refused = Known::no;
  if (code == 0) (void)tls.write_all(net::mqtt::encode_empty(net::mqtt::Type::disconnect), deadline).has_value();
  out.how = fmt::format("answered in MQTT with code {}", code);
}

// False when this handshake told nothing and another version may.
bool judge(Asker& asker, net::TlsStream& tls, Inside inside, const std::string& server_name, Reception& out) {
  const auto& finished = tls.finished();
  if (tls.certificate_requested()) out.requested = Known::yes;
  if (!finished) {
    if (!tls.certificate_requested()) return false;
    if (refused_by_peer(finished.error(), tls)) {
      out.refused = Known::yes;
      out.how = "refused in the handshake: " + alert_text(tls);
    }
    return true;
  }
  if (!tls.certificate_requested()) {
    out.requested = out.refused = Known::no;
    out.how = "handshake finished, no certificate asked for";
    return true;
  }
  if (tls.version() == 0x0304) {
    const auto reaction = tls.await_reaction(
        Deadline::earlier(asker.until(), Deadline::after(std::chrono::milliseconds(1000))));
    if (!reaction && refused_by_peer(reaction.error(), tls)) {
      out.refused = Known::yes;
      out.how = "refused after the handshake: " + alert_text(tls);
      return true;
    }
    if (reaction) {
      out.refused = Known::no;
      out.how = "accepted";
    }
  } else {
    out.refused = Known::no;
    out.how = "accepted in the handshake";
  }
  if (inside == Inside::http) {
    out.refused = Known::unknown;
    out.how.clear();
  }
  if (inside == Inside::mqtt) ask_mqtt(asker, tls, out);
  if (inside == Inside::http || inside == Inside::perhaps_http) ask_http(asker, tls, out, server_name);
  return true;
}

struct Visit {
  bool told = false;  // else another version may
  Reception reception;
  std::optional<net::TlsStream::Session> session;  // of TLS 1.2
};

// One whole handshake in one version, with the credentials of the options. nullopt: no connection.
std::optional<Visit> visit(Talk& talk, Version version, net::TlsOptions options, Inside inside, std::string_view who) {
  Asker& asker = talk.asker;
  auto stream = asker.connect();
  if (!stream) return std::nullopt;
  options.lowest = options.highest = wire_version(version);
  const auto tls = net::TlsStream::open(*std::move(stream), options, asker.until());
  Visit visit;
  visit.told = judge(asker, *tls, inside, options.server_name, visit.reception);
  talk.saw(tls->chain(), version);
  if (tls->finished() && version == Version::tls1_2) visit.session = tls->session();
  const std::string& how = visit.reception.how;
  asker.transcript() += fmt::format("{:2}  {} handshake {}: {}{}{}\n", asker.connections(), display_name(version), who,
                                    tls->finished() ? "finished, " + tls->suite() : tls->finished().error().message, how.empty() ? "" : "; ", how);
  return visit;
}

// Both asked the same; one was turned away and the other let in, so it was for the certificate.
void compare(const Reception& nobody, const Reception& stranger, ClientCertificate& out) {
  if (nobody.turned_away && stranger.refused == Known::no) out.required = Known::yes;
  if (stranger.turned_away && nobody.refused == Known::no) out.stranger_refused = Known::yes;
}

}  // namespace

ClientCertificate look_at_client_certificate(Talk& talk, const Survey& survey,
                                             const std::string& server_name, const std::string& protocol,
                                             std::uint16_t port) {
  ClientCertificate out;
  const Inside inside = what_is_inside(protocol, port);
  net::TlsOptions options;
  options.server_name = server_name;
  for (const Version version : {Version::tls1_2, Version::tls1_3, Version::tls1_1, Version::tls1_0}) {
    if (survey.at(version).offered != Known::yes) continue;
    const auto nobody = visit(talk, version, options, inside, "without a client certificate");
    if (!nobody) break;
    if (nobody->session) out.session = nobody->session;
    if (nobody->reception.requested != Known::unknown) out.requested = nobody->reception.requested;
    if (!nobody->told) continue;
    out.required = nobody->reception.refused;
    if (out.requested != Known::yes) break;
    if (const auto someone = crypto::throwaway_certificate()) {
      options.certificate = someone->certificate;
      options.key = someone->key;
      if (const auto stranger = visit(talk, version, options, inside, "with a stranger's certificate")) {
        out.stranger_refused = stranger->reception.refused;
        compare(nobody->reception, stranger->reception, out);
      }
    }
    break;
  }
  // What the unencrypted flights of the survey show, where no handshake could be finished.
  for (const Version version : {Version::tls1_2, Version::tls1_1, Version::tls1_0, Version::ssl3}) {
    const VersionFinding& finding = survey.at(version);
    if (finding.offered != Known::yes || out.requested != Known::unknown) continue;
    if (finding.reply.certificate_requested)
      out.requested = Known::yes;
    else if (finding.reply.done && !finding.reply.alert)
      out.requested = out.required = Known::no;
  }
  return out;
}

}  // namespace lintel::probes::tls
