#include "flow/broker.h"

#include <algorithm>

#include "net/tls_stream.h"

namespace lintel::flow {
namespace {

constexpr std::size_t kPemCapBytes = 256 << 10;
constexpr std::chrono::milliseconds kReaction{1000};

std::vector<std::string> filters(const Json& list) {
  std::vector<std::string> out;
  if (list.is_array())
    for (const Json& one : list)
      if (one.is_string()) out.push_back(one.get<std::string>());
  return out;
}

std::optional<std::string> optional_member(const Variables& members, const char* name) {
  const auto found = members.find(name);
  return found == members.end() ? std::nullopt : std::optional(found->second);
}

Result<BrokerAccount> read_account(probe::Context& context, const std::string& name, const Json& json) {
  BrokerAccount account;
  account.name = name;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) continue;
    const bool path = key == "certificate" || key == "key";
    account.members[key] = path ? value.get<std::string>() : TRY(context.secret(value.get<std::string>()));
  }
  account.client_id = text_or(Json(account.members), "client_id");
  account.certificate = text_or(json, "certificate");
  account.key = text_or(json, "key");
  account.user = optional_member(account.members, "user");
  account.password = optional_member(account.members, "password");
  account.reads = filters(member(json, "reads"));
  account.writes = filters(member(json, "writes"));
  return account;
}

// Alerts that speak of the client's certificate (RFC 8446 6.2): bad, unsupported, revoked, expired, unknown certificate, unknown CA, access
// denied, certificate required; handshake_failure is how TLS 1.2 says that there was none.
bool about_certificate(int alert) {
  return (alert >= 42 && alert <= 46) || alert == 48 || alert == 49 || alert == 116 || alert == 40;
}

Admission meaning(net::mqtt::Version version, std::uint8_t code) {
  if (code == 0) return Admission::accepted;
  if (code == 1 || code == 0x84) return Admission::not_spoken;
  if (version == net::mqtt::Version::v5) return code == 0x85 || code == 0x86 || code == 0x87 || code == 0x8C ? Admission::refused : Admission::unknown;
  return code == 2 || code == 4 || code == 5 ? Admission::refused : Admission::unknown;
}

}  // namespace

Result<Broker> read_broker(probe::Context& context) {
  const Json& item = context.item().data;
  Broker broker;
  broker.endpoint = {text_or(item, "address"), static_cast<std::uint16_t>(integer_or(item, "port", 0))};
  broker.tls = bool_or(item, "tls", true);
  broker.server_name = text_or(item, "server_name");
  if (const Json& accounts = member(item, "accounts"); accounts.is_object())
    for (const auto& [name, account] : accounts.items()) broker.accounts.push_back(TRY(read_account(context, name, account)));
  return broker;
}

bool may(const std::vector<std::string>& filters, const std::string& topic) {
  return std::ranges::any_of(filters, [&](const std::string& filter) { return net::mqtt::matches(filter, topic); });
}

Credentials credentials_of(const BrokerAccount& account) {
  return {account.client_id, account.user, account.password, account.certificate, account.key};
}

Entry enter(probe::Context& context, const Broker& broker, net::mqtt::Version version, const Credentials& credentials,
            const std::function<void(std::string)>& note, Deadline deadline) {
  Entry entry;
  net::TlsStream* tls = nullptr;  // lives in entry.client in the end
  const auto ended = [&](const Error& error) {
    const bool refused = tls != nullptr && tls->certificate_requested() && tls->alert() && about_certificate(*tls->alert());
    entry.admission = refused ? Admission::refused : Admission::unknown;
    entry.reason = error.message;
    entry.error = error;
    note("! " + error.message);
    entry.client.reset();
    return std::move(entry);
  };
  net::TlsOptions options{.server_name = broker.server_name};
  for (const auto& [path, pem] : {std::pair(&credentials.certificate, &options.certificate), std::pair(&credentials.key, &options.key)}) {
    if (!broker.tls || path->empty()) continue;
    auto text = context.read_file(*path, kPemCapBytes);
    if (!text) return ended(text.error());
    *pem = *std::move(text);
  }
  note(fmt::format("= {}:{}{}", broker.endpoint.host, broker.endpoint.port, credentials.certificate.empty() ? "" : " with " + credentials.certificate));
  auto stream = context.dial(broker.endpoint, deadline);
  if (!stream) return ended(stream.error());
  entry.connected = true;
  std::unique_ptr<net::Stream> opened = *std::move(stream);
  if (broker.tls) {
    auto secured = net::TlsStream::open(std::move(opened), options, deadline);
    tls = secured.get();
    opened = std::move(secured);
    if (!tls->finished()) return ended(tls->finished().error());
    // TLS 1.3 refuses after our handshake is done. Writing into that would bring a reset, and the alert be lost.
    if (tls->certificate_requested() && options.certificate.empty())
      if (const auto reaction = tls->await_reaction(Deadline::earlier(deadline, Deadline::after(kReaction))); !reaction && tls->alert()) return ended(reaction.error());
  }
  Variables made;
  set_built_ins(made, context.clock());
  entry.client = std::make_unique<net::mqtt::Client>(std::move(opened), note);
  const auto code = entry.client->connect(
      {version, credentials.client_id.empty() ? "lintel" + made["random"] : credentials.client_id, credentials.user, credentials.password}, deadline);
  if (!code) return ended(code.error());
  entry.admission = meaning(version, *code);
  entry.reason = fmt::format("CONNACK {} {}", *code, net::mqtt::connack_text(version, *code));
  if (entry.admission != Admission::accepted) entry.client.reset();
  return entry;
}

}  // namespace lintel::flow
