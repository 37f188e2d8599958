// What the target declares about the personal data that a web application keeps (`privacy` of a `web` item), and asking for it as the person.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "flow/client.h"

namespace lintel::flow {

struct PersonalField {
  std::string name;    // of the member in JSON answers
  std::string masked;  // template of the whole value, which must not show; empty: may show
};

struct Privacy {
  std::string account, notice;            // whose data; a flow that needs no log-in
  std::vector<PersonalField> fields;
  std::vector<std::string> other;         // members of answers that are no personal data
  std::vector<std::string> answers;       // calls whose answers may hold the fields and nothing else
  std::string access, correct, export_data, erase;  // calls
  std::string input, value;               // what `correct` changes, and a template of what to
  std::string erased_account;             // whose data is erased
  std::vector<std::string> copies;        // calls that read copies of the same data
  std::chrono::milliseconds within{0};    // so long an erasure may take
};

// What is declared, when every name in it is; else nullopt, and the observation says why there is no look. Pure.
std::optional<Privacy> usable_privacy(const Json& item, const Application& application, model::Observation& observation);

// One person who logs in, again whenever an answer turns the session away. Sends what the target declares.
class Person {
 public:
  // Errors: of Client::open and of the flow `login`.
  static Result<Person> log_in(Wire& wire, const std::string& account);
  Result<Exchange> send(const std::string& call);
  // Sends `correct` with the marker. The value before stays known to nobody but the caller.
  Result<Exchange> correct(const Privacy& privacy, const std::string& value);
  // A value that stands nowhere yet, as `value` says.
  Result<std::string> fresh_marker(const Privacy& privacy);

  Client client;

 private:
  Person(Wire& wire, Client opened) : client(std::move(opened)), wire_(&wire) {}
  Wire* wire_;
};

enum class Known { yes, no, unknown };
std::string_view word(Known known);
// Whether a right that was asked for is granted. Trouble of the server, limits and silence tell nothing.
Known granted(const Result<Exchange>& exchange);

}  // namespace lintel::flow
