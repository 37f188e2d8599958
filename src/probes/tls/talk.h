// One question to a server that is known to speak: what it chose from an offer. Shared by all that enumerates.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
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

// A chain that the server authenticates itself with.
struct Shown {
  std::vector<Bytes> chain;       // DER, leaf first
  std::vector<Version> versions;  // in which it was seen
};
inline constexpr std::size_t kMostShown = 8;

struct SessionId {
  std::int64_t unix_us = 0;  // when it came
  Bytes id;
};

// What is gathered by the way, and why asking ended early.
struct Talk {
  Asker& asker;
  std::string server_name;
  std::vector<SessionId> session_ids = {};  // in the order of issue
  std::vector<std::string> anomalies = {};
  std::vector<Shown> shown = {};      // each leaf once, in the order seen, at most kMostShown
  bool more_shown = false;            // than that
  std::array<bool, kVersions.size()> primes = {};  // by Version: taken only from clients that offer groups of prime fields
  bool flaky = false;                 // it ended a connection without a word, then answered the same hello
  std::optional<Error> stopped = {};  // cancelled, out of time, budget spent, no more connections

  void anomaly(std::string text);  // each once, 50 at most
  void saw(const std::vector<Bytes>& chain, Version version);
};

// What the talk offers in this version: its server name, and groups of prime fields where the version is not to be had without.
Hello hello_of(const Talk& talk, Version version, std::vector<std::uint16_t> suites);

// Asks; a server that is silent, ends without a word or says internal_error is asked twice. The certificates of
// its answer are kept, whatever it chose. `what` is for the transcript.
Chosen ask_choice(Talk& talk, const Hello& hello, std::string_view what);

}  // namespace lintel::probes::tls
