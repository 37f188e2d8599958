// A web application as the target file declares it (item kind `web`): accounts, flows, calls. Plain values, read from JSON that the loader has
// validated against docs/schemas/target.schema.json; docs/target.md explains each member with examples. Pure.
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/json.h"
#include "flow/fill.h"

namespace lintel::flow {

// Where a value stands in an answer. `file` is one that the lab's catcher of mails and short messages wrote.
struct Place {
  enum class Kind { cookie, header, json, pattern, file };
  Kind kind = Kind::json;
  std::string name;     // of the cookie or header; the JSON pointer; the path
  std::string pattern;  // RE2 with one group, for pattern, header and file
};

// How an answer shows that the request was carried out. All parts must hold; with none given any 2xx does.
struct Success {
  std::vector<long> status;
  Variables header;                                  // exact values
  std::vector<std::pair<std::string, Json>> json;    // pointer, value
  std::vector<std::string> contains, lacks;          // parts of the body
};

struct Signature {
  std::string header, algorithm, key, over;  // HMAC of the filled `over`, in hex, sent as a header field
};

struct Step {
  Json request;
  Success success;
  std::map<std::string, Place> take;  // variable -> where its value stands in the answer
  std::optional<Signature> sign;
};

struct Input {
  std::string value;  // a good one
  std::string kind;   // text | integer | boolean | id | file
};

// One protected request and who may send it.
struct Call {
  std::string id;
  std::vector<std::string> as;
  bool writes = false;
  bool erases = false;  // works only once: no positive control
  std::map<std::string, Input> inputs;
  Step step;
};

struct SessionPlace {
  std::string cookie;    // the session id is this cookie, or
  std::string variable;  // this variable, which requests carry as their templates say
};

struct Application {
  std::string url;            // without a `/` at its end
  std::string address, ca;    // may be empty
  std::string second_source;  // address of this machine; may be empty
  SessionPlace session;
  std::optional<std::chrono::milliseconds> idle_timeout;
  std::map<std::string, Variables> accounts;  // values as written: references are not resolved here
  std::map<std::string, std::vector<Step>> flows;
  std::vector<Call> calls;
};

Application read_application(const Json& item);
Step read_step(const Json& step);

// Null when there is none of this name.
const std::vector<Step>* find_flow(const Application& application, std::string_view name);
const Call* find_call(const Application& application, std::string_view id);

}  // namespace lintel::flow
