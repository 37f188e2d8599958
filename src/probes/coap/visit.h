// Going to a CoAP server as somebody and asking for what is declared there. Sends to the item's address only.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/coap_client.h"
#include "net/dtls_stream.h"
#include "probe/context.h"

namespace lintel::probes::coap {

enum class Known { no, unknown, yes };
std::string_view word(Known known);

enum class Kind { discovery, read, write };
struct Task {
  Kind kind = Kind::read;
  net::coap::Request request;
};

struct Server {
  std::string address;
  std::uint16_t port = 5683, secure_port = 5684;
  std::string dtls;                // required | optional | none
  net::DtlsOptions credentials;    // as declared, resolved
  std::vector<Task> tasks;         // discovery first
};

constexpr std::size_t kMostTasks = 24;

// Secrets and files are read. Errors: not_found, limit (too many resources).
Result<Server> read_server(probe::Context& context);

struct Visit {
  Known session = Known::unknown;  // no: refused before any request. yes: in clear, that CoAP answered; with DTLS, that the handshake was completed
  bool answered = false;           // something of the protocol came back
  std::string reason;              // how the session came about, or did not
  std::string version;             // of DTLS
  std::optional<Error> error;      // why there is no session, or why asking ended early
  std::vector<std::optional<net::coap::Message>> replies;  // one a task
};

struct Visitor {
  probe::Context& context;
  const Server& server;
  net::coap::Patience patience;
  std::chrono::seconds wait;                     // for a handshake
  std::function<void(const std::string&)> note;  // lines for the transcript
};

// Ask every task in turn; a server that is silent twice is asked nothing more.
Visit visit_in_clear(const Visitor& visitor);
Visit visit_secured(const Visitor& visitor, const net::DtlsOptions& credentials, const std::string& as);

// What a reply says about whoever asked: 2.xx let in, 4.01 and 4.03 turned away, and so do 4.04 and 4.05 when others may do just this. All else
// tells nothing.
Known let_in(const std::optional<net::coap::Message>& reply, bool others_may = false);
std::string reply_text(const std::optional<net::coap::Message>& reply);

}  // namespace lintel::probes::coap
