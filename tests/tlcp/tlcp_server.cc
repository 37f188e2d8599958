// A TLCP 1.1 server (and client) as a program, for tests of the whole program and by hand; never for production.
//   tlcp_server make FOLDER             writes ca.pem and {server,client,stranger}-{sign,encrypt}.{pem,key}; the stranger is of another authority
//   tlcp_server serve ADDRESS:PORT FOLDER [--suites E013,E053,E011,E051] [--client none|optional|required] [--dialect usual|gmssl]
//     answers HTTP GET with a page that says suite and client certificate; port 0: any, "listening on PORT" is printed; ends at the end of its input
//   tlcp_server get ADDRESS:PORT [FOLDER NAME] [--suites ...] [--dialect ...]
//     asks for the page, with the certificate NAME (client, stranger) of the folder; exit code 1 when the handshake fails
#include <arpa/inet.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "base/text.h"
#include "net/dialer.h"
#include "net/scripted_tlcp.h"

using namespace lintel;
using namespace lintel::net;
using namespace std::chrono_literals;

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TlcpCredentials credentials_of(const std::filesystem::path& folder, const std::string& name) {
  const auto part = [&](const char* end) { return read(folder / (name + end)); };
  return {part("-sign.pem"), part("-sign.key"), part("-encrypt.pem"), part("-encrypt.key")};
}

int make(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& name, const std::string& text) { std::ofstream(folder / name) << text; };
  const auto authority = make_authority("Test Authority"), other = make_authority("Other Authority");
  write("ca.pem", authority.pem());
  for (const char* name : {"server", "client", "stranger"}) {
    const std::string who = name;
    const auto made = make_double_certificate(who, who == "stranger" ? other : authority, {{"subjectAltName", "DNS:localhost,IP:127.0.0.1"}});
    write(who + "-sign.pem", made.sign_certificate);
    write(who + "-sign.key", made.sign_key);
    write(who + "-encrypt.pem", made.encrypt_certificate);
    write(who + "-encrypt.key", made.encrypt_key);
  }
  return 0;
}

void answer(int fd, const TlcpServerOptions& options, const Cancel& stop) {
  ScriptedConnection connection(fd, stop);
  TlcpServer server(connection, options);
  if (!server.handshake()) {
    std::cout << "handshake ended, alert " << server.refused_with() << std::endl;
    connection.half_close();
    return connection.stall();
  }
  std::string request;
  while (request.find("\r\n\r\n") == std::string::npos && request.size() < 65536) {
    const Bytes more = server.read_some();
    if (more.empty()) return;
    request += as_text(more);
  }
  const auto& chain = server.client_chain();
  const auto client = chain.empty() ? Result<crypto::Certificate>() : crypto::parse_certificate(chain[0]);
  const std::string page = fmt::format("suite {}\nclient {}\n", server.suite(), chain.empty() ? "none" : client ? client->subject : "unreadable");
  server.write(as_bytes(fmt::format("HTTP/1.1 {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
                                    request.starts_with("GET ") ? "200 OK" : "405 Method Not Allowed", page.size(), page)));
  server.send_alert(1, 0);
  connection.half_close();
  connection.stall();
}

int serve(const std::string& host, std::uint16_t port, const TlcpServerOptions& options) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  socklen_t size = sizeof address;
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1 || bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, 64) != 0 || getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::cerr << "can't listen on " << host << ":" << port << "\n";
    return 2;
  }
  std::cout << "listening on " << ntohs(address.sin_port) << std::endl;
  Cancel stop;
  std::thread end([&] {
    while (std::cin.get() != EOF) {
    }
    stop.request();
  });
  std::vector<std::thread> sessions;
  while (wait_fd(listener, WaitFor::readable, Deadline::never(), stop)) {
    const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) sessions.emplace_back(answer, fd, std::cref(options), std::cref(stop));
  }
  for (std::thread& session : sessions) session.join();
  end.join();
  return 0;
}

int get(const std::string& host, std::uint16_t port, const TlcpOptions& options) {
  const Cancel cancel;
  auto opened = dial({host, port, Transport::tcp}, Deadline::after(10s), cancel);
  if (!opened) {
    std::cout << opened.error().message << "\n";
    return 1;
  }
  const auto stream = TlcpStream::open(*std::move(opened), options, Deadline::after(10s));
  const auto fits = stream->key_exchange_signed();
  std::cout << fmt::format("suite {}\ncertificates {}\nkey exchange signed {}\ncertificate requested {}\nauthorities {}\nalert {}\n",
                           stream->suite_name(), stream->chain().size(), fits ? *fits ? "yes" : "no" : "unknown",
                           stream->certificate_requested() ? "yes" : "no", stream->requested_authorities().size(), stream->alert().value_or(-1));
  if (!stream->finished()) {
    std::cout << stream->finished().error().message << "\n";
    return 1;
  }
  if (!stream->write_all(as_bytes("GET / HTTP/1.0\r\n\r\n"), Deadline::after(10s))) return 1;
  std::uint8_t buffer[4096];
  while (const auto size = stream->read_some(buffer, Deadline::after(10s))) {
    if (*size == 0) return 0;
    std::cout << as_text(ByteView(buffer).first(*size));
  }
  return 1;
}

}  // namespace

int main(int count, char** words) {
  std::vector<std::string> plain;
  std::map<std::string, std::string> named{{"--client", "none"}, {"--dialect", "usual"}};
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word.starts_with("--") && i + 1 < count)
      named[word] = words[++i];
    else
      plain.push_back(word);
  }
  if (plain.size() == 2 && plain[0] == "make") return make(plain[1]);
  const std::size_t colon = plain.size() > 1 ? plain[1].rfind(':') : std::string::npos;
  if (colon == std::string::npos || (plain[0] != "get" && plain.size() < 3) || (plain[0] == "get" && plain.size() == 3)) {
    std::cerr << "see the first comment of tlcp_server.cc\n";
    return 2;
  }
  const std::string host = plain[1].substr(0, colon);
  const auto port = static_cast<std::uint16_t>(std::stoi(plain[1].substr(colon + 1)));
  const TlcpDialect dialect = named["--dialect"] == "gmssl" ? TlcpDialect::gmssl : TlcpDialect::usual;
  std::vector<std::uint16_t> suites;
  for (const auto& code : split(named["--suites"], ','))
    if (!code.empty()) suites.push_back(static_cast<std::uint16_t>(std::stoi(std::string(code), nullptr, 16)));
  if (plain[0] == "get") return get(host, port, {plain.size() > 3 ? credentials_of(plain[2], plain[3]) : TlcpCredentials(), suites, dialect});
  TlcpServerOptions options{.credentials = credentials_of(plain[2], "server"), .client_ca = read(std::filesystem::path(plain[2]) / "ca.pem"), .dialect = dialect};
  if (!suites.empty()) options.suites = suites;
  if (named["--client"] == "optional") options.client_certificate = ClientCertificate::optional;
  if (named["--client"] == "required") options.client_certificate = ClientCertificate::required;
  if (const auto usable = read_identity(options.credentials); !usable || !*usable) {
    std::cerr << "no usable server certificate in " << plain[2] << (usable ? "" : ": " + usable.error().message) << "\n";
    return 2;
  }
  return serve(host, port, options);
}
