#include "probes/tls/starttls.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace lintel::probes::tls {

namespace {

constexpr std::size_t kLineCap = 1024;
constexpr int kMostLines = 100;

// One line, byte by byte: nothing behind it may be taken from the handshake.
Result<std::string> read_line(net::Stream& stream, Deadline deadline) {
  std::string line;
  std::array<std::uint8_t, 1> byte{};
  while (line.size() < kLineCap) {
    if (TRY(stream.read_some(byte, deadline)) == 0) return fail(ErrorCode::closed, "the peer ended the connection before TLS");
    if (byte[0] == '\n') return line;
    if (byte[0] != '\r') line += static_cast<char>(byte[0]);
  }
  return fail(ErrorCode::protocol, "a line of more than {} bytes before TLS", kLineCap);
}

Result<void> say(net::Stream& stream, std::string_view text, Deadline deadline) { return stream.write_all(as_bytes(text), deadline); }

// A reply of SMTP and FTP: lines "250-..." up to "250 ...". All of them, in lower case.
Result<std::string> read_reply(net::Stream& stream, Deadline deadline) {
  std::string all;
  for (int lines = 0; lines < kMostLines; ++lines) {
    const std::string line = TRY(read_line(stream, deadline));
    if (line.size() < 3 || !std::ranges::all_of(line.substr(0, 3), [](char c) { return c >= '0' && c <= '9'; })) {
      if (all.empty()) return fail(ErrorCode::protocol, "the service greets with something else than a reply code");
      continue;  // text inside a reply of FTP
    }
    all += to_lower(line) + "\n";
    if (line.size() == 3 || line[3] != '-') return all;
  }
  return fail(ErrorCode::protocol, "a reply of more than {} lines", kMostLines);
}

Result<bool> smtp(net::Stream& stream, Deadline deadline) {
  if (!TRY(read_reply(stream, deadline)).starts_with("220")) return false;
  TRY(say(stream, "EHLO lintel.invalid\r\n", deadline));
  if (TRY(read_reply(stream, deadline)).find("starttls") == std::string::npos) return false;
  TRY(say(stream, "STARTTLS\r\n", deadline));
  return TRY(read_reply(stream, deadline)).starts_with("220");
}

Result<bool> ftp(net::Stream& stream, Deadline deadline) {
  if (!TRY(read_reply(stream, deadline)).starts_with("220")) return false;
  TRY(say(stream, "AUTH TLS\r\n", deadline));
  return TRY(read_reply(stream, deadline)).starts_with("234");
}

Result<bool> imap(net::Stream& stream, Deadline deadline) {
  if (!TRY(read_line(stream, deadline)).starts_with("* ")) return fail(ErrorCode::protocol, "the service does not greet as IMAP does");
  TRY(say(stream, "a1 STARTTLS\r\n", deadline));
  for (int lines = 0; lines < kMostLines; ++lines) {
    const std::string line = to_lower(TRY(read_line(stream, deadline)));
    if (line.starts_with("a1 ")) return line.starts_with("a1 ok");
  }
  return fail(ErrorCode::protocol, "an answer of more than {} lines", kMostLines);
}

Result<bool> pop3(net::Stream& stream, Deadline deadline) {
  if (!TRY(read_line(stream, deadline)).starts_with("+OK")) return fail(ErrorCode::protocol, "the service does not greet as POP3 does");
  TRY(say(stream, "STLS\r\n", deadline));
  return TRY(read_line(stream, deadline)).starts_with("+OK");
}

// ExtendedRequest [APPLICATION 23] with the OID of StartTLS; the answer is an ExtendedResponse [APPLICATION 24] with resultCode 0.
Result<bool> ldap(net::Stream& stream, Deadline deadline) {
  constexpr std::string_view oid = "1.3.6.1.4.1.1466.20037";
  Bytes request{0x30, static_cast<std::uint8_t>(oid.size() + 7), 0x02, 0x01, 0x01, 0x77, static_cast<std::uint8_t>(oid.size() + 2), 0x80, static_cast<std::uint8_t>(oid.size())};
  request.insert(request.end(), oid.begin(), oid.end());
  TRY(stream.write_all(request, deadline));
  Bytes answer;
  std::array<std::uint8_t, 1> byte{};
  std::size_t wanted = 2;
  while (answer.size() < wanted) {
    if (TRY(stream.read_some(byte, deadline)) == 0) return fail(ErrorCode::closed, "the peer ended the connection before TLS");
    answer.push_back(byte[0]);
    if (answer.size() == 1 && answer[0] != 0x30) return fail(ErrorCode::protocol, "the service does not answer as LDAP does");
    if (answer.size() == 2) {
      if (answer[1] > 0x84 || answer[1] == 0x80) return fail(ErrorCode::protocol, "the service does not answer as LDAP does");
      wanted += answer[1] & 0x80 ? answer[1] & 0x7F : answer[1];
    }
    if (answer.size() >= 2 && (answer[1] & 0x80) != 0 && answer.size() == 2U + (answer[1] & 0x7F)) {
      std::size_t length = 0;
      for (std::size_t at = 2; at < answer.size(); ++at) length = length << 8 | answer[at];
      if (length > kLineCap) return fail(ErrorCode::protocol, "an LDAP answer of {} bytes", length);
      wanted = answer.size() + length;
    }
  }
  // MessageID, then [APPLICATION 24] { ENUMERATED resultCode ... }.
  const std::string_view text = as_text(answer);
  return text.find('\x78') != std::string_view::npos && text.find(std::string_view("\x0A\x01\x00", 3)) != std::string_view::npos;
}

}  // namespace

std::optional<Upgrade> upgrade_of(std::string_view protocol) {
  const std::string name = to_lower(protocol);
  if (name == "smtp" || name == "submission") return Upgrade::smtp;
  if (name == "imap") return Upgrade::imap;
  if (name == "pop3") return Upgrade::pop3;
  if (name == "ftp") return Upgrade::ftp;
  if (name == "ldap") return Upgrade::ldap;
  return std::nullopt;
}

Result<bool> start_tls(net::Stream& stream, Upgrade upgrade, Deadline deadline) {
  switch (upgrade) {
    case Upgrade::smtp: return smtp(stream, deadline);
    case Upgrade::imap: return imap(stream, deadline);
    case Upgrade::pop3: return pop3(stream, deadline);
    case Upgrade::ftp: return ftp(stream, deadline);
    case Upgrade::ldap: return ldap(stream, deadline);
  }
  return false;
}

}  // namespace lintel::probes::tls
