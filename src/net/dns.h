// DNS messages (RFC 1035, 4.1; AAAA by RFC 3596): questions written, responses read. Pure; the wire is dns_client's.
// Names are lower case, without the last dot; bytes that are no plain host name stand as \DDD, as in zone files.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace lintel::net::dns {

enum class Type : std::uint16_t { a = 1, cname = 5, aaaa = 28 };
std::string_view name_of(Type type);  // "A", "CNAME", "AAAA"

constexpr std::size_t kMostRecords = 512;  // of the answer section; a response with more is refused
constexpr std::size_t kLongestChain = 16;  // of CNAMEs

struct Record {
  std::string name;
  std::uint16_t type = 0;
  std::string value;  // address of A and AAAA, name of CNAME, empty for others
};

struct Message {
  std::uint16_t id = 0;
  bool response = false;
  bool truncated = false;
  int code = 0;               // RCODE: 0 no error, 3 no such name
  std::string question;       // empty when there is not exactly one
  std::uint16_t question_type = 0;
  std::vector<Record> answers;  // class IN; those read before the end of a truncated message
};

// A question with recursion desired. Errors: invalid_input (no host name: letters, digits, `-`, `_`; 63 a label, 253 in all).
Result<Bytes> question(std::string_view name, Type type, std::uint16_t id);
// Reads header, question and answers; the other sections are not looked at. Errors: protocol (malformed), limit.
Result<Message> parse(ByteView bytes);

struct Trail {
  std::vector<std::string> aliases;    // CNAME targets, in order; the last is the name that has addresses
  std::vector<std::string> addresses;  // of the type asked, without repeats, in order
};
// From `name` along the CNAMEs of the answers to the addresses of `type`. Errors: protocol (a loop, or too long a chain).
Result<Trail> follow(const Message& message, std::string_view name, Type type);

}  // namespace lintel::net::dns
