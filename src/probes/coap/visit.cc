#include "probes/coap/visit.h"

#include "base/text.h"

namespace lintel::probes::coap {
namespace {

using net::coap::Message;

constexpr std::size_t kPemCapBytes = 1 << 20;
constexpr int kMostSilences = 2;  // a server may ignore one path and serve another

std::string_view method_name(std::uint8_t code) { return code == net::coap::kGet ? "GET" : code == net::coap::kPut ? "PUT" : "POST"; }

// No wait is longer than the time left for the job.
Deadline soon(const Visitor& visitor, Deadline::Steady::duration time) { return Deadline::earlier(visitor.context.deadline(), Deadline::after(time)); }

void ask_all(const Visitor& visitor, net::Stream& stream, Visit& visit) {
  visit.replies.resize(visitor.server.tasks.size());
  int silences = 0;
  for (std::size_t i = 0; i < visitor.server.tasks.size() && silences < kMostSilences; ++i) {
    const auto& request = visitor.server.tasks[i].request;
    auto reply = net::coap::ask(stream, request, visitor.patience, visitor.context.deadline());
    const std::string line = fmt::format("{} {}", method_name(request.code), request.path);
    if (!reply) {
      visitor.note(fmt::format("{}: {}", line, reply.error().message));
      visit.error = reply.error();
      if (reply.error().code != ErrorCode::timeout) return;
      ++silences;
      continue;
    }
    visit.replies[i] = *std::move(reply);
    visitor.note(fmt::format("{}: {} {}", line, reply_text(visit.replies[i]), printable(as_text(visit.replies[i]->payload).substr(0, 500))));
  }
}

}  // namespace

std::string_view word(Known known) { return known == Known::no ? "no" : known == Known::yes ? "yes" : "unknown"; }

Result<Server> read_server(probe::Context& context) {
  const Json& item = context.item().data;
  Server server;
  server.address = text_or(item, "address");
  server.port = static_cast<std::uint16_t>(integer_or(item, "port", 5683));
  server.secure_port = static_cast<std::uint16_t>(integer_or(item, "secure_port", 5684));
  server.dtls = text_or(item, "dtls", "required");
  server.credentials.identity = text_or(item, "identity");
  if (item.contains("key")) server.credentials.key = TRY(context.secret(text_or(item, "key")));
  if (item.contains("certificate")) {
    server.credentials.certificate = TRY(context.read_file(text_or(item, "certificate"), kPemCapBytes));
    server.credentials.private_key = TRY(context.read_file(text_or(item, "certificate_key"), kPemCapBytes));
  }
  server.tasks.push_back({Kind::discovery, {net::coap::kGet, "/.well-known/core"}});
  for (const Json& path : member(item, "resources")) server.tasks.push_back({Kind::read, {net::coap::kGet, path.get<std::string>()}});
  for (const Json& write : member(item, "writes")) {
    const std::uint8_t method = text_or(write, "method", "PUT") == "PUT" ? net::coap::kPut : net::coap::kPost;
    server.tasks.push_back({Kind::write, {method, text_or(write, "path"), text_or(write, "payload")}});
  }
  if (server.tasks.size() > kMostTasks) return fail(ErrorCode::limit, "{} declared requests are more than {}", server.tasks.size(), kMostTasks);
  return server;
}

Visit visit_in_clear(const Visitor& visitor) {
  Visit visit;
  visitor.note(fmt::format("# in clear, port {}", visitor.server.port));
  auto stream = visitor.context.dial({visitor.server.address, visitor.server.port, net::Transport::udp}, soon(visitor, visitor.wait));
  if (stream)
    ask_all(visitor, **stream, visit);
  else
    visit.error = stream.error();
  for (const auto& reply : visit.replies) visit.answered = visit.answered || reply.has_value();
  // A bare reset comes from something that may serve nobody here.
  for (const auto& reply : visit.replies)
    if (reply && reply->type != net::coap::Type::reset) visit.session = Known::yes;
  if (!visit.answered && visit.error && visit.error->code == ErrorCode::refused) visit.session = Known::no;
  visit.reason = visit.session == Known::yes ? "CoAP answers" : visit.answered ? "resets only" : visit.error ? visit.error->message : "";
  return visit;
}

Visit visit_secured(const Visitor& visitor, const net::DtlsOptions& credentials, const std::string& as) {
  Visit visit;
  visitor.note(fmt::format("# DTLS {}, port {}", as, visitor.server.secure_port));
  const Deadline until = soon(visitor, visitor.wait);
  auto stream = visitor.context.dial({visitor.server.address, visitor.server.secure_port, net::Transport::udp}, until);
  if (!stream) {
    visit.error = stream.error();
    visit.reason = visit.error->message;
    return visit;
  }
  const auto dtls = net::DtlsStream::open(*std::move(stream), credentials, soon(visitor, visitor.wait));
  visit.answered = dtls->answered();
  visit.version = dtls->version();
  if (!dtls->finished()) {
    visit.error = dtls->finished().error();
    visit.reason = visit.error->message;
    if (dtls->alert()) visit.session = Known::no;
    visitor.note(visit.reason);
    return visit;
  }
  visit.session = Known::yes;
  visit.reason = fmt::format("{} session", visit.version);
  visitor.note(visit.reason);
  ask_all(visitor, *dtls, visit);
  return visit;
}

Known let_in(const std::optional<Message>& reply, bool others_may) {
  if (!reply) return Known::unknown;
  if (net::coap::class_of(reply->code) == 2) return Known::yes;
  if (reply->code == net::coap::code(4, 1) || reply->code == net::coap::code(4, 3)) return Known::no;
  return others_may && (reply->code == net::coap::code(4, 4) || reply->code == net::coap::code(4, 5)) ? Known::no : Known::unknown;
}

std::string reply_text(const std::optional<Message>& reply) {
  if (!reply) return "no answer";
  return reply->type == net::coap::Type::reset ? "reset" : net::coap::code_text(reply->code);
}

}  // namespace lintel::probes::coap
