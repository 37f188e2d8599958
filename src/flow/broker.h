// An MQTT broker as the target file declares it (item kind `mqtt`), and going in there as somebody. Reading is pure; enter() sends one CONNECT to
// the declared address.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flow/fill.h"
#include "net/mqtt_client.h"
#include "probe/context.h"

namespace lintel::flow {

struct BrokerAccount {
  std::string name, client_id, certificate, key;  // certificate, key: paths
  std::optional<std::string> user, password;
  std::vector<std::string> reads, writes;  // topic filters
  Variables members;                       // every text member, for messages that carry {device}
};

struct Broker {
  net::Endpoint endpoint;
  bool tls = true;
  std::string server_name;
  std::vector<BrokerAccount> accounts;
};

// Secrets are resolved. Errors: not_found (a secret that is not there).
Result<Broker> read_broker(probe::Context& context);

bool may(const std::vector<std::string>& filters, const std::string& topic);

// With what somebody knocks; a client id is made up where it is empty.
struct Credentials {
  std::string client_id = {};
  std::optional<std::string> user = {}, password = {};
  std::string certificate = {}, key = {};  // paths; empty: none is shown
};
Credentials credentials_of(const BrokerAccount& account);

// not_spoken: the broker named the protocol version as the reason. unknown: silence, an end without a word, a busy server, nonsense.
enum class Admission { accepted, refused, not_spoken, unknown };

struct Entry {
  Admission admission = Admission::unknown;
  std::string reason;                         // "CONNACK 5 not authorized", "TLS alert 116 from the peer"
  std::unique_ptr<net::mqtt::Client> client;  // when accepted
  std::optional<Error> error;                 // when no CONNACK came
  bool connected = false;                     // TCP was
};

// Dials and sends CONNECT; TLS as the broker says. A refused client certificate, or a missing one that was asked for, is a refusal.
// note: lines for the transcript.
Entry enter(probe::Context& context, const Broker& broker, net::mqtt::Version version, const Credentials& credentials,
            const std::function<void(std::string)>& note, Deadline deadline);

}  // namespace lintel::flow
