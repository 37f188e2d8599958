#include "net/dns_client.h"

#include <algorithm>
#include <array>
#include <random>

#include "base/files.h"
#include "base/text.h"

namespace lintel::net::dns {
namespace {

constexpr int kMostStrays = 16;
constexpr int kMostQuestions = 4;  // a server that follows no alias is asked for its target, so often

std::string_view code_name(int code) {
  constexpr std::string_view kNames[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};
  return code >= 0 && static_cast<std::size_t>(code) < std::size(kNames) ? kNames[code] : "an unknown error";
}

bool fits(const Message& message, std::uint16_t id, const Message& asked) {
  return message.response && message.id == id && message.question == asked.question && message.question_type == asked.question_type;
}

Result<Message> read_datagram(Stream& stream, std::uint16_t id, const Message& asked, Deadline deadline, const Client& client) {
  std::array<std::uint8_t, 4096> buffer{};
  for (int strays = 0; strays < kMostStrays; ++strays) {
    const std::size_t size = TRY(stream.read_some(buffer, deadline));
    auto message = parse(ByteView(buffer).first(size));
    if (message && fits(*message, id, asked)) return message;
    client.note(message ? "  passed over: not the answer to this question" : fmt::format("  passed over: {}", message.error().message));
    // Its sender knew the id, so it is the server's and no blind guess.
    if (!message && size >= 2 && (buffer[0] << 8 | buffer[1]) == id) return message;
  }
  return fail(ErrorCode::protocol, "{} datagrams, none the answer to the question", kMostStrays);
}

Result<Message> ask_udp(const Client& client, const Bytes& bytes, std::uint16_t id, const Message& asked, Deadline deadline) {
  const Deadline until = Deadline::earlier(deadline, Deadline::after(client.wait));
  const auto stream = TRY(client.dial(Transport::udp, until));
  TRY(stream->write_all(bytes, until));
  return read_datagram(*stream, id, asked, until, client);
}

Result<void> read_exactly(Stream& stream, std::span<std::uint8_t> buffer, Deadline deadline) {
  while (!buffer.empty()) {
    const std::size_t size = TRY(stream.read_some(buffer, deadline));
    if (size == 0) return fail(ErrorCode::closed, "the name server ended the connection within an answer");
    buffer = buffer.subspan(size);
  }
  return {};
}

// RFC 1035, 4.2.2: each message behind its length.
Result<Message> ask_tcp(const Client& client, const Bytes& bytes, std::uint16_t id, const Message& asked, Deadline deadline) {
  const Deadline until = Deadline::earlier(deadline, Deadline::after(client.wait * 2));
  const auto stream = TRY(client.dial(Transport::tcp, until));
  Bytes framed;
  append_number(framed, bytes.size(), 2);
  framed.insert(framed.end(), bytes.begin(), bytes.end());
  TRY(stream->write_all(framed, until));
  std::array<std::uint8_t, 2> size{};
  TRY(read_exactly(*stream, size, until));
  Bytes answer(static_cast<std::size_t>(size[0] << 8 | size[1]));
  TRY(read_exactly(*stream, answer, until));
  auto message = TRY(parse(answer));
  if (!fits(message, id, asked)) return fail(ErrorCode::protocol, "the name server answered another question");
  if (message.truncated) return fail(ErrorCode::protocol, "the name server cut its answer even over TCP");
  return message;
}

Result<Message> ask(const Client& client, const std::string& name, Type type, Deadline deadline) {
  std::random_device random;
  Error last;
  for (int attempt = 0; attempt < std::max(1, client.tries); ++attempt) {
    const auto id = static_cast<std::uint16_t>(random());
    const Bytes bytes = TRY(question(name, type, id));
    const Message asked = TRY(parse(bytes));
    client.note(fmt::format("{} {}?", name, name_of(type)));
    auto answer = ask_udp(client, bytes, id, asked, deadline);
    if (answer && answer->truncated) {
      client.note("  cut at the size of a datagram: asked over TCP");
      answer = ask_tcp(client, bytes, id, asked, deadline);
    }
    if (answer) {
      client.note(fmt::format("  {}", code_name(answer->code)));
      for (const Record& record : answer->answers)
        if (!record.value.empty()) client.note(fmt::format("  {} {} {}", record.name, name_of(static_cast<Type>(record.type)), record.value));
      return answer;
    }
    last = answer.error();
    client.note("  " + last.message);
    if (last.code != ErrorCode::timeout || deadline.passed()) break;
  }
  return add_context(last, fmt::format("{} {}", name, name_of(type)));
}

}  // namespace

Result<Found> look_up(const Client& client, const std::string& name, Type type, Deadline deadline) {
  Found found;
  std::string here = name;
  for (int asked = 0; asked < kMostQuestions; ++asked) {
    const Message answer = TRY(ask(client, here, type, deadline));
    if (answer.code == 3) {
      // The name at the end of the aliases does not exist; the one asked for does, when there is an alias.
      found.exists = found.exists || !answer.answers.empty();
      return found;
    }
    if (answer.code != 0) return fail(ErrorCode::protocol, "{} {}: the name server answers {}", here, name_of(type), code_name(answer.code));
    found.exists = true;
    Trail trail = TRY(follow(answer, here, type));
    for (const std::string& alias : trail.aliases)
      if (std::ranges::find(found.aliases, alias) != found.aliases.end()) return fail(ErrorCode::protocol, "{}: its aliases go round in a circle", name);
    found.aliases.insert(found.aliases.end(), trail.aliases.begin(), trail.aliases.end());
    found.addresses = std::move(trail.addresses);
    if (!found.addresses.empty() || trail.aliases.empty()) return found;
    here = trail.aliases.back();
    if (!question(here, type, 0)) return fail(ErrorCode::protocol, "{}: its alias {} is no host name", name, here);
  }
  return fail(ErrorCode::protocol, "{}: its aliases lead on after {} questions", name, kMostQuestions);
}

std::optional<Address> parse_server(std::string_view text) {
  if (const auto plain = parse_address(text, 53)) return plain;
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_unsigned<std::uint16_t>(text.substr(colon + 1));
  return port && *port > 0 ? parse_address(text.substr(0, colon), *port) : std::nullopt;
}

std::vector<Address> system_servers() {
  std::vector<Address> servers;
  const auto content = read_file("/etc/resolv.conf", 1 << 16);
  if (!content) return servers;
  for (const std::string_view line : split(*content, '\n')) {
    if (!line.starts_with("nameserver") || line.size() < 12 || (line[10] != ' ' && line[10] != '\t')) continue;
    const std::string_view text = trim(line.substr(10));
    if (const auto address = parse_address(text.substr(0, text.find_first_of(" \t#;")), 53); address && servers.size() < 3) servers.push_back(*address);
  }
  return servers;
}

}  // namespace lintel::net::dns
