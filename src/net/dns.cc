#include "net/dns.h"

#include <algorithm>
#include <arpa/inet.h>

#include "base/text.h"

namespace lintel::net::dns {
namespace {

constexpr std::uint16_t kInternet = 1;
constexpr int kMostPointers = 32;
constexpr std::size_t kLongestNameBytes = 255;  // RFC 1035, 2.3.4

bool is_plain(std::uint8_t byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
}

// A name at `at`, which moves behind it. A pointer must lead to an earlier place, so a walk ends.
Result<std::string> read_name(ByteView bytes, std::size_t& at) {
  std::string name;
  std::size_t here = at, spent = 1;
  bool jumped = false;
  for (int pointers = 0;;) {
    if (here >= bytes.size()) return fail(ErrorCode::protocol, "a name runs past the end of the DNS message");
    const std::uint8_t length = bytes[here];
    if ((length & 0xC0) == 0xC0) {
      if (here + 1 >= bytes.size()) return fail(ErrorCode::protocol, "a name runs past the end of the DNS message");
      const std::size_t target = (length & 0x3Fu) << 8 | bytes[here + 1];
      if (target >= here || ++pointers > kMostPointers) return fail(ErrorCode::protocol, "a compressed name of the DNS message does not lead backwards");
      if (!jumped) at = here + 2;
      jumped = true;
      here = target;
      continue;
    }
    if (length > 63) return fail(ErrorCode::protocol, "a label of the DNS message has an unknown form");
    if (!jumped) at = here + 1 + length;
    if (length == 0) return to_lower(name);
    spent += length + 1u;
    if (spent > kLongestNameBytes || here + 1 + length > bytes.size()) return fail(ErrorCode::protocol, "a name of the DNS message is too long");
    if (!name.empty()) name += '.';
    for (const std::uint8_t byte : bytes.subspan(here + 1, length)) {
      if (is_plain(byte)) name += static_cast<char>(byte);
      else name += fmt::format("\\{:03}", byte);
    }
    here += 1u + length;
  }
}

std::string address_text(int family, ByteView data) {
  char text[INET6_ADDRSTRLEN] = "";
  return inet_ntop(family, data.data(), text, sizeof text) ? text : "";
}

// One record of the answer section at `at`. A record of another class has an empty name.
Result<Record> read_record(ByteView bytes, std::size_t& at) {
  Record record;
  record.name = TRY(read_name(bytes, at));
  Cursor fixed(bytes.subspan(at));
  record.type = fixed.u16();
  const std::uint16_t group = fixed.u16();
  fixed.u32();  // time to live
  const std::size_t size = fixed.u16();
  const ByteView data = fixed.take(size);
  if (fixed.failed()) return fail(ErrorCode::protocol, "a record runs past the end of the DNS message");
  std::size_t place = at + 10;
  at = place + size;
  if (group != kInternet) return Record{};
  switch (static_cast<Type>(record.type)) {
    case Type::a:
      if (size != 4) return fail(ErrorCode::protocol, "an A record of {} bytes", size);
      record.value = address_text(AF_INET, data);
      break;
    case Type::aaaa:
      if (size != 16) return fail(ErrorCode::protocol, "an AAAA record of {} bytes", size);
      record.value = address_text(AF_INET6, data);
      break;
    case Type::cname:
      record.value = TRY(read_name(bytes.first(at), place));
      if (place != at) return fail(ErrorCode::protocol, "a CNAME record with a wrong length");
      break;
  }
  return record;
}

}  // namespace

std::string_view name_of(Type type) {
  switch (type) {
    case Type::a: return "A";
    case Type::cname: return "CNAME";
    case Type::aaaa: return "AAAA";
  }
  return "?";
}

Result<Bytes> question(std::string_view name, Type type, std::uint16_t id) {
  if (name.ends_with('.')) name.remove_suffix(1);
  const auto bad = [&] { return fail(ErrorCode::invalid_input, "not a host name: {}", printable(name)); };
  if (name.empty() || name.size() > 253) return bad();
  Bytes bytes;
  append_number(bytes, id, 2);
  append_number(bytes, 0x0100, 2);  // a query, recursion desired
  append_number(bytes, 1, 2);
  append_number(bytes, 0, 6);
  for (const std::string_view label : split(name, '.')) {
    if (label.empty() || label.size() > 63 || !std::ranges::all_of(as_bytes(label), is_plain)) return bad();
    bytes.push_back(static_cast<std::uint8_t>(label.size()));
    bytes.insert(bytes.end(), label.begin(), label.end());
  }
  bytes.push_back(0);
  append_number(bytes, static_cast<std::uint16_t>(type), 2);
  append_number(bytes, kInternet, 2);
  return bytes;
}

Result<Message> parse(ByteView bytes) {
  Cursor head(bytes);
  Message message;
  message.id = head.u16();
  const std::uint16_t flags = head.u16(), questions = head.u16(), answers = head.u16();
  head.u32();  // counts of the sections that are not read
  if (head.failed()) return fail(ErrorCode::protocol, "a DNS message of {} bytes", bytes.size());
  message.response = (flags & 0x8000) != 0;
  message.truncated = (flags & 0x0200) != 0;
  message.code = flags & 0x000F;
  if ((flags & 0x7800) != 0) return fail(ErrorCode::protocol, "a DNS message that is no answer to a query");
  if (questions > 1) return fail(ErrorCode::protocol, "a DNS message with {} questions", questions);
  if (answers > kMostRecords) return fail(ErrorCode::limit, "a DNS message with {} answers; {} are read at most", answers, kMostRecords);
  std::size_t at = 12;
  if (questions == 1) {
    message.question = TRY(read_name(bytes, at));
    Cursor rest(bytes.subspan(at));
    message.question_type = rest.u16();
    if (rest.u16() != kInternet || rest.failed()) return fail(ErrorCode::protocol, "a DNS message with a malformed question");
    at += 4;
  }
  for (std::uint16_t index = 0; index < answers; ++index) {
    auto record = read_record(bytes, at);
    if (!record && message.truncated) break;
    if (!record) return tl::unexpected<Error>(record.error());
    if (!record->name.empty()) message.answers.push_back(*std::move(record));
  }
  return message;
}

Result<Trail> follow(const Message& message, std::string_view name, Type type) {
  Trail trail;
  std::string here = to_lower(name.ends_with('.') ? name.substr(0, name.size() - 1) : name);
  while (true) {
    const auto alias = std::ranges::find_if(message.answers, [&](const Record& record) {
      return record.name == here && record.type == static_cast<std::uint16_t>(Type::cname);
    });
    if (alias == message.answers.end()) break;
    here = alias->value;
    if (trail.aliases.size() == kLongestChain || std::ranges::find(trail.aliases, here) != trail.aliases.end())
      return fail(ErrorCode::protocol, "{}: its aliases go round in a circle or are more than {}", name, kLongestChain);
    trail.aliases.push_back(here);
  }
  for (const Record& record : message.answers)
    if (record.name == here && record.type == static_cast<std::uint16_t>(type) && std::ranges::find(trail.addresses, record.value) == trail.addresses.end())
      trail.addresses.push_back(record.value);
  return trail;
}

}  // namespace lintel::net::dns
