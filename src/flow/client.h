// A user of a declared web application: variables, cookies, and requests that leave a transcript. Sends what the target file describes, to the
// declared URL's host only, at most one connection at a time.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "flow/answer.h"
#include "flow/application.h"
#include "flow/cookies.h"
#include "model/observation.h"
#include "probe/context.h"

namespace lintel::flow {

// The one open connection of a job, and the record of all that went over it. Clients share it; it must outlive them.
class Wire {
 public:
  Wire(probe::Context& context, const Application& application) : context_(context), application_(application) {}

  // Sends now. Another client certificate or source than last time closes the connection and opens one. Blocks. Errors: of net::HttpSession,
  // not_found (certificate file).
  Result<net::HttpResponse> send(const net::HttpRequest& request, const net::HttpOptions& options, std::string_view who);
  // Puts the transcript into the run as evidence. Call once, at the probe's end.
  void keep(std::vector<std::string> about);
  // Is shown every answer, in the order of time.
  std::function<void(const net::HttpRequest&, const net::HttpResponse&)> watch;
  // Longest body that is taken; longer ones are an error (limit). Set before the first request.
  std::size_t body_cap_bytes = net::HttpOptions{}.body_cap_bytes;
  // Closes the connection, so that others may use its place while this job waits; the next request opens one.
  void close() { session_.reset(); }

  probe::Context& context() const { return context_; }
  const Application& application() const { return application_; }
  std::size_t requests() const { return requests_; }

 private:
  probe::Context& context_;
  const Application& application_;
  std::unique_ptr<net::HttpSession> session_;
  net::HttpOptions options_;
  std::string transcript_;
  std::size_t requests_ = 0, unwritten_ = 0;
};

struct Exchange {
  net::HttpRequest request;
  net::HttpResponse response;
  bool success = false;
  std::string why;                 // why not
  std::vector<std::string> missing;  // declared places that held no value
};

class Client {
 public:
  // account: name of one of the application's accounts, or empty for nobody. Its secrets are resolved here. Sends nothing.
  // Errors: not_found (no such account, a secret that is not there).
  static Result<Client> open(Wire& wire, const std::string& account);
  // The same, logged in by the flow `login` where there is one; an account that is told by its certificate needs none. Errors: of open and run.
  static Result<Client> log_in(Wire& wire, const std::string& account);

  // Runs the steps of a flow in order. The first one that is no success ends it: protocol, "flow login, step 2 of 3: HTTP 403". No such flow: not_found.
  Result<void> run(std::string_view flow);
  // Builds the request of a step: placeholders, session id, cookies, signature. Built-ins get fresh values, {random} and {digits} once a flow.
  Result<net::HttpRequest> prepare(const Step& step);
  Result<net::HttpRequest> prepare(const Call& call);
  // Sends a request, prepared or altered. Cookies of the answer go into the jar; on success the step's values are taken into the variables.
  Result<Exchange> send(const net::HttpRequest& request, const Step& step);
  Result<Exchange> send(const Step& step);
  Result<Exchange> send(const Call& call);

  // The declared session id; nullopt when there is none (yet).
  std::optional<std::string> session_id() const;
  void set_session_id(std::string id);
  void drop_session();     // forgets id and cookies, keeps the account's variables
  void drop_session_id();  // this alone: other cookies stay

  Variables variables;
  Jar cookies;
  bool keep_built_ins = false;  // all built-ins stay what `variables` says: for replays
  bool keep_random = false;     // {random} and {digits} do: for steps of one flow
  bool from_second_source = false;
  bool large_answers = false;   // up to 128 MiB within two minutes: for firmware images
  const std::string& account() const { return account_; }

 private:
  Client(Wire& wire, std::string account) : wire_(&wire), account_(std::move(account)) {}
  Result<void> run_steps(std::string_view flow, const std::vector<Step>& steps);
  Result<net::HttpRequest> prepare(const Step& step, const Variables& filled, const std::vector<std::string>& typed);

  Wire* wire_;
  std::string account_;
  Variables inputs_;  // of the call prepared last: its signs of success may hold them
};

// The status word of a failed step before the thing under test could be looked at: an account that can't log in is auth_failed.
model::Status status_of_flow(const Error& error);
// Says in the observation that the look ended with this error. What was learned stays.
void end_look(const Error& error, model::Observation& observation);

}  // namespace lintel::flow
