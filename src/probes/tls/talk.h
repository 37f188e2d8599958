// One question to a server that is known to speak: what it chose from an offer. Shared by all that enumerates.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probes/tls/ask.h"

namespace lintel::probes::tls {

enum class Choice {
  chosen,    // a ServerHello in the version asked, with a suite that was offered
  refused,   // an alert that says no, or a lower version
  wordless,  // an end or reset without a word
  unclear,   // silence, nonsense, what was not offered; internal_error, which is about the server and not the offer; the talk was stopped
};

struct Chosen {
  Choice choice = Choice::unclear;
  Reply reply;
};

// What is gathered by the way, and why asking ended early.
struct Talk {
  Asker& asker;
  std::string server_name;
  std::set<Bytes> session_ids = {};  // each once
  int session_ids_seen = 0;
  std::vector<std::string> anomalies = {};
  bool flaky = false;                 // it ended a connection without a word, then answered the same hello
  std::optional<Error> stopped = {};  // cancelled, out of time, budget spent, no more connections

  void anomaly(std::string text);  // each once, 50 at most
};

// Asks; a server that is silent, ends without a word or says internal_error is asked twice. `what` is for the transcript.
Chosen ask_choice(Talk& talk, const Hello& hello, std::string_view what);

}  // namespace lintel::probes::tls
