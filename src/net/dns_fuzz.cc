// Fuzz target: DNS messages of a hostile server, read and followed.
#include "net/dns.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel::net;
  const auto message = dns::parse({data, size});
  if (!message) return 0;
  if (message->answers.size() > dns::kMostRecords) __builtin_trap();
  for (const dns::Type type : {dns::Type::a, dns::Type::aaaa}) {
    const auto trail = dns::follow(*message, message->question, type);
    if (trail && trail->aliases.size() > dns::kLongestChain) __builtin_trap();
    if (message->question.empty()) continue;
    // What is a host name can be asked for, and the question is read back as it was meant.
    const auto asked = dns::question(message->question, type, message->id);
    if (asked && dns::parse(*asked)->question != message->question) __builtin_trap();
  }
  return 0;
}
