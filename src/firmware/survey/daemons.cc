// The table of services, and what their options mean.
#include "firmware/survey/daemons.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace lintel::firmware {
namespace {

constexpr std::size_t kLongestCommand = 200;

struct Daemon {
  std::string_view name, kind, encrypted;
  int port;
};

constexpr std::array kDaemons{
    Daemon{"telnetd", "telnet", "no", 23}, Daemon{"utelnetd", "telnet", "no", 23}, Daemon{"in.telnetd", "telnet", "no", 23},
    Daemon{"ftpd", "ftp", "no", 21}, Daemon{"bftpd", "ftp", "no", 21}, Daemon{"vsftpd", "ftp", "unknown", 21}, Daemon{"pure-ftpd", "ftp", "unknown", 21}, Daemon{"proftpd", "ftp", "unknown", 21}, Daemon{"in.ftpd", "ftp", "no", 21}, Daemon{"stupid-ftpd", "ftp", "no", 21},
    Daemon{"tftpd", "tftp", "no", 69}, Daemon{"in.tftpd", "tftp", "no", 69}, Daemon{"atftpd", "tftp", "no", 69},
    Daemon{"rlogind", "rlogin", "no", 513}, Daemon{"in.rlogind", "rlogin", "no", 513}, Daemon{"rshd", "rlogin", "no", 514}, Daemon{"in.rshd", "rlogin", "no", 514}, Daemon{"rexecd", "rlogin", "no", 512}, Daemon{"in.rexecd", "rlogin", "no", 512},
    Daemon{"httpd", "http", "unknown", 80}, Daemon{"boa", "http", "unknown", 80}, Daemon{"thttpd", "http", "no", 80}, Daemon{"mini_httpd", "http", "unknown", 80}, Daemon{"uhttpd", "http", "unknown", 80}, Daemon{"lighttpd", "http", "unknown", 80},
    Daemon{"nginx", "http", "unknown", 80}, Daemon{"goahead", "http", "unknown", 80}, Daemon{"appweb", "http", "unknown", 80}, Daemon{"shttpd", "http", "unknown", 80}, Daemon{"mathopd", "http", "no", 80}, Daemon{"webs", "http", "unknown", 80},
    Daemon{"dropbear", "ssh", "yes", 22}, Daemon{"sshd", "ssh", "yes", 22}, Daemon{"adbd", "adb", "no", 5555}, Daemon{"gdbserver", "debugger", "no", 0}, Daemon{"lldb-server", "debugger", "no", 0},
    Daemon{"mosquitto", "mqtt", "unknown", 1883}, Daemon{"upnpd", "upnp", "no", 1900}, Daemon{"miniupnpd", "upnp", "no", 1900}, Daemon{"minidlna", "upnp", "no", 1900}, Daemon{"snmpd", "snmp", "unknown", 161}, Daemon{"mini_snmpd", "snmp", "no", 161},
    Daemon{"smbd", "smb", "unknown", 445}, Daemon{"tcpsvd", "shell", "no", 0}, Daemon{"udpsvd", "shell", "no", 0}, Daemon{"nc", "shell", "no", 0}, Daemon{"netcat", "shell", "no", 0}, Daemon{"socat", "shell", "unknown", 0},
};

const Daemon* daemon_of(const std::string& word) {
  const std::string name = program_name(word);
  const auto found = std::ranges::find(kDaemons, name, &Daemon::name);
  return found == kDaemons.end() ? nullptr : &*found;
}

bool has_option(const std::vector<std::string>& words, std::string_view option) { return std::ranges::find(words, option) != words.end(); }

// "-p 23", "-p23", "-p 127.0.0.1:23"
std::optional<std::string> value_of(const std::vector<std::string>& words, std::string_view option) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == option && i + 1 < words.size()) return words[i + 1];
    if (words[i].starts_with(option) && words[i].size() > option.size()) return words[i].substr(option.size());
  }
  return std::nullopt;
}

std::optional<int> port_in(const std::string& text) {
  const auto port = parse_unsigned<std::uint16_t>(text.substr(text.rfind(':') + 1));
  return port && *port != 0 ? std::optional<int>(*port) : std::nullopt;
}

// What tcpsvd, nc -l and socat hand connections to.
bool describe_relay(const std::vector<std::string>& words, Json& service) {
  const std::string name = service["name"];
  const bool server = name == "tcpsvd" || name == "udpsvd";
  if (!server && name != "socat" && !(has_option(words, "-l") || has_option(words, "-lk") || has_option(words, "-ll") || has_option(words, "-lp"))) return false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const Daemon* behind = daemon_of(words[i]);
    if (behind != nullptr && behind->kind != "shell") {
      service["kind"] = behind->kind;
      if (!service.contains("port")) service["port"] = behind->port;
    }
    if (const auto port = port_in(words[i]); port && server) service["port"] = *port;
  }
  if (service["kind"] != "shell") return true;
  const bool shell = std::ranges::any_of(words.begin() + 1, words.end(), [](const std::string& word) { return is_shell(word) || word.find("EXEC:/bin/sh") != std::string::npos; });
  service["without_login"] = shell;
  return shell;
}

void read_options(const std::vector<std::string>& words, Json& service) {
  const std::string name = service["name"], kind = service["kind"];
  if (kind == "telnet") {
    const auto login = value_of(words, "-l");
    service["without_login"] = login && is_shell(*login);
  } else if (name == "dropbear") {
    service["without_login"] = has_option(words, "-B");
  } else if (name == "ftpd") {
    service["without_login"] = has_option(words, "-A");
  } else if (kind == "tftp" || kind == "debugger") {
    service["without_login"] = true;  // these protocols have none
  } else if (name == "mini_httpd") {
    service["encrypted"] = has_option(words, "-S") ? "yes" : "no";
  }
  if (const auto port = value_of(words, "-p"); port && port_in(*port)) service["port"] = *port_in(*port);
  if (kind == "debugger")
    for (const std::string& word : words)
      if (word.find(':') != std::string::npos && port_in(word)) {
        service["port"] = *port_in(word);
        break;
      }
}

bool is_secret_option(std::string_view word) {
  const std::string lower = to_lower(word);
  for (const std::string_view option : {"--password", "--passwd", "--pass", "-pw", "--psk", "--token", "--key", "--secret"})
    if (lower == option) return true;
  return false;
}

std::string without_secret(const std::string& word) {
  const std::string lower = to_lower(word);
  for (const std::string_view name : {"password=", "passwd=", "pass=", "pwd=", "psk=", "token=", "secret=", "key="})
    if (const auto at = lower.find(name); at != std::string::npos) return word.substr(0, at + name.size()) + "***";
  const auto scheme = word.find("://"), at = word.find('@');
  if (scheme != std::string::npos && at != std::string::npos && at > scheme) return word.substr(0, scheme + 3) + "***" + word.substr(at);
  return word;
}

}  // namespace

std::string program_name(const std::string& word) { return word.substr(word.rfind('/') + 1); }

bool is_shell(const std::string& word) {
  std::string name = program_name(word);
  if (name.starts_with('-')) name.erase(0, 1);
  return name == "sh" || name == "ash" || name == "bash" || name == "hush" || name == "msh" || name == "dash" || name == "ksh" || name == "zsh" || name == "mksh";
}

std::vector<std::string> unwrapped(std::vector<std::string> words) {
  static constexpr std::array<std::string_view, 12> kPass{"exec", "nohup", "setsid", "busybox", "sudo", "command", "env", "service_start", "time", "daemon", "procd_run", "eval"};
  for (int layer = 0; layer < 8 && !words.empty(); ++layer) {
    const std::string name = program_name(words[0]);
    std::size_t take = 0;
    if (std::ranges::find(kPass, name) != kPass.end()) {
      take = 1;
      while (take < words.size() && (words[take].starts_with('-') || (name == "env" && words[take].find('=') != std::string::npos))) ++take;
    } else if (name == "nice" || name == "ionice" || name == "chrt" || name == "timeout") {
      take = 1;
      while (take < words.size() && (words[take].starts_with('-') || parse_unsigned<unsigned>(words[take]))) ++take;
    } else if (name == "procd_set_param" && words.size() > 2 && words[1] == "command") {
      take = 2;
    } else if (name == "start-stop-daemon") {
      std::vector<std::string> inner;
      bool start = false, rest = false;
      for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (rest) inner.push_back(word);
        else if (word == "--") rest = true;
        else if (word == "--start" || (word.starts_with("-S") && !word.starts_with("--"))) start = true;
        else if ((word == "-x" || word == "-a" || word == "--exec" || word == "--startas") && i + 1 < words.size()) inner.insert(inner.begin(), words[++i]);
      }
      if (!start) return {};
      words = std::move(inner);
      continue;
    } else {
      return words;
    }
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(take));
  }
  return words;
}

std::optional<Json> service_of(const std::vector<std::string>& words) {
  if (words.empty()) return std::nullopt;
  const Daemon* daemon = daemon_of(words[0]);
  if (daemon == nullptr) return std::nullopt;
  Json service{{"name", daemon->name}, {"kind", daemon->kind}, {"encrypted", daemon->encrypted}, {"without_login", false}};
  if (daemon->port != 0) service["port"] = daemon->port;
  if (daemon->kind == "shell" ? !describe_relay(words, service) : (read_options(words, service), false)) return std::nullopt;
  service["local"] = std::ranges::any_of(words, [](const std::string& word) { return word.starts_with("127.0.0.1") || word.starts_with("localhost") || word.starts_with("-b127.0.0.1"); });
  return service;
}

std::string shown_command(const std::vector<std::string>& words) {
  std::string shown;
  for (std::size_t i = 0; i < words.size() && shown.size() < kLongestCommand; ++i)
    shown += (i == 0 ? "" : " ") + (i > 0 && is_secret_option(words[i - 1]) ? "***" : without_secret(words[i]));
  const std::string safe = printable(shown);
  std::size_t end = std::min(safe.size(), kLongestCommand);
  while (end < safe.size() && end > 0 && (static_cast<unsigned char>(safe[end]) & 0xC0) == 0x80) --end;  // no half characters
  return safe.substr(0, end);
}

}  // namespace lintel::firmware
