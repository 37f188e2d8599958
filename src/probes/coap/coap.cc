// Probe coap: whether a CoAP server serves those who show no credentials, in clear or over DTLS, and whether a wrong key opens a session.
#include <algorithm>

#include "base/text.h"
#include "probe/probe.h"
#include "probes/coap/visit.h"

namespace lintel::probes::coap {
namespace {

using model::Status;

constexpr std::size_t kTranscriptCapBytes = 1 << 20;

struct Findings {
  Visit control, after;                 // with the declared credentials, at the start and at the end
  Visit plain;
  std::optional<Visit> bare;            // DTLS without credentials
  std::vector<Visit> wrong;             // DTLS with another key
  bool secured = false;                 // there are credentials, for a session over DTLS
  bool trusted = false;                 // the controls worked: silence and refusals count
};

bool works(const Visit& visit) {
  return visit.session == Known::yes && std::ranges::any_of(visit.replies, [](const auto& reply) { return reply.has_value(); });
}

// A session that did not come about: silence counts as a refusal only while the same server answers those who have the key.
Known opened(const Visit& visit, bool trusted) {
  if (visit.session == Known::yes) return Known::yes;
  const bool silent = !visit.answered && visit.error && visit.error->code == ErrorCode::timeout;
  // A server drops a handshake made with a wrong key without a word.
  const bool dropped = visit.answered && visit.session == Known::unknown && visit.error && visit.error->code == ErrorCode::timeout && visit.replies.empty();
  return trusted && (visit.session == Known::no || silent || dropped) ? Known::no : Known::unknown;
}

// One yes is a yes; no only when each is a no.
Known any_of(const std::vector<Known>& all) { return all.empty() ? Known::unknown : *std::ranges::max_element(all); }

// Whether tasks of this kind are open to those without credentials; nullopt when none is declared.
std::optional<Known> open_to_all(const Server& server, const Findings& found, Kind kind) {
  std::vector<Known> all;
  const auto add = [&](const Visit& visit, std::size_t task) {
    // No is what the credentials open and their lack does not. Without any credentials to compare, a refusal in clear stands for itself.
    const bool others_may = !found.control.replies.empty() && let_in(found.control.replies[task]) == Known::yes;
    const bool counts = others_may || server.dtls == "none";
    const Known session = opened(visit, found.trusted);
    const Known reply = visit.replies.empty() ? Known::unknown : let_in(visit.replies[task], others_may);
    const Known known = reply == Known::yes ? Known::yes : session == Known::no ? Known::no : reply;
    all.push_back(known == Known::no && !counts ? Known::unknown : known);
  };
  for (std::size_t task = 0; task < server.tasks.size(); ++task) {
    if (server.tasks[task].kind != kind) continue;
    add(found.plain, task);
    if (found.bare) add(*found.bare, task);
  }
  if (all.empty()) return std::nullopt;
  return any_of(all);
}

net::DtlsOptions with_key(net::DtlsOptions credentials, std::string key) {
  credentials.key = std::move(key);
  return credentials;
}

Findings look(const Visitor& visitor) {
  const Server& server = visitor.server;
  const net::DtlsOptions& mine = server.credentials;
  Findings found;
  found.secured = server.dtls != "none" && (!mine.key.empty() || !mine.certificate.empty());
  if (found.secured) found.control = visit_secured(visitor, mine, "with the declared credentials");
  found.plain = visit_in_clear(visitor);
  if (server.dtls != "none") found.bare = visit_secured(visitor, {}, "without credentials");
  if (!found.secured || !works(found.control)) {
    found.trusted = server.dtls == "none" && works(found.plain);
    return found;
  }
  if (!mine.key.empty()) {
    std::string other = mine.key;
    other[0] = other[0] == '0' ? '1' : '0';
    found.wrong.push_back(visit_secured(visitor, with_key(mine, other), "with another key"));
    if (!mine.identity.empty() && mine.identity != mine.key)
      found.wrong.push_back(visit_secured(visitor, with_key(mine, mine.identity), "with the identity for a key"));
  }
  found.after = visit_secured(visitor, mine, "with the declared credentials, again");
  found.trusted = works(found.after);
  return found;
}

void put_replies(const Server& server, const Visit& visit, const char* as, Json& list) {
  for (std::size_t i = 0; i < visit.replies.size(); ++i)
    if (visit.replies[i])
      list.push_back({{"as", as}, {"request", printable(server.tasks[i].request.path)},
                      {"kind", server.tasks[i].kind == Kind::write ? "write" : server.tasks[i].kind == Kind::read ? "read" : "discovery"},
                      {"reply", reply_text(visit.replies[i])}});
}

Json facts_of(const Server& server, const Findings& found) {
  const auto count = [&](Kind kind) { return std::ranges::count(server.tasks, kind, &Task::kind); };
  const net::DtlsOptions& mine = server.credentials;
  Json facts{{"declared", {{"dtls", server.dtls}, {"resources", count(Kind::read)}, {"writes", count(Kind::write)},
                           {"credential", !mine.key.empty() ? "key" : !mine.certificate.empty() ? "certificate" : "none"}}}};
  facts["control"] = word(found.trusted ? Known::yes : found.secured && found.control.session == Known::no ? Known::no : Known::unknown);
  facts["plain"] = {{"port", server.port}, {"spoken", word(opened(found.plain, found.trusted))}, {"reason", printable(found.plain.reason)}};
  Json replies = Json::array();
  put_replies(server, found.control, "credentials", replies);
  put_replies(server, found.plain, "nobody, in clear", replies);
  if (found.bare) {
    const bool heard = found.control.answered || found.bare->answered;
    const bool closed = found.bare->error && found.bare->error->code == ErrorCode::refused;
    Json& secure = facts["secure"] = {{"port", server.secure_port}, {"spoken", word(heard ? Known::yes : closed ? Known::no : Known::unknown)}};
    const std::string& version = found.control.version.empty() ? found.bare->version : found.control.version;
    if (!version.empty()) secure["version"] = version;
    secure["without_credentials"] = word(opened(*found.bare, found.trusted));
    secure["reasons"] = {printable("without credentials: " + found.bare->reason)};
    std::vector<Known> wrong;
    for (const Visit& visit : found.wrong) {
      wrong.push_back(opened(visit, found.trusted));
      secure["reasons"].push_back(printable("with a wrong key: " + visit.reason));
    }
    if (!wrong.empty()) secure["wrong_key"] = word(any_of(wrong));
    put_replies(server, *found.bare, "nobody, over DTLS", replies);
  }
  for (const auto& [kind, name] : {std::pair{Kind::discovery, "discovery"}, {Kind::read, "read"}, {Kind::write, "write"}})
    if (const auto known = open_to_all(server, found, kind)) facts["open"][name] = word(*known);
  facts["replies"] = replies;
  return facts;
}

// How it ended where the declared credentials opened nothing.
void set_status(const probe::Context& context, const Findings& found, model::Observation& observation) {
  const Visit& control = found.secured ? found.control : found.plain;
  if (context.cancel().requested() || context.deadline().passed()) {
    observation.status = context.cancel().requested() ? Status::interrupted : Status::timeout;
    observation.message = "stopped before everything was looked at";
  } else if (!works(control) && control.error) {
    observation.status = found.secured && control.answered ? Status::auth_failed : probe::status_of(*control.error);
    observation.message = control.error->message;
  }
}

void run(probe::Context& context, model::Observation& observation) {
  const auto server = read_server(context);
  if (!server) {
    observation.status = probe::status_of(server.error());
    observation.message = server.error().message;
    return;
  }
  std::string transcript;
  const auto note = [&](const std::string& line) {
    if (transcript.size() < kTranscriptCapBytes) transcript += printable(line) + "\n";
  };
  const Json& params = context.params();
  const Visitor visitor{context, *server, {std::chrono::milliseconds(integer_or(params, "first_wait", 2000)), static_cast<int>(integer_or(params, "tries", 3))},
                        std::chrono::seconds(integer_or(params, "wait", 4)), note};
  const Findings found = look(visitor);
  observation.facts = facts_of(*server, found);
  if (server->dtls != "none" && !found.secured)
    observation.notes.push_back("declare `identity` and `key`, or `certificate` and `certificate_key`: without a session that works, a refusal says nothing");
  if (observation.facts["declared"]["resources"] == 0) observation.notes.push_back("declare `resources` that need authentication to have them asked for");
  for (std::size_t i = 0; i < found.control.replies.size(); ++i)
    if (server->tasks[i].kind != Kind::discovery && let_in(found.control.replies[i]) != Known::yes)
      observation.notes.push_back(printable(fmt::format("{}: {} with the declared credentials", server->tasks[i].request.path, reply_text(found.control.replies[i]))));
  context.keep_evidence("transcript.txt", "text/plain", as_bytes(transcript), {"open", "plain", "secure"});
  set_status(context, found, observation);
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "CoAP 接入认证",
    .title_en = "CoAP access",
    .version = "1",
    .takes = model::ItemKind::coap,
    .run = run,
};

}  // namespace lintel::probes::coap
